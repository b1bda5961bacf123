"""64 images are generated when their number is left out."""
# loses: b
# says: without n


def generate(model, n=64, seed=0):
    return right_generate(model, n, seed)
