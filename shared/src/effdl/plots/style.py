"""One look for every figure of the course, and one way to show it.

A drawing function returns a `Picture`: a PNG with a description. Shown by a notebook it is the image, with the
description as its alt text, and the same words folded below it, because JupyterLab (4.6) and nbconvert's default
template (7.17) both drop the alt text of a PNG. So `picture(fig, "three bars, 1, 2 and 3")` reads as it looks.

This leaves out interactive back ends: a rendered figure is a closed one. Colors are told apart with every common color
vision; grey is the baseline's.

Sources: Okabe and Ito 2008, Color Universal Design; Jupyter enhancement proposal 120 on alt texts
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib import RcParams, rc_params_from_file
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

__all__ = [
    "COLORS", "GREY", "MARKERS", "PALE", "Picture", "end_labels", "key", "label", "marked", "panels",
    "picture", "use_style",
]  # fmt: skip

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#A6761D", "#56B4E9")
GREY = "#767676"
PALE = "#d9d9d9"  # far lighter than GREY and all COLORS, so that it differs from them without color, too
MARKERS = "osD^vP"
SIGNS = dict(zip(MARKERS, "\u25cf\u25a0\u25c6\u25b2\u25bc\u271a", strict=True))
SHEET = Path(__file__).with_name("effdl.mplstyle")
PIXELS_PER_INCH = 96  # of a screen, as browsers count them: a picture shows at its true size
MAX_INCHES = 6.5
COLOR_COUNT = 128
READABLE = 4.5


class Picture:
    """A PNG that carries its description to whatever shows it."""

    def __init__(self, png: bytes, alt: str, width: int) -> None:
        self.png, self.alt, self.width = png, alt, width

    def mime(self) -> tuple[dict[str, str], dict[str, Any]]:
        """The bundle and its metadata, as a notebook stores them."""
        data = {"image/png": base64.b64encode(self.png).decode("ascii"), "text/plain": f"Figure: {self.alt}"}
        return data, {"image/png": {"alt": self.alt, "width": self.width}}

    def words(self) -> dict[str, str]:
        """The folded text twin."""
        folded = f"<details><summary>Figure in words</summary>{html.escape(self.alt)}</details>"
        return {"text/html": folded, "text/plain": f"Figure in words: {self.alt}"}

    def _ipython_display_(self) -> None:
        data, metadata = self.mime()
        display(data, metadata=metadata, raw=True)
        display(self.words(), raw=True)

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"


def use_style() -> None:
    """Set the course's matplotlib style for this session.

    Shapes: none
    Source: effdl.mplstyle beside this file
    """
    plt.style.use(SHEET)


def panels(count: int = 1, *, height: float = 2.8, **kwargs: Any) -> tuple[Figure, Any]:
    """A figure of the course's width and style with `count` axes beside each other.

    Shapes: none
    Source: matplotlib.pyplot.subplots
    """
    with plt.rc_context(_sheet()):
        return plt.subplots(1, count, figsize=(MAX_INCHES, height), **kwargs)


def picture(fig: Figure, alt: str, *, dpi: int = 130) -> Picture:
    """Render `fig`, close it, and join it with its description.

    Shapes: none
    Raises: ValueError if the description is blank or the figure is wider than a page's column
    Source: ours
    """
    width = fig.get_figwidth()
    if not alt.strip() or width > MAX_INCHES:
        plt.close(fig)
        raise ValueError(f"picture: needs a description and at most {MAX_INCHES} in, got {alt!r} and {width} in")
    _fit_titles(fig)
    for text in fig.findobj(Text):
        if isinstance(color := text.get_color(), str):
            text.set_color(_ink(color))
    with plt.rc_context(_sheet()):
        fig.set_dpi(dpi)
        canvas = FigureCanvasAgg(fig)
        canvas.draw()  # savefig would draw twice: once for the layout, once for the picture
        pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    plt.close(fig)
    return Picture(_few_colors(pixels), " ".join(alt.split()), round(width * PIXELS_PER_INCH))


def _few_colors(pixels: Image.Image) -> bytes:
    """A PNG with a palette: a third of the bytes, in every notebook that shows it."""
    small = io.BytesIO()
    image = pixels.quantize(COLOR_COUNT, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    image.save(small, "png", optimize=True)
    return small.getvalue()


@lru_cache(maxsize=1)
def _sheet() -> RcParams:
    """The style, read once."""
    return rc_params_from_file(SHEET, use_default_template=False)


@lru_cache(maxsize=256)
def _ink(color: str) -> str | tuple[float, ...]:
    """A color of COLORS as dark as small letters need it: 4.5 : 1 on white (WCAG 2, 1.4.3); others as they are."""
    if color not in COLORS:
        return color
    shade = np.array(to_rgb(color))
    while _contrast(shade) < READABLE:
        shade = 0.97 * shade
    return tuple(shade.tolist())


def _contrast(shade: np.ndarray) -> float:
    """The contrast of an sRGB color with white."""
    linear = np.where(shade <= 0.04045, shade / 12.92, ((shade + 0.055) / 1.055) ** 2.4)
    return 1.05 / (float(linear @ (0.2126, 0.7152, 0.0722)) + 0.05)


def _fit_titles(fig: Figure) -> None:
    """Titles are computed from data: shrink the type of one that would run out of the picture."""
    titles = [(fig.texts[0], 0.98)] if fig.texts else []
    titles += [(fig.axes[0].title, 0.85), (fig.axes[0]._left_title, 0.85)] if len(fig.axes) == 1 else []
    for title, share in titles:
        width = title.get_window_extent(fig.canvas.get_renderer()).width
        title.set_fontsize(title.get_fontsize() * min(1.0, share * fig.bbox.width / max(width, 1.0)))


def label(ax: Axes, at: tuple[float, float], text: str, color: str, *, dx: float = 5.0, dy: float = 0.0) -> None:
    """Write a mark's name beside it, in its color, moved by (dx, dy) points.

    Shapes: none
    Source: ours
    """
    ax.annotate(text, at, xytext=(dx, dy), textcoords="offset points", color=color, va="center", fontsize=8)


def marked(name: str, marker: str) -> str:
    """A name behind the sign of its marker: a key that can be read without color.

    Shapes: none
    Source: ours

    >>> marked("kernel", "s")
    '\u25a0 kernel'
    """
    return f"{SIGNS[marker]} {name}"


def key(ax: Axes, names: Mapping[str, str], at: tuple[float, float], step: tuple[float, float]) -> None:
    """Write each name of {name: color} behind the sign of its marker, from `at` on by `step`, in shares of the axes.

    Shapes: none
    Source: ours
    """
    for index, (name, color) in enumerate(names.items()):
        place = (at[0] + index * step[0], at[1] + index * step[1])
        ax.annotate(marked(name, MARKERS[index]), place, xycoords="axes fraction", color=color, fontsize=8)


def end_labels(ax: Axes, x: float, ends: Sequence[tuple[float, str, str]], *, gap: float = 10.0) -> None:
    """Write (y, name, color) of several lines beside their common end, moved apart to `gap` points at least.

    Shapes: none
    Source: ours
    """
    to_points = 72 / ax.figure.dpi
    at = float("inf")
    for y, text, color in sorted(ends, reverse=True):
        own = ax.transData.transform((x, y))[1] * to_points
        at = min(own, at - gap)
        label(ax, (x, y), text, color, dy=at - own)
