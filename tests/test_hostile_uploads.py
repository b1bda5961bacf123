"""Uploads: archives, names and trained files made to do harm are refused or contained, and named.

What is sound in the same submission is still graded.
"""

import bz2
import gzip
import io
import os
import struct
import tarfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hostile_cases import graded, honest

from grader.engine.session import Session
from grader.engine.zygotes import ZygotePool
from grader.errors import UsageError
from grader.records import Status
from grader.rubric import load_rubric
from grader.sandbox.channel import WorkerDied
from grader.sandbox.limits import Limits
from grader.submission import MAX_REMARKS, read_submission

GOOD = honest("hw5_mle")


def zipped(path: Path, members: list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info, data in members:
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data))
    return path


def named(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


OUTSIDE = [
    "../x.py",
    "a/../../x.py",
    "/etc/x.py",
    "C:\\x.py",
    "..\\x.py",
    "\\\\host\\x.py",
    "..",
    "/",
]
UNREADABLE = [
    "x\x1b[2Jy",
    "x\u202ey",
    "x\x9by",
    "x\ny",
    "x\u2066y",
    "x\u200by",
    "x" * 5000,
    "é" * 200,
]


@pytest.mark.parametrize("pack", ["zip", "tar"])
def test_names_that_lead_out_or_do_not_print_are_left_out_and_named(
    tmp_path: Path, pack: str
) -> None:
    names = [*OUTSIDE, *UNREADABLE]
    if pack == "zip":
        path = zipped(tmp_path / "s.zip", [("hw5_mle.py", GOOD), *((n, b"") for n in names)])
    else:
        members = [(named(n), b"") for n in names]
        path = tarred(tmp_path / "s.tar", [(named("hw5_mle.py"), GOOD), *members])

    found = read_submission(path)

    assert dict(found.files) == {"hw5_mle.py": GOOD}
    assert all(remark.isprintable() and len(remark) < 1000 for remark in found.remarks)
    assert len(found.remarks) >= len(names) - 2  # a name may be no file for the archive itself


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_place_of_a_module_are_not_followed(
    tmp_path: Path, kind: bytes
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not read")
    members = [(named("hw5_mle.py"), GOOD), (named("hw5_pca.py", kind, str(secret)), b"")]

    found = read_submission(tarred(tmp_path / "s.tar", members))

    assert dict(found.files) == {"hw5_mle.py": GOOD}
    assert any("hw5_pca.py" in remark for remark in found.remarks)


def test_a_link_in_a_zip_is_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("hw5_pca.py")
    link.external_attr = 0o120777 << 16

    found = read_submission(
        zipped(tmp_path / "s.zip", [("hw5_mle.py", GOOD), (link, b"/etc/passwd")])
    )

    assert dict(found.files) == {"hw5_mle.py": GOOD}


def bomb_of_zeros(path: Path) -> Path:
    return tarred(path, [(named(str(n)), bytes(100 << 20)) for n in range(4)], "w:gz")


def bomb_in_a_header(path: Path) -> Path:
    """A long name of 2 GiB: the standard library would read it into memory."""
    info = named("././@LongLink", b"L")
    info.size = 2 << 30
    with gzip.open(path, "wb", 1) as file:
        file.write(info.tobuf())
        for _ in range(300):
            file.write(bytes(1 << 20))
    return path


def bomb_of_bzip2(path: Path) -> Path:
    path.write_bytes(bz2.compress(bytes(300 << 20), 9))
    return path


def bomb_in_a_zip(path: Path) -> Path:
    return zipped(path, [(str(n), bytes(100 << 20)) for n in range(4)])


def bomb_of_entries(path: Path) -> Path:
    return zipped(path, [(f"../{n}", b"") for n in range(25_000)])


def bomb_of_files(path: Path) -> Path:
    return zipped(path, [(f"{n}.txt", b"") for n in range(2_500)])


def overlapping_members(path: Path) -> Path:
    """Many names for the same compressed bytes."""
    zipped(path, [("a" * 8, bytes(50 << 20))])
    data = path.read_bytes()
    start = data.index(b"PK\1\2")
    entry, tail = data[start : data.index(b"PK\5\6")], data[data.index(b"PK\5\6") :]
    entries = b"".join(entry.replace(b"a" * 8, b"%08d" % n) for n in range(40))
    end = tail[:8] + struct.pack("<HHII", 40, 40, len(entries), start) + tail[20:]
    path.write_bytes(data[:start] + entries + end)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    "make", [bomb_of_zeros, bomb_in_a_header, bomb_of_bzip2, bomb_in_a_zip, bomb_of_entries,
             bomb_of_files, overlapping_members],
)  # fmt: skip
def test_a_bomb_is_refused_in_seconds_and_without_its_memory(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    import tracemalloc

    path = make(tmp_path / "s")
    tracemalloc.start()
    started = time.monotonic()
    with pytest.raises(UsageError):
        read_submission(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 1 << 30
    assert time.monotonic() - started < 30


def test_a_damaged_member_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "s.zip", [("hw5_mle.py", GOOD), ("hw5_pca.py", b"x = 1\n" * 99)])
    data = bytearray(path.read_bytes())
    at = data.index(b"hw5_pca.py") + len("hw5_pca.py") + 4
    data[at] ^= 0xFF
    path.write_bytes(data)

    found = read_submission(path)

    assert dict(found.files) == {"hw5_mle.py": GOOD}
    assert "hw5_pca.py" in found.remarks[0]


def test_a_name_that_is_a_file_and_a_folder_costs_only_itself(tmp_path: Path) -> None:
    members = [("hw5_mle.py", GOOD), ("hw5_mle.py/x.py", b""), ("a", b""), ("a/b/c", b"")]

    found = read_submission(zipped(tmp_path / "s.zip", members))

    assert set(found.files) == {"hw5_mle.py", "a"}
    assert len(found.remarks) == 2


def test_remarks_are_counted_past_a_number(tmp_path: Path) -> None:
    found = read_submission(zipped(tmp_path / "s.zip", [(f"../{n}", b"") for n in range(500)]))

    assert len(found.remarks) == MAX_REMARKS + 1
    assert found.remarks[-1] == f"and {500 - MAX_REMARKS} more like these"


def test_a_pipe_and_a_device_are_no_submission(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(UsageError, match="not a folder, a zip or a tar"):
            read_submission(path)


class Gadget:
    """Runs a program where it is unpickled."""

    def __init__(self, proof: str) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.proof}",)


def saved(value: Any, **options: Any) -> bytes:
    data = io.BytesIO()
    torch.save(value, data, **options)
    return data.getvalue()


def sparse_with_indices_outside() -> bytes:
    """torch 2.13.0 reads it, and crashes at the first product."""
    rows, columns, values = torch.tensor([0, 1]), torch.tensor([1 << 40]), torch.tensor([1.0])
    with warnings.catch_warnings(action="ignore"):
        matrix = torch.sparse_csr_tensor(rows, columns, values, (1, 1), check_invariants=False)
        return saved({"w": matrix})


TRAINED: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "a pickle that runs a program": (lambda p: saved({"w": Gadget(str(p))}), "Weights only"),
    "the same in the old format": (
        lambda p: saved(Gadget(str(p)), _use_new_zipfile_serialization=False), "Weights only",
    ),
    "a whole model": (lambda _: saved(torch.nn.Linear(1, 1)), "Weights only"),
    "a list": (lambda _: saved([torch.ones(1)]), "holds a list"),
    "one tensor": (lambda _: saved(torch.ones(1)), "holds a Tensor"),
    "nested": (lambda _: saved({"model": {"w": torch.ones(1)}}), "not a flat state dict"),
    "numbers for names": (lambda _: saved({1: torch.ones(1)}), "not a flat state dict"),
    "sparse": (lambda _: saved({"w": torch.eye(2).to_sparse()}), "not a plain dense tensor"),
    "sparse rows": (lambda _: sparse_with_indices_outside(), "not a plain dense tensor"),
    "cut off": (lambda _: saved({"w": torch.ones(99)})[:-60], ""),
    "empty": (lambda _: b"", ""),
    "text": (lambda _: b"my model is on my other laptop", ""),
    "a zip without a model": (lambda _: b"PK\5\6" + bytes(18), ""),
}  # fmt: skip


@pytest.fixture
def worker(pool: ZygotePool) -> Iterator[Any]:
    """A worker in which torch is loaded."""
    channel = pool.channel(["numpy", "torch"], Limits())
    yield channel
    channel.close()


@pytest.mark.parametrize("name", TRAINED)
def test_a_trained_file_that_is_none_is_refused_in_words(
    worker: Any, tmp_path: Path, name: str
) -> None:
    make, words = TRAINED[name]
    proof = tmp_path / "ran"
    worker.request("files", {"files": {"m.pth": make(proof)}}, 10)

    status, data = worker.request("weights", {"file": "m.pth"}, 30)

    assert status == "raised"
    assert words in data["message"]
    assert not proof.exists()


def test_a_small_file_of_a_huge_tensor_is_contained(worker: Any) -> None:
    """A kilobyte on disk, with strides of zero: terabytes when it is copied."""
    huge = saved({"w": torch.zeros(1).expand(1 << 20, 1 << 20)})
    assert len(huge) < 1 << 14
    worker.request("files", {"files": {"m.pth": huge}}, 10)

    status, _ = worker.request("weights", {"file": "m.pth"}, 30)

    assert status in ("out_of_memory", "output_limit")


def test_a_file_that_crashes_the_reader_ends_its_worker_alone(pool: ZygotePool) -> None:
    """Whatever a malformed file does to torch, it does there."""
    worker = pool.channel(["numpy", "torch"], Limits())
    source = b"import ctypes, torch\ntorch.load = lambda *args, **kwargs: ctypes.string_at(1)\n"
    worker.request("files", {"files": {"m.py": source, "m.pth": b""}}, 10)
    worker.request("load", {"module": "m", "seed": 0}, 20)

    with pytest.raises(WorkerDied, match="SIGSEGV"):
        worker.request("weights", {"file": "m.pth"}, 30)
    next_one = pool.channel(["numpy", "torch"], Limits())
    assert next_one.request("probe", {}, 30)[0] == "ok"
    next_one.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a pickle that runs a program", "a list", "cut off", "text"])
def test_beside_a_bad_trained_file_the_code_is_still_graded(
    session: Session, root: Path, tmp_path: Path, name: str
) -> None:
    artifact = next(c for c in load_rubric().topic("hw5_vae").checks if c.kind == "artifact")
    checks = (artifact.id, "hw5_vae.kl_is_never_negative")
    source = (root / "reference" / "hw5_vae.py").read_bytes()
    trained = TRAINED[name][0](tmp_path / "ran")

    report = graded(session, {"hw5_vae.py": source, "hw5_vae.pth": trained}, checks)

    found = {c.id: c for p in report.problems for c in p.checks}
    assert found["hw5_vae.kl_is_never_negative"].status is Status.PASSED
    assert found[artifact.id].status is Status.FAILED
    assert "hw5_vae.pth" in found[artifact.id].message + str(found[artifact.id].counterexample)
    assert not (tmp_path / "ran").exists()


def test_a_folder_or_a_link_in_place_of_a_trained_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "hw5_vae.pth").symlink_to("/dev/zero")
    (tmp_path / "hw5_gan_gen.pth").mkdir()
    (tmp_path / "hw5_mle.py").write_bytes(GOOD)

    found = read_submission(tmp_path)

    assert set(found.files) == {"hw5_mle.py"}
    assert any("hw5_vae.pth" in remark for remark in found.remarks)
