"""The trust boundary: a submission runs behind it, in a confined process of its own."""
