"""Nothing but a docstring."""
# class: K2
# expects: not_implemented
# says: has no uniform
