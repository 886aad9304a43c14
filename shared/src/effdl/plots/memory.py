"""Drawings of what memory does: misses by tile, our cache beside valgrind's, what is alive while a network runs.

Each function takes plain numbers, draws one message and returns a `Picture` whose title and description are computed
from what it was given.

This leaves out any counting: `effdl.cache` and `effdl.schedule` do that.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from effdl.plots.style import COLORS, GREY, MARKERS, Picture, key, label, panels, picture

__all__ = ["alive", "cachegrind", "levels", "tiles", "walks"]

Pair = tuple[str, int, int]


def walks(shares: Mapping[str, Mapping[str, float]]) -> Picture:
    """Bars in groups: misses for each 100 reads, for each way to walk a tensor and each layout.

    Shapes: shares {walk: {layout: a number}}
    Source: ours
    """
    fig, ax = panels(height=2.6)
    names = list(next(iter(shares.values())))
    for index, name in enumerate(names):
        for group, of in enumerate(shares.values()):
            at = group + 0.26 * (index - 1)
            ax.bar(at, of[name], width=0.24, color=COLORS[index])
            text = f"{of[name]:.0f}\n{name}"
            ax.text(at, of[name], text, color=COLORS[index], fontsize=7, ha="center", va="bottom")
    top = max(max(of.values()) for of in shares.values())
    ax.set(xticks=range(len(shares)), xticklabels=list(shares), ylabel="misses in 100 reads", ylim=(0, 1.25 * top))
    best = {walk: min(of, key=of.get) for walk, of in shares.items()}
    title = "Fewest misses: " + ", ".join(f"{walk} in {name}" for walk, name in best.items())
    ax.set_title(title)
    rows = "; ".join(f"{walk}: " + ", ".join(f"{n} {v:.1f}" for n, v in of.items()) for walk, of in shares.items())
    return picture(fig, f"{title}. Misses in 100 reads: {rows}.")


def tiles(sides: Sequence[int], misses: Sequence[int], plain: Mapping[str, int], best: int) -> Picture:
    """A curve of misses against the side of the tile, loop orders without tiles as lines, the largest that fits marked.

    Shapes: sides and misses of one length
    Source: Lam et al. 1991
    """
    fig, ax = panels()
    ax.plot(sides, misses, "o-", color=COLORS[0])
    for index, (name, count) in enumerate(plain.items()):
        ax.axhline(count, color=GREY, lw=1, ls="--")
        label(ax, (sides[-1], count), f"{name}, no tiles", GREY, dx=-200 + 65 * index, dy=6)
    highest = max(*misses, *plain.values())
    ax.axvline(best, color=COLORS[1], lw=1)
    label(ax, (best, min(misses)), f"largest that fits: {best}", COLORS[1], dy=-8)
    ax.set(xlabel="side of a tile", ylabel="cache misses", yscale="log", xticks=sides)
    ax.set_ylim(0.5 * min(misses), 1.6 * highest)
    steps = (step * 10**power for power in range(9) for step in (1, 2, 5))
    ax.set_yticks([tick for tick in steps if 0.5 * min(misses) < tick < 1.6 * highest])
    ax.yaxis.set_major_formatter("{x:,g}")
    ax.minorticks_off()
    low = sides[min(range(len(sides)), key=misses.__getitem__)]
    worst = max(plain, key=plain.get)
    title = f"Tiles of {low} miss {plain[worst] / min(misses):.0f} times less often than {worst}"
    ax.set_title(title)
    rows = ", ".join(f"{side}: {count:,}" for side, count in zip(sides, misses, strict=True))
    others = ", ".join(f"{name} {count:,}" for name, count in plain.items())
    return picture(fig, f"{title}. Misses by side: {rows}. Without tiles: {others}. The largest that fits is {best}.")


def levels(found: Mapping[str, tuple[int, int]]) -> Picture:
    """Bars: misses of a small cache and of a larger one behind it, for several ways to tile.

    Shapes: found {name: (misses of the first, of the second)}
    Source: ours
    """
    fig, ax = panels(height=2.4)
    names = list(found)
    for index, what in enumerate(("first level", "second level")):
        for row, name in enumerate(names):
            at = row + 0.38 * index - 0.19
            ax.barh(at, found[name][index], height=0.34, color=COLORS[index], hatch="///" * index, ec="white")
            text = f"{found[name][index]:,}" + (f" ({what})" if row == 0 else "")
            label(ax, (found[name][index], at), text, COLORS[index])
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="cache misses")
    ax.set_xlim(0, 1.35 * max(first for first, _ in found.values()))
    ax.invert_yaxis()
    ax.grid(False)
    best = [min(found, key=lambda name: found[name][index]) for index in (0, 1)]
    title = f"'{best[0]}' spares the first level most, '{best[1]}' the second"
    if best[0] == best[1]:
        title = f"'{best[0]}' spares both levels most"
    ax.set_title(title)
    rows = "; ".join(f"{name} {first:,} and {second:,}" for name, (first, second) in found.items())
    return picture(fig, f"{title}. Misses of the first and the second level: {rows}.")


def cachegrind(pairs: Sequence[Pair]) -> Picture:
    """Dots on a diagonal: misses that our model counts against those that valgrind's cachegrind counts.

    Shapes: pairs [(name, ours, cachegrind's)]
    Source: ours
    """
    fig, ax = panels(height=3.0)
    ends = [0.7 * min(min(a, b) for _, a, b in pairs), 2 * max(max(a, b) for _, a, b in pairs)]
    ax.plot(ends, ends, color=GREY, lw=1)
    for index, (name, ours, theirs) in enumerate(sorted(pairs, key=lambda pair: pair[1])):
        color, left = COLORS[index % len(COLORS)], index % 2
        ax.plot(ours, theirs, "o", color=color)
        at, side = ((-9, 7), "right") if left else ((9, -7), "left")
        text = f"{name}: {ours:,} and {theirs:,}"
        ax.annotate(text, (ours, theirs), at, textcoords="offset points", color=color, ha=side, va="center", fontsize=7)
    ax.set(xscale="log", yscale="log", xlabel="misses by our model", ylabel="misses by cachegrind")
    ax.set_xlim(ends[0] / 30, 30 * ends[1])
    off = max(abs(ours - theirs) / theirs for _, ours, theirs in pairs)
    title = f"Model and cachegrind differ by at most {100 * off:.2g} %"
    ax.set_title(title)
    rows = "; ".join(f"{name} {ours:,} and {theirs:,}" for name, ours, theirs in pairs)
    return picture(fig, f"{title}. Misses, ours and cachegrind's: {rows}.")


def alive(runs: Mapping[str, Sequence[tuple[str, int]]], limit_bytes: int) -> Picture:
    """Steps: kilobytes that are alive while each operator of a network runs, for several orders of the operators.

    Shapes: runs {name of the order: [(operator, bytes)]}, all of one length
    Source: Liberis and Lane 2019, arXiv:1910.05110
    """
    fig, ax = panels(height=3.0)
    peaks, named = {}, {}
    for index, (name, steps) in enumerate(runs.items()):
        kib = [size / 1024 for _, size in steps]
        color, marker = COLORS[index] if index else GREY, MARKERS[index]
        ax.plot(range(len(kib)), kib, f"{marker}-", color=color, drawstyle="steps-mid")
        peaks[name] = max(kib)
        at = kib.index(peaks[name])
        ax.plot(at, peaks[name], marker, color=color, ms=9)
        named[f"{name}: most, {peaks[name]:.0f} KiB, at {steps[at][0]}"] = color
    key(ax, named, (0.46, 0.30), (0, -0.09))
    ax.axhline(limit_bytes / 1024, color="black", lw=0.8, ls=":")
    label(ax, (0, limit_bytes / 1024), f"{limit_bytes // 1024} KiB of SRAM", "black", dx=0, dy=6)
    ax.set(xlabel="step", ylabel="alive (KiB)", xticks=range(len(next(iter(runs.values())))))
    ax.set_ylim(0, 1.15 * max(limit_bytes / 1024, *peaks.values()))
    fits = [name for name, peak in peaks.items() if peak * 1024 <= limit_bytes]
    room = f"{limit_bytes // 1024} KiB"
    title = (
        f"Only the {fits[0]} order fits {room}" if len(fits) == 1 else f"{len(fits)} of {len(runs)} orders fit {room}"
    )
    ax.set_title(title)
    rows = "; ".join(
        f"{name}: " + ", ".join(f"{op} {size // 1024}" for op, size in steps) for name, steps in runs.items()
    )
    return picture(fig, f"{title}. KiB alive at each operator: {rows}.")
