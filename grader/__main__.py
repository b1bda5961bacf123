"""`python -m grader`: the command line."""

from grader.cli import app

app()
