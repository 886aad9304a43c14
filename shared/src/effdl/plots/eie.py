"""Drawings of a sparse engine: entries of a column, rows dealt out, who waits for whom, what a format costs.

Each function takes plain numbers or tensors, draws one message and returns a `Picture` whose title and description are
computed from what it was given: 4 entries for 3 codes are titled "1 of 4 entries is padding".

This leaves out any encoding or scheduling: the lab does that, and hands the result over.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from torch import Tensor

from effdl.plots.predictions import mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, PALE, Picture, label, panels, picture

__all__ = ["dealt_rows", "draw_column", "draw_timeline", "encoded_columns", "loads", "timelines", "work_left"]

Schedule = tuple[Tensor, int]


@waits_for_guess
def work_left(rows: Mapping[str, tuple[float, float, float]], *, guess: Mapping[str, float] | None = None) -> Picture:
    """Dots: what is left of the dense MACs of each layer when zero weights, zero activations or both are skipped.

    `guess` is a prediction, layer -> percent with both skipped, marked there; the figure waits for a blank one.

    Shapes: {layer: (density of the weights, of the activations, share of MACs with both)}
    Source: Han et al. 2016, table 3, arXiv:1602.01528
    """
    fig, ax = panels(height=3.0)
    shares = 100 * np.array(list(rows.values()))
    kinds = (("weights not 0", "o", GREY), ("activations not 0", "s", COLORS[1]), ("both", "D", COLORS[0]))
    for column, (name, marker, color) in zip(shares.T, kinds, strict=True):
        ax.plot(column, range(len(rows)), marker, color=color)
        label(ax, (column[0], 0), name, color, dx=-10, dy=11)
    for row, value in enumerate(shares[:, 2]):
        ax.text(value, row + 0.33, f"{value:.1f}", color=COLORS[0], ha="center", va="center", fontsize=7)
    ax.set(yticks=range(len(rows)), yticklabels=list(rows), xlabel="share of the dense MACs left (%)", xlim=(0, None))
    ax.set_ylim(len(rows) - 0.3, -1)
    title = f"Skipping both leaves {shares[:, 2].min():.1f} to {shares[:, 2].max():.1f} % of the multiplications"
    ax.set_title(title)
    text = "; ".join(f"{n}: {w:.0f}, {a:.0f}, {b:.1f}" for n, (w, a, b) in zip(rows, shares, strict=True))
    names, left = list(rows), shares[:, 2].round(1).tolist()
    told = mark_guesses(ax, guess, dict(zip(names, left, strict=True)), lambda n, percent: (percent, names.index(n)))
    return picture(fig, f"{title}. Percent left by weights, by activations, by both: {text}.{told}")


def draw_column(ax: Axes, codes: Sequence[int], v: Sequence[int], z: Sequence[int]) -> int:
    """A column as a row of cells, and below it its entries (v over z), padding dashed; returns how many are padding."""
    cells = np.array([[0.0 if code == 0 else 1.0 for code in codes]])
    for row, filled in enumerate(cells[0]):
        ax.add_patch(Rectangle((row - 0.5, 1.6), 1, 0.8, fc=COLORS[0] if filled else PALE, ec="white"))
        if filled:
            ax.text(row, 2.0, codes[row], color="white", ha="center", va="center", fontsize=6)
    at, n_padding, step = -1, 0, len(codes) / max(len(v), 1)
    for number, (code, zeros) in enumerate(zip(v, z, strict=True)):
        at, middle = at + zeros + 1, (number + 0.5) * step - 0.5
        color, n_padding = (COLORS[0], n_padding) if code else (COLORS[1], n_padding + 1)
        half, line = min(0.45 * step, 1.2), "-" if code else "--"
        ax.add_patch(Rectangle((middle - half, 0), 2 * half, 0.8, fc="none", ec=color, ls=line, lw=1.3))
        ax.text(middle, 0.58, code, ha="center", va="center", fontsize=7, color=color)
        ax.text(middle, 0.22, zeros, ha="center", va="center", fontsize=7, color="black")
        ax.plot([at, middle], [1.6, 0.82], color=color, lw=0.6, ls=line)
    for height, name in ((2.0, "column"), (0.58, "v"), (0.22, "z")):
        ax.text(-1, height, name, ha="right", va="center", fontsize=8)
    ax.set(xlim=(-4.5, len(codes) - 0.3), ylim=(-0.05, 2.45), xticks=[], yticks=[])
    ax.axis("off")
    return n_padding


def encoded_columns(codes: Sequence[int], encoded: Mapping[int, tuple[list[int], list[int]]]) -> Picture:
    """One column in entries of several index widths below each other.

    Shapes: codes of one column; {index bits: (v, z)}
    Source: Han et al. 2016, section 3, arXiv:1602.01528
    """
    fig, first = panels(height=1.35 * len(encoded) + 0.3)
    first.remove()
    axes = np.atleast_1d(fig.subplots(len(encoded), 1))
    said, totals = [], {}
    for ax, (bits, (v, z)) in zip(axes, encoded.items(), strict=True):
        n_padding = draw_column(ax, codes, v, z)
        totals[bits] = len(v) * (4 + bits)
        index = f"{bits} bit{'s' * (bits > 1)} of index"
        said.append(f"{index}: {len(v)} entries of 4 + {bits} bits, {n_padding} padding, {totals[bits]} bits")
        ax.set_title(said[-1], fontsize=9)
    best = min(totals, key=totals.get)
    title = f"This column is smallest with {best} bits for z: {totals[best]} bits, padding dashed"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. A column of {len(codes)} rows. {'; '.join(said)}.")


def dealt_rows(codes: Tensor, slices: Sequence[tuple[list[int], list[int], list[int]]]) -> Picture:
    """A small matrix with the rows of each processing element in its color, and the lists of element 0.

    Shapes: codes (rows, cols), 0 = pruned; slices (v, z, p) for each element
    Source: Han et al. 2016, figures 2 and 3, arXiv:1602.01528
    """
    fig, (left, right) = panels(2, height=3.4, width_ratios=(1, 1.35))
    rows, cols = codes.shape
    for row in range(rows):
        color = COLORS[row % len(slices)]
        for column in range(cols):
            code = int(codes[row, column])
            left.add_patch(Rectangle((column, row), 1, 1, fc=to_rgba(color, 0.35) if code else "white", ec=PALE))
            if code:
                left.text(column + 0.5, row + 0.5, code, ha="center", va="center", fontsize=7)
        left.text(-0.3, row + 0.5, f"PE {row % len(slices)}", color=color, ha="right", va="center", fontsize=7)
    left.set(xlim=(-1.9, cols), ylim=(rows, 0), xticks=[], yticks=[], xlabel="columns")
    left.grid(False)
    right.axis("off")
    v, z, p = slices[0]
    for at, (name, values) in enumerate((("v", v), ("z", z), ("p", p))):
        right.text(0, 0.8 - 0.12 * at, f"{name} = {values}", fontsize=7.5, color="black")
    right.text(0, 0.95, "Element 0 stores", color=COLORS[0], fontsize=9)
    loads_text = ", ".join(str(len(each[0])) for each in slices)
    right.text(0, 0.4, f"entries of the {len(slices)} elements: {loads_text}", fontsize=8)
    title = f"{len(slices)} elements share {rows} rows: element 0 stores {len(v)} entries and {len(p)} pointers"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. v = {v}, z = {z}, p = {p}. Entries of all elements: {loads_text}.")


def draw_timeline(ax: Axes, work: Tensor, start: Tensor, cycles: int) -> float:
    """Which element is busy in which cycle, neighbors in two shades, waiting pale; returns the share that is busy.

    Shapes: work, start (n, n_pe)
    Raises: ValueError if an entry is done outside the cycles
    """
    busy = np.zeros((work.shape[1], cycles))
    for j, (begins, entries) in enumerate(zip(start.tolist(), work.tolist(), strict=True)):
        for pe, (at, n) in enumerate(zip(begins, entries, strict=True)):
            if n and not 0 <= at <= cycles - n:
                raise ValueError(f"PE {pe} begins activation {j} in cycle {at}, {n} entries before cycle {cycles}")
            busy[pe, at : at + n] = 1 + j % 2
    colors = np.array([_rgb(PALE), _rgb(COLORS[0]), _rgb(COLORS[5])])
    ax.imshow(colors[busy.astype(int)], aspect="auto", interpolation="nearest", extent=(0, cycles, len(busy), 0))
    ax.set(xlabel="cycle", ylabel="element", yticks=np.arange(len(busy)) + 0.5)
    ax.set_yticklabels([str(pe) if len(busy) <= 8 or pe % 4 == 0 else "" for pe in range(len(busy))])
    ax.grid(False)
    return float((busy > 0).mean()) if cycles else 1.0


def timelines(work: Tensor, schedules: Mapping[int, Schedule]) -> Picture:
    """The same work with queues of several depths below each other, on one scale of cycles.

    Shapes: work (n, n_pe); {depth: (start like work, cycles)}
    Source: Han et al. 2016, section 4, arXiv:1602.01528
    """
    fig, first = panels(height=1.25 * len(schedules) + 0.5)
    first.remove()
    axes = np.atleast_1d(fig.subplots(len(schedules), 1, sharex=True))
    said = []
    for ax, (depth, (start, cycles)) in zip(axes, schedules.items(), strict=True):
        busy = draw_timeline(ax, work, start, cycles)
        ax.set_title(f"{depth} place{'s' * (depth > 1)}: {cycles} cycles, {100 * busy:.0f} % busy", fontsize=9)
        ax.set_xlabel("cycle" if ax is axes[-1] else "")
        said.append((depth, cycles))
    axes[0].set_xlim(0, max(cycles for _, cycles in said))
    (shallow, slow), (deep, fast) = said[0], said[-1]
    title = f"Queues of {deep} take {fast} cycles for what queues of {shallow} do in {slow}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = ", ".join(f"depth {depth} {cycles}" for depth, cycles in said)
    return picture(fig, f"{title}. {work.shape[1]} elements, {len(work)} activations. Cycles: {rows}. Waiting is pale.")


@waits_for_guess
def loads(named: Mapping[str, Sequence[int]], *, guess: Mapping[str, float] | None = None) -> Picture:
    """Bars: weights of each processing element in percent of their mean, a panel for each mask; the fullest in color.

    `guess` is a prediction, name -> percent of the fullest over the mean, marked there; the figure waits for a blank
    one.

    Shapes: {name: entries of each element}
    Source: Han et al. 2017, figure 4, arXiv:1612.00694
    """
    fig, axes = panels(len(named), height=2.3, sharey=True)
    over = {name: round(100 * (max(counts) / np.mean(counts) - 1)) for name, counts in named.items()}
    for ax, (name, counts) in zip(np.atleast_1d(axes), named.items(), strict=True):
        percents = 100 * np.array(counts) / np.mean(counts)
        ax.bar(range(len(counts)), percents, color=[COLORS[0] if n == max(counts) else PALE for n in counts])
        ax.axhline(100, color=GREY, lw=1)
        ax.set_title(name, fontsize=9)
        ax.set(xlabel="element", xticks=range(0, len(counts), max(len(counts) // 8, 1)))
    np.atleast_1d(axes)[0].set(ylabel="weights kept (% of mean)", ylim=(0, 1.15 * (100 + max(over.values()))))
    told = ""
    for ax, (name, counts) in zip(np.atleast_1d(axes), named.items(), strict=True):
        fullest = int(np.argmax(counts))
        told += mark_guesses(ax, guess, {name: over[name]}, lambda _, percent, at=fullest: (at, 100 + percent))
    worst, best = max(over, key=over.get), min(over, key=over.get)
    title = f"The fullest holds {over[worst]} % more than the mean ({worst}), {over[best]} % ({best})"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    text = "; ".join(f"{name}: {min(counts)} to {max(counts)}" for name, counts in named.items())
    return picture(fig, f"{title}. Weights kept by element, fewest to most: {text}.{told}")


def _rgb(color: str) -> tuple[float, float, float]:
    return tuple(int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
