"""What GitHub's runner takes for commands in a log, by its own rules."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    data: str


def commands(log: str) -> Iterator[Command]:
    """The commands in these lines: new ones at the head of a line, old ones anywhere."""
    for line in log.split("\n"):
        stripped = line.lstrip()
        if stripped.startswith("::") and "::" in stripped[2:]:
            head, data = stripped[2:].split("::", 1)
            name, _, rest = head.partition(" ")
            pairs = [pair.split("=", 1) for pair in rest.split(",") if "=" in pair]
            properties = {key: unescaped(value) for key, value in pairs}
            yield Command(name, properties, unescaped(data))
        elif "##[" in line and "]" in line.split("##[", 1)[1]:
            yield Command(line.split("##[", 1)[1].split("]", 1)[0], {}, "")


def unescaped(text: str) -> str:
    for code_, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code_, sign)
    return text
