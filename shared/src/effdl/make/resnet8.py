"""Train `data/resnet8.safetensors` anew: `python -m effdl.make.resnet8` (about two minutes on one core)."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch
from safetensors.torch import save

from effdl import data, nets, train
from effdl.data import Split
from effdl.make import checksums

__all__ = ["main", "trained"]

EPOCHS, LR, SEED = 48, 6e-3, 0


def main(path: Path) -> None:
    """Train on the train split, save the last network as it is, and report it on the other two."""
    torch.set_num_threads(1)  # sums in another order give another network
    start = time.process_time()
    net, losses = trained(data.fashion_mnist("train"), SEED, progress=True)
    checksums.write(path, save(net.state_dict()))
    scores = {split: round(train.accuracy(net, data.fashion_mnist(split)), 2) for split in ("validation", "test")}
    print(f"{path.name}: loss {losses[-1]:.3f}, accuracy {scores}, {time.process_time() - start:.0f} CPU-s")


def trained(seen: Split, seed: int, *, progress: bool = False) -> tuple[nets.ResNet8, list[float]]:
    """A network trained on `seen` by the recipe of the course's, and its losses; the seed draws weights and batches."""
    generator = torch.Generator().manual_seed(seed)
    net = nets.ResNet8(generator=generator)
    return net, train.fit(net, seen, epochs=EPOCHS, lr=LR, generator=generator, progress=progress)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else checksums.DATA / "resnet8.safetensors")
