"""Measure `data/lab03_results.json` anew: `python -m effdl.make.lab03` (about fifteen minutes on one core)."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import nn

from effdl import channels, data, experiments, train, zoo
from effdl.data import Split
from effdl.make import checksums, resnet8

__all__ = ["main"]

SEEDS = (0, 1, 2)  # 0 is the network of the zoo, the others are trained here by the same recipe
SPARSITIES = (0.3, 0.5, 0.7, 0.8, 0.9)
SHARES = (0.25, 0.5, 0.75)  # of the inner channels that a shrunk network loses
SEEN_FOR_GRADIENTS, SEEN_FOR_PATCHES, HELD_OUT = 128, 500, 1000  # images


def main(folder: Path = checksums.DATA) -> None:
    """Measure three networks and write the curves, rounded to 0.05 points, the step of 2,000 images."""
    torch.set_num_threads(1)
    seen, held_out = data.fashion_mnist("train"), data.fashion_mnist("validation")
    results = {"seeds": list(SEEDS), "sparsities": list(SPARSITIES), "shares": list(SHARES), "dense": []}
    results |= {"granularity": {}, "method": {}}
    for seed in SEEDS:
        net = zoo.load("resnet8") if seed == 0 else resnet8.trained(seen, seed)[0]
        results["dense"].append(_percent(train.accuracy(net, held_out)))
        print(f"seed {seed}: {results['dense'][-1]} % on validation", flush=True)
        _granularities(results["granularity"], net, seed, seen, held_out)
        _methods(results["method"], net, seed, seen, held_out)
    checksums.write_results("lab03", results, folder)


def _granularities(found: dict, net: nn.Module, seed: int, seen: Split, held_out: Split) -> None:
    for granularity in experiments.GRANULARITIES:
        rows = found.setdefault(granularity, {"sparsity": [], "stages": []})
        sparsities = (0.5,) if granularity == "2:4" else SPARSITIES
        rows["sparsity"] = list(sparsities)
        generator = torch.Generator().manual_seed(seed)
        chosen = [experiments.masks(net, granularity, sparsity, generator=generator) for sparsity in sparsities]
        measured = [experiments.measure(net, one, seen, held_out, seed=seed) for one in chosen]
        rows["stages"].append([[_percent(value) for value in stages] for stages in measured])
        print(granularity, rows["stages"][-1], flush=True)


def _methods(found: dict, net: nn.Module, seed: int, seen: Split, held_out: Split) -> None:
    proof = channels.collect(net, seen.first(SEEN_FOR_GRADIENTS), held_out.first(HELD_OUT))
    for method in channels.METHODS:
        rows = found.setdefault(method, {"stages": []})
        small = [channels.shrink(net, proof, method, share, seen.first(SEEN_FOR_PATCHES)) for share in SHARES]
        measured = [experiments.measure(one, {}, seen, held_out, seed=seed) for one in small]
        rows["stages"].append([[_percent(value) for value in stages] for stages in measured])
        print(method, rows["stages"][-1], flush=True)


def _percent(value: float) -> float:
    return round(value, 2)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
