"""The mini-batch models are trained on full batches."""
# loses: e
# says: reaches its threshold

MINI_BATCH = None
