"""Where submissions come from: folders, archives, Gradescope, Canvas, cloned repositories.

Each source becomes hand-ins: the ids that may name the student, the path to grade, the time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from grader.batch.canvas_download import CanvasFile, gather, parse_name
from grader.batch.gradescope_export import METADATA, read_metadata
from grader.batch.students import parse_time
from grader.batch.unpack import archive_names, unpack
from grader.errors import UsageError
from grader.submission import ARCHIVE
from grader.tables import read_table

_HIDDEN = re.compile(r"^(\.|__MACOSX$)")


@dataclass(frozen=True, slots=True)
class Handin:
    """Something handed in. `keys` are ids of its student, the surest first.

    `submitted_at` is in UTC, None when it is not known; `late` is what the source itself says.
    `path` may be None only with a `problem`.
    """

    keys: tuple[str, ...]
    name: str
    path: Path | None
    submitted_at: datetime | None
    late: bool = False
    problem: str = ""


def find_handins(sources: Sequence[Path], staging: Path) -> tuple[list[Handin], list[str]]:
    """All hand-ins of the sources in their order, and remarks on what is none."""
    handins: list[Handin] = []
    remarks: list[str] = []
    for number, source in enumerate(sources):
        place = staging / f"{number:04d}"
        if source.is_dir():
            handins += _folder(source, place, remarks, alone=len(sources) == 1)
        elif source.suffix.lower() == ".csv":
            handins += _repositories(source)
        elif source.is_file() and _holds_many(source):
            unpack(source, place / "unpacked", remarks)
            handins += _folder(place / "unpacked", place, remarks, alone=True)
        elif source.is_file():
            handins.append(_plain(source))
        else:
            raise UsageError(
                f"{source} does not exist: give a folder of submissions, an archive, an export of"
                " Gradescope, a download of Canvas, or a CSV of cloned repositories"
            )
    if not handins:
        raise UsageError(f"no submission in {', '.join(map(str, sources))}")
    return handins, remarks


def _folder(folder: Path, place: Path, remarks: list[str], *, alone: bool) -> list[Handin]:
    """A folder is one submission when modules lie in it, else it holds submissions."""
    if root := _gradescope_root(folder):
        return _gradescope(root, remarks)
    children = sorted(child for child in folder.iterdir() if not _HIDDEN.match(child.name))
    if _is_canvas([child.name for child in children if child.is_file()]):
        return _canvas(children, place, remarks)
    if any(child.suffix == ".py" and child.is_file() for child in children):
        return [_plain(folder)]
    # An archive unpacked by hand has a folder of its own around the modules.
    if not alone and len(children) == 1 and children[0].is_dir():
        return [_plain(folder)]
    found = []
    for child in children:
        if child.is_symlink() or not (child.is_dir() or ARCHIVE.search(child.name)):
            remarks.append(f"{child.name}: no folder and no archive, left out")
        else:
            found.append(_plain(child))
    return found


def _plain(path: Path) -> Handin:
    """A folder or archive that is named for its student; its time is that of its newest file."""
    student = ARCHIVE.sub("", path.name)
    return Handin((student,), "", path, _newest(path))


def _newest(path: Path) -> datetime | None:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if _counts(p, path)]
    times = [file.lstat().st_mtime for file in files]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _counts(path: Path, root: Path) -> bool:
    hidden = any(_HIDDEN.match(part) for part in path.relative_to(root).parts)
    return not hidden and path.is_file() and not path.is_symlink()


def _holds_many(archive: Path) -> bool:
    """Whether an archive holds a class: an export, a download, or folders without modules."""
    names = [PurePosixPath(name) for name in archive_names(archive)]
    names = [name for name in names if not any(_HIDDEN.match(part) for part in name.parts)]
    if any(name.name == METADATA and len(name.parts) <= 2 for name in names):
        return True
    if _is_canvas([name.name for name in names if len(name.parts) == 1]):
        return True
    if len({name.parts[0] for name in names}) == 1:
        names = [PurePosixPath(*name.parts[1:]) for name in names if len(name.parts) > 1]
    if any(len(name.parts) == 1 and name.suffix == ".py" for name in names):
        return False
    nested = any(len(name.parts) > 1 and name.suffix == ".py" for name in names)
    return nested or any(ARCHIVE.search(name.name) for name in names)


def _gradescope_root(folder: Path) -> Path | None:
    """The folder with the metadata: this one, or the one that the export wraps around all."""
    places = (folder, *(child for child in sorted(folder.iterdir()) if child.is_dir()))
    return next((place for place in places if (place / METADATA).is_file()), None)


def _gradescope(root: Path, remarks: list[str]) -> list[Handin]:
    handins = []
    described = read_metadata(root / METADATA)
    for one in described:
        path = root / one.folder
        there = path.is_dir() and not path.is_symlink()
        problem = "" if there else f"Gradescope's folder {one.folder} is not in the export"
        handins += [
            Handin(keys, name, path if there else None, one.created_at, problem=problem)
            for keys, name in one.submitters
        ]
        if not one.submitters:
            remarks.append(f"{one.folder}: Gradescope names no student for it, left out")
    known = {one.folder for one in described}
    for child in sorted(root.iterdir()):
        if child.is_dir() and child.name not in known and not _HIDDEN.match(child.name):
            remarks.append(f"{child.name}: not in {METADATA}, left out")
    return handins


def _is_canvas(names: Sequence[str]) -> bool:
    """Whether most of the files are named as Canvas names them; a person may have added some."""
    return bool(names) and sum(parse_name(name) is not None for name in names) * 2 > len(names)


def _canvas(children: Sequence[Path], place: Path, remarks: list[str]) -> list[Handin]:
    groups: dict[str, list[tuple[Path, CanvasFile]]] = {}
    for child in children:
        found = parse_name(child.name) if child.is_file() and not child.is_symlink() else None
        if found is None:
            remarks.append(f"{child.name}: not named as Canvas names files, left out")
        else:
            groups.setdefault(found.user, []).append((child, found))
    handins = []
    for user, files in groups.items():
        try:
            path = gather(files, place / "canvas" / user, remarks)
            problem = "" if path else "a text or a link in Canvas: no files"
        except OSError as error:
            path, problem = None, f"its files cannot be gathered: {error}"
        late = any(found.late for _, found in files)
        # The times in the download are those of the download.
        handins.append(Handin((user,), files[0][1].name, path, None, late, problem))
    return handins


_CLONE = ("path", "student_repository_name", "repository")
_WHOSE = ("student", "roster_identifier", "github_username")


def _repositories(table: Path) -> list[Handin]:
    """Cloned repositories: GitHub Classroom's grades file, or columns student and path."""
    handins = []
    for line, row in read_table(table):
        where = f"{table}:{line}"
        keys = tuple(row[column] for column in _WHOSE if row.get(column))
        repository = next((row[column] for column in _CLONE if row.get(column)), "")
        if not keys or not repository:
            raise UsageError(
                f"{where}: a student ({', '.join(_WHOSE)}) and a clone ({', '.join(_CLONE)})"
                " are needed"
            )
        path = _clone(table.parent, repository)
        problem = "" if path else f"its clone {repository} is not there"
        handins.append(Handin(keys, row.get("name", ""), path, _time(row, where), False, problem))
    return handins


def _clone(base: Path, repository: str) -> Path | None:
    """The clone: beside the table, or in the folder that `gh classroom clone` makes."""
    places = (
        base / repository,
        *sorted(base.glob(f"*-submissions/{PurePosixPath(repository).name}")),
    )
    return next((place for place in places if place.is_dir()), None)


def _time(row: Mapping[str, str], where: str) -> datetime | None:
    text = row.get("submitted_at") or row.get("submission_timestamp")
    return parse_time(text, where) if text else None
