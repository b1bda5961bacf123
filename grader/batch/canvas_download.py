"""The files of Canvas's "Download Submissions", by the names that Canvas gives them.

`lib/content_zipper.rb` of canvas-lms writes `NAME_[LATE_]USER_FILE_TITLE`, without the name and
with `anon_` before the user where students are anonymous, and `NAME_[LATE_]USER_text.html` or
`..._link.html` for what is no upload. The title of a file that was uploaded again under the same
name ends in `-1`, `-2` and so on.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.submission import ARCHIVE

_NAME = re.compile(
    r"^(?:(?:(?P<late_anonymous>LATE)_)?anon_(?P<anonymous>[^\W_]+)"
    r"|(?P<name>[\w-]+?)_(?:(?P<late>LATE)_)?(?P<user>\d+))"
    r"_(?:(?P<file>\d+)_(?P<title>.+)|(?:text|link)\.html)$"
)
# The long suffix is what Canvas falls back to after seven uploads of one name.
_AGAIN = re.compile(r"-(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=\.[^.]+$)")


@dataclass(frozen=True, slots=True)
class CanvasFile:
    """What a name says. `title` is what the student called the file, empty for a text or link."""

    name: str
    late: bool
    user: str
    file: int
    title: str


def parse_name(name: str) -> CanvasFile | None:
    """The parts of a file's name, None when Canvas did not write it."""
    found = _NAME.match(name)
    if found is None:
        return None
    title = _AGAIN.sub("", found["title"] or "")
    if title in (".", ".."):
        return None
    user = found["anonymous"] or found["user"]
    late = bool(found["late"] or found["late_anonymous"])
    return CanvasFile(found["name"] or "", late, user, int(found["file"] or 0), title)


def gather(
    files: Sequence[tuple[Path, CanvasFile]], place: Path, remarks: list[str]
) -> Path | None:
    """What to grade of one student's files: the only archive, or a folder of copies at `place`.

    The copies have the students' own names. None when there is no file.
    """
    uploads = sorted(
        ((path, found) for path, found in files if found.title), key=lambda pair: pair[1].file
    )
    archives = [path for path, found in uploads if ARCHIVE.search(found.title)]
    modules = [path for path, found in uploads if found.title.endswith(".py")]
    if len(archives) == 1 and not modules:
        return archives[0]
    if not uploads:
        return None
    for path in archives:
        remarks.append(f"{path.name}: an archive beside {len(modules)} modules, left out")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for path, found in uploads:
        if path in archives:
            continue
        target = place / Path(found.title).name
        if target.exists():
            remarks.append(f"{path.name}: {found.title} is there twice, the later upload counts")
        shutil.copyfile(path, target)
    return place
