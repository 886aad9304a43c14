"""Drawings of shapes: one neuron, a window that slides, the shapes of a whole network.

Each function takes plain numbers and returns a `Picture` or `Frame` whose title and words are computed from them. With
7 pixels, a kernel of 3 and stride 2, the window explorer draws 3 x 3 outputs and, for the last one, pixels 5 to 7.

This leaves out channels in the sliding window: one input channel and one filter are drawn, the others do the same.

Source: the animations of Dumoulin and Visin 2016, arXiv:1603.07285
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from effdl import shapes
from effdl.plots.predictions import compare_guess, waits_for_guess
from effdl.plots.style import COLORS, GREY, Picture, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = ["WINDOWS", "Window", "network_shapes", "neuron", "window_explorer", "window_frame"]

PADDED, PLAIN, LIT, OUTSIDE = range(4)
CELLS = ListedColormap(["#efefef", "#a9cde8", COLORS[1], COLORS[3]])
MEANING = ("padding", "pixel", "seen now", "x outside")
Sizes = tuple[Callable[..., int], Callable[..., int]]


class Window(NamedTuple):
    """A layer whose window is drawn."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    transposed: bool = False


WINDOWS = {
    "3 x 3": Window(3),
    "3 x 3, padding 1": Window(3, padding=1),
    "3 x 3, stride 2": Window(3, stride=2),
    "3 x 3, dilation 2": Window(3, dilation=2),
    "2 x 2 pooling, stride 2": Window(2, stride=2),
    "3 x 3 transposed, stride 2": Window(3, stride=2, transposed=True),
}
FIRST = "3 x 3"


@waits_for_guess
def neuron(x: Sequence[float], w: Sequence[float], b: float, *, guess: Mapping[str, object] | None = None) -> Picture:
    """One neuron: inputs, synapses with their weights, the cell body with its sum, and what ReLU lets through.

    A blank guess holds the picture back.

    Shapes: x (ci,), w (ci,)
    Source: ours
    """
    z = sum(left * right for left, right in zip(x, w, strict=True)) + b
    fig, ax = panels(height=2.3)
    heights = np.linspace(0.85, 0.15, len(x))
    for height, value, weight in zip(heights, x, w, strict=True):
        ax.plot([0.1, 0.5], [height, 0.5], color=COLORS[0], lw=1 + 0.8 * abs(weight), zorder=1)
        _circle(ax, (0.1, height), f"{value:g}", GREY)
        ax.text(0.29, 0.5 + 0.53 * (height - 0.5) + 0.05, f"times {weight:g}", color=COLORS[0], fontsize=8, ha="center")
    ax.plot([0.5, 0.86], [0.5, 0.5], color="black", lw=1, zorder=1)
    _circle(ax, (0.5, 0.5), f"{z:g}", COLORS[1])
    _circle(ax, (0.86, 0.5), f"{max(z, 0):g}", COLORS[2])
    words = ((0.1, "inputs"), (0.29, "synapses\n(weights)"), (0.5, f"cell body\nsum + bias {b:g}"))
    for at, word in (*words, (0.68, "ReLU"), (0.86, "neuron\n(activation)")):
        ax.text(at, -0.1, word, ha="center", va="top", fontsize=8)
    ax.set(xlim=(0, 1), ylim=(-0.35, 1.05))
    ax.axis("off")
    title = f"{len(w)} synapses, one sum of {z:g}, one activation of {max(z, 0):g}"
    ax.set_title(title)
    return picture(fig, f"{title}. Inputs {list(x)}, weights {list(w)}, bias {b:g}.")


def window_frame(sizes: Sizes, layer: str, size: int, percent: int) -> Frame:
    """One step of a window that slides over size x size pixels, drawn by the two functions of sizes given.

    `percent` of the way through the outputs, row by row. A window that leaves the picture is drawn and named.

    Shapes: none
    Source: Dumoulin and Visin 2016, arXiv:1603.07285
    """
    out_size, transposed_out_size = sizes
    window = WINDOWS[layer]
    rule = transposed_out_size if window.transposed else out_size
    n_out = rule(size, window.kernel, window.stride, window.padding, window.dilation)
    if not isinstance(n_out, int) or not 1 <= n_out <= 100:
        raise ValueError(f"a size of {n_out!r} cannot be drawn, it has to be an int from 1 to 100")
    steps = size if window.transposed else n_out
    row, column = divmod(round(percent / 100 * (steps**2 - 1)), steps)
    large = n_out if window.transposed else size + 2 * window.padding
    big, outside = _seen(window, large, (row, column))
    small = np.full((steps, steps), PLAIN)
    small[row, column] = LIT
    left, right = (small, big) if window.transposed else (big, small)
    verb = "writes" if window.transposed else "reads"
    drawn = "the stamp of input" if window.transposed else "the window of output"
    words = f"{layer}: {_tensors(layer, size, n_out)}; {drawn} {row + 1}, {column + 1}"
    if outside:
        words += f". It {verb} {outside} places that do not exist: this size is too {_wrong(window)}"
    extents = (steps, large) if window.transposed else (large, steps)
    return Frame(_draw((left, right), extents, words).png, words)


def _tensors(layer: str, size: int, n_out: int) -> str:
    """The shapes that meet in a layer, and what comes out."""
    kernel = WINDOWS[layer].kernel
    if "pooling" in layer:
        return f"x (n, c, {size}, {size}) gives y (n, c, {n_out}, {n_out})"
    channels = "ci, co" if WINDOWS[layer].transposed else "co, ci"
    return f"x (n, ci, {size}, {size}) and w ({channels}, {kernel}, {kernel}) give y (n, co, {n_out}, {n_out})"


def _wrong(window: Window) -> str:
    return "small" if window.transposed else "large"


def _seen(window: Window, large: int, at: tuple[int, int]) -> tuple[np.ndarray, int]:
    """The larger grid with the taps of one window lit, widened where they leave it; how many do."""
    taps = [[place * window.stride + i * window.dilation for i in range(window.kernel)] for place in at]
    full = max(large, *(axis[-1] + 1 for axis in taps))
    grid = np.full((full, full), OUTSIDE)
    grid[:large, :large] = PADDED
    inner = slice(window.padding, large - window.padding) if not window.transposed else slice(0, large)
    grid[inner, inner] = PLAIN
    shown = full if full > large else large
    lit = [(row, column) for row in taps[0] for column in taps[1]]
    outside = sum(row >= large or column >= large for row, column in lit)
    cells = np.where(grid == OUTSIDE, PADDED, grid)[:shown, :shown]
    for row, column in lit:
        cells[row, column] = OUTSIDE if row >= large or column >= large else LIT
    return cells, outside


def _draw(grids: tuple[np.ndarray, np.ndarray], extents: tuple[int, int], words: str) -> Picture:
    fig, axes = panels(2, height=2.9)
    widest = max(map(len, grids))
    for ax, cells, what, extent in zip(axes, grids, ("in", "out"), extents, strict=True):
        ax.imshow(cells, cmap=CELLS, vmin=0, vmax=3, extent=(0, len(cells), len(cells), 0))
        ax.hlines(range(len(cells) + 1), 0, len(cells), color="white", lw=1)
        ax.vlines(range(len(cells) + 1), 0, len(cells), color="white", lw=1)
        for row, column in np.argwhere(cells == OUTSIDE):
            ax.text(column + 0.5, row + 0.5, "x", ha="center", va="center", fontsize=8)
        ax.set(xlim=(0, widest), ylim=(widest, 0))
        ax.axis("off")
        ax.set_title(f"{what}: {extent} x {extent}", fontsize=9)
    used = sorted({int(cell) for cells in grids for cell in cells.flat})
    for index, cell in enumerate(used):
        axes[1].text(1.02, 0.95 - 0.12 * index, MEANING[cell], transform=axes[1].transAxes, fontsize=8,
                     color=GREY if cell == PADDED else COLORS[0] if cell == PLAIN else CELLS(cell))  # fmt: skip
    return picture(fig, words, dpi=WIDGET_DPI)


def window_explorer(out_size: Callable[..., int], transposed_out_size: Callable[..., int]) -> Picture:
    """Let a window slide, its sizes from your two functions (layer, pixels, how far); returns the static figure.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "layer": widgets.SelectionSlider(options=list(WINDOWS), value=FIRST, description="layer"),
        "size": widgets.IntSlider(value=7, min=5, max=12, description="pixels in"),
        "percent": widgets.IntSlider(value=0, min=0, max=100, step=1, description="slide to (%)"),
    }
    hang_controls(controls, window_frame, (out_size, transposed_out_size), REFERENCES)
    return windows_at_the_end(7)


REFERENCES: Sizes = (shapes.out_size, shapes.transposed_out_size)


def windows_at_the_end(size: int) -> Picture:
    """The last window of each layer of WINDOWS, from the package's own sizes.

    Shapes: none
    Source: ours
    """
    fig, axes = panels(len(WINDOWS), height=1.9)
    said = []
    for ax, (name, window) in zip(axes, WINDOWS.items(), strict=True):
        rule = shapes.transposed_out_size if window.transposed else shapes.out_size
        n_out = rule(size, window.kernel, window.stride, window.padding, window.dilation)
        steps, large = (size, n_out) if window.transposed else (n_out, size + 2 * window.padding)
        cells, _ = _seen(window, large, (steps - 1, steps - 1))
        ax.imshow(cells, cmap=CELLS, vmin=0, vmax=3, extent=(0, large, large, 0))
        ax.hlines(range(large + 1), 0, large, color="white", lw=0.7)
        ax.vlines(range(large + 1), 0, large, color="white", lw=0.7)
        ax.axis("off")
        ax.set_title(name.replace(", ", "\n").replace(" transposed", "\ntransposed"), fontsize=7, fontweight="normal")
        ax.text(large / 2, large + 0.3, f"{size} to {n_out}", ha="center", va="top", fontsize=8)
        said.append(f"{name} {n_out}")
    title = f"From {size} pixels to {', '.join(entry.split()[-1] for entry in said)}: the last window of each"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. Outputs along one axis: {', '.join(said)}.")


@waits_for_guess
def network_shapes(
    rows: Sequence[tuple[str, tuple[int, ...], tuple[int, ...]]], *, guess: Mapping[str, object] | None = None
) -> Picture:
    """Bars of the synapses and of the neurons of each layer, with their shapes.

    Guesses of "synapses" and "neurons", in percent of the first half of the layers, stand below; blank ones hold the
    picture back.

    Shapes: rows [(name, weight shape, output shape)]
    Source: ours
    """
    fig, axes = panels(2, height=3.2, sharey=True)
    counts = [[math.prod(row[column]) for row in rows] for column in (1, 2)]
    for ax, values, column, what, color in zip(
        axes, counts, (1, 2), ("synapses", "neurons"), (COLORS[0], COLORS[1]), strict=True
    ):
        ax.barh([name for name, *_ in rows], values, color=color)
        ax.set(xticks=[], xlabel=f"{what} of the layer", xlim=(0, 1.9 * max(values)))
        ax.grid(False)
        for index, value in enumerate(values):
            shape = " x ".join(map(str, rows[index][column]))
            ax.text(value + 0.02 * max(values), index, f"{value:,} = {shape}", va="center", fontsize=7)
    axes[0].invert_yaxis()
    half = len(rows) // 2
    early = [100 * sum(values[:half]) / sum(values) for values in counts]
    title = (
        f"The first {half} of {len(rows)} layers hold {early[0]:.0f} % of the synapses, {early[1]:.0f} % of the neurons"
    )
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    listed = "; ".join(f"{name} weight {weight}, output {output}" for name, weight, output in rows)
    told = ""
    for ax, what, percent in zip(axes, ("synapses", "neurons"), early, strict=True):
        if guess and guess.get(what) is not None:
            line = compare_guess("", guess[what], round(percent), "%")
            ax.set_xlabel(f"{what} of the layer\nfirst {half}: {line}")
            told += f" First {half}, {what}: {line}."
    return picture(fig, f"{title}. {listed}.{told}")


def _circle(ax: Axes, at: tuple[float, float], text: str, color: str) -> None:
    ax.plot(*at, "o", ms=26, color="white", mec=color, mew=2, zorder=2)
    ax.text(*at, text, ha="center", va="center", fontsize=9, zorder=3)
