"""Reading a submission: folders, archives, and what people put into them."""

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.submission import read_submission


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: list[tarfile.TarInfo], data: bytes = b"x = 1\n") -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            member.size = len(data) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(data))
    return path


def test_a_folder_a_zip_and_a_tar_hold_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "hand-in"
    folder.mkdir()
    (folder / "a.py").write_bytes(b"x = 1\n")
    archive = zipped(tmp_path / "b.zip", {"hand-in/a.py": b"x = 1\n"})
    tar = tarred(tmp_path / "c.tgz", [tarfile.TarInfo("./hand-in/a.py")])

    found = [read_submission(path) for path in (folder, archive, tar)]

    assert [dict(one.files) for one in found] == [{"a.py": b"x = 1\n"}] * 3
    assert len({one.sha256 for one in found}) == 1


def test_the_hash_depends_on_names_and_bytes(tmp_path: Path) -> None:
    hashes = set()
    for number, files in enumerate(({"a": b"bc"}, {"ab": b"c"}, {"a": b"b", "c": b""}, {"a": b""})):
        hashes.add(read_submission(zipped(tmp_path / f"{number}.zip", files)).sha256)

    assert len(hashes) == 4


def test_links_and_special_files_are_named_and_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not read")
    folder = tmp_path / "hand-in"
    folder.mkdir()
    (folder / "a.py").write_bytes(b"")
    (folder / "link.py").symlink_to(secret)
    (folder / "dir").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")

    found = read_submission(folder)

    assert set(found.files) == {"a.py"}
    assert len(found.remarks) == 3


def test_names_that_lead_out_are_left_out_and_named(tmp_path: Path) -> None:
    names = ["../up.py", "/etc/abs.py", "a/../../b.py", "C:/win.py", "ok.py", "bad\x01name"]
    archive = zipped(tmp_path / "a.zip", dict.fromkeys(names, b""))

    found = read_submission(archive)

    assert set(found.files) == {"ok.py"}
    assert len(found.remarks) == 5


def test_links_and_devices_in_archives_are_left_out(tmp_path: Path) -> None:
    link, device = tarfile.TarInfo("link.py"), tarfile.TarInfo("dev")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    device.type = tarfile.CHRTYPE
    tar = tarred(tmp_path / "a.tar", [tarfile.TarInfo("a.py"), link, device])

    found = read_submission(tar)

    assert set(found.files) == {"a.py"}
    assert len(found.remarks) == 2


def test_a_bomb_is_refused_without_unpacking_it(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "bomb.zip", {f"{n}": bytes(64 << 20) for n in range(5)})

    with pytest.raises(UsageError, match="MiB"):
        read_submission(archive)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not really", b"\x1f\x8b garbage", b"text"])
def test_what_is_no_archive_is_unusable(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)

    with pytest.raises(UsageError):
        read_submission(path)


def test_a_path_that_does_not_exist_is_unusable(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_submission(tmp_path / "nothing")


def test_an_empty_folder_is_an_empty_submission(tmp_path: Path) -> None:
    assert dict(read_submission(tmp_path).files) == {}


def test_caches_and_metadata_are_no_part_of_it(tmp_path: Path) -> None:
    for name in ("a.py", "__pycache__/a.pyc", "__MACOSX/a.py", ".git/config"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")

    assert set(read_submission(tmp_path).files) == {"a.py"}
