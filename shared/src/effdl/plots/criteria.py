"""Drawings of criteria and of pruned networks: what a score predicts, and what accuracy costs.

Each function takes plain numbers, draws one message and returns a `Picture` whose title and description are computed
from what it was given. A rank correlation of 1 means that the score orders channels as the true loss change does.

This leaves out tests of significance: three seeds give a spread, not a p-value.

Source: ours; rank correlation is Spearman's, 1904
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from effdl.plots.style import COLORS, GREY, MARKERS, Picture, end_labels, key, label, marked, panels, picture

__all__ = ["accuracy_curves", "criteria", "judged", "rank_correlation", "reconstruction", "scatter", "tradeoff"]

STAGES = ("pruned", "BN re-estimated", "fine-tuned")
Stages = Mapping[str, np.ndarray]  # stage: (n_seed, n_sparsity)
Point = tuple[str, float, float, float]
CONTROL = "random"  # drawn in grey: what a criterion has to beat


def rank_correlation(score: Sequence[float], truth: Sequence[float]) -> float:
    """Spearman's rank correlation, ties ranked by their mean; 0 where one side is constant.

    Shapes: score (c,), truth (c,) -> a float in [-1, 1]
    Source: Spearman 1904

    >>> rank_correlation([1, 2, 3], [10, 30, 20])
    0.5
    """
    ranks = [_ranks(np.asarray(values, dtype=float)) for values in (score, truth)]
    centered = [rank - rank.mean() for rank in ranks]
    norm = np.sqrt((centered[0] ** 2).sum() * (centered[1] ** 2).sum())
    return float((centered[0] * centered[1]).sum() / norm) if norm > 0 else 0.0


def scatter(score: Sequence[float], truth: Sequence[float], name: str, *, where: str = "", dpi: int = 130) -> Picture:
    """Dots: a criterion's score of each channel against the true change of the loss when that channel is removed.

    Shapes: score (c,), truth (c,)
    Source: ours
    """
    rho = rank_correlation(score, truth)
    fig, ax = panels(height=2.6)
    ax.plot(score, truth, "o", color=GREY if name == CONTROL else COLORS[0], alpha=0.8)
    ax.axhline(0, color=GREY, lw=0.8)
    title = f"{name}{where}: rank correlation {rho:.2f} with the true loss change"
    ax.set(xlabel=f"score by {name}", ylabel="loss change when removed", title=title)
    ax.ticklabel_format(axis="x", style="sci", scilimits=(-2, 4))
    return picture(fig, f"{title}. {len(score)} channels, one dot each.", dpi=dpi)


def judged(correlations: Mapping[str, Sequence[float]], blocks: Sequence[str]) -> Picture:
    """Dots: each criterion's rank correlation with the true loss changes, one dot a block.

    Shapes: correlations {criterion: one number for each of blocks}
    Source: ours
    """
    names = sorted(correlations, key=lambda name: -np.mean(correlations[name]))
    fig, ax = panels(height=2.8)
    for index in range(len(blocks)):
        values = [correlations[name][index] for name in names]
        ax.plot(values, range(len(names)), MARKERS[index], color=COLORS[index])
    key(ax, dict(zip(blocks, COLORS, strict=False)), (0.01, 1.01), (0.13, 0))
    ax.axvline(0, color=GREY, lw=0.8)
    ax.set(
        yticks=range(len(names)), yticklabels=names, xlim=(-1, 1), xlabel="rank correlation with the true loss change"
    )
    ax.invert_yaxis()
    title = f"{names[0]} orders channels best on average ({np.mean(correlations[names[0]]):.2f}), none orders them well"
    if np.mean(correlations[names[0]]) > 0.8:
        title = f"{names[0]} orders channels best on average ({np.mean(correlations[names[0]]):.2f})"
    ax.set_title(title, pad=16)
    rows = "; ".join(f"{name} " + ", ".join(f"{value:.2f}" for value in correlations[name]) for name in names)
    return picture(fig, f"{title}. Rank correlations in {', '.join(blocks)}: {rows}.")


def reconstruction(n_keep: Sequence[int], errors: Mapping[str, Sequence[float]]) -> Picture:
    """Lines: relative output error of a layer against the number of kept input channels.

    Shapes: each list of errors as long as n_keep; errors relative to the squared outputs
    Source: ours
    """
    fig, ax = panels()
    middle, ends = len(n_keep) // 2, []
    for index, (name, values) in enumerate(errors.items()):
        color, marker = GREY if name.startswith(CONTROL) else COLORS[index % len(COLORS)], MARKERS[index]
        ax.plot(n_keep, [100 * value for value in values], f"{marker}-", color=color)
        ends.append((100 * values[-1], marked(name, marker), color))
    best = min(errors, key=lambda name: errors[name][middle])
    title = f"With {n_keep[middle]} channels left, '{best}' has the smallest error: {100 * errors[best][middle]:.1f} %"
    ax.set(xlabel="kept input channels", ylabel="output error (% of energy)", yscale="log", title=title)
    ax.set(xticks=n_keep, xlim=(max(n_keep) + 1, min(n_keep) - 0.25 * (max(n_keep) - min(n_keep))))
    ax.yaxis.set_major_formatter("{x:g}")
    fig.draw_without_rendering()
    end_labels(ax, n_keep[-1], ends)
    text = "; ".join(f"{name} {100 * values[middle]:.1f} %" for name, values in errors.items())
    return picture(fig, f"{title}. Errors there: {text}.")


def accuracy_curves(sparsities: Sequence[float], curves: Mapping[str, Stages], dense: float) -> Picture:
    """Three panels of accuracy against sparsity: as pruned, BN re-estimated, fine-tuned; bands from lowest to highest.

    Shapes: curves[granularity][stage] (n_seed, n_sparsity), in percent
    Source: ours
    """
    fig, axes = panels(3, height=3.0, sharey=True)
    percent = [100 * s for s in sparsities]
    for ax, stage in zip(axes, STAGES, strict=True):
        for index, (name, stages) in enumerate(curves.items()):
            values, color = np.asarray(stages[stage]), GREY if name == CONTROL else COLORS[index]
            line = "--" if name == CONTROL else "-"
            ax.plot(percent, values.mean(0), MARKERS[index] + line, color=color, ms=4)
            ax.fill_between(percent, values.min(0), values.max(0), color=color, alpha=0.18, lw=0)
        ax.axhline(dense, color=GREY, lw=0.8, ls=":")
        ax.set_title(stage, fontsize=9)
        ax.set_xlabel("sparsity (%)")
    # in the emptiest panel, where curves lie too close for direct labels
    names = {name: GREY if name == CONTROL else COLORS[index] for index, name in enumerate(curves)}
    key(axes[-1], names, (0.06, 0.48), (0, -0.08))
    axes[0].set(ylabel="validation accuracy (%)", ylim=(0, 100))
    title = _knee_title(sparsities, curves, dense)
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = "; ".join(f"{n} " + ", ".join(f"{np.mean(s[k], 0)[-1]:.0f}" for k in STAGES) for n, s in curves.items())
    return picture(fig, f"{title}. At {percent[-1]:.0f} % sparsity, pruned, BN re-estimated, fine-tuned: {rows} %.")


def criteria(accuracies: Mapping[str, Mapping[str, Sequence[float]]], dense: float) -> Picture:
    """Dots with their spread: accuracy of networks shrunk by each criterion, before and after each repair.

    Shapes: accuracies[criterion][stage] (n_seed,), in percent
    Source: ours
    """
    names = sorted(accuracies, key=lambda name: -np.mean(accuracies[name]["BN re-estimated"]))
    fig, ax = panels(height=3.0)
    for index, stage in enumerate(STAGES):
        for row, name in enumerate(names):
            values = np.asarray(accuracies[name][stage])
            at = row + 0.18 * (index - 1)
            ax.plot([values.min(), values.max()], [at, at], color=COLORS[index], lw=1.2)
            ax.plot(values.mean(), at, MARKERS[index], color=COLORS[index])
    key(ax, dict(zip(STAGES, COLORS, strict=False)), (0.01, 1.01), (0.19, 0))
    ax.axvline(dense, color=GREY, lw=0.8, ls=":")
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="validation accuracy (%)")
    ax.invert_yaxis()
    spread = [np.ptp([np.mean(accuracies[name][stage]) for name in names]) for stage in STAGES]
    title = f"Criteria lie {spread[0]:.0f} points apart as pruned, {spread[2]:.1f} after fine-tuning"
    ax.set_title(title, pad=16)
    rows = "; ".join(f"{n} " + ", ".join(f"{np.mean(accuracies[n][s]):.1f}" for s in STAGES) for n in names)
    return picture(fig, f"{title}. Mean accuracy pruned, BN re-estimated, fine-tuned: {rows}. Dense {dense:.1f}.")


def tradeoff(points: Sequence[Point], dense: tuple[float, float], *, by: str) -> Picture:
    """Accuracy against MACs of networks really shrunk `by` a method; the dense network is the grey mark.

    Shapes: points [(name, million MACs, mean accuracy, half its range)], dense (million MACs, accuracy), in percent
    Source: ours
    """
    fig, ax = panels()
    for name, mmacs, mean, half in points:
        ax.errorbar(mmacs, mean, yerr=half, fmt="o", color=COLORS[0], capsize=3)
        label(ax, (mmacs, mean), name, COLORS[0], dy=-8)
    ax.plot(*dense, "s", color=GREY, ms=7)
    label(ax, dense, "dense", GREY, dy=-8)
    costs = ", ".join(f"{100 * mmacs / dense[0]:.0f} % cost {dense[1] - mean:.1f}" for _, mmacs, mean, _ in points)
    title = f"{by}, of the MACs: {costs} points"
    ax.set(xlabel="million MACs an image", ylabel="validation accuracy (%)", title=title)
    ax.set_xlim(0, 1.15 * max(dense[0], *(point[1] for point in points)))
    rows = "; ".join(f"{name} {mmacs:.2f} million MACs, {mean:.1f} %" for name, mmacs, mean, _ in points)
    return picture(fig, f"{title}. Dense {dense[0]:.2f} million MACs, {dense[1]:.1f} %; {rows}.")


def _knee_title(sparsities: Sequence[float], curves: Mapping[str, Stages], dense: float) -> str:
    """How far the finest and the coarsest granularity go, fine-tuned, within two points of the dense network."""
    reach = {}
    for name, stages in curves.items():
        means = np.mean(stages["fine-tuned"], 0)
        reach[name] = max((100 * s for s, mean in zip(sparsities, means, strict=True) if dense - mean <= 2), default=0)
    lowest = 100 * min(sparsities)
    shown = ((name, value) for name, value in reach.items() if name in ("fine", "kernel", "channel"))
    inside = [f"{name} to {value:.0f} %" if value else f"{name} below {lowest:.0f} %" for name, value in shown]
    return "Within 2 points, fine-tuned: " + ", ".join(inside)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0, equal values sharing the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[inverse]
