"""Two widgets on the student's own functions: where a tensor's values lie, and what a matrix product misses.

The ribbon shows memory as one row of cells, colored by channel, and marks those that one walk reads. The theatre shows
the three matrices of a product, each element colored by the misses that it cost so far: after all steps of "jki" on
24 x 24 numbers and a cache of 24 lines, columns of B are dark.

This leaves out time: a miss costs what the machine makes it cost.

Source: ours
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from effdl import cache, layout, loops
from effdl.loops import Sizes, Trace
from effdl.plots.style import COLORS, GREY, Picture, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = ["cache_theatre", "layout_ribbon", "orders", "ribbon_frame", "ribbons", "theatre_frame"]

SHAPE = (2, 3, 2, 4)  # images, channels, rows, columns of the ribbon's tensor
WALKS = {
    "all channels of one pixel": lambda n, c, h, w: (n, h, w) == (0, 1, 2),
    "one row of one channel": lambda n, c, h, w: (n, c, h) == (0, 1, 0),
    "one value of all images": lambda n, c, h, w: (c, h, w) == (1, 1, 2),
}
LINE_CELLS = 8
SIDE, LINE_BYTES = 24, 32
PLANS: dict[str, tuple[str, tuple[int, ...]]] = {
    "jki": ("jki", ()),
    "ijk": ("ijk", ()),
    "ikj": ("ikj", ()),
    "tiles of 4": ("ikj", (4,)),
    "tiles of 8": ("ikj", (8,)),
    "tiles of 12": ("ikj", (12,)),
}
Offset = Callable[..., int]
Hits = Callable[..., np.ndarray]


def ribbon_frame(name: str, walk: str, offset: Offset) -> Frame:
    """Memory in one layout, by the offset function given, with the cells of one walk outlined.

    Shapes: none
    Source: ours
    """
    fig, ax = panels(height=1.7)
    words = _ribbon(ax, name, walk, offset)
    ax.set_title(words, fontsize=9)
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def ribbons() -> Picture:
    """All three layouts below each other, with the channels of one pixel outlined.

    Shapes: none
    Source: ours
    """
    fig, ax = panels(height=3.6)
    ax.remove()
    axes = fig.subplots(3, 1)
    walk = next(iter(WALKS))
    words = [_ribbon(each, name, walk, layout.offset) for each, name in zip(axes, layout.LAYOUTS, strict=True)]
    for each, name in zip(axes, layout.LAYOUTS, strict=True):
        each.set_title(name, fontsize=8)
    title = "Only NHWC puts the channels of a pixel beside each other"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. {'; '.join(words)}.")


def theatre_frame(plan: str, n_lines: int, percent: int, cache_hits: Hits) -> Frame:
    """The matrices of a product, colored by the misses so far, by the cache function given.

    Shapes: none
    Source: ours
    """
    trace = _trace(plan)
    shown = len(trace.addresses) * percent // 100
    missed = ~cache_hits(trace.addresses[:shown].copy(), LINE_BYTES, n_lines, n_lines)
    fig, axes = panels(4, height=2.2, width_ratios=(1, 1, 1, 0.7))
    totals = []
    for index, ax in enumerate(axes[:3]):
        mine = trace.arrays[:shown] == index
        _matrix(ax, trace.elements[:shown][mine], missed[mine])
        totals.append(int(missed[mine].sum()))
        ax.set_title(f"{'ABC'[index]}: {totals[-1]:,} misses", fontsize=9)
    axes[3].bar(["A", "B", "C"], totals, color=COLORS[:3])
    axes[3].set_title("misses", fontsize=9)
    words = (
        f"{plan}, {n_lines} lines of {LINE_BYTES} bytes, {percent} % of the steps: {sum(totals):,} misses in {shown:,} "
        f"accesses; A {totals[0]:,}, B {totals[1]:,}, C {totals[2]:,}"
    )
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def orders(n_lines: int = 24) -> Picture:
    """Bars of all misses of the theatre's product, for each plan.

    Shapes: none
    Source: ours
    """
    fig, ax = panels(height=2.4)
    shape = cache.Cache(LINE_BYTES, n_lines, n_lines)
    counts = {plan: cache.count_misses(_trace(plan).addresses, shape) for plan in PLANS}
    for row, count in enumerate(counts.values()):
        ax.barh(row, count, color=COLORS[0] if row else GREY, height=0.62)
        ax.text(count, row, f" {count:,}", va="center", fontsize=8)
    ax.set(yticks=range(len(counts)), yticklabels=list(counts), xlabel="cache misses", xscale="log")
    ax.set_xlim(100, 3 * max(counts.values()))
    ax.invert_yaxis()
    ax.grid(False)
    worst, best = max(counts, key=counts.get), min(counts, key=counts.get)
    title = f"'{best}' misses {counts[worst] / counts[best]:.0f} times less often than '{worst}'"
    ax.set_title(title)
    rows = ", ".join(f"{plan} {count:,}" for plan, count in counts.items())
    about = f"{SIDE} x {SIDE} floats, {n_lines} lines of {LINE_BYTES} bytes"
    return picture(fig, f"{title}. {about}. Misses: {rows}.")


def layout_ribbon(offset: Offset) -> Picture:
    """Show the ribbon on your function (layout, what is read together); returns the static figure of all layouts.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "name": widgets.SelectionSlider(options=layout.LAYOUTS, value="NCHW", description="layout"),
        "walk": widgets.SelectionSlider(options=list(WALKS), value=next(iter(WALKS)), description="read together"),
    }

    def draw(by: Offset, name: str, walk: str) -> Frame:
        return ribbon_frame(name, walk, by)

    hang_controls(controls, draw, offset, layout.offset)
    return ribbons()


def cache_theatre(cache_hits: Hits) -> Picture:
    """Show the theatre on your function (loops, lines of the cache, steps done); returns the static figure.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "plan": widgets.SelectionSlider(options=list(PLANS), value="ijk", description="loops"),
        "n_lines": widgets.IntSlider(value=24, min=4, max=96, step=4, description="cache (lines)"),
        "percent": widgets.IntSlider(value=100, min=1, max=100, step=1, description="steps done (%)"),
    }

    def draw(by: Hits, plan: str, n_lines: int, percent: int) -> Frame:
        return theatre_frame(plan, n_lines, percent, by)

    hang_controls(controls, draw, cache_hits, cache.cache_hits)
    return orders()


@lru_cache(maxsize=16)
def _trace(plan: str) -> Trace:
    return loops.matmul_trace(Sizes(SIDE, SIDE, SIDE), *PLANS[plan], element_bytes=(4, 4, 4))


def _ribbon(ax: Axes, name: str, walk: str, offset: Offset) -> str:
    """Draw the cells of memory; in words, how far apart the marked ones lie."""
    cells = {offset(index, SHAPE, name): index for index in product(*map(range, SHAPE))}
    marked = [place for place, index in cells.items() if WALKS[walk](*index)]
    colors = [to_rgba(COLORS[c], 0.45 if n else 0.9) for n, c, _, _ in cells.values()]
    ax.bar(list(cells), 1, width=0.96, color=colors, align="edge")
    ax.bar(marked, 1, width=0.96, color="none", edgecolor="black", lw=2, align="edge")
    for place, index in cells.items():
        ax.text(place + 0.5, 0.5, "\n".join(map(str, index)), fontsize=6, ha="center", va="center", linespacing=1)
    size = int(np.prod(SHAPE))
    ax.set(xlim=(-0.3, size + 0.3), ylim=(0, 1.02), yticks=[], xlabel="place in memory; in a cell n, c, h, w")
    ax.set_xticks(range(0, size + 1, LINE_CELLS))
    ax.grid(False)
    lines = len({place // LINE_CELLS for place in marked})
    return (
        f"{name}, {walk}: {len(marked)} values at {sorted(marked)}, in {lines} line{'s' * (lines > 1)} of {LINE_CELLS}"
    )


def _matrix(ax: Axes, elements: np.ndarray, missed: np.ndarray) -> None:
    """Grey: not read yet; pale: read, no miss; the darker, the more misses."""
    touched = np.bincount(elements, minlength=SIDE * SIDE) > 0
    counts = np.bincount(elements[missed], minlength=SIDE * SIDE)
    shown = np.ma.masked_where(~touched, np.log2(1 + counts)).reshape(SIDE, SIDE)
    ax.set_facecolor("#d9d9d9")
    ax.imshow(shown, cmap="viridis_r", vmin=0, vmax=np.log2(1 + SIDE), interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
