"""The models of the network are linear too."""
# loses: e
# says: is the network


def _train_by_name(name, *args):
    return right__train_by_name(name.replace("nn_", "lm_"), *args)
