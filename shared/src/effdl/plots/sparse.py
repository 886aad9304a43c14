"""Drawings of sparse matrices: where their values lie, how their rows share workers, what blocks store.

Each function takes plain numbers or tensors, draws one message and returns a `Picture` whose title and description are
computed from what it was given: two workers, busy until 9 and 18, are titled "used 75 % of the time".

This leaves out any encoding: `effdl.sparse`, `effdl.spmm` and `effdl.fkw` do that.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import ListedColormap
from torch import Tensor

from effdl.plots.predictions import mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, MARKERS, PALE, Picture, end_labels, label, panels, picture

__all__ = ["balance", "blocks", "draw_formats", "kernels", "matrix", "tiles", "timeline"]


def matrix(w: Tensor, name: str, variation: float) -> Picture:
    """A layer as a matrix, what is not zero dark, beside the number of entries of each row, longest first.

    Shapes: w (m, k)
    Source: ours
    """
    fig, (left, right) = panels(2, height=2.6, width_ratios=(1.7, 1))
    left.imshow(w.numpy() != 0, cmap=ListedColormap([PALE, COLORS[0]]), aspect="auto", interpolation="nearest")
    left.set(xlabel="input channel and place in the kernel", ylabel="filter")
    left.grid(False)
    lengths = sorted((w != 0).sum(1).tolist(), reverse=True)
    mean = sum(lengths) / len(lengths)
    right.bar(range(len(lengths)), lengths, color=COLORS[0], width=1)
    right.axhline(mean, color="black", lw=0.8, ls="--")
    label(right, (len(lengths) / 2, mean), f"mean {mean:.0f}", "black", dx=0, dy=7)
    right.set(xlabel="row, longest first", ylabel="entries")
    zeros = 100 * float((w == 0).double().mean())
    title = f"{name}: {zeros:.0f} % zeros, rows of {lengths[-1]} to {lengths[0]} entries"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    more = f"{w.shape[0]} rows of {w.shape[1]} columns, {mean:.0f} entries a row on average, their variation"
    return picture(fig, f"{title}. {more} (standard deviation over mean) is {variation:.2f}.")


def tiles(widths: Sequence[int], traffic: Sequence[Sequence[int]]) -> Picture:
    """Two curves against the width of a tile: blocks of threads, and entries of the sparse matrix that they read.

    Shapes: traffic [(blocks, entries of A, values of B)], one for each width
    Source: Gale et al. 2020, section V, arXiv:2006.10901
    """
    fig, ax = panels(height=2.5)
    named = {"blocks of threads": COLORS[0], "entries of A read": COLORS[1], "values of B read": GREY}
    for index, color in enumerate(named.values()):
        ax.plot(widths, [row[index] for row in traffic], f"{MARKERS[index]}-", color=color)
    ax.set(xscale="log", yscale="log", xlabel="columns of a tile", ylabel="count", xticks=widths, xticklabels=widths)
    ax.minorticks_off()
    ax.set_xlim(None, 2.6 * widths[-1])
    ends = zip(traffic[-1], named.items(), strict=True)
    end_labels(ax, widths[-1], [(count, name, color) for count, (name, color) in ends])
    first, last = traffic[0], traffic[-1]
    title = f"Tiles of {widths[0]} make {first[0] / last[0]:.0f} times the blocks of {widths[-1]}, and reads of A"
    ax.set_title(title)
    rows = "; ".join(f"{w}: {a:,}, {b:,}, {c:,}" for w, (a, b, c) in zip(widths, traffic, strict=True))
    return picture(fig, f"{title}. Width: blocks of threads, entries of A read, values of B read: {rows}.")


def timeline(found: Mapping[str, tuple[Tensor, float]], workers: int, *, dpi: int = 130) -> Picture:
    """Bars along time: which worker is busy when, for each order of the rows, and the share of all time that is used.

    Shapes: found {order: (runs (bundles, 3): worker, start, end; the share of time used)}
    Source: Gale et al. 2020, section V-C, arXiv:2006.10901
    """
    fig, axes = panels(len(found), height=2.6, sharex=True, sharey=True)
    for index, (ax, (name, (runs, used))) in enumerate(zip(np.atleast_1d(axes), found.items(), strict=True)):
        worker, start, end = runs.numpy().T
        low, high = worker - 0.42, worker + 0.42
        # one collection for all bundles: as single bars they take three times as long to draw
        corners = np.stack([start, low, end, low, end, high, start, high], axis=1).reshape(-1, 4, 2)
        ax.add_collection(PolyCollection(corners, facecolor=COLORS[index], edgecolor="white", lw=0.7))
        ax.axvline(end.max(), color="black", lw=0.9)
        ax.set_title(f"{name}: {100 * used:.0f} % used", fontsize=9)
        ax.set_xlabel("time (entries)")
        ax.grid(False)
    first = np.atleast_1d(axes)[0]
    first.set(ylabel="worker", yticks=range(0, workers, max(1, workers // 4)), ylim=(workers - 0.4, -0.6))
    ends = {name: int(runs[:, 2].max()) for name, (runs, _) in found.items()}
    first.set_xlim(0, 1.06 * max(ends.values()))
    best, worst = min(ends, key=ends.get), max(ends, key=ends.get)
    title = f"'{best}' ends at {ends[best]}, '{worst}' at {ends[worst]}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = ", ".join(f"{name} ends at {ends[name]} with {100 * used:.0f} % used" for name, (_, used) in found.items())
    return picture(fig, f"{title}. {workers} workers. {rows}.", dpi=dpi)


def balance(variations: Sequence[float], used: Mapping[str, Sequence[float]], real: tuple[float, str]) -> Picture:
    """Lines: the share of the workers' time that is used against the variation of row lengths, for each order.

    Shapes: used {order: shares in [0, 1], one for each variation}; real (variation, its name)
    Source: ours
    """
    fig, ax = panels(height=2.6)
    ends = []
    for index, (name, shares) in enumerate(used.items()):
        color = COLORS[index] if index else GREY
        ax.plot(variations, [100 * share for share in shares], f"{MARKERS[index]}-", color=color)
        ends.append((100 * shares[-1], name, color))
    end_labels(ax, variations[-1], ends)
    ax.axvline(real[0], color="black", lw=0.8, ls=":")
    label(ax, (real[0], 8), real[1], "black", dx=4)
    ax.set(xlabel="variation of row lengths (standard deviation / mean)", ylabel="time used (%)", ylim=(0, 104))
    ax.set_xlim(min(variations), 1.25 * max(variations))
    names = list(used)
    gains = [after - before for before, after in zip(used[names[0]], used[names[-1]], strict=True)]
    at = max(range(len(gains)), key=gains.__getitem__)
    shares = [f"{100 * used[name][at]:.0f}" for name in (names[0], names[-1])]
    title = f"'{names[-1]}' gains most at a variation of {variations[at]:g}: {shares[0]} to {shares[1]} %"
    ax.set_title(title)
    rows = "; ".join(f"{name} {', '.join(f'{100 * s:.0f}' for s in row)}" for name, row in used.items())
    listed = ", ".join(f"{v:g}" for v in variations)
    return picture(fig, f"{title}. Percent of time used at variations {listed}: {rows}. {real[1]}: {real[0]:.2f}.")


@waits_for_guess
def blocks(
    sparsities: Sequence[float],
    shares: Mapping[int, Sequence[float]],
    real: Mapping[int, float],
    *,
    guess: Mapping[str, float] | None = None,
) -> Picture:
    """Lines: the share of values that blocks of several sizes store when single weights were pruned, and a real layer.

    `guess` is a prediction, block -> percent stored at 90 %, marked there; the figure waits for a blank one.

    Shapes: shares {block: shares in [0, 1], one for each sparsity}; real {block: share}, blocks of 1 among them
    Source: ours
    """
    fig, ax = panels(height=2.7)
    zeros = 100 * (1 - real[min(real)])
    for index, (block, row) in enumerate(shares.items()):
        ax.plot([100 * s for s in sparsities], [100 * share for share in row], color=COLORS[index])
        ax.plot(zeros, 100 * real[block], MARKERS[index], color=COLORS[index])
        height = 0.55 if block == max(shares) else 0.85  # where the curve lies apart from the others
        at = max(len(row) // 3, min(range(len(row)), key=lambda i: abs(row[i] - height)))
        label(ax, (100 * sparsities[at], 100 * row[at]), f"{block} x {block}", COLORS[index], dx=-30, dy=-9)
    ax.axvline(zeros, color="black", lw=0.8, ls=":")
    label(ax, (zeros, 5), "our layer", "black", dx=-45)
    ax.set(xlabel="single weights pruned (%)", ylabel="values stored (%)", xlim=(50, 101), ylim=(0, 104))
    largest = max(shares)
    at = min(range(len(sparsities)), key=lambda i: abs(sparsities[i] - 0.9))
    title = f"At {100 * sparsities[at]:.0f} % pruned, blocks of {largest} store {100 * shares[largest][at]:.0f} %"
    ax.set_title(title)
    rows = ", ".join(f"{block}: {100 * row[at]:.0f}" for block, row in shares.items())
    own = ", ".join(f"{block}: {100 * share:.0f}" for block, share in real.items())
    truths = {str(block): round(100 * row[at]) for block, row in shares.items()}
    apart = {name: 0.5 * (index - len(truths) // 2) for index, name in enumerate(truths)}  # else lines would meet
    zero, away = 100 * sparsities[at], (-52, -9)
    told = mark_guesses(ax, guess, truths, lambda name, percent: (zero + apart[name], percent), offset=away)
    return picture(fig, f"{title}. Percent stored there by block size: {rows}. Of a real layer: {own}.{told}")


def kernels(before: Tensor, after: Tensor) -> Picture:
    """Two grids, a square for each kernel, colored by its pattern: filters as trained, and as FKW stores them.

    Shapes: before (co, ci), int64, 0 = dropped; after (co, ci), stored kernels from the left, then 0
    Source: Niu et al. 2020, section 5, arXiv:2001.00138
    """
    fig, axes = panels(2, height=2.7)
    n_pattern = int(before.max())
    colors = ListedColormap([PALE, *COLORS, "#222222", "#F0E442"][: n_pattern + 1])
    titles = ("as trained", "as stored")
    for ax, grid, name in zip(axes, (before, after), titles, strict=True):
        ax.imshow(grid.numpy(), cmap=colors, vmin=-0.5, vmax=n_pattern + 0.5, aspect="auto", interpolation="nearest")
        ax.set_title(name, fontsize=9)
        ax.set(ylabel="filter", xlabel="input channel" if name == titles[0] else "place in the filter")
        ax.grid(False)
    runs = [int((grid.diff(dim=1) != 0).sum()) + len(grid) for grid in (before, after)]
    title = f"FKW: {runs[0]} runs of one pattern become {runs[1]}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    share = 100 * float((before == 0).double().mean())
    return picture(fig, f"{title}. {n_pattern} patterns, one color each; {share:.0f} % of the kernels dropped, pale.")


def draw_formats(ax: Axes, kib: Mapping[str, float]) -> None:
    """Bars of KiB, one for each format; the first is the baseline.

    Shapes: none
    Source: ours
    """
    names = list(kib)
    colors = [GREY, *COLORS]
    for row, name in enumerate(names):
        ax.barh(row, kib[name], color=colors[row], height=0.6)
        label(ax, (kib[name], row), f"{kib[name]:.1f}", colors[row], dx=3)
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="KiB", xlim=(0, 1.25 * max(kib.values())))
    ax.invert_yaxis()
    ax.grid(False)
