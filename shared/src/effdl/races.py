"""Read the cached experiments of lab 04, which `python -m effdl.make.lab04` measured.

Accuracies are percent of the validation images. Tickets and networks pruned at the start come from three seeds of a
narrow ResNet8; budgets, ADMM and slimming start from the ResNet8 of the zoo. A ticket of 8 % density that reads 83, 84
and 82 in three seeds has the mean 83.

What this leaves out: any measuring, which `effdl.lottery`, `effdl.inner` and `effdl.sparse_training` do.

Source: data/lab04_results.json
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from effdl import data

__all__ = ["Races", "load"]


@dataclass(frozen=True)
class Races:
    """Percent of three seeds: densities (n,), tickets {start: (seeds, n)}, sparsities (m,), start {method: (seeds, m)}.

    `thinnest` {method: (seeds, m)} counts the weights left in the thinnest layer; `landscape` (10, 10) is the quick
    accuracy over the shares of blocks 2 and 3 that go; the others are as the script wrote them.
    """

    densities: np.ndarray
    tickets: Mapping[str, np.ndarray]
    sparsities: np.ndarray
    start: Mapping[str, np.ndarray]
    thinnest: Mapping[str, np.ndarray]
    landscape: np.ndarray
    budgets: Mapping[str, Any]
    admm: Mapping[str, np.ndarray]
    slimming: Mapping[str, Any]

    def ticket(self, start: str, turn: int, *, seed: int | None = None) -> float:
        """Accuracy after so many rounds, from "step 0", "step k" or "drawn again": the mean, or one seed's."""
        column = self.tickets[start][:, turn]
        return float(column.mean() if seed is None else column[seed])

    def at_start(self, method: str, sparsity: float, *, seed: int | None = None) -> float:
        """Accuracy of a network pruned before training by one method: the mean, or one seed's."""
        column = self.start[method][:, list(self.sparsities).index(sparsity)]
        return float(column.mean() if seed is None else column[seed])

    def allocations(self, share: float) -> dict[str, tuple[list[int], float, float, np.ndarray]]:
        """Who chose widths at a share of the MACs: widths, million MACs, quick accuracy, accuracies after an epoch."""
        return {
            name: (found["widths"], found["macs"] / 1e6, found["quick"], np.array(found["finetuned"]))
            for name, found in self.budgets[f"{share}"].items()
        }


def load() -> Races:
    """The cached experiments.

    Raises: FileNotFoundError if the data folder lacks them
    Source: data/lab04_results.json
    """
    found = data.results("lab04")
    tickets, start = (
        [found[name] for name in sorted(found) if name.startswith(kind)] for kind in ("tickets-", "start-")
    )
    rows = {method: np.array([each[method] for each in start]) for method in start[0]}
    return Races(
        densities=np.array(tickets[0]["density"]) / 100,
        tickets={name: np.array([each[name] for each in tickets]) for name in tickets[0] if name != "density"},
        sparsities=np.array(found["sparsities"]),
        start={method: both[:, :, 0] for method, both in rows.items()},
        thinnest={method: both[:, :, 1].astype(int) for method, both in rows.items()},
        landscape=np.array(found["landscape"]),
        budgets=found["budgets"],
        admm={name: np.array(values) for name, values in found["admm"].items()},
        slimming=found["slimming"],
    )
