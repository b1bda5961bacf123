"""PEP 8, as far as ruff's E and W rules state it.

Ruff reads the source from its standard input and nothing else: no configuration, no cache, no
`# noqa`. It never runs what it reads. Its findings are counted in the grader's process.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from ruff import find_ruff_bin

from grader.errors import GraderError

RULES = (
    "E101", "E111", "E112", "E113", "E114", "E115", "E116", "E117",
    "E201", "E202", "E203", "E204", "E211", "E221", "E222", "E223", "E224", "E225", "E227", "E228",
    "E231", "E251", "E252", "E261", "E262", "E265", "E271", "E272", "E273", "E274", "E275",
    "E301", "E302", "E303", "E304", "E305", "E306",
    "E401", "E402",
    "E501", "E502",
    "E701", "E702", "E703", "E711", "E713", "E714", "E721", "E722", "E731",
    "W191", "W291", "W292", "W293", "W391", "W605",
)  # fmt: skip
"""A fixed list, so that a new ruff brings no new rule.

Left out: names (E741 to E743; the handouts have their own), what PEP 8 leaves to taste (E226, E241,
E242, E266), and `== True`, which is how an array is compared element by element (E712).
"""
OF_WHOLE_FILES = frozenset(
    ("E301", "E302", "E303", "E304", "E305", "E306", "E402", "W292", "W293", "W391")
)
"""What a notebook decides for its code cells, or is no matter there."""
SECONDS = 10.0
MAX_BYTES = 256 << 10
"""A homework's module has some 10 KB. This bounds what ruff can print as well."""


class Unjudged(Exception):  # noqa: N818 - a finding about ruff, not an error of the grader
    """Ruff did not come to an end with this source; why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that is against PEP 8."""

    line: int
    rule: str
    message: str


def findings(source: str, line_length: int) -> list[Finding]:
    """The places where `source`, which Python parses, is against PEP 8, from the top down.

    Raises:
        Unjudged: ruff crashed, hung or refused, which is nobody's fault.
        GraderError: ruff cannot be started.
    """
    data = source.encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        raise Unjudged(f"the file is larger than {MAX_BYTES >> 10} KiB")
    try:
        done = subprocess.run(
            [find_ruff_bin(), *_arguments(line_length)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unjudged(f"ruff took more than {SECONDS:g} s") from None
    except OSError as error:
        raise GraderError(f"ruff cannot be started: {error}; `make setup` installs it") from error
    if done.returncode != 0:
        raise Unjudged(f"ruff ended with status {done.returncode}")
    return sorted(_read(done.stdout), key=lambda finding: finding.line)


def _arguments(line_length: int) -> list[str]:
    return [
        "check", "--isolated", "--no-cache", "--ignore-noqa", "--preview", "--exit-zero", "--quiet",
        "--select", ",".join(RULES), "--line-length", str(line_length),
        "--target-version", "py311", "--output-format", "json-lines", "-",
    ]  # fmt: skip


def _read(output: bytes) -> Iterator[Finding]:
    for line in output.splitlines():
        found = json.loads(line)
        # What is no rule of ours is a syntax error to ruff alone; Python has parsed the source.
        if found["code"] in RULES:
            yield Finding(found["location"]["row"], found["code"], found["message"])
