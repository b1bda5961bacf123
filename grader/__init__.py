"""Autograder for machine-learning homework: a score that a submission cannot forge."""

__version__ = "0.1.0"
