"""Prune `data/resnet8_pruned.safetensors` anew: `python -m effdl.make.resnet8_pruned` (about two minutes on one core).

A sensitivity scan on the validation images gives each of the six layers its ratio; the largest allowed drop is the
smallest that makes TARGET of their weights zero. Magnitude pruning gets there in ROUNDS rounds of training on.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch
from safetensors.torch import save
from torch import nn

from effdl import data, masking, sensitivity, train, zoo
from effdl.make import checksums

__all__ = ["allocation", "main"]

RATIOS = (0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.96)
TARGET, ROUNDS = 0.875, 5
EPOCHS, LAST_EPOCHS, LR, SEED = 4, 20, 3e-3, 0


def allocation(net: nn.Module, held_out: data.Split) -> dict[str, float]:
    """A ratio for each prunable layer from one scan, all at one floor of accuracy, TARGET or more together.

    Source: Li et al. 2017, section 3.2, arXiv:1608.08710
    """
    scan = sensitivity.sensitivity_scan(net, lambda pruned: train.accuracy(pruned, held_out), RATIOS)
    for floor in range(100, 0, -1):
        ratios = sensitivity.ratios_within(scan, RATIOS, floor)
        if sensitivity.total_sparsity(net, ratios) >= TARGET:
            print(f"floor {floor} %: {ratios}, scan {scan}")
            return ratios
    raise ValueError(f"allocation: no floor gives {TARGET} of zeros with the ratios {RATIOS}")


def main(path: Path) -> None:
    """Prune and train in rounds, save the last network as it is, and report it on validation and test."""
    torch.set_num_threads(1)  # sums in another order give another network
    start = time.process_time()
    net, generator = zoo.load("resnet8"), torch.Generator().manual_seed(SEED)
    seen, held_out = data.fashion_mnist("train"), data.fashion_mnist("validation")
    ratios = allocation(net, held_out)
    for turn in range(1, ROUNDS + 1):
        now = {name: 1 - (1 - ratio) ** (turn / ROUNDS) for name, ratio in ratios.items()}
        masks = sensitivity.layer_masks(net, now)
        hook, epochs = masking.keep_applied(masks), LAST_EPOCHS if turn == ROUNDS else EPOCHS
        masking.apply_(net, masks)
        train.fit(net, seen, epochs=epochs, lr=LR, generator=generator, after_step=hook, progress=False)
        zeros = sensitivity.total_sparsity(net, now)
        print(f"round {turn}: {zeros:.1%} zeros, {train.accuracy(net, held_out):.2f} % on validation", flush=True)
    path.write_bytes(save(net.state_dict()))
    if path.parent == checksums.DATA:
        checksums.record()
    print(f"{path.name}: {train.accuracy(net, data.fashion_mnist('test')):.2f} % on test, {_seconds(start)}")


def _seconds(start: float) -> str:
    return f"{time.process_time() - start:.0f} CPU-s"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else checksums.DATA / "resnet8_pruned.safetensors")
