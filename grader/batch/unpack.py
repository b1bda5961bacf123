"""Unpacks a zip that holds a class into a folder of ours, within limits."""

import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.submission import MAX_FILE_BYTES, MAX_TOTAL_BYTES

MAX_ENTRIES = 1_000_000
"""Entries of a zip: thousands of students with hundreds of files each."""
_CHUNK = 1 << 20


def archive_names(archive: Path) -> list[str]:
    """The names of the files in a zip; none for another archive, which is one submission."""
    if not zipfile.is_zipfile(archive):
        return []
    try:
        with zipfile.ZipFile(archive) as opened:
            return [info.filename for info in opened.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UsageError(f"{archive} cannot be read: {error}") from error


def unpack(archive: Path, place: Path, remarks: list[str]) -> None:
    """Write the files of a zip below `place`, which is emptied first.

    Names that lead out of it, links, and whatever is over the limits of a submission are left out
    and named in the remarks.
    """
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
            if len(infos) > MAX_ENTRIES:
                raise UsageError(f"{archive} has {len(infos)} files: unpack it and give the folder")
            used: dict[str, int] = {}
            for info in infos:
                if reason := _unpack_one(opened, info, place, used):
                    remarks.append(f"{archive.name}: {info.filename} {reason}, left out")
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise UsageError(f"{archive} cannot be unpacked: {error}") from error


def _unpack_one(
    opened: zipfile.ZipFile, info: zipfile.ZipInfo, place: Path, used: dict[str, int]
) -> str:
    """Unpack one file; why it was left out, empty if it was not. `used` counts bytes by student."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0] or "\0" in info.filename:
        return "leads out of the folder"
    if info.external_attr >> 28 not in (0, 0o10):
        return "is a link or a special file"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a rare way"
    owner = "/".join(parts[:2])
    room = min(MAX_FILE_BYTES, MAX_TOTAL_BYTES - used.get(owner, 0))
    if info.file_size > room:
        return "is too large"
    target = place.joinpath(*parts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # The announced size may lie: zipfile reads no more than it, and checks the sum.
        with opened.open(info) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, _CHUNK)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        return f"cannot be unpacked ({error})"
    used[owner] = used.get(owner, 0) + info.file_size
    return ""
