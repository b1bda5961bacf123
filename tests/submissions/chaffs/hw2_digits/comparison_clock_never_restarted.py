"""The seconds of a model are counted from the start of the first."""
# loses: e
# says: add up to no more


def compare_models(*args, **kwargs):
    results = right_compare_models(*args, **kwargs)
    clock = 0.0
    for row in results.values():
        clock += row["seconds"]
        row["seconds"] = clock
    return results
