"""Reading a submission: a folder, a zip or a tar becomes named bytes in memory.

It is read once and never written to. Links and special files are not followed; they are named in
the remarks. Nothing in it is parsed or run here.
"""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import re
import stat
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import UsageError

# A homework is a few modules and trained files of some MB; what is larger was not meant.
MAX_FILES = 2000
MAX_FILE_BYTES = 128 << 20
MAX_TOTAL_BYTES = 256 << 20
MAX_NAME = 240
MAX_TAR_HEADER = 16 << 10
MAX_ENTRIES = 10 * MAX_FILES
"""Entries of an archive, those that are left out included."""
MAX_REMARKS = 50
ARCHIVE = re.compile(r"\.(zip|tar|tgz|tar\.\w+)$", re.IGNORECASE)
"""How the names of archives end. What one holds is told by its bytes."""

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
        else:
            found = _archive(path, remarks)
    except UsageError:
        raise
    except Exception as error:
        # Damaged archives make the standard library raise nearly anything.
        raise UsageError(f"{path} cannot be read: {_shown(str(error))}") from error
    more = len(remarks) - MAX_REMARKS
    told = [*remarks[:MAX_REMARKS], *([f"and {more} more like these"] if more > 0 else [])]
    return Submission(_shown(path.resolve().name), _look_through(found), tuple(told))


def _archive(path: Path, remarks: list[str]) -> dict[str, bytes]:
    refusal = f"{path} is not a folder, a zip or a tar: it cannot be graded"
    if not path.is_file():
        # A pipe would keep whoever opens it waiting.
        raise UsageError(refusal)
    if path.stat().st_size > MAX_TOTAL_BYTES:
        raise UsageError(f"more than {MAX_TOTAL_BYTES >> 20} MiB: submit the modules alone")
    data = path.read_bytes()
    if zipfile.is_zipfile(io.BytesIO(data)):
        # The directory is read as a whole, so its entries are counted first.
        if data.count(b"PK\1\2") > MAX_ENTRIES:
            raise UsageError(f"more than {MAX_FILES} files: submit the modules alone")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _collect(_zip_entries(archive, remarks), remarks)
    unpacked = io.BytesIO(_decompressed(data))
    # Only as a plain tar: a second layer of compression would be unpacked without a bound.
    if bytes(unpacked.getbuffer()[257:262]) != b"ustar":
        raise UsageError(refusal)
    _refuse_long_headers(unpacked.getbuffer())
    with tarfile.open(fileobj=unpacked, mode="r:") as tar:
        return _collect(_tar_entries(tar, remarks), remarks)


def _refuse_long_headers(data: memoryview) -> None:
    """Extended headers are searched with regular expressions that long ones make quadratic."""
    at = 0
    while at + 512 <= len(data):
        block = bytes(data[at : at + 512])
        size = tarfile.TarInfo.frombuf(block, "utf-8", "replace").size if any(block) else 0
        if block[156:157] in (b"x", b"g", b"L", b"K") and size > MAX_TAR_HEADER:
            raise UsageError(f"a header of {size} bytes in the tar: pack the files anew")
        if size < 0:
            raise UsageError("the tar is damaged: pack the files anew")
        at += 512 + -(-size // 512) * 512


def _decompressed(data: bytes) -> bytes:
    """The tar inside, unpacked by us: its reader would follow a header of any size."""
    for magic, opener in (
        (b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ", lzma.open),
    ):  # fmt: skip
        if data.startswith(magic):
            with opener(io.BytesIO(data), "rb") as file:
                plain: bytes = file.read(MAX_TOTAL_BYTES + 1)
            if len(plain) > MAX_TOTAL_BYTES:
                raise UsageError(f"more than {MAX_TOTAL_BYTES >> 20} MiB: submit the modules alone")
            return plain
    return data


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
    def refused(error: OSError) -> None:
        if error.filename == str(root):
            raise error
        remarks.append(f"{_shown(os.path.relpath(error.filename, root))} cannot be read")

    for folder, folders, names in os.walk(root, onerror=refused, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in _IGNORED_PARTS)
        for name in [*names, *(n for n in folders if os.path.islink(os.path.join(folder, n)))]:
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            found = path.lstat()
            if stat.S_ISREG(found.st_mode):
                yield relative, found.st_size, _FileOpener(path)
            else:
                remarks.append(f"{_shown(relative)} is a link or a special file: not followed")


def _zip_entries(archive: zipfile.ZipFile, remarks: list[str]) -> Iterator[_Entry]:
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir():
            continue
        if kind not in (0, stat.S_IFREG):
            remarks.append(f"{_shown(info.filename)} is a link or a special file: not followed")
            continue
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # The others are unpacked by the standard library without a bound.
            raise UsageError(f"{_shown(info.filename)} is packed in a rare way: use a plain zip")
        yield info.filename, info.file_size, _ZipOpener(archive, info)


def _tar_entries(archive: tarfile.TarFile, remarks: list[str]) -> Iterator[_Entry]:
    for info in archive:
        if info.isreg():
            yield info.name, info.size, _TarOpener(archive, info)
        elif not info.isdir():
            remarks.append(f"{_shown(info.name)} is a link or a special file: not followed")


def _collect(entries: Iterator[_Entry], remarks: list[str]) -> dict[str, bytes]:
    """Read entries within the limits; names that lead out of the folder are left out and named."""
    files: dict[str, bytes] = {}
    total = 0
    for number, (raw_name, size, opener) in enumerate(entries):
        if number >= MAX_ENTRIES:
            raise UsageError(f"more than {MAX_FILES} files: submit the modules alone")
        name = _clean(raw_name)
        if name is None:
            remarks.append(f"{_shown(raw_name)} leads out of the folder or is no usable name")
            continue
        if _IGNORED_PARTS & set(PurePosixPath(name).parts):
            continue
        if size > MAX_FILE_BYTES:
            remarks.append(f"{name} is larger than {MAX_FILE_BYTES >> 20} MiB: left out")
            continue
        if len(files) >= MAX_FILES:
            raise UsageError(f"more than {MAX_FILES} files: submit the modules alone")
        total += size
        if total > MAX_TOTAL_BYTES:
            raise UsageError(f"more than {MAX_TOTAL_BYTES >> 20} MiB: submit the modules alone")
        try:
            # The announced size may lie: one byte over the limit is enough to know.
            data = opener.read(MAX_FILE_BYTES + 1)
        except Exception as error:  # damaged archives make the standard library raise anything
            remarks.append(f"{name} cannot be read: {_shown(str(error))}")
            continue
        if len(data) > MAX_FILE_BYTES:
            raise UsageError(f"more than {MAX_TOTAL_BYTES >> 20} MiB: submit the modules alone")
        if name in files:
            remarks.append(f"{name} is there twice: the last one counts")
        files[name] = data
    return _without_clashes(files, remarks)


def _without_clashes(files: dict[str, bytes], remarks: list[str]) -> dict[str, bytes]:
    """The files less those below a name that is a file itself: no disk holds both."""
    kept = {}
    for name, data in files.items():
        if any(str(parent) in files for parent in PurePosixPath(name).parents):
            remarks.append(f"{name} lies in a folder that is a file too: left out")
        else:
            kept[name] = data
    return kept


def _clean(name: str) -> str | None:
    """The name as a relative POSIX path inside the submission, or None."""
    path = PurePosixPath(name.replace("\\", "/"))
    parts = [part for part in path.parts if part != "."]
    if path.is_absolute() or not parts or ".." in parts or ":" in parts[0]:
        return None
    clean = "/".join(parts)
    # No disk takes a longer name; what does not print is there to look like something else.
    if len(clean.encode("utf-8", "replace")) > MAX_NAME or not clean.isprintable():
        return None
    return clean


def _shown(name: str) -> str:
    """A name of somebody else's as text that is safe to show."""
    cut = name[:MAX_NAME]
    return cut if cut.isprintable() else cut.encode("unicode_escape").decode("ascii")


def _look_through(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files without the one folder that encloses them all, as archives often have one."""
    tops = {PurePosixPath(name).parts[0] for name in files}
    if len(tops) != 1 or any(len(PurePosixPath(name).parts) == 1 for name in files):
        return files
    return {name.split("/", 1)[1]: data for name, data in files.items()}
