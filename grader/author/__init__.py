"""Tools for the author of an assignment."""
