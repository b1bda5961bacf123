"""A mini-batch has 128 examples."""
# loses: e
# says: a mini-batch is 64 examples

MINI_BATCH = 128
