"""Drawings of what networks cost: bytes, shares of layers, memory over time, samples of time, energy, all at once.

Each function takes plain numbers, draws one message and returns a `Picture` whose title and description are computed
from what it was given: peaks of 9,408 and 40,768 values are titled "4.3 times the peak".

This leaves out any counting or measuring: the lab does that, and hands the result over.

Source: ours; the shares of AlexNet's layers as in Sze et al. 2017, arXiv:1703.09039
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from effdl.counting import Row
from effdl.latency import Summary
from effdl.liveness import Step
from effdl.plots.predictions import mark_choice, mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, PALE, Picture, label, panels, picture

__all__ = ["energies", "rates", "samples", "scorecard", "shares", "sizes", "timelines"]

FASTER, SLOWER = "depthwise, times faster", "one row, times slower"  # what lab 02 asks of measured layers
PARTS = {"MACs": COLORS[0], "SRAM": COLORS[2], "DRAM": COLORS[1]}


def sizes(bytes_by_precision: Mapping[str, int], name: str) -> Picture:
    """Bars: the bytes of one network's weights at several precisions; the first is the baseline.

    Shapes: {precision: bytes}
    Source: ours
    """
    fig, ax = panels(height=1.0 + 0.3 * len(bytes_by_precision))
    rows = list(bytes_by_precision.items())
    for row, (_precision, size) in enumerate(rows):
        color = COLORS[0] if row else GREY
        ax.barh(row, size / 1e6, color=color, height=0.6)
        label(ax, (size / 1e6, row), f"{size / 1e6:.1f} MB", color)
    ax.set(yticks=range(len(rows)), yticklabels=list(bytes_by_precision), xlabel="weights (MB, a million bytes)")
    ax.set_xlim(0, 1.2 * rows[0][1] / 1e6)
    ax.invert_yaxis()
    ax.grid(False)
    least = min(rows, key=lambda row: row[1])
    title = f"{name}: {rows[0][1] / 1e6:.0f} MB in {rows[0][0]}, {least[1] / 1e6:.0f} MB with {least[0]}"
    ax.set_title(title)
    return picture(fig, f"{title}. " + "; ".join(f"{precision} {size:,} bytes" for precision, size in rows) + ".")


@waits_for_guess
def shares(rows: Sequence[Row], name: str, *, guess: Mapping[str, float] | None = None) -> Picture:
    """Bars of each layer's share of the parameters, the MACs and the activations, and of all linear ones together.

    `guess` is a prediction of the linear layers' percent of "weights" and of "MACs", marked below their bar; the figure
    waits for a blank one.

    Shapes: none
    Source: ours
    """
    linear = np.array([row.layer.kind == "linear" for row in rows])
    columns = {
        "weights": [row.parameters for row in rows],
        "MACs": [row.macs for row in rows],
        "activations": [row.activations for row in rows],
    }
    found = {what: 100 * np.array(values) / sum(values) for what, values in columns.items()}
    of = {what: float(share[linear].sum()) for what, share in found.items()}
    bars = [row.name for row in rows] + ["all linear"]
    faces = [COLORS[1] if is_linear else COLORS[0] for is_linear in linear] + ["white"]
    fig, axes = panels(len(found), height=3.1, sharey=True)
    told = ""
    for ax, (what, share) in zip(axes, found.items(), strict=True):
        values = [*share, of[what]]
        ax.barh(bars, values, color=faces, edgecolor=[*faces[:-1], COLORS[1]])
        ax.set(xlabel=f"share of {what.replace('weights', 'parameters')} (%)", xlim=(0, 1.25 * max(values)))
        ax.grid(False)
        for row, value in enumerate(values):
            label(ax, (value, row), f"{value:.0f}", "black", dx=3)
        told += mark_guesses(ax, guess, {what: round(of[what])}, lambda _, percent: (percent, len(bars)), offset=None)
    axes[0].set_ylim(len(bars) - (0.5 if guess is None else -0.5), -0.7)
    axes[0].set_yticks(range(len(bars) + bool(guess)), [*bars, "your guess"][: len(bars) + bool(guess)])
    title = f"{name}: linear layers hold {of['weights']:.0f} % of the weights, take {of['MACs']:.0f} % of the MACs"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    listed = "; ".join(f"{row.name} {row.parameters:,}, {row.macs:,}, {row.activations:,}" for row in rows)
    return picture(fig, f"{title}. Parameters, MACs and activations: {listed}. Linear layers are orange.{told}")


@waits_for_guess
def timelines(
    runs: Mapping[str, tuple[Sequence[Step], Sequence[int]]],
    parameters: Mapping[str, int],
    *,
    guess: Mapping[str, float] | None = None,
    dpi: int = 130,
) -> Picture:
    """Steps: how many values are alive while each step of some networks runs; the first network is the baseline.

    `guess` is a prediction of the last network's {"peak": divided by the baseline's}, marked at the peak; the figure
    waits for a blank one.

    Shapes: runs {network: (steps, live values)}, both as long; parameters {network: count}
    Source: Lin et al. 2021, figure 1, arXiv:2110.15352
    """
    fig, axes = panels(len(runs), height=2.9, sharey=True)
    peaks = {name: max(live) for name, (_, live) in runs.items()}
    for index, (ax, (name, (steps, live))) in enumerate(zip(np.atleast_1d(axes), runs.items(), strict=True)):
        color = COLORS[1] if index else GREY
        ax.bar(range(len(live)), live, color=color, alpha=0.45, width=1.0)
        ax.bar(range(len(live)), [step.count for step in steps], color=color, width=1.0)
        at = list(live).index(peaks[name])
        ax.set_title(f"{name}: peak {peaks[name]:,} at step {at}", fontsize=9)
        ax.set(xlabel="step (dark: what it writes)", ylabel="" if index else "values alive")
        ax.xaxis.get_major_locator().set_params(integer=True)
    first, last = next(iter(runs)), list(runs)[-1]
    fewer, larger = parameters[first] / parameters[last], peaks[last] / peaks[first]
    told = mark_guesses(
        ax, guess, {"peak": round(larger, 1)}, lambda _, ratio: (at, ratio * peaks[first]), offset=(9, 0)
    )
    peak = "the same peak" if larger == 1 else f"{larger:.1f} times the peak"
    title = f"{last} has {fewer:.1f} times fewer parameters and {peak}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    listed = "; ".join(
        f"{name} {parameters[name]:,} parameters, values alive {', '.join(map(str, live))}"
        for name, (_, live) in runs.items()
    )
    return picture(fig, f"{title}. {listed}.{told}", dpi=dpi)


def samples(times_ms: Sequence[float], found: Summary, n_warmup: int) -> Picture:
    """Dots: each sample of time in the order in which it was taken, with the median, its interval and the mean.

    Shapes: times_ms (n,)
    Source: Hoefler and Belli 2015, doi:10.1145/2807591.2807644
    """
    times, kept = np.asarray(times_ms), np.asarray(times_ms)[n_warmup:]
    fig, ax = panels(height=2.6)
    ax.plot(range(n_warmup), times[:n_warmup], "x", color=COLORS[1])
    ax.plot(range(n_warmup, len(times)), kept, "o", color=COLORS[0], ms=3)
    ax.axhspan(found.low, found.high, color=COLORS[2], alpha=0.3)
    ax.axhline(found.median, color=COLORS[2], lw=1)
    ax.axhline(kept.mean(), color=GREY, lw=1, ls="--")
    label(ax, (len(times), found.median), "median", COLORS[2], dy=-5)
    label(ax, (len(times), float(kept.mean())), "mean", GREY, dy=5)
    ax.set(xlabel="sample (crosses: warm-up)", ylabel="ms", xlim=(-1, 1.13 * len(times)), yscale="log")
    ax.yaxis.set_major_formatter("{x:g}")
    if times.max() < 9 * times.min():
        ax.yaxis.set_minor_formatter("{x:g}")
    n = found.n_outliers
    title = (
        f"Median {found.median:.3g} ms, mean {kept.mean():.3g} ms, {n} outlier{'s' * (n != 1)} of {len(kept)} samples"
    )
    ax.set_title(title)
    return picture(fig, f"{title}. The median lies in {found.low:.3g} to {found.high:.3g} ms with 95 % confidence.")


@waits_for_guess
def rates(points: Mapping[str, tuple[int, float]], *, guess: Mapping[str, float] | None = None) -> Picture:
    """Measured layers: MACs against milliseconds on two logarithmic axes, with lines of equal MACs a second.

    `guess` is a prediction of the ratios that lab 02 asks for, marked where it puts a layer's time; the figure waits
    for a blank one.

    Shapes: points {layer: (MACs, ms)}
    Source: ours
    """
    fig, ax = panels(height=3.2)
    speeds = {name: macs / ms / 1e6 for name, (macs, ms) in points.items()}
    room = 2 if guess is None else 5  # for a name left of the first layer
    most = (min(macs for macs, _ in points.values()) / room, max(macs for macs, _ in points.values()) * 12)
    low, high = (0.5 * min(ms for _, ms in points.values()), 3 * max(ms for _, ms in points.values()))
    ax.set(xscale="log", yscale="log", xlabel="MACs", ylabel="median (ms)", ylim=(low, high), xlim=most)
    for index, (name, (macs, ms)) in enumerate(points.items()):
        color = COLORS[index % len(COLORS)]
        ax.plot(macs, ms, "o", color=color)
        label(ax, (macs, ms), name, color, dx=7)
    told = _guessed_times(ax, guess, points) if guess else ""
    _equal_rates(ax)
    ax.yaxis.set_major_formatter("{x:g}")
    best, worst = max(speeds, key=speeds.get), min(speeds, key=speeds.get)
    title = f"A MAC of '{worst}' takes {speeds[best] / speeds[worst]:.0f} times as long as one of '{best}'"
    ax.set_title(title)
    listed = "; ".join(
        f"{name} {macs:,} MACs, {ms:.3g} ms, {speeds[name]:.3g} GMAC/s" for name, (macs, ms) in points.items()
    )
    return picture(fig, f"{title}. {listed}.{told}")


def energies(parts_uj: Mapping[str, Mapping[str, float]]) -> Picture:
    """Stacked bars: microjoules by what takes them (MACs, SRAM, DRAM), for several ways to run a network.

    Shapes: {way: {part: microjoules}}
    Source: Horowitz 2014, doi:10.1109/ISSCC.2014.6757323
    """
    fig, ax = panels(height=1.1 + 0.33 * len(parts_uj))
    totals = {way: sum(parts.values()) for way, parts in parts_uj.items()}
    for row, (_way, parts) in enumerate(parts_uj.items()):
        left = 0.0
        for part, color in PARTS.items():
            ax.barh(row, parts.get(part, 0.0), left=left, color=color, height=0.6)
            left += parts.get(part, 0.0)
        label(ax, (left, row), f"{left:.3g} uJ", "#333333")
    ax.set(yticks=range(len(parts_uj)), yticklabels=list(parts_uj), xlabel="microjoules an image, estimated")
    ax.set_xlim(0, 1.22 * max(totals.values()))
    for index, (part, color) in enumerate(PARTS.items()):
        ax.annotate(part, (0.98, 0.08 + 0.14 * index), xycoords="axes fraction", color=color, fontsize=8, ha="right")
    ax.invert_yaxis()
    ax.grid(False)
    first = next(iter(parts_uj))
    share = 100 * (1 - parts_uj[first]["MACs"] / totals[first])
    title = f"{first}: {share:.0f} % of the energy moves data"
    ax.set_title(title)
    listed = "; ".join(
        f"{way}: " + ", ".join(f"{part} {parts[part]:.3g}" for part in PARTS if part in parts)
        for way, parts in parts_uj.items()
    )
    return picture(fig, f"{title}. Microjoules: {listed}.")


@waits_for_guess
def scorecard(
    ratios: Mapping[str, float], name: str, baseline: str, *, guess: Mapping[str, str] | None = None
) -> Picture:
    """Bars on a logarithmic axis: one network's costs divided by another's, metric by metric; 1 is the baseline.

    `guess` is a prediction for some metrics, "yes" if the ratio is below 1 and "no" if not, tagged on that side; the
    figure waits for a blank one.

    Shapes: ratios {metric: ratio}
    Source: ours
    """
    fig, ax = panels(height=0.9 + 0.28 * len(ratios))
    for row, (_metric, ratio) in enumerate(ratios.items()):
        color = COLORS[1] if ratio > 1 else COLORS[2]
        ax.barh(row, ratio - 1, left=1, color=color, height=0.6)
        label(ax, (ratio, row), f"{ratio:.2g}", color, dx=5 if ratio > 1 else -22)
    ax.axvline(1, color=GREY, lw=1)
    ax.set(yticks=range(len(ratios)), yticklabels=list(ratios), xscale="log", xlabel=f"{name} divided by {baseline}")
    low, high = (0.6 * min(1, *ratios.values()), 1.7 * max(1, *ratios.values()))
    if guess is not None:
        low, high = low / 3.6, 4 * high  # room for tags
    ax.set_xticks([0.25, 0.5, 1, 2, 4, 8], ["1/4", "1/2", "1", "2", "4", "8"], minor=False)
    ax.set_xlim(low, high)
    ax.minorticks_off()
    told = ""
    for row, (metric, ratio) in enumerate(ratios.items()):
        sides = {"yes": (1.15 * low, row), "no": (0.26 * high, row)}
        told += mark_choice(ax, guess, "yes" if ratio < 1 else "no", sides, entry=metric, offset=(9, 0))
    ax.invert_yaxis()
    ax.grid(False)
    better, worse = (sum(1 for ratio in ratios.values() if (ratio < 1) == less) for less in (True, False))
    title = f"{name} is better than {baseline} by {better} metrics, worse by {worse}"
    ax.set_title(title)
    listed = "; ".join(f"{metric} {ratio:.3g}" for metric, ratio in ratios.items())
    return picture(fig, f"{title}. {listed}.{told}")


def _equal_rates(ax: Axes) -> None:
    """Lines of equal MACs a second, each named where it leaves the axes."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for power in range(-1, 4):
        per_ms = 10**power * 1e6
        ax.plot([left, right], [left / per_ms, right / per_ms], color=PALE, lw=0.8, zorder=0)
        at = 0.7 * min(right, high * per_ms)
        if low < at / per_ms < high and at > 4 * left:
            label(ax, (at, at / per_ms), f"{10.0**power:g} GMAC/s", GREY, dx=-30, dy=-6)
    ax.set(xlim=(left, right), ylim=(low, high))


def _guessed_times(ax: Axes, guess: Mapping[str, float], points: Mapping[str, tuple[int, float]]) -> str:
    """Mark the times that guessed ratios give to layers: the depthwise one's to the dense, one row's to 64."""
    (dense, depthwise), (many, few) = (
        [points[name] for name in pair] for pair in (("3 x 3", "depthwise 3 x 3"), ("linear, 64 rows", "linear, 1 row"))
    )
    a_row = few[0] * many[1] / many[0]  # ms of one row at the speed of 64
    truths = {FASTER: round(dense[1] / depthwise[1], 1), SLOWER: round(few[1] / a_row, 1)}

    def at(name: str, ratio: float) -> tuple[float, float]:
        return (few[0], ratio * a_row) if name == SLOWER else (depthwise[0], dense[1] / ratio if ratio else 0)

    return mark_guesses(ax, guess, truths, at, offset=(-52, 0))
