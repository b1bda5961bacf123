"""Runs checks with pytest and Hypothesis against a submission behind the trust boundary."""
