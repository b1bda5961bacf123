"""Without a comment or a docstring."""
# loses: rules
# says: not properly commented
# strips: comments
