"""Read the cached curves of lab 03, which `python -m effdl.make.lab03` measured on three networks from three seeds.

A point is the validation accuracy, in percent, at three stages: as pruned, with batch normalization re-estimated, and
fine-tuned for an epoch. Means and spreads are over the three networks; 12, 60 and 86 is a point.

What this leaves out: any measuring, which `effdl.experiments` does.

Source: data/lab03_results.json
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from effdl import data

__all__ = ["STAGES", "Curves", "load"]

STAGES = ("pruned", "BN re-estimated", "fine-tuned")
CONTROL = "random"


@dataclass(frozen=True)
class Curves:
    """Accuracies (n_seed, n_sparsity, 3) by granularity and by method; `dense` (n_seed,), all in percent."""

    sparsities: tuple[float, ...]
    shares: tuple[float, ...]
    dense: np.ndarray
    granularity: Mapping[str, np.ndarray]
    method: Mapping[str, np.ndarray]

    def stages(self) -> dict[str, dict[str, np.ndarray]]:
        """Every granularity that has a curve: {name: {stage: (n_seed, n_sparsity)}}."""
        whole = {name: found for name, found in self.granularity.items() if found.shape[1] == len(self.sparsities)}
        return {name: {stage: found[:, :, i] for i, stage in enumerate(STAGES)} for name, found in whole.items()}

    def point(self, granularity: str, sparsity: float, *, seed: int | None = None) -> np.ndarray:
        """The three stages of one granularity at one sparsity: the mean, or one seed's; 2:4 has 50 % only."""
        found = self.granularity[granularity]
        column = found[:, self.sparsities.index(sparsity) if found.shape[1] > 1 else 0]
        return column.mean(0) if seed is None else column[seed]

    def methods(self, share: float) -> dict[str, dict[str, np.ndarray]]:
        """Networks that lost a share of their inner channels: {method: {stage: (n_seed,)}}."""
        column = self.shares.index(share)
        return {
            name: {stage: found[:, column, i] for i, stage in enumerate(STAGES)} for name, found in self.method.items()
        }

    def best_method(self, share: float) -> str:
        """The method with the highest mean after fine-tuning, chosen on validation images."""
        return max(self.method, key=lambda name: self.method[name][:, self.shares.index(share), -1].mean())

    def tradeoff(self, method: str, macs: Mapping[float, int]) -> list[tuple[str, float, float, float]]:
        """For each share: a label, million MACs, mean accuracy after fine-tuning and half its range."""
        rows = []
        for share, count in macs.items():
            values = self.method[method][:, self.shares.index(share), -1]
            rows.append((f"{100 * share:.0f} % gone", count / 1e6, float(values.mean()), float(np.ptp(values)) / 2))
        return rows

    def reach(self, granularity: str, *, within: float) -> float:
        """The largest sparsity whose fine-tuned mean is within so many points of the dense mean; 0 if none is."""
        means = self.granularity[granularity][:, :, -1].mean(0)
        kept = (s for s, mean in zip(self.sparsities, means, strict=True) if self.dense.mean() - mean <= within)
        return max(kept, default=0.0)


def load() -> Curves:
    """The cached curves.

    Raises: FileNotFoundError if the data folder lacks them
    Source: data/lab03_results.json
    """
    found = data.results("lab03")
    return Curves(
        sparsities=tuple(found["sparsities"]),
        shares=tuple(found["shares"]),
        dense=np.array(found["dense"]),
        granularity={name: np.array(rows["stages"]) for name, rows in found["granularity"].items()},
        method={name: np.array(rows["stages"]) for name, rows in found["method"].items()},
    )
