"""The test accuracy is measured on the training part."""
# loses: e
# says: not that of the test part


def compare_models(*args, **kwargs):
    results = right_compare_models(*args, **kwargs)
    for row in results.values():
        row["test"] = row["train"]
    return results
