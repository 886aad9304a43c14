"""Drawings of what sparse formats cost: accuracy, time against the dense product, break-even points.

Each function takes plain numbers, draws one message and returns a `Picture` whose title and description are computed
from what it was given: a kernel as fast as the dense product at 70 % is titled "from 70 %".

This leaves out any training or timing: `effdl.sparse_layers` and `effdl.sparse_speed` do that.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from effdl.plots.predictions import mark_choice, mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, MARKERS, Picture, key, label, panels, picture

__all__ = ["accuracies", "layers", "race"]

STAGES = ("as pruned", "BN re-estimated", "after an epoch")
Points = np.ndarray  # (2, n): sparsities in percent, milliseconds
Timings = Sequence[tuple[str, float, float, float]]


@waits_for_guess
def accuracies(
    found: Mapping[str, Sequence[Sequence[float]]], dense: float, *, guess: Mapping[str, float] | None = None
) -> Picture:
    """Dots of several seeds, and their means: accuracy of each kind of mask as pruned, re-estimated and fine-tuned.

    `guess` is a prediction, stage -> points that the second kind is behind the first, marked below the first one's
    mean; the figure waits for a blank one.

    Shapes: found {kind: [(pruned, re-estimated, fine-tuned), one for each seed]}, percent
    Source: ours
    """
    fig, ax = panels(height=2.7)
    kinds = list(found)
    for index, name in enumerate(kinds):
        values = np.array(found[name])
        at = np.arange(3) + 0.16 * (index - (len(kinds) - 1) / 2)
        ax.plot(np.tile(at, len(values)), values.flatten(), MARKERS[index], color=COLORS[index], alpha=0.45)
        ax.plot(at, values.mean(0), "_", color=COLORS[index], ms=14, mew=2)
    key(ax, dict(zip(kinds, COLORS, strict=False)), (0.79, 0.6), (0, -0.11))
    ax.axhline(dense, color=GREY, lw=1, ls="--")
    label(ax, (2.45, dense), f"dense {dense:.1f} %", GREY, dx=0, dy=7)
    ax.set(xticks=range(3), xticklabels=STAGES, ylabel="validation images right (%)", xlim=(-0.45, 3.2))
    ax.set_ylim(None, dense + 7)
    means = {name: np.array(found[name]).mean(0) for name in kinds}
    first, second = kinds[:2]
    behind = dict(zip(STAGES, (means[first] - means[second]).round(2).tolist(), strict=True))
    title = f"After an epoch {second} and {first} are {abs(behind[STAGES[2]]):.2f} points apart"
    ax.set_title(title)

    def place(stage: str, points: float) -> tuple[float, float]:
        at = STAGES.index(stage)
        return at + 0.16 * (1 - (len(kinds) - 1) / 2), means[first][at] - points

    told = mark_guesses(ax, guess, behind, place)
    rows = "; ".join(f"{name} " + ", ".join(f"{value:.1f}" for value in row) for name, row in means.items())
    return picture(fig, f"{title}. Dense {dense:.1f} %. Means as pruned, re-estimated, after an epoch: {rows}.{told}")


@waits_for_guess
def race(
    times: Timings, evens: Mapping[str, float | None], *, guess: Mapping[str, float | str] | None = None
) -> Picture:
    """Curves of time against sparsity, each kernel's, the dense product as a line; break-even points in the title.

    `guess` is a prediction of these in percent, or "never", marked on each kernel's curve; the figure waits for a
    blank one.

    Shapes: times [(name, sparsity, ms, spread)]; evens {name: sparsity or None}
    Source: ours
    """
    fig, ax = panels(height=3.0)
    dense = next(ms for name, _, ms, _ in times if name == "dense, PyTorch")
    ax.axhline(dense, color=GREY, lw=1.2, ls="--")
    label(ax, (96, dense), f"dense {dense:.2g} ms", GREY, dx=0, dy=-7)
    curves = {}
    for index, name in enumerate(evens):
        rows = sorted((100 * sparsity, ms) for other, sparsity, ms, _ in times if other == name)
        curves[name] = np.array(rows).T
        ax.plot(*curves[name], f"{MARKERS[index]}-", color=COLORS[index])
        if len(rows) == 1:
            label(ax, rows[0], name, COLORS[index], dx=3, dy=-13)
    key(ax, dict(zip(evens, COLORS, strict=False)), (0.02, 0.32), (0, -0.09))
    ax.set(xlabel="sparsity (%)", ylabel="processor time (ms)", yscale="log", xlim=(0, 112))
    said = ", ".join(f"{name} from {100 * at:.0f} %" for name, at in evens.items() if at is not None)
    title = f"Faster than dense: {said}" if said else "Nothing is faster than dense"
    ax.set_title(title)
    never = ", ".join(name for name, at in evens.items() if at is None)
    told = _mark_even(ax, guess, {name: at and round(100 * at) for name, at in evens.items()}, curves)
    rows = "; ".join(f"{name} at {sparsity:.0%} {ms:.2g}" for name, sparsity, ms, _ in times)
    return picture(fig, f"{title}. Never: {never or 'none'}. Milliseconds: {rows}.{told}")


def layers(found: Mapping[str, Mapping[str, tuple[float, float]]], *, zero_line: str = "dense, PyTorch") -> Picture:
    """Dots: how many times as fast as the dense product each layer's sparse ones are.

    Shapes: found {layer: {kernel: (sparsity, ms)}}
    Source: ours
    """
    fig, ax = panels(height=2.8)
    names = [name for name in next(iter(found.values())) if name != zero_line]
    ratios = {name: {layer: of[zero_line][1] / of[name][1] for layer, of in found.items()} for name in names}
    for index, name in enumerate(names):
        ax.plot(list(ratios[name].values()), range(len(found)), MARKERS[index], color=COLORS[index], ls="none")
    key(ax, dict(zip(names, COLORS, strict=False)), (0.84, 0.92), (0, -0.1))
    ax.axvline(1, color=GREY, lw=1.2, ls="--")
    label(ax, (1, -0.7), "as fast as dense", GREY, dx=3)
    zeros = [100 * of[names[-1]][0] for of in found.values()]
    rows = [f"{layer}, {share:.0f} % zeros" for layer, share in zip(found, zeros, strict=True)]
    ax.set(
        yticks=range(len(found)), yticklabels=rows, xlabel="times as fast", xscale="log", ylim=(len(found) - 0.5, -1)
    )
    values = [ratio for of in ratios.values() for ratio in of.values()]
    steps = [step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if 0.5 * min(values) < step < 2 * max(values)]
    ax.set_xticks(steps, [f"{step:g}" for step in steps])
    ax.set_xlim(0.8 * min(values), 2 * max(values))
    ax.minorticks_off()
    ax.grid(axis="x")
    wins = sum(ratio > 1 for ratio in ratios[names[-1]].values())
    title = f"{names[-1]} beats the dense product in {wins} of {len(found)} layers"
    ax.set_title(title)
    rows = "; ".join(f"{name}: " + ", ".join(f"{at} {r:.2f}" for at, r in of.items()) for name, of in ratios.items())
    return picture(fig, f"{title}. Times as fast as dense: {rows}.")


def _mark_even(
    ax: Axes, guess: Mapping[str, float | str] | None, truths: Mapping[str, int | None], curves: Mapping[str, Points]
) -> str:
    """Mark guessed break-even points on their curves, and "never" at a curve's end; return both in words."""
    guess = guess if isinstance(guess, Mapping) else {}
    words = [name for name, truth in truths.items() if truth is None or isinstance(guess.get(name), str)]
    numbers = {name: truth for name, truth in truths.items() if name not in words}
    told = mark_guesses(ax, guess, numbers, lambda name, percent: (percent, _time_at(curves[name], percent)))
    for name in words:
        truth = "never" if truths[name] is None else truths[name]
        told += mark_choice(ax, guess, truth, {"never": tuple(curves[name][:, -1])}, entry=name, offset=(9, 14))
    return told


def _time_at(curve: Points, percent: float) -> float:
    """The time between measured sparsities, on the straight line that a logarithmic axis shows."""
    percents, ms = curve
    return float(np.exp(np.interp(percent, percents, np.log(ms))))
