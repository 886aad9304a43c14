"""Round a whole network in each way of lab 10, train it on, and read what `python -m effdl.make.lab10` measured.

A run is named by bits, "W2A8" for 2-bit weights and 8-bit inputs, or by method, "TWN". It has four stages: rounded;
rounded, with batch normalization re-estimated; trained for one epoch; trained for three. At W2A8 they may read 16, 48,
87 and 89 percent.

What this leaves out: tuning for each run. The learning rate is one of three, chosen on the validation images with one
network.

Sources: Krishnamoorthi 2018, arXiv:1806.08342; the papers of effdl.lowbit_net; data/lab10_results.json
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from effdl import data, lowbit_net, qat, qat_net, train
from effdl.data import Split

__all__ = ["BITS", "EPOCHS", "RUNS", "STAGES", "Results", "load", "measure", "rounded", "size_bytes", "trained"]

BITS = {"W8A8": (8, 8), "W4A8": (4, 8), "W3A8": (3, 8), "W2A8": (2, 8), "W4A4": (4, 4)}
RUNS = (*BITS, *lowbit_net.METHODS)
EPOCHS = (1, 3)
STAGES = ("rounded", "BN re-estimated", *(f"{n} epoch{'s' * (n > 1)}" for n in EPOCHS))
BN_IMAGES = 1000
CLIPPED = ("BinaryConnect", "stochastic")


@dataclass(frozen=True)
class Results:
    """Accuracies on validation in percent: of the float networks (n_seed,), and of each run (n_seed, n_stage)."""

    dense: np.ndarray
    runs: dict[str, np.ndarray]

    def mean(self, run: str, stage: str) -> float:
        """The mean over the networks."""
        return float(self.runs[run][:, STAGES.index(stage)].mean())

    def spread(self, run: str, stage: str) -> float:
        """Half the range over the networks."""
        return float(np.ptp(self.runs[run][:, STAGES.index(stage)])) / 2

    def by_bits(self) -> tuple[list[str], dict[str, tuple[list[float], list[float]]]]:
        """The runs with 8-bit inputs, and for each stage but the first epoch their means and spreads."""
        bits = [run for run, (_, inputs) in BITS.items() if inputs == 8]
        stages = [stage for stage in STAGES if stage != "1 epoch"]
        means = {stage: [self.mean(run, stage) for run in bits] for stage in stages}
        return bits, {stage: (means[stage], [self.spread(run, stage) for run in bits]) for stage in stages}

    def points(self, net: nn.Module) -> list[tuple[str, float, float, float]]:
        """Each run's name, KiB, mean accuracy after the last epoch and its spread."""
        return [
            (run, size_bytes(net, run) / 1024, self.mean(run, STAGES[-1]), self.spread(run, STAGES[-1])) for run in RUNS
        ]

    def smallest(self, net: nn.Module, *, within: float) -> str:
        """The run of fewest bytes that lost less than so many points after the last epoch.

        Raises: ValueError if none did
        """
        near = [run for run in RUNS if self.dense.mean() - self.mean(run, STAGES[-1]) < within]
        if not near:
            raise ValueError(f"smallest: every run loses {within} points or more")
        return min(near, key=lambda run: size_bytes(net, run))


def rounded(
    net: nn.Module, run: str, seen: Split, *, seed: int = 0, fake_quantize: Callable | None = None
) -> nn.Module:
    """A rounded copy of the network, ranges calibrated, nothing trained.

    Raises: ValueError if run is none of RUNS
    Source: Krishnamoorthi 2018, section 3.1, arXiv:1806.08342
    """
    if run not in RUNS:
        raise ValueError(f"rounded: run must be one of {RUNS}, got {run!r}")
    if run in BITS:
        rounding = fake_quantize or qat.FakeQuantize.apply
        return qat_net.calibrate_(qat_net.convert(net, BITS[run], rounding), seen.images)
    return lowbit_net.convert(net, run, generator=torch.Generator().manual_seed(seed))


def trained(net: nn.Module, run: str, seen: Split, *, epochs: float, seed: int = 0, **options: Any) -> nn.Module:
    """A copy of the network, rounded and trained on.

    Options: `fake_quantize` is how QATLayers round; `clip=False` lets the latent weights of BinaryConnect drift. What
    was trained by lot runs without lots, so its batch normalization is re-estimated at the end.

    Source: Krishnamoorthi 2018, section 3.2, arXiv:1806.08342; Courbariaux et al. 2015, arXiv:1511.00363
    """
    clip = options.pop("clip", run in CLIPPED)
    small = rounded(net, run, seen, seed=seed, **options)
    hook = lowbit_net.clip_ if clip else None
    generator = torch.Generator().manual_seed(seed)
    train.fit(small, seen, epochs=epochs, lr=_rate(run), generator=generator, after_step=hook, progress=False)
    return train.reestimate_bn_(small, seen.images[:BN_IMAGES]) if run == "stochastic" else small


def measure(net: nn.Module, run: str, seen: Split, held_out: Split, *, seed: int) -> list[float]:
    """Accuracy at the four stages, in percent.

    Source: ours
    """
    small = rounded(net, run, seen, seed=seed)
    repaired = train.reestimate_bn_(copy.deepcopy(small), seen.images[:BN_IMAGES])
    after = [trained(net, run, seen, epochs=epochs, seed=seed) for epochs in EPOCHS]
    return [train.accuracy(stage, held_out) for stage in (small, repaired, *after)]


def size_bytes(net: nn.Module, run: str) -> int:
    """What the rounded network takes to store: `qat_net.stored_bytes` or `lowbit_net.stored_bytes`.

    Source: ours
    """
    if run in BITS:
        return qat_net.stored_bytes(qat_net.convert(net, BITS[run]))
    return lowbit_net.stored_bytes(lowbit_net.convert(net, run))


def load() -> Results:
    """The cached results, of one network a seed.

    Raises: FileNotFoundError if the data folder lacks them
    Source: data/lab10_results.json
    """
    seeds = data.results("lab10")
    runs = {run: np.array([found["runs"][run] for found in seeds.values()]) for run in RUNS}
    return Results(np.array([found["dense"] for found in seeds.values()]), runs)


def _rate(run: str) -> float:
    if run in BITS:
        return 3e-3 if BITS[run][0] == 2 else 1e-3
    return 1e-2
