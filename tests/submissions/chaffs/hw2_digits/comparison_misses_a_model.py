"""The network with mini-batches is left out."""
# loses: e
# says: eight models


def compare_models(*args, **kwargs):
    results = right_compare_models(*args, **kwargs)
    del results["nn_torch_full_sgd_ce"]
    return results
