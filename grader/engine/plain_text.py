"""Text of a submission, made safe to show anywhere."""

_BIDI = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"


def clean(text: str, limit: int = 16 * 1024) -> str:
    """Text of a submission made safe for a terminal: no control characters, no bidi overrides."""
    cut = text[:limit] + (f"\n... {len(text) - limit} more characters" if len(text) > limit else "")
    return "".join(c if c == "\n" or _printable(c) else ascii(c)[1:-1] for c in cut)


def _printable(character: str) -> bool:
    return character.isprintable() and character not in _BIDI
