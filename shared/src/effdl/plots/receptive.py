"""Drawings of receptive fields: what an output sees of a real picture, and what seeing more is worth.

The explorer draws the box that the student's `receptive_field` computes and, lit, the pixels that the gradient really
reaches: three layers of 3 x 3 light 7 x 7 pixels, and the box should lie tightly around them.

This leaves out how much each pixel counts; those in the middle reach the output on more paths.

Source: Luo et al. 2016, arXiv:1701.04128; ours
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import Tensor

from effdl import shapes
from effdl.plots.predictions import HeldBack, is_blank, mark_guesses
from effdl.plots.style import COLORS, GREY, MARKERS, Picture, key, label, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = ["GROWTHS", "accuracy_against_field", "chain", "field_explorer", "field_frame"]

GROWTHS = ("stride 1", "stride 2 in each layer", "dilation 1, 2, 4, ...")
MAX_DEPTH, MARGIN = 5, 4
CHANNELS = 16
Field = Callable[[Sequence[shapes.Layer]], tuple[int, int]]


def chain(depth: int, kernel: int, growth: str) -> list[shapes.Layer]:
    """`depth` layers of kernel x kernel whose field grows in one of GROWTHS.

    Raises: ValueError if growth is none of them
    Source: ours

    >>> chain(3, 3, "dilation 1, 2, 4, ...")
    [(3, 1, 1), (3, 1, 2), (3, 1, 4)]
    """
    if growth not in GROWTHS:
        raise ValueError(f"chain: growth must be one of {GROWTHS}, got {growth!r}")
    if growth == GROWTHS[1]:
        return [(kernel, 2, 1)] * depth
    return [(kernel, 1, 2**index if growth == GROWTHS[2] else 1) for index in range(depth)]


def field_frame(receptive_field: Field, image: Tensor, depth: int, kernel: int, growth: str) -> Frame:
    """What the middle output of a chain sees of `image`: lit by the gradient, boxed by the function given.

    Shapes: image (h, w)
    Source: Luo et al. 2016, arXiv:1701.04128
    """
    layers = chain(depth, kernel, growth)
    field, jump = receptive_field(list(layers))
    curve = [receptive_field(layers[:count])[0] for count in range(1, depth + 1)]
    weights = kernel**2 * CHANNELS * (1 + CHANNELS * (depth - 1))
    words = (
        f"{depth} layer{'s' * (depth > 1)} of {kernel} x {kernel}, {growth}: by your function each output sees "
        f"{field} x {field} pixels, its neighbor looks {jump} further; {weights:,} weights with {CHANNELS} channels"
    )
    fig, (left, right) = panels(2, height=2.9, width_ratios=(1, 1.15))
    true_field = _paint_field(left, image, layers, field)
    if true_field != field:
        words += f". The pixels that are lit span {true_field}"
    for way in GROWTHS:
        truth = [shapes.receptive_field(chain(count, kernel, way))[0] for count in range(1, MAX_DEPTH + 1)]
        right.plot(range(1, MAX_DEPTH + 1), truth, color=GREY, lw=1, zorder=1)
        if way == GROWTHS[0] or (way == GROWTHS[1] and kernel > 1):
            name = way if way == GROWTHS[0] else "stride 2, or dilation"
            label(right, (MAX_DEPTH, truth[-1]), name, GREY, dx=-35 if way == GROWTHS[0] else -100, dy=-9)
    right.plot(range(1, depth + 1), curve, "o-", color=COLORS[1])
    right.axhline(image.shape[0], color=GREY, lw=0.8, ls=":")
    label(right, (1, image.shape[0]), "the whole picture", GREY, dx=0, dy=6)
    right.set(xlabel="layers", ylabel="field (pixels)", yscale="log", xlim=(0.7, MAX_DEPTH + 0.3), ylim=(0.9, 200))
    right.set(xticks=range(1, MAX_DEPTH + 1), yticks=[1, 3, 10, 28, 100], yticklabels=["1", "3", "10", "28", "100"])
    right.minorticks_off()
    right.set_title(f"{field} pixel{'s' * (field > 1)} after {depth} layer{'s' * (depth > 1)}", fontsize=9)
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def field_explorer(receptive_field: Field, image: Tensor) -> Picture:
    """Explore what a chain sees, by your function (layers, kernel, growth); returns the static figure of three chains.

    Shapes: image (1, h, w)
    Source: ours
    """
    import ipywidgets as widgets

    picture_of = image[0].detach().clone()
    controls = {
        "depth": widgets.IntSlider(value=2, min=1, max=MAX_DEPTH, description="layers"),
        "kernel": widgets.SelectionSlider(options=[1, 3, 5], value=3, description="kernel"),
        "growth": widgets.SelectionSlider(options=GROWTHS, value=GROWTHS[0], description="growth"),
    }

    def draw(by: Field, depth: int, kernel: int, growth: str) -> Frame:
        return field_frame(by, picture_of, depth, kernel, growth)

    hang_controls(controls, draw, receptive_field, shapes.receptive_field)
    fig, axes = panels(len(GROWTHS), height=2.5)
    found = {}
    for ax, growth in zip(axes, GROWTHS, strict=True):
        layers = chain(3, 3, growth)
        found[growth] = _paint_field(ax, picture_of, layers, shapes.receptive_field(layers)[0])
        ax.set_title(f"{growth}: {found[growth]}", fontsize=8)
    title = f"Three layers of 3 x 3 see {found[GROWTHS[0]]} pixels; strides or dilations see {max(found.values())}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. " + ", ".join(f"{way}: {field} x {field}" for way, field in found.items()) + ".")


def accuracy_against_field(
    rows: Sequence[Mapping[str, object]], *, guess: object = None, enough: int | None = None
) -> Picture | HeldBack:
    """Dots: validation accuracy of chains against their receptive field, one color a family, bars over seeds.

    `enough` is the field that the reader guesses: the guess is marked beside it, a blank one holds the picture back.

    Shapes: rows [{"family", "field", "accuracies" (n_seed,)}], accuracies in percent
    Source: ours
    """
    if enough is not None and is_blank(guess):
        return HeldBack()
    fig, ax = panels(height=3.1)
    families = list(dict.fromkeys(str(row["family"]) for row in rows))
    for index, family in enumerate(families):
        points = sorted((row["field"], row["accuracies"]) for row in rows if row["family"] == family)
        x, mean = [field for field, _ in points], [float(np.mean(values)) for _, values in points]
        errors = np.abs([[m - min(v), max(v) - m] for m, (_, v) in zip(mean, points, strict=True)]).T
        ax.errorbar(x, mean, yerr=errors, fmt=f"{MARKERS[index]}-", color=COLORS[index], lw=1, capsize=2)
    key(ax, dict(zip(families, COLORS, strict=False)), (0.84, 0.30), (0, -0.09))
    means = sorted((row["field"], float(np.mean(row["accuracies"]))) for row in rows)
    (low, first), (high, best) = means[0], max(means, key=lambda pair: pair[1])
    title = f"From {low} x {low} to {high} x {high} pixels seen: {first:.0f} to {best:.0f} % right"
    ax.set(xlabel="receptive field (pixels along one axis)", ylabel="validation accuracy (%)", title=title)
    listed = "; ".join(f"{row['family']}, field {row['field']}: {np.mean(row['accuracies']):.1f} %" for row in rows)
    truths = {} if enough is None else {"enough": enough}
    level = min((mean for field, mean in means if field == enough), default=first)
    told = mark_guesses(ax, {"enough": guess}, truths, lambda _, field: (field, level), offset=(5, -10))
    return picture(fig, f"{title}. Means: {listed}.{told}")


def _paint_field(ax: Axes, image: Tensor, layers: Sequence[shapes.Layer], field: int) -> int:
    """Draw the image, the pixels that the gradient reaches, and a box of `field`; returns the extent that is lit."""
    size = image.shape[0]
    true_field = shapes.receptive_field(layers)[0]
    reached = shapes.field_extent(layers, true_field).numpy()
    start = (size - true_field) // 2
    lit = np.zeros((size, size), bool)
    rows, columns = np.nonzero(reached)
    rows, columns = rows + start, columns + start
    inside = (rows >= 0) & (rows < size) & (columns >= 0) & (columns < size)
    lit[rows[inside], columns[inside]] = True
    ax.imshow(image.numpy(), cmap="Greys", alpha=0.75)
    ax.imshow(np.ma.masked_where(~lit, lit), cmap="autumn", vmin=0, vmax=2, alpha=0.55)
    corner = (size - field) // 2 - 0.5
    ax.add_patch(Rectangle((corner, corner), field, field, fill=False, ec=COLORS[0], lw=2))
    ax.set(xlim=(-MARGIN, size + MARGIN), ylim=(size + MARGIN, -MARGIN))
    ax.axis("off")
    whose = "your function" if field < size + 2 * MARGIN else "beyond the picture"
    ax.set_title(f"box: {field} x {field}, {whose}", fontsize=9)
    return true_field
