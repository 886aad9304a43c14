"""Measure `data/lab01_results.json` anew: `python -m effdl.make.lab01` (about two minutes on one core)."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from effdl import data, fields, shapes
from effdl.make import checksums

__all__ = ["main"]

SEEDS = (0, 1, 2)


def main(folder: Path = checksums.DATA) -> None:
    """Train each chain from three seeds and write its accuracy on the validation pictures."""
    torch.set_num_threads(1)
    seen, held_out = (fields.small(data.fashion_mnist(split)) for split in ("train", "validation"))
    rows = []
    for chain in fields.CHAINS:
        field, jump = shapes.receptive_field(chain.layers)
        synapses = sum(w.numel() for w in fields.ChainNet(chain).parameters() if w.ndim > 1)
        accuracies = [round(fields.measure(chain, seen, held_out, seed=seed), 2) for seed in SEEDS]
        rows.append({"family": chain.family, "layers": chain.layers, "field": field, "jump": jump})
        rows[-1] |= {"synapses": synapses, "accuracies": accuracies}
        print(rows[-1], flush=True)
    checksums.write_results("lab01", {"seeds": SEEDS, "chains": rows}, folder)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
