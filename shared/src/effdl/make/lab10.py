"""Measure `data/lab10_results.json` anew: `python -m effdl.make.lab10 [SEED ...]` (six minutes on one core for a seed).

Results of seeds that are not named stay in the file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from effdl import data, lowbit_runs, nets, train, zoo
from effdl.data import Split
from effdl.make import checksums, resnet8

__all__ = ["main"]

SEEDS = (0, 1, 2)  # 0 is the network of the zoo, the others are trained here by the same recipe


def main(path: Path, seeds: Sequence[int]) -> None:
    """Measure the networks of these seeds; percent are rounded to 0.01, where 2,000 images have steps of 0.05."""
    torch.set_num_threads(1)
    seen, held_out = data.fashion_mnist("train"), data.fashion_mnist("validation")
    for seed in seeds:
        net = zoo.load("resnet8") if seed == 0 else _trained(seed, seen)
        found = {"dense": round(train.accuracy(net, held_out), 2), "runs": {}}
        for run in lowbit_runs.RUNS:
            found["runs"][run] = [round(p, 2) for p in lowbit_runs.measure(net, run, seen, held_out, seed=seed)]
            print(seed, run, found["runs"][run], flush=True)
        results = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        results = dict(sorted((results | {str(seed): found}).items()))
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if path.parent == checksums.DATA:
        checksums.record()


def _trained(seed: int, seen: Split) -> nn.Module:
    generator = torch.Generator().manual_seed(seed)
    net = nets.ResNet8(generator=generator)
    train.fit(net, seen, epochs=resnet8.EPOCHS, lr=resnet8.LR, generator=generator, progress=False)
    return net


if __name__ == "__main__":
    main(checksums.DATA / "lab10_results.json", [int(seed) for seed in sys.argv[1:]] or SEEDS)
