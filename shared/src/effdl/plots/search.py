"""Drawings of how much each layer loses: sensitivity curves, a search on its landscape, allocations at one budget.

Each function takes plain numbers, draws one message and returns a `Picture` whose title and description are computed
from what it was given. On the landscape a cell is a network: 0.2 across and 0.4 up lose 40 % of block 2, 20 % of 3.

This leaves out the first block's axis, which the landscape holds fixed.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from effdl.plots.predictions import mark_choice, waits_for_guess
from effdl.plots.style import COLORS, GREY, Picture, end_labels, marked, panels, picture

__all__ = ["allocations", "landscape", "layers_left", "sensitivity"]

Allocation = tuple[Sequence[int], float, float, Sequence[float]]


@waits_for_guess
def sensitivity(
    scan: Mapping[str, Sequence[float]],
    ratios: Sequence[float],
    chosen: Mapping[str, float],
    floor: float,
    *,
    guess: Mapping[str, str] | None = None,
) -> Picture:
    """Lines: accuracy with one layer pruned, against the ratio, and the ratio that each layer gets at a floor.

    `guess` is a prediction of the layer that {"bears most"}, tagged where it crosses the floor; the figure waits for a
    blank one.

    Shapes: scan {layer: one value for each of ratios}, in percent; chosen {layer: ratio}
    Source: ours
    """
    fig, ax = panels(height=3.0)
    percent, ends, places = [100 * ratio for ratio in ratios], [], {}
    for index, (name, values) in enumerate(scan.items()):
        color = COLORS[index % len(COLORS)]
        ax.plot(percent, values, "-", color=color)
        at = list(ratios).index(chosen[name]) if chosen[name] in ratios else None
        places[name] = (percent[at or 0], values[at or 0])
        if at is not None:
            ax.plot(*places[name], "o", color=color)
        ends.append((values[-1], name.replace("blocks.", ""), color))
    ax.axhline(floor, color=GREY, lw=0.8, ls=":")
    low, high = min(chosen, key=chosen.get), max(chosen, key=chosen.get)
    title = f"At a floor of {floor:g} %, {low} bears {100 * chosen[low]:.0f} %, {high} {100 * chosen[high]:.0f} %"
    span = percent[-1] - percent[0]
    ax.set(xlabel="zeros in this layer alone (%)", ylabel="validation accuracy (%)", title=title)
    ax.set(xlim=(percent[0], percent[-1] + 0.2 * span), ylim=(0, 100 if guess is None else 108))
    told = mark_choice(ax, guess, high, places, entry="bears most", offset=(9, 16))
    fig.draw_without_rendering()
    end_labels(ax, percent[-1], ends)
    rows = "; ".join(f"{name} {100 * ratio:.0f} %" for name, ratio in chosen.items())
    return picture(fig, f"{title}. Largest ratio of each layer above the floor: {rows}.{told}")


def landscape(
    grid: np.ndarray, shares: Sequence[float], edge: Sequence[float], rows: np.ndarray, *, dpi: int = 130
) -> Picture:
    """A map: quick accuracy over the shares of blocks 2 and 3 that go, the budget's edge, and what a search drew.

    Shapes: grid (n, n) by block 2 and block 3, in percent; edge (n,): the least share of block 2 that must go for each
    of block 3; rows (m, 2): drawn shares of blocks 2 and 3, none of them for an empty search
    Source: ours
    """
    fig, ax = panels(height=3.2)
    half = 50 * (shares[1] - shares[0])
    low, high = 100 * shares[0] - half, 100 * shares[-1] + half
    image = ax.imshow(
        grid, origin="lower", extent=(low, high, low, high), cmap="Blues", aspect="auto", vmin=20, vmax=90
    )
    ax.grid(visible=False)
    fig.colorbar(image, ax=ax, label="accuracy (%), not trained on")
    ax.plot([100 * s for s in shares], [100 * e for e in edge], color=COLORS[1], lw=1.5)
    last = (100 * shares[-1], 100 * edge[-1])
    ax.annotate("budget: stay above", last, xytext=(0, -8), textcoords="offset points", color=COLORS[1], fontsize=8,
                ha="right", va="top")  # fmt: skip
    ax.plot(100 * rows[:, 1], 100 * rows[:, 0], "o", color=COLORS[1], mec="white", ms=5)
    inside = np.asarray(grid) * (np.asarray(shares)[:, None] >= np.asarray(edge)[None, :] - 1e-9)
    second, third = np.unravel_index(inside.argmax(), inside.shape)
    lost = f"without {100 * shares[second]:.0f} % of block 2, {100 * shares[third]:.0f} % of block 3"
    title = f"Best cell within the budget: {inside.max():.0f} %, {lost}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    ax.set(xlabel="share of block 3 that goes (%)", ylabel="share of block 2 that goes (%)")
    ax.set(xlim=(low, high), ylim=(low, high))
    middle = "" if not len(rows) else f" {len(rows)} drawn networks around {_pair(rows.mean(0))} %."
    return picture(
        fig, f"{title}.{middle} Corners: {grid[0, 0]:.0f} % with all of both, {grid[-1, -1]:.0f} %.", dpi=dpi
    )


def allocations(found: Mapping[str, Mapping[str, Allocation]], dense: float) -> Picture:
    """Dots: accuracy at each budget, by who chose the widths, before and after an epoch of training on.

    Shapes: found {budget: {chooser: (widths, million MACs, quick accuracy, accuracies after an epoch)}}, in percent
    Source: ours
    """
    fig, axes = panels(len(found), height=2.7, sharey=True)
    leads = []
    for ax, (budget, choosers) in zip(axes, found.items(), strict=True):
        for row, (_, _, quick, tuned) in enumerate(choosers.values()):
            ax.plot(quick, row, "o", color=COLORS[1])
            ax.plot([min(tuned), max(tuned)], [row, row], color=COLORS[0], lw=1.2)
            ax.plot(np.mean(tuned), row, "s", color=COLORS[0])
        ax.axvline(dense, color=GREY, lw=0.8, ls=":")
        ax.set_title(f"at {budget} of the MACs", fontsize=9)
        ax.set(yticks=range(len(choosers)), yticklabels=list(choosers), xlabel="validation accuracy (%)", xlim=(15, 95))
        ax.set_ylim(len(choosers) - 0.4, -0.6)
        spread = [np.ptp([row[2] for row in choosers.values()]), np.ptp([np.mean(row[3]) for row in choosers.values()])]
        leads.append(f"{spread[0]:.0f} and {spread[1]:.1f} at {budget}")
    axes[0].annotate(marked("not trained on", "o"), (0.02, 0.02), xycoords="axes fraction", color=COLORS[1], fontsize=8)
    axes[1].annotate(marked("an epoch more", "s"), (0.02, 0.02), xycoords="axes fraction", color=COLORS[0], fontsize=8)
    title = f"Points between choices, before and after an epoch: {', '.join(leads)}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = "; ".join(
        f"{name} at {budget}, widths {', '.join(map(str, widths))}: {quick:.1f}, then {np.mean(tuned):.1f} %"
        for budget, choosers in found.items()
        for name, (widths, _, quick, tuned) in choosers.items()
    )
    return picture(fig, f"{title}. {rows}. Dense {dense:.1f} %.")


def layers_left(found: Mapping[str, tuple[int, int]]) -> Picture:
    """Bars: how many weights of each layer are left, and how many there were.

    Shapes: found {layer: (weights left, weights)}
    Source: ours
    """
    fig, ax = panels(height=2.4)
    for row, (name, (left, total)) in enumerate(found.items()):
        ax.barh(row, total, color="white", edgecolor=GREY, height=0.6)
        ax.barh(row, left, color=COLORS[0], height=0.6)
        ax.text(total, row, f" {name}: {left:,} of {total:,}", va="center", fontsize=8)
    left, total = (sum(pair[i] for pair in found.values()) for i in (0, 1))
    densities = {name: part / whole for name, (part, whole) in found.items()}
    low, high = (pick(densities, key=densities.get) for pick in (min, max))
    title = f"{100 * left / total:.0f} % of the weights are left: {100 * densities[low]:.0f} % of {low}, "
    title += f"{100 * densities[high]:.0f} % of {high}"
    ax.set(yticks=[], xlabel="weights", title=title, xlim=(0, 1.5 * max(total for _, total in found.values())))
    ax.invert_yaxis()
    rows = "; ".join(f"{name} {part} of {whole}" for name, (part, whole) in found.items())
    return picture(fig, f"{title}. {rows}.")


def _pair(values: Sequence[float]) -> str:
    return " and ".join(f"{100 * value:.0f}" for value in values)
