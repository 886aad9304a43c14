"""Drawings of the language-model lab: what a step reads, roofs, outlier channels, error curves, quality against size.

Each function returns a `Picture` whose title is the message and whose description holds the numbers. Running example:
`outliers({"q": absmax})` with absmax [1, 2, 60] says that the largest channel stands 30 times above the middle one.

This leaves out any computation of a method: numbers come in, pictures go out.

Source: ours; the roofline after Williams et al. 2009
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from torch import Tensor

from effdl.decode import Machine, roofline
from effdl.lmquant import outlier_ratio
from effdl.plots.predictions import compare_guess, waits_for_guess
from effdl.plots.style import COLORS, GREY, Picture, end_labels, label, panels, picture

__all__ = ["curves", "draw_roof", "footprint", "group_sizes", "outliers", "quality", "roofs"]

MIB = 2**20
Row = tuple[str, float, int]


def footprint(parts: Mapping[str, float]) -> Picture:
    """Bars on a log axis: the bytes that one decoding step reads, by what they are; the first part is the largest.

    Shapes: {part: bytes}
    Source: ours
    """
    fig, ax = panels(height=1.9)
    names, sizes = list(parts), [size / MIB for size in parts.values()]
    ax.barh(names, sizes, color=[COLORS[1], COLORS[0], GREY][: len(names)], height=0.6)
    ax.set(xscale="log", xlabel="MiB read or written for one token, batch 1 (log scale)")
    ax.set_xlim(min(sizes) / 2, max(sizes) * 12)
    ax.invert_yaxis()
    ax.grid(False)
    for row, size in enumerate(sizes):
        ax.text(size * 1.15, row, f"{size:,.0f} MiB" if size >= 10 else f"{size:.1f} MiB", va="center", fontsize=8)
    title = f"{names[0].capitalize()} make {100 * sizes[0] / sum(sizes):.0f} % of what one token moves"
    ax.set_title(title)
    text = ", ".join(f"{name} {size:.1f} MiB" for name, size in zip(names, sizes, strict=True))
    return picture(fig, f"{title}: {text}.")


def roofs(points: Mapping[str, tuple[float, float]], machine: Machine, title: str, *, dpi: int = 130) -> Picture:
    """The roofline of a machine, in 16 bits and in 8-bit integers, with named points on it.

    Shapes: {name: (intensity, speedup of the flat part)}
    Units:  FLOPs per byte; FLOP/s
    Source: Williams et al. 2009
    """
    fig, ax = panels(height=2.8)
    draw_roof(ax, points, machine)
    ax.set_title(title)
    text = ", ".join(
        f"{name} at {x:.1f} FLOPs a byte, {roofline(x, machine, speedup=up) / 1e12:.1f} TFLOP/s"
        for name, (x, up) in points.items()
    )
    return picture(fig, f"{title}. The ridge lies at {machine.ridge:.0f} FLOPs a byte. {text}.", dpi=dpi)


def draw_roof(ax: Axes, points: Mapping[str, tuple[float, float]], machine: Machine) -> None:
    """The two roofs and the points, on given axes.

    Shapes: {name: (intensity, speedup)}
    Source: Williams et al. 2009
    """
    xs = np.geomspace(0.5, 2000, 200)
    for speedup, color, name in ((2, COLORS[2], "8-bit integers"), (1, GREY, "16 bits")):
        ys = [roofline(x, machine, speedup=speedup) / 1e12 for x in xs]
        ax.plot(xs, ys, color=color, zorder=1)
        label(ax, (xs[-1], ys[-1]), name, color, dx=-60, dy=7)
    for i, (name, (x, speedup)) in enumerate(points.items()):
        y = roofline(x, machine, speedup=speedup) / 1e12
        ax.plot([x], [y], "osD^"[i % 4], color=COLORS[i % len(COLORS)], zorder=2)
        # points may lie close: names stand above and below in turn, each a line further out
        at, side = ((-8, 8 + 11 * (i // 2)), "right") if i % 2 else ((8, -8 - 11 * (i // 2)), "left")
        ax.annotate(name, (x, y), at, textcoords="offset points", color=COLORS[i % len(COLORS)], ha=side, va="center",
                    fontsize=8)  # fmt: skip
    ax.set(xscale="log", yscale="log", xlabel="FLOPs for each byte read", ylabel="TFLOP/s at most", ylim=(0.1, 900))
    ax.minorticks_off()  # they take half of the time of a redraw


def outliers(layers: Mapping[str, Tensor], title: str = "") -> Picture:
    """The largest |x| of each input channel, one panel a layer, with the median as a grey line.

    Shapes: {layer: absmax (ci,)}
    Source: ours, after figure 4 of Xiao et al. 2023, arXiv:2211.10438
    """
    fig, axes = panels(len(layers), height=2.5)
    ratios = {}
    for ax, (name, absmax) in zip(np.atleast_1d(axes), layers.items(), strict=True):
        ratios[name] = outlier_ratio(absmax)
        ax.vlines(np.arange(len(absmax)), 0, absmax.numpy(), color=COLORS[0], lw=0.8)
        ax.axhline(absmax.median().item(), color=GREY, lw=1)
        ax.plot([absmax.argmax().item()], [absmax.max().item()], "v", color=COLORS[1], ms=5)
        ax.set(xlabel="input channel", ylim=(0, 1.15 * absmax.max().item()))
        ax.set_title(f"{name}: {ratios[name]:.0f} x", fontsize=9)
        ax.grid(False)
    np.atleast_1d(axes)[0].set_ylabel("largest |x|")
    title = title or f"A few channels stand up to {max(ratios.values()):.0f} times above the middle one"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    text = ", ".join(f"{name} {ratio:.0f}" for name, ratio in ratios.items())
    return picture(fig, f"{title}. Largest channel over median channel: {text}. The median is the grey line.")


def curves(
    x: Sequence[float], lines: Mapping[str, Sequence[float]], *, xlabel: str, title: str, base: tuple[str, float]
) -> Picture:
    """Lines of relative output error against a setting, each with its lowest point marked, and a grey baseline.

    Shapes: x (n,), each line (n,), base (name, value)
    Source: ours
    """
    fig, ax = panels(height=2.7)
    ends, best = [], {}
    ax.axhline(base[1], color=GREY, ls="--", lw=1)
    for i, (name, ys) in enumerate(lines.items()):
        low = int(np.argmin(ys))
        best[name] = (x[low], ys[low])
        ax.plot(x, ys, color=COLORS[i])
        ax.plot([x[low]], [ys[low]], "o", color=COLORS[i])
        ends.append((ys[-1], name, COLORS[i]))
    ax.set(xlabel=xlabel, ylabel="relative output error (log)", title=title, yscale="log")
    ax.set_xlim(min(x), max(x) + 0.28 * (max(x) - min(x)))
    end_labels(ax, x[-1], ends)
    label(ax, (x[-1], base[1]), base[0], GREY, dx=-75, dy=7)
    text = ", ".join(f"{name} {y:.3f} at {at:g}" for name, (at, y) in best.items())
    return picture(fig, f"{title}. {base[0]}: {base[1]:.3f}. Lowest: {text}.")


def group_sizes(
    sizes: Sequence[int], lines: Mapping[str, Sequence[float]], effective: Mapping[int, Sequence[float]]
) -> Picture:
    """Relative output error against effective bits, one line for each number of bits, the group size at each point.

    Shapes: sizes (n,), each line and each list of effective bits (n,)
    Source: ours
    """
    fig, ax = panels(height=2.7)
    for i, ((name, ys), bits) in enumerate(zip(lines.items(), effective.values(), strict=True)):
        ax.plot(bits, [100 * y for y in ys], "o-", color=COLORS[i], ms=4)
        for size, x, y in zip(sizes, bits, ys, strict=True):
            label(ax, (x, 100 * y), str(size), COLORS[i], dx=-12 if size == max(sizes) else 2, dy=8)
        label(ax, (bits[0], 100 * ys[0]), name, COLORS[i], dx=16, dy=-2)
    ax.set(xlabel="bits for each weight, scales included (at each dot: weights in a group)", ylabel="output error (%)")
    ax.set(ylim=(0, 115 * max(map(max, lines.values()))), xlim=(None, 0.25 + max(map(max, effective.values()))))
    (first, coarse), *_ = lines.items()
    shares = [f"{100 * coarse[at]:.0f} %{' error' * (at < 0)} in groups of {sizes[at]}" for at in (-1, 0)]
    title = f"{first}: {', '.join(shares)}"
    ax.set_title(title)
    text = "; ".join(f"{name}: " + ", ".join(f"{100 * y:.1f} %" for y in ys) for name, ys in lines.items())
    return picture(fig, f"{title}. Groups of {', '.join(map(str, sizes))}. {text}.")


@waits_for_guess
def quality(
    tables: Mapping[str, Sequence[Row]], model: str, *, guess: Mapping[str, Mapping[str, int]] | None = None
) -> Picture:
    """Bars of perplexity, a panel for each table, the float model as a grey line; beyond three times that a bar is cut.

    `guess` is a prediction of ranks, 1 for the least perplexity, in one table: {table: {method: rank}}; guess and rank
    stand at the bars, and the figure waits for a blank one.

    Shapes: {table: rows (method, perplexity, bytes)}, the float model first
    Source: ours
    """
    guess = guess or {}
    # numbers of a panel with guesses take more room
    widths = [1.6 if name in guess else 1 for name in tables]
    fig, axes = panels(len(tables), height=3.0, sharey=False, width_ratios=widths)
    text, best, before, told = [], {}, None, ""
    for ax, (name, rows) in zip(np.atleast_1d(axes), tables.items(), strict=True):
        (_, base, _), *others = rows
        names = [row[0] for row in others]
        ranks, said = _ranks(others, guess.get(name))
        told += said
        _quality_bars(ax, others, base, ranks)
        if names == before:
            ax.set_yticklabels([])
        before = names
        ax.set_title(f"{name}\ngrey: {base:.1f}", fontsize=8)
        best.setdefault(min(others, key=lambda row: row[1])[0], []).append(name)
        text.append(f"{name}: 16 bits {base:.2f}, " + ", ".join(f"{n} {v:.2f}" for n, v, _ in others))
    title = f"Least perplexity of {model}: " + ", ".join(f"{who} in {' and '.join(at)}" for who, at in best.items())
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. {'; '.join(text)}.{told}")


def _quality_bars(ax: Axes, rows: Sequence[Row], base: float, ranks: Mapping[str, str]) -> None:
    """One panel of `quality`; what `ranks` says of a method stands behind its number."""
    values = [row[1] for row in rows]
    highest, best = min(max(values), 3 * base), min(values)
    colors = [COLORS[2] if value == best else COLORS[0] for value in values]
    ax.barh([row[0] for row in rows], np.minimum(values, highest), color=colors, height=0.65)
    ax.axvline(base, color=GREY, lw=1.2)
    for row, (name, value, _) in enumerate(rows):
        shown = (f" {value:.1f}" if value <= highest else f" ... {value:.0f}") + ranks.get(name, "")
        weight = "bold" if value == best else "normal"
        ax.text(min(value, highest), row, shown, va="center", fontsize=7, fontweight=weight)
    low = 0.9 * min(base, best)
    ax.set(xlim=(low, highest + (1.3 if ranks else 0.32) * (highest - low)), xlabel="perplexity")
    ax.tick_params(axis="y", labelsize=7)
    ax.invert_yaxis()
    ax.grid(False)


def _ranks(rows: Sequence[Row], guess: Mapping[str, int] | None) -> tuple[dict[str, str], str]:
    """What stands at each method whose rank among some was guessed, and all of it in words."""
    guess = guess if isinstance(guess, Mapping) else {}
    order = sorted((row for row in rows if row[0] in guess), key=lambda row: row[1])
    ranks = {name: rank for rank, (name, _, _) in enumerate(order, 1) if isinstance(guess[name], (int, float))}
    at_bars = {name: f": no. {rank}, your guess {guess[name]:g}" for name, rank in ranks.items()}
    told = "; ".join(compare_guess(name, guess[name], rank) for name, rank in ranks.items())
    return at_bars, f" Ranks: {told}." if told else ""
