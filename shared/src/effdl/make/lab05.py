"""Measure `data/lab05_results.json` anew: `python -m effdl.make.lab05` (half a minute on one core)."""

from __future__ import annotations

from pathlib import Path

import torch

from effdl import data, eie_net, masking, zoo
from effdl.make import checksums

__all__ = ["main"]

SEEDS, N_PE = (0, 1, 2), 8  # the seeds shuffle the images of the epoch of training on


def main(folder: Path = checksums.DATA) -> None:
    """Prune ResNet8 plainly and balanced, at the sparsities of `resnet8_pruned`; train it on, once for each seed."""
    torch.set_num_threads(1)
    seen, held_out = data.fashion_mnist("train"), data.fashion_mnist("validation")
    zeros = {name: w == 0 for name, w in masking.prunable(zoo.load("resnet8_pruned")).items()}
    sparsities = {name: round(float(zero.double().mean()), 4) for name, zero in zeros.items()}
    results = {"seeds": list(SEEDS), "n_pe": N_PE, "sparsities": sparsities}
    results |= {stage: {"plain": [], "balanced": []} for stage in ("reestimated", "finetuned")}
    for seed in SEEDS:
        pair = eie_net.balanced_pair(zoo.load("resnet8"), sparsities, N_PE, seen, held_out, seed=seed)
        for kind, stages in pair.items():
            results["reestimated"][kind].append(round(stages.reestimated, 2))
            results["finetuned"][kind].append(round(stages.finetuned, 2))
        print(f"seed {seed}: {pair}", flush=True)
    checksums.write_results("lab05", results, folder)


if __name__ == "__main__":
    main()
