"""Find, verify and unpack the data that ships with the course.

Every file lies in `data/`, and `data/checksums.txt` lists its SHA-256 in the format of `sha256sum`. A file is looked
for in the folder that the environment variable EFFDL_DATA names, then in the `data/` of the checkout that `effdl` was
installed from, and it is used only if its checksum is right. Images are stored in 4 bits a pixel: the stored value q in
0..15 stands for the 8-bit pixel 17 q, so a pixel is off by at most 8 of 255; 14,000 images take 2.3 MB.

What this leaves out: the other 46,000 training and 8,000 test images of Fashion-MNIST, and downloading, which a course
that has to work offline does not need.

Sources: Xiao, Rasul and Vollgraf 2017, Fashion-MNIST, arXiv:1708.07747 (MIT license); data/README.md has the origin of
each file.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from effdl.place import checkout

__all__ = ["CLASSES", "MEAN", "STD", "Split", "fashion_mnist", "find", "pack", "results", "unpack"]

CLASSES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
MEAN, STD = 0.2865, 0.3545  # of the training pixels, scaled to 0..1; a test measures them
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Split:
    """Images (n, 1, 28, 28), float32 and normalized, and their labels (n,), int64; -1 is a label that is withheld."""

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...] = CLASSES

    def __len__(self) -> int:
        return len(self.images)

    def first(self, n: int) -> Split:
        """The first n examples; the files are mixed, so that these are a random sample."""
        return Split(self.images[:n], self.labels[:n], self.classes)


def fashion_mnist(split: str = "train") -> Split:
    """Load the "train" (10,000), "validation" (2,000) or "test" (2,000) images, equally many of each class.

    The test split is for reporting: choose and tune on validation. Where the test labels are withheld, as they are
    while an assignment is graded, each is -1.

    Shapes: -> images (n, 1, 28, 28), labels (n,)
    Units:  pixels of 0..1, less MEAN, over STD
    Error:  4-bit storage moves a pixel by at most 8 / 255 / STD
    Raises: ValueError if split is none of the three; FileNotFoundError if the images are not found
    Source: Xiao et al. 2017, arXiv:1708.07747

    >>> fashion_mnist("test").images.shape
    torch.Size([2000, 1, 28, 28])
    """
    if split not in SPLITS:
        raise ValueError(f"fashion_mnist: split must be one of {SPLITS}, got {split!r}")
    pixels = unpack(find(f"fashion_mnist/{split}_images.xz").read_bytes()).reshape(-1, 1, 28, 28)
    images = (torch.from_numpy(pixels).float() / 15 - MEAN) / STD
    try:
        stored = unpack(find(f"fashion_mnist/{split}_labels.xz").read_bytes())
    except FileNotFoundError:
        if split != "test":
            raise
        return Split(images, torch.full((len(images),), -1))
    return Split(images, torch.from_numpy(stored).long())


def find(name: str) -> Path:
    """The path of a data file, its checksum verified; `name` is relative to `data/`.

    Raises: FileNotFoundError naming the folders that were searched; ValueError if the checksum is not the listed one
    Source: data/README.md
    """
    for folder in _folders():
        if (folder / name).is_file():
            _verify(folder, name)
            return folder / name
    raise FileNotFoundError(
        f"data file {name!r} is neither in $EFFDL_DATA ({os.environ.get('EFFDL_DATA') or 'not set'}) "
        f"nor in {checkout() / 'data'}: set EFFDL_DATA to the data folder of a checkout of the course"
    )


def results(lab: str) -> dict[str, Any]:
    """What the long experiments of a lab gave, as `python -m effdl.make.<lab>` measured them.

    Raises: FileNotFoundError if the data folder lacks them
    Source: data/README.md

    >>> sorted(results("lab17"))
    ['cachegrind']
    """
    return json.loads(find(f"{lab}_results.json").read_text(encoding="utf-8"))


def pack(values: np.ndarray) -> bytes:
    """Store integers 0..15, two to a byte, the first in the high half, and compress them.

    Shapes: values (...), an even number of them, any integer type -> bytes
    Error:  none, unpack returns the same values
    Raises: ValueError if a value is outside 0..15 or their number is odd
    Source: LZMA, Python's standard library

    >>> unpack(pack(np.array([1, 2, 3, 15]))).tolist()
    [1, 2, 3, 15]
    """
    flat = np.asarray(values).reshape(-1)
    if flat.size % 2 or flat.min(initial=0) < 0 or flat.max(initial=0) > 15:
        raise ValueError(f"pack: values must be an even number of integers in 0..15, got {flat.size} of them")
    flat = flat.astype(np.uint8)
    return lzma.compress((flat[0::2] << 4 | flat[1::2]).tobytes(), preset=9 | lzma.PRESET_EXTREME)


def unpack(packed: bytes) -> np.ndarray:
    """Undo `pack`.

    Shapes: bytes -> (n,), uint8
    Raises: lzma.LZMAError if the bytes are not what pack made
    Source: LZMA, Python's standard library
    """
    halves = np.frombuffer(lzma.decompress(packed), np.uint8)
    return np.stack([halves >> 4, halves & 15], axis=1).reshape(-1)


def _folders() -> list[Path]:
    named = os.environ.get("EFFDL_DATA")
    return [Path(named), checkout() / "data"] if named else [checkout() / "data"]


def _verify(folder: Path, name: str) -> None:
    table = folder / "checksums.txt"
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    listed = {path: digest for digest, path in (line.split(maxsplit=1) for line in lines)}
    if name not in listed:
        raise ValueError(f"{table} does not list {name!r}: take the whole data folder, or note the new file down there")
    found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    if found != listed[name]:
        raise ValueError(
            f"{folder / name} is damaged: its SHA-256 is {found[:12]}..., {table.name} has {listed[name][:12]}..."
        )
