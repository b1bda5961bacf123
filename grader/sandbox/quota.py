"""The quota of a private folder without a file system of its own: its files are counted.

A worker with a mount namespace has a memory file system whose size is the quota. Elsewhere the
kernel bounds each file alone, so the zygote counts four times a second and ends a worker over its
quota. In a quarter of a second a disk takes some hundred MiB more.
"""

import os
import stat

from grader.sandbox.limits import MIB

EVERY_S = 0.25
MAX_FILES = 16384
MAX_DEPTH = 100
"""Folders inside one another: each takes a descriptor while what is in it is counted."""


def excess(folder: str, files_mib: int) -> str | None:
    """What of a folder is over its quota, in words; None when nothing is."""
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None  # it is being removed
    return _Count(files_mib * MIB).over(root, 0)


class _Count:
    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._files = 0

    def over(self, folder: int, depth: int) -> str | None:
        """Count what is in an open folder, and close it. Nothing hostile is followed."""
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    why = self._entry(folder, entry, depth)
                    if why is not None:
                        return why
        finally:
            os.close(folder)
        return None

    def _entry(self, folder: int, entry: os.DirEntry[str], depth: int) -> str | None:
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError:
            return None  # gone meanwhile
        self._bytes += found.st_blocks * 512
        self._files += 1
        if self._bytes > self._most:
            return f"its files take more than {self._most // MIB} MiB"
        if self._files > MAX_FILES:
            return f"it has more than {MAX_FILES} files"
        return (
            self._inside(folder, entry.name, found, depth) if stat.S_ISDIR(found.st_mode) else None
        )

    def _inside(self, folder: int, name: str, found: os.stat_result, depth: int) -> str | None:
        if depth >= MAX_DEPTH:
            return f"it has more than {MAX_DEPTH} folders inside one another"
        try:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
        except PermissionError:
            # Its owner cannot change its mode; without these two rights it has nothing in it.
            hides = found.st_mode & 0o300 == 0o300
            return "it has a folder that cannot be counted" if hides else None
        except OSError:
            return None  # gone meanwhile
        return self.over(inner, depth + 1)
