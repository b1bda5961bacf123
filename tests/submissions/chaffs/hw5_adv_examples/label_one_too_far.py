"""Counts the labels from 1."""
# loses: a
# says: label_of gives


def label_of(index, labels):
    return labels[str(index + 1)] if isinstance(labels, dict) else labels[index - 1]
