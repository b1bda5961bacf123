"""Removing a folder that somebody hostile has filled."""

import contextlib
import os


def remove_tree(root: str) -> None:
    """Remove a folder, however deep it is and whatever its modes; nobody may still write to it.

    `shutil.rmtree` recurses, so that a few thousand nested folders end it, and leaves what it may
    not list. Here every folder is moved up to the root before it is looked into.
    """
    prefix, waiting = os.urandom(8).hex(), [root]
    for number, folder in enumerate(waiting):
        with contextlib.suppress(OSError):
            os.chmod(folder, 0o700)
        for entry in _entries(folder):
            with contextlib.suppress(OSError):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
                else:
                    # Moving a folder to another parent needs the right to write to it.
                    os.chmod(entry.path, 0o700)
                    moved = os.path.join(root, f"{prefix}-{number}-{len(waiting)}")
                    os.rename(entry.path, moved)
                    waiting.append(moved)
    for folder in reversed(waiting):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
