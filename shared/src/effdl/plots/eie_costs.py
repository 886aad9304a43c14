"""Drawings of what a sparse engine costs: utilization, bits for each width and format, accuracy against bytes.

Each function takes plain numbers, draws one message and returns a `Picture` whose title and description are computed
from what it was given.

This leaves out any counting: `effdl.eie_net` and `effdl.storage` do that.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from effdl.plots.predictions import mark_choice, mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, MARKERS, Picture, end_labels, key, label, panels, picture

__all__ = ["formats", "quality", "utilization", "widths"]


def utilization(n_pes: Sequence[int], depths: Sequence[int], named: Mapping[str, np.ndarray]) -> Picture:
    """Lines: utilization against the number of elements, a line for each depth of the queues, a panel for each matrix.

    Shapes: each (n_pes, depths), in [0, 1]
    Source: Han et al. 2016, figures 8 and 13, arXiv:1602.01528
    """
    fig, axes = panels(len(named), height=2.7, sharey=True)
    for ax, (name, values) in zip(np.atleast_1d(axes), named.items(), strict=True):
        for index, line in enumerate(values.T):
            ax.plot(n_pes, 100 * line, color=COLORS[index], marker=MARKERS[index], ms=4)
        ax.set(xscale="log", xticks=n_pes, xlabel="processing elements", ylim=(0, 105))
        ax.set_xticklabels([str(n) for n in n_pes])
        ax.minorticks_off()
        ax.set_title(name, fontsize=9)
    first = np.atleast_1d(axes)[0]
    first.set_ylabel("cycles with an entry (%)")
    key(first, {_places(depth): COLORS[i] for i, depth in enumerate(depths)}, (0.04, 0.2), (0, -0.08))
    shares = ", ".join(f"{100 * values[-1, -1]:.0f} % ({name})" for name, values in named.items())
    said = f"Busy with {n_pes[-1]} elements, {_places(depths[-1])}: {shares}"
    fig.suptitle(said, x=0.01, ha="left", fontsize=10, fontweight="bold")
    text = "; ".join(
        f"{name}: "
        + ", ".join(f"{n} elements {100 * row[0]:.0f} to {100 * row[-1]:.0f}" for n, row in zip(n_pes, v, strict=True))
        for name, v in named.items()
    )
    return picture(fig, f"{said}. Percent busy, depth {depths[0]} to depth {depths[-1]}: {text}.")


@waits_for_guess
def widths(
    index_bits: Sequence[int],
    named: Mapping[str, Sequence[float]],
    baseline: Mapping[str, float],
    *,
    guess: Mapping[str, float | str] | None = None,
) -> Picture:
    """Lines: bits for each weight of the dense matrix against the width of the relative index; dashes are the bitmask.

    `guess` is a prediction of the first curve's best width ("best b") and of what is "smaller" there, "EIE" or
    "bitmask", marked there; the figure waits for a blank one.

    Shapes: each curve as long as index_bits; {name: bits of the bitmask}
    Source: Han et al. 2016, section 3, arXiv:1602.01528
    """
    fig, ax = panels(height=3.0)
    best = {}
    for index, (name, bits) in enumerate(named.items()):
        color = COLORS[index]
        ax.plot(index_bits, bits, color=color, marker=MARKERS[index], ms=4)
        ax.axhline(baseline[name], color=color, lw=0.8, ls="--")
        dy = 7 if baseline[name] == max(baseline.values()) else -7
        label(ax, (index_bits[-1], baseline[name]), f"bitmask, {name}", color, dx=-45, dy=dy)
        at = int(np.argmin(bits))
        best[name] = index_bits[at]
        ax.plot(index_bits[at], bits[at], "o", ms=11, mfc="none", mec=color)
    end_labels(ax, index_bits[-1], [(bits[-1], name, COLORS[i]) for i, (name, bits) in enumerate(named.items())])
    ax.set(xlabel="bits of the relative index", ylabel="bits a weight", xlim=(None, index_bits[-1] + 2.6))
    heights = [*baseline.values(), *(height for bits in named.values() for height in bits)]
    ax.set(xticks=list(index_bits), ylim=(0.75 * min(heights), 1.05 * max(heights)))
    title = "Best width: " + ", ".join(f"{bits} bits ({name})" for name, bits in best.items())
    ax.set_title(title)
    text = "; ".join(
        f"{name}: {', '.join(f'{b:.2f}' for b in bits)}, bitmask {baseline[name]:.2f}" for name, bits in named.items()
    )
    first = next(iter(named))
    told = _mark_widths(ax, guess, dict(zip(index_bits, named[first], strict=True)), baseline[first])
    return picture(fig, f"{title}. Bits a weight at {index_bits[0]} to {index_bits[-1]} bits of index: {text}.{told}")


def formats(named: Mapping[str, Mapping[str, float]]) -> Picture:
    """Bars: bits for each weight of the dense matrix in each format, a panel for each matrix; the smallest is in color.

    Shapes: {matrix: {format: bits a weight}}
    Source: ours
    """
    fig, axes = panels(len(named), height=2.4, sharey=False)
    smallest = {}
    for ax, (name, bits) in zip(np.atleast_1d(axes), named.items(), strict=True):
        rows = list(bits)
        smallest[name] = min(rows, key=lambda row: bits[row])
        colors = [COLORS[0] if row == smallest[name] else GREY for row in rows]
        ax.barh(rows, [bits[row] for row in rows], color=colors, height=0.6)
        for at, row in enumerate(rows):
            ax.text(bits[row], at, f" {bits[row]:.2f}", va="center", fontsize=8)
        ax.set(xlabel="bits a weight", xlim=(0, 1.25 * max(bits[row] for row in rows)))
        ax.set_title(name, fontsize=9)
        ax.invert_yaxis()
        ax.grid(False)
    title = "Smallest: " + ", ".join(f"{row} ({name})" for name, row in smallest.items())
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    text = "; ".join(f"{name}: " + ", ".join(f"{r} {b:.2f}" for r, b in bits.items()) for name, bits in named.items())
    return picture(fig, f"{title}. Bits a weight: {text}.")


def quality(points: Mapping[str, tuple[float, float]]) -> Picture:
    """Dots: accuracy in percent against stored KiB; the first point is the baseline.

    Shapes: {name: (KiB, percent)}
    Source: ours
    """
    fig, ax = panels(height=2.8)
    names = list(points)
    for index, name in enumerate(names):
        color = COLORS[index - 1] if index else GREY
        ax.plot(*points[name], MARKERS[index % len(MARKERS)], color=color)
        label(ax, points[name], name, color, dx=6, dy=9 if index % 2 else -9)
    (base_kib, base), (kib, last) = points[names[0]], points[names[-1]]
    spread = max(percent for _, percent in points.values()) - min(percent for _, percent in points.values())
    low = min(percent for _, percent in points.values()) - max(spread, 0.5)
    ax.set(
        xscale="log", xlabel="stored size (KiB)", ylabel="validation images right (%)", ylim=(low, base + spread + 0.5)
    )
    ax.set_xlim(0.7 * min(size for size, _ in points.values()), 3 * base_kib)
    title = f"{names[-1]}: {base_kib / kib:.1f} times smaller, {base - last:.1f} points below the baseline"
    ax.set_title(title)
    text = ", ".join(f"{name} {size:.1f} KiB {percent:.1f} %" for name, (size, percent) in points.items())
    return picture(fig, f"{title}. {text}.")


def _mark_widths(ax: Axes, guess: Mapping[str, float | str] | None, curve: Mapping[int, float], bitmask: float) -> str:
    """Mark the guessed width below a curve's lowest point, and the format that was guessed; return both in words."""
    best, widths = min(curve, key=curve.get), list(curve)
    early, late = widths[len(widths) // 4], widths[3 * len(widths) // 4]
    told = mark_guesses(ax, guess, {"best b": best}, lambda _, bits: (bits, curve[best]), offset=(5, -9))
    places = {"EIE": (late, curve[late]), "bitmask": (early, bitmask)}
    smaller = "EIE" if curve[best] < bitmask else "bitmask"
    return told + mark_choice(ax, guess, smaller, places, entry="smaller", offset=(9, -14))


def _places(depth: int) -> str:
    return f"{depth} place{'s' * (depth > 1)}"
