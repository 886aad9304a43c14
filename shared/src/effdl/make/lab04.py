"""Measure `data/lab04_results.json` anew: `python -m effdl.make.lab04 [PIECE ...]` (about fifteen minutes on one core).

The pieces, each kept in the file until it is named: tickets-0..2, start-0..2, landscape, budgets, admm, slimming.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from effdl import (
    admm,
    cost,
    data,
    experiments,
    grasp,
    inner,
    lottery,
    masking,
    metapruning,
    netadapt,
    pruning,
    sparse_training,
    tickets,
    train,
    zoo,
)
from effdl.make import checksums

__all__ = ["main"]

SEEDS = (0, 1, 2)
SPARSITIES = (0.8, 0.9, 0.95, 0.98, 0.99)
SHARES = (0.5, 0.35)  # of the network's MACs
GRID = tuple(i / 10 for i in range(10))  # shares of blocks 2 and 3 that go, for the landscape
FIRST_BLOCK = 0.4  # the share of block 1 that goes there
META_EPOCHS, META_LR = 15, 3e-3
ADMM_SPARSITIES = (0.9, 0.95, 0.97)
CHANNEL_SHARE = 0.5
Data = tuple[data.Split, data.Split]


def main(folder: Path, wanted: Sequence[str]) -> None:
    """Measure the pieces that are named, or all that the file lacks; percent are rounded to 0.01."""
    torch.set_num_threads(1)
    images = data.fashion_mnist("train"), data.fashion_mnist("validation")
    for name, piece in _pieces().items():
        results = checksums.known_results("lab04", folder) or {"sparsities": list(SPARSITIES)}
        if name in (wanted or set(_pieces()) - set(results)):
            found = _rounded(piece(*images))
            print(name, found, flush=True)
            checksums.write_results("lab04", dict(sorted((results | {name: found}).items())), folder)


def _pieces() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for seed in SEEDS:
        found[f"tickets-{seed}"] = lambda *images, seed=seed: _tickets(seed, *images)
        found[f"start-{seed}"] = lambda *images, seed=seed: _start(seed, *images)
    return found | {"landscape": _landscape, "budgets": _budgets, "admm": _admm, "slimming": _slimming}


def _tickets(seed: int, seen: data.Split, held_out: data.Split) -> dict[str, list[float]]:
    first = lottery.ticket_chain(seed, seen, held_out)
    later = lottery.ticket_chain(seed, seen, held_out, rewind_step=lottery.REWIND_STEP)
    control = [lottery.random_again(seed, point.masks, seen, held_out) for point in first]
    return {
        "density": [tickets.density(point.masks) * 100 for point in first],
        "step 0": [point.accuracy for point in first],
        "step k": [point.accuracy for point in later],
        "drawn again": control,
    }


def _start(seed: int, seen: data.Split, held_out: data.Split) -> dict[str, list[list[float]]]:
    """For each method and sparsity: accuracy, and the smallest number of weights that a layer has left."""
    found: dict[str, list[list[float]]] = {method: [] for method in grasp.METHODS}
    for method in grasp.METHODS:
        for sparsity in SPARSITIES:
            accuracy, masks = lottery.pruned_at_start(seed, method, sparsity, seen, held_out)
            found[method].append([accuracy, min(int(mask.sum()) for mask in masks.values())])
    return found


def _landscape(seen: data.Split, held_out: data.Split) -> list[list[float]]:
    space = inner.Space(zoo.load("resnet8"), seen, held_out)
    return [[space.quick(space.widths((FIRST_BLOCK, second, third))) for third in GRID] for second in GRID]


def _budgets(seen: data.Split, held_out: data.Split) -> dict[str, Any]:
    space = inner.Space(zoo.load("resnet8"), seen, held_out)
    meta = _pruning_net(seen)
    judged = held_out.first(inner.JUDGED_IMAGES)

    def meta_quick(widths: Sequence[int]) -> float:
        with torch.no_grad():
            logits = meta(judged.images, widths)
        return 100 * (logits.argmax(1) == judged.labels).double().mean().item()

    found: dict[str, Any] = {"dense": train.accuracy(space.net, held_out)}
    for share in SHARES:
        budget = share * cost.macs(space.net, (1, 28, 28))
        chosen = {"uniform": inner.uniform(space, budget)}
        chosen["AMC-like"] = _searched(space, budget, space.quick)
        chosen["NetAdapt"] = _adapted(space, budget)
        chosen["PruningNet"] = _searched(space, budget, meta_quick)
        found[f"{share}"] = {
            name: {
                "widths": list(widths),
                "macs": space.macs(widths),
                "quick": space.quick(widths),
                "written": meta_quick(widths),
                "finetuned": [space.finetuned(widths, seed=seed) for seed in SEEDS],
            }
            for name, widths in chosen.items()
        }
    return found


def _searched(space: inner.Space, budget: float, quick: Callable[[Sequence[int]], float]) -> tuple[int, ...]:
    return space.widths(inner.search(space, budget, quick, seed=0)[1])


def _adapted(space: inner.Space, budget: float) -> tuple[int, ...]:
    full = dict(zip(inner.BLOCKS, space.full, strict=True))
    path = netadapt.adapt(
        full,
        lambda widths: space.macs(tuple(widths.values())),
        lambda widths: space.quick(tuple(widths.values())),
        budget=budget,
        reduction=inner.REDUCTION * space.macs(space.full),
    )
    return tuple(path[-1].values())


def _pruning_net(seen: data.Split) -> metapruning.PruningNet:
    generator = torch.Generator().manual_seed(0)
    net = metapruning.PruningNet(generator=generator)
    return metapruning.train_pruning_net(net, seen, epochs=META_EPOCHS, lr=META_LR, generator=generator)


def _admm(seen: data.Split, held_out: data.Split) -> dict[str, list[list[float]]]:
    net, found = zoo.load("resnet8"), {}
    for name, way in (("ADMM", sparse_training.by_admm), ("magnitude", sparse_training.by_magnitude)):
        found[name] = [
            list(sparse_training.finish(way(net, sparsity, seen, seed=0), sparsity, seen, held_out, seed=0))
            for sparsity in ADMM_SPARSITIES
        ]
    return found


def _slimming(seen: data.Split, held_out: data.Split) -> dict[str, Any]:
    found = {}
    for name, scale in (("with L1", sparse_training.SOFTEN), ("without", 0.0)):
        net = sparse_training.slimmed(zoo.load("resnet8"), seen, scale=scale, seed=0)
        gammas = sparse_training.slimming_gammas(net)
        small = masking.shrink_blocks(net, admm.slimming_keeps(gammas, CHANNEL_SHARE), pruning.shrink_pair)
        found[name] = {
            "gammas": [gamma.abs().tolist() for gamma in gammas.values()],
            "kept": [block.conv1.out_channels for block in small.blocks],
            "macs": cost.macs(small, (1, 28, 28)),
            "trained": train.accuracy(net, held_out),
            "stages": list(experiments.measure(small, {}, seen, held_out, seed=0)),
        }
    return found


def _rounded(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _rounded(value) for name, value in found.items()}
    if isinstance(found, list):
        return [_rounded(value) for value in found]
    return round(found, 4 if isinstance(found, float) and abs(found) < 2 else 2)


if __name__ == "__main__":
    main(checksums.DATA, sys.argv[1:])
