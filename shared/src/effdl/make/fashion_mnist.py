"""Pack the course's share of Fashion-MNIST: `python -m effdl.make.fashion_mnist FOLDER`.

FOLDER holds the four files of the original (`train-images-idx3-ubyte.gz` and so on). They come from the authors' site
or, without it, from the Debian package `dataset-fashion-mnist`:

    apt-get download dataset-fashion-mnist && dpkg -x dataset-fashion-mnist_*.deb fm
    python -m effdl.make.fashion_mnist fm/usr/share/datasets/fashion-mnist

The originals are shuffled already, so the first images of each class are a random sample. They are stored in the order
of their hashes, which mixes the classes without a random generator: any beginning of a split is a random sample too.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path

import numpy as np

from effdl import data
from effdl.make import checksums

__all__ = ["main", "mix", "pick", "read_idx"]

PER_CLASS = {"train": ("train", 0, 1000), "validation": ("train", 1000, 1200), "test": ("t10k", 0, 200)}


def read_idx(path: Path) -> np.ndarray:
    """Read a gzipped IDX file of bytes.

    Shapes: -> (n,) labels or (n, 28, 28) images, uint8
    """
    raw = gzip.decompress(path.read_bytes())
    n_axes = raw[3]  # the header: two zeros, the type, the number of axes, then each axis' length in 4 bytes
    shape = np.frombuffer(raw, ">u4", count=n_axes, offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * n_axes).reshape(shape.astype(int))


def pick(labels: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Indices of the examples start..stop of each class, in the order of the file.

    Shapes: labels (n,) -> (n_class * (stop - start),)
    """
    chosen = [np.flatnonzero(labels == label)[start:stop] for label in np.unique(labels)]
    return np.sort(np.concatenate(chosen))


def mix(images: np.ndarray) -> np.ndarray:
    """The order of the images by their SHA-256.

    Shapes: images (n, h, w) -> (n,)
    """
    return np.array(sorted(range(len(images)), key=lambda i: hashlib.sha256(images[i].tobytes()).digest()))


def main(folder: Path, out: Path = checksums.DATA) -> None:
    """Write the images and labels of the three splits, each in a file of its own, and their checksums."""
    target = out / "fashion_mnist"
    target.mkdir(parents=True, exist_ok=True)
    for split, (origin, start, stop) in PER_CLASS.items():
        images = read_idx(folder / f"{origin}-images-idx3-ubyte.gz")
        labels = read_idx(folder / f"{origin}-labels-idx1-ubyte.gz")
        chosen = pick(labels, start, stop)
        chosen = chosen[mix(images[chosen])]
        sixteen = np.rint(images[chosen] / 17).astype(np.uint8)
        (target / f"{split}_images.xz").write_bytes(data.pack(sixteen))
        (target / f"{split}_labels.xz").write_bytes(data.pack(labels[chosen]))
        print(f"{split}: {len(chosen)} images, mean {sixteen.mean() / 15:.4f}, std {sixteen.std() / 15:.4f}")
    checksums.record(out)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m effdl.make.fashion_mnist FOLDER (of the original's four .gz files)")
    main(Path(sys.argv[1]))
