"""Measure `data/lab01_results.json` anew: `python -m effdl.make.lab01` (about two minutes on one core)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

from effdl import data, fields, shapes
from effdl.make import checksums

__all__ = ["main"]

SEEDS = (0, 1, 2)


def main(path: Path) -> None:
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
    path.write_text(json.dumps({"seeds": SEEDS, "chains": rows}, indent=1) + "\n", encoding="utf-8")
    if path.parent == checksums.DATA:
        checksums.record()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else checksums.DATA / "lab01_results.json")
