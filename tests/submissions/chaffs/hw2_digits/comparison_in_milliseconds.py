"""The times are milliseconds."""
# loses: e
# says: add up to no more


def compare_models(*args, **kwargs):
    results = right_compare_models(*args, **kwargs)
    for row in results.values():
        row["seconds"] *= 1000
    return results
