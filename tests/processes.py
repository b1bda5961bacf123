"""Processes of this machine, as tests ask for them: what `ps` would tell."""

from pathlib import Path


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    found = fields(pid)
    return bool(found) and found[0] not in "ZX"


def fields(pid: int) -> list[str]:
    """`/proc/PID/stat` from the state on, so `fields(pid)[1]` is the parent; empty without one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def descendants(pid: int) -> set[int]:
    """Every process below this one."""
    everybody = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    parents = {child: int(found[1]) for child in everybody if (found := fields(child))}
    below, new = set(), {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - below
        below |= new
    return below
