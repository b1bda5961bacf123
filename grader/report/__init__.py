"""Pure renderers of a report."""
