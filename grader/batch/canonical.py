"""Plain data and texts that are known by their hash."""

import hashlib
import json
from typing import Any


def packed(data: Any) -> str:
    """Plain data as JSON that is the same text for the same data."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256(text: str) -> str:
    """The hash that a text is kept under."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
