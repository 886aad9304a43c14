"""The packed images are real, balanced, disjoint and verified before use."""

import gzip
import lzma
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from effdl import data, place
from effdl.make import checksums, fashion_mnist
from hypothesis import given, settings
from hypothesis import strategies as st

SIZES = {"train": 10_000, "validation": 2_000, "test": 2_000}


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A data folder of our own that EFFDL_DATA names, and no other."""
    (tmp_path / "fashion_mnist").mkdir()
    for name in ("checksums.txt", "fashion_mnist/test_images.xz", "fashion_mnist/test_labels.xz"):
        shutil.copy(checksums.DATA / name, tmp_path / name)
    monkeypatch.setenv("EFFDL_DATA", str(tmp_path))
    monkeypatch.setattr(data, "checkout", lambda: tmp_path / "elsewhere")
    return tmp_path


@pytest.mark.parametrize("split", SIZES)
def test_each_split_has_equally_many_images_of_each_class(split):
    part = data.fashion_mnist(split)
    assert part.images.shape == (SIZES[split], 1, 28, 28)
    assert part.images.dtype == torch.float32
    assert part.labels.bincount().tolist() == [SIZES[split] // 10] * 10


def test_no_image_is_in_two_splits():
    seen = [{image.numpy().tobytes() for image in data.fashion_mnist(split).images} for split in SIZES]
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]


def test_mean_and_std_are_those_of_the_training_pixels():
    images = data.fashion_mnist("train").images.double() * data.STD + data.MEAN
    assert abs(images.mean().item() - data.MEAN) < 5e-5
    assert abs(images.std().item() - data.STD) < 5e-5


def test_pixels_are_sixteen_levels_from_black_to_white():
    levels = data.fashion_mnist("test").images.double() * data.STD + data.MEAN
    # fp32 keeps 24 bits of a value up to 2.1, and two operations round: an error of at most 4.2 * 2**-24 a pixel
    assert (levels * 15 - (levels * 15).round()).abs().max() < 15 * 4.2 * 2**-24
    assert (levels * 15).round().unique().tolist() == list(range(16))


def test_first_takes_a_mixed_sample():
    few = data.fashion_mnist("validation").first(200)
    assert len(few) == 200
    # 20 of each class on average; a count of 200 draws at 1/10 has the standard deviation 4.2
    assert (few.labels.bincount() - 20).abs().max() < 4 * 4.3


def test_a_split_of_another_name_is_refused():
    with pytest.raises(ValueError, match="'dev'"):
        data.fashion_mnist("dev")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 15), max_size=60).filter(lambda values: len(values) % 2 == 0))
def test_unpack_undoes_pack(values):
    assert data.unpack(data.pack(np.array(values, dtype=np.int64))).tolist() == values


def test_pack_agrees_with_a_naive_loop():
    values = [3, 15, 0, 1]
    naive = bytes(values[i] * 16 + values[i + 1] for i in range(0, 4, 2))
    assert lzma.decompress(data.pack(np.array(values))) == naive


@pytest.mark.parametrize("values", [[1], [16, 0], [-1, 0]])
def test_what_does_not_fit_into_four_bits_is_refused(values):
    with pytest.raises(ValueError, match="pack"):
        data.pack(np.array(values))


def test_withheld_test_labels_are_minus_one(copied):
    (copied / "fashion_mnist/test_labels.xz").unlink()
    part = data.fashion_mnist("test")
    assert part.labels.tolist() == [-1] * 2000
    assert part.labels.dtype == torch.int64


def test_missing_images_are_named_with_both_places(copied):
    with pytest.raises(FileNotFoundError, match=r"validation_images.*EFFDL_DATA.*elsewhere"):
        data.fashion_mnist("validation")


def test_missing_labels_of_another_split_are_no_secret(copied):
    shutil.copy(checksums.DATA / "fashion_mnist/validation_images.xz", copied / "fashion_mnist")
    with pytest.raises(FileNotFoundError, match="validation_labels"):
        data.fashion_mnist("validation")


def test_a_damaged_file_is_refused(copied):
    path = copied / "fashion_mnist/test_images.xz"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(ValueError, match="damaged"):
        data.fashion_mnist("test")


def test_results_are_read_as_they_were_written_and_none_is_no_fault(tmp_path):
    assert checksums.known_results("lab10", tmp_path) == {}
    checksums.write_results("lab10", {"0": {"dense": 92.5}}, tmp_path)
    assert checksums.known_results("lab10", tmp_path) == {"0": {"dense": 92.5}}


def test_a_file_without_checksum_is_refused(copied):
    (copied / "new.txt").write_text("x")
    with pytest.raises(ValueError, match="does not list"):
        data.find("new.txt")


def test_without_the_variable_the_checkout_is_searched(monkeypatch):
    monkeypatch.delenv("EFFDL_DATA", raising=False)
    assert data.find("resnet8.safetensors") == checksums.DATA / "resnet8.safetensors"


def test_a_file_missing_in_the_named_folder_comes_from_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setenv("EFFDL_DATA", str(tmp_path))
    assert data.find("resnet8.safetensors").parent == checksums.DATA


def test_a_copy_in_site_packages_remembers_its_checkout(tmp_path, monkeypatch):
    class Installed:
        def read_text(self, name):
            assert name == "direct_url.json"
            return '{"url": "file:///home/ada/the%20course/shared"}'

    monkeypatch.setattr(place, "__file__", str(tmp_path / "lib/python3/site-packages/effdl/data.py"))
    monkeypatch.setattr(place.metadata, "distribution", lambda name: Installed())
    assert place.checkout() == Path("/home/ada/the course")


def test_every_data_file_is_listed_with_its_checksum():
    before = (checksums.DATA / "checksums.txt").read_text()
    listed = {line.split(maxsplit=1)[1] for line in before.splitlines()}
    present = {path.relative_to(checksums.DATA).as_posix() for path in checksums.DATA.rglob("*") if path.is_file()}
    assert present - set(checksums.OWN) == listed
    for name in listed:
        data.find(name)


def test_the_readme_lists_the_files_as_they_are():
    assert checksums.table() in (checksums.DATA / "README.md").read_text(encoding="utf-8")


def test_recording_writes_both_lists_anew(tmp_path):
    (tmp_path / "a.txt").write_text("abc")
    (tmp_path / "README.md").write_text(f"before\n{checksums.BEGIN}\nold\n{checksums.END}\nafter\n")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc", FIPS 180-4
    assert checksums.record(tmp_path) == [f"{digest}  a.txt"]
    checksums.record(tmp_path)
    text = (tmp_path / "README.md").read_text()
    assert text.startswith(f"before\n{checksums.BEGIN}\n| file")
    assert text.endswith(f"| `a.txt` | 3 | `{digest}` |\n{checksums.END}\nafter\n")


def test_all_data_stay_under_twenty_megabytes():
    assert sum(path.stat().st_size for path in checksums.DATA.rglob("*") if path.is_file()) < 20_000_000


def test_packing_picks_the_first_of_each_class_in_their_order(tmp_path):
    labels = np.array([1, 0, 1, 0, 1, 0])
    assert fashion_mnist.pick(labels, 0, 2).tolist() == [0, 1, 2, 3]
    assert fashion_mnist.pick(labels, 2, 3).tolist() == [4, 5]


def test_mixing_keeps_every_image_and_depends_on_their_content_alone():
    images = np.random.default_rng(0).integers(0, 256, (20, 2, 2), dtype=np.uint8)
    order = fashion_mnist.mix(images)
    assert sorted(order.tolist()) == list(range(20))
    turned = images[::-1].copy()
    assert np.array_equal(images[order], turned[fashion_mnist.mix(turned)])


def test_idx_files_are_read_as_they_are_specified(tmp_path):
    values = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    header = bytes([0, 0, 8, 3]) + b"".join(length.to_bytes(4, "big") for length in values.shape)
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(header + values.tobytes()))
    assert np.array_equal(fashion_mnist.read_idx(path), values)


def test_packing_twice_gives_the_same_bytes(tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    for origin, n in (("train", 40), ("t10k", 20)):
        labels = np.arange(n, dtype=np.uint8) % 10
        images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        for kind, values in (("images-idx3", images), ("labels-idx1", labels)):
            shape = b"".join(length.to_bytes(4, "big") for length in values.shape)
            raw = bytes([0, 0, 8, values.ndim]) + shape + values.tobytes()
            (tmp_path / f"{origin}-{kind}-ubyte.gz").write_bytes(gzip.compress(raw))
    monkeypatch.setattr(fashion_mnist, "PER_CLASS", {"train": ("train", 0, 2), "test": ("t10k", 0, 2)})
    tables = []
    for name in ("one", "two"):
        fashion_mnist.main(tmp_path, tmp_path / name)
        tables.append((tmp_path / name / "checksums.txt").read_text())
    assert tables[0] == tables[1]
    assert len(tables[0].splitlines()) == 4
