"""Measure `data/lab10_results.json` anew: `python -m effdl.make.lab10 [SEED ...]` (six minutes on one core for a seed).

Results of seeds that are not named stay in the file.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import torch

from effdl import data, lowbit_runs, train, zoo
from effdl.make import checksums, resnet8

__all__ = ["main"]

SEEDS = (0, 1, 2)  # 0 is the network of the zoo, the others are trained here by the same recipe


def main(seeds: Sequence[int]) -> None:
    """Measure the networks of these seeds; percent are rounded to 0.01, where 2,000 images have steps of 0.05."""
    torch.set_num_threads(1)
    seen, held_out = data.fashion_mnist("train"), data.fashion_mnist("validation")
    for seed in seeds:
        net = zoo.load("resnet8") if seed == 0 else resnet8.trained(seen, seed)[0]
        found = {"dense": round(train.accuracy(net, held_out), 2), "runs": {}}
        for run in lowbit_runs.RUNS:
            found["runs"][run] = [round(p, 2) for p in lowbit_runs.measure(net, run, seen, held_out, seed=seed)]
            print(seed, run, found["runs"][run], flush=True)
        known = checksums.known_results("lab10")
        checksums.write_results("lab10", dict(sorted((known | {str(seed): found}).items())))


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or SEEDS)
