"""Train `data/mobilenet.safetensors` anew: `python -m effdl.make.mobilenet` (about three minutes on one core)."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch
from safetensors.torch import save

from effdl import data, nets, train
from effdl.make import checksums

__all__ = ["main"]

EPOCHS, LR, SEED = 10, 6e-3, 0


def main(path: Path) -> None:
    """Train by ResNet8's recipe, for fewer epochs; save the last network, report it on the other two splits."""
    torch.set_num_threads(1)  # sums in another order give another network
    start = time.process_time()
    generator = torch.Generator().manual_seed(SEED)
    net = nets.MobileNetV2(generator=generator)
    losses = train.fit(net, data.fashion_mnist("train"), epochs=EPOCHS, lr=LR, generator=generator)
    checksums.write(path, save(net.state_dict()))
    scores = {split: round(train.accuracy(net, data.fashion_mnist(split)), 2) for split in ("validation", "test")}
    print(f"{path.name}: loss {losses[-1]:.3f}, accuracy {scores}, {time.process_time() - start:.0f} CPU-s")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else checksums.DATA / "mobilenet.safetensors")
