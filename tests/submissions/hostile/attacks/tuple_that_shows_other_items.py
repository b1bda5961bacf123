"""A tuple that holds wrong numbers and shows right ones to whoever asks its methods."""
# class: A1
# expects: failed

from honest import uniform_log_likelihood, uniform_mle as wrong  # noqa: F401


class Pair(tuple):
    def __iter__(self):
        return iter(self.right)

    def __getitem__(self, index):
        return self.right[index]


def uniform_mle(samples):
    pair = Pair(wrong(samples))
    pair.right = (float(min(samples)), float(max(samples)))
    return pair
