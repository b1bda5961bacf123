"""Source text through ruff, which is pinned with the project."""

import subprocess
import sys


def formatted(text: str) -> str:
    """The text as ruff sorts and formats it, so that what is made passes the project's own lint."""
    return _ruff(_ruff(text, "check", "--select", "I", "--fix", "--quiet"), "format", "--quiet")


def without_unused_imports(text: str) -> str:
    """The text less the imports that nothing in it uses."""
    return _ruff(text, "check", "--isolated", "--select", "F401", "--fix", "--quiet")


def _ruff(text: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", "made.py", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return done.stdout
