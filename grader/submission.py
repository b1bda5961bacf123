"""Reading a submission: a folder, a zip or a tar becomes named bytes in memory.

It is read once and never written to. Links and special files are not followed; they are named in
the remarks. Nothing in it is parsed or run here.
"""

import hashlib
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import UsageError

# A homework is a few modules and trained files of some MB; what is larger was not meant.
MAX_FILES = 2000
MAX_FILE_BYTES = 128 << 20
MAX_TOTAL_BYTES = 256 << 20
MAX_NAME = 240

_IGNORED_PARTS = {"__pycache__", "__MACOSX", ".git", ".ipynb_checkpoints", ".venv", ".DS_Store"}


@dataclass(frozen=True, slots=True)
class Submission:
    """The files of a submission: relative POSIX names to bytes."""

    name: str
    files: Mapping[str, bytes]
    remarks: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """A hash of the names and bytes of all files."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            data = self.files[name]
            digest.update(f"{len(name)}:{name}:{len(data)}:".encode("utf-8", "backslashreplace"))
            digest.update(data)
        return digest.hexdigest()


def read_submission(path: Path) -> Submission:
    """The submission at `path`; `UsageError` when it cannot be read."""
    remarks: list[str] = []
    try:
        if path.is_dir():
            found = _collect(_folder_entries(path, remarks), remarks)
        elif not path.exists():
            raise UsageError(f"{path} does not exist: give a folder, a .zip or a .tar")
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found = _collect(_zip_entries(archive, remarks), remarks)
        elif path.is_file() and tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                found = _collect(_tar_entries(archive, remarks), remarks)
        else:
            raise UsageError(f"{path} is not a folder, a zip or a tar: it cannot be graded")
    except (OSError, zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, RuntimeError,
            NotImplementedError) as error:  # fmt: skip
        raise UsageError(f"{path} cannot be read: {error}") from error
    return Submission(path.resolve().name, _look_through(found), tuple(remarks))


_Entry = tuple[str, int, "_Opener"]


class _Opener:
    """Reads one entry when it is known to be wanted."""

    def read(self, limit: int) -> bytes:
        """At most `limit` bytes of the entry."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class _FileOpener(_Opener):
    path: Path

    def read(self, limit: int) -> bytes:
        # O_NOFOLLOW: what was a regular file when listed may have become a link since.
        fd = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            return file.read(limit)


@dataclass(frozen=True, slots=True)
class _ZipOpener(_Opener):
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    def read(self, limit: int) -> bytes:
        with self.archive.open(self.info) as file:
            return file.read(limit)


@dataclass(frozen=True, slots=True)
class _TarOpener(_Opener):
    archive: tarfile.TarFile
    info: tarfile.TarInfo

    def read(self, limit: int) -> bytes:
        file = self.archive.extractfile(self.info)
        return file.read(limit) if file else b""


def _folder_entries(root: Path, remarks: list[str]) -> Iterator[_Entry]:
    for folder, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in _IGNORED_PARTS)
        for name in [*names, *(n for n in folders if os.path.islink(os.path.join(folder, n)))]:
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                yield relative, path.lstat().st_size, _FileOpener(path)
            else:
                remarks.append(f"{relative} is a link or a special file: not followed")


def _zip_entries(archive: zipfile.ZipFile, remarks: list[str]) -> Iterator[_Entry]:
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir():
            continue
        if kind not in (0, stat.S_IFREG):
            remarks.append(f"{info.filename} is a link or a special file: not followed")
            continue
        yield info.filename, info.file_size, _ZipOpener(archive, info)


def _tar_entries(archive: tarfile.TarFile, remarks: list[str]) -> Iterator[_Entry]:
    for info in archive:
        if info.isreg():
            yield info.name, info.size, _TarOpener(archive, info)
        elif not info.isdir():
            remarks.append(f"{info.name} is a link or a special file: not followed")


def _collect(entries: Iterator[_Entry], remarks: list[str]) -> dict[str, bytes]:
    """Read entries within the limits; names that lead out of the folder are left out and named."""
    files: dict[str, bytes] = {}
    total = 0
    for raw_name, size, opener in entries:
        name = _clean(raw_name)
        if name is None:
            remarks.append(f"{raw_name[:MAX_NAME]!r} leads out of the folder or is no usable name")
            continue
        if _IGNORED_PARTS & set(PurePosixPath(name).parts):
            continue
        if size > MAX_FILE_BYTES:
            remarks.append(f"{name} is larger than {MAX_FILE_BYTES >> 20} MiB: left out")
            continue
        if len(files) >= MAX_FILES:
            raise UsageError(f"more than {MAX_FILES} files: submit the modules alone")
        # The announced size may lie: one byte over the limit is enough to know.
        data = opener.read(MAX_FILE_BYTES + 1)
        total += len(data)
        if len(data) > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES:
            raise UsageError(f"more than {MAX_TOTAL_BYTES >> 20} MiB: submit the modules alone")
        if name in files:
            remarks.append(f"{name} is there twice: the last one counts")
        files[name] = data
    return files


def _clean(name: str) -> str | None:
    """The name as a relative POSIX path inside the submission, or None."""
    path = PurePosixPath(name.replace("\\", "/"))
    parts = [part for part in path.parts if part != "."]
    if path.is_absolute() or not parts or ".." in parts or ":" in parts[0]:
        return None
    clean = "/".join(parts)
    if len(clean) > MAX_NAME or any(ord(character) < 32 for character in clean):
        return None
    return clean.encode("utf-8", "backslashreplace").decode()


def _look_through(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files without the one folder that encloses them all, as archives often have one."""
    tops = {PurePosixPath(name).parts[0] for name in files}
    if len(tops) != 1 or any(len(PurePosixPath(name).parts) == 1 for name in files):
        return files
    return {name.split("/", 1)[1]: data for name, data in files.items()}
