"""Drawings of weights and masks: what a layer costs, what a mask keeps, what it takes to store it.

Each function takes plain numbers or tensors, draws one message and returns a `Picture` whose title and description are
computed from what it was given: kept energies of 0.93 and 0.53 are titled "93 %" and "53 %".

This leaves out any computing of masks or costs: the lab does that, and hands the result over.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from effdl.plots.predictions import mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, PALE, Picture, label, panels, picture

__all__ = ["bn_leak", "kept_energy", "layer_costs", "masks", "paint", "stored_size"]


def layer_costs(layers: Sequence[tuple[str, int, int]], pruned: Sequence[str]) -> Picture:
    """Bars of each layer's share of the parameters and of the MACs; `pruned` names those that the lab prunes.

    Shapes: layers [(name, parameters, MACs)]
    Source: ours
    """
    names = [name for name, _, _ in layers]
    fig, axes = panels(2, height=3.0, sharey=True)
    shares = [100 * np.array(column) / sum(column) for column in list(zip(*layers, strict=True))[1:]]
    chosen = np.array([name in pruned for name in names])
    colors = [COLORS[0] if is_pruned else PALE for is_pruned in chosen]
    for ax, share, what in zip(axes, shares, ("parameters", "MACs"), strict=True):
        ax.barh(names, share, color=colors, edgecolor=GREY)
        ax.set(xlabel=f"share of {what} (%)", xlim=(0, 1.2 * max(share)))
        ax.grid(False)
        for row, value in enumerate(share):
            ax.text(value + 0.5, row, f"{value:.0f}", va="center", fontsize=8)
    axes[0].invert_yaxis()
    title = (
        f"The {chosen.sum()} layers that we prune hold {shares[0][chosen].sum():.0f} % of the parameters "
        f"and {shares[1][chosen].sum():.0f} % of the MACs"
    )
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = ", ".join(f"{n} {p:.0f} and {m:.0f}" for n, p, m in zip(names, *shares, strict=True))
    return picture(fig, f"{title}. Per layer, percent of parameters and of MACs: {rows}. Layers left dense are grey.")


@waits_for_guess
def kept_energy(
    gaussian: Mapping[str, float], trained: Mapping[str, float], *, guess: Mapping[str, float] | None = None
) -> Picture:
    """Dots: the share of squared weight that each granularity keeps, on Gaussian weights and on trained ones.

    `guess` is a prediction of the Gaussian ones in percent, marked beside them; the figure waits for a blank one.

    Shapes: two dicts from granularity to a share in [0, 1], same keys
    Source: ours
    """
    names = list(gaussian)
    fig, ax = panels(height=2.4)
    rows = range(len(names))
    apart = max(names, key=lambda name: trained[name] - gaussian[name])
    for values, marker, color, what, dx in (
        (gaussian, "o", GREY, "Gaussian", -48),
        (trained, "s", COLORS[0], "trained", 7),
    ):
        ax.plot([100 * values[name] for name in names], rows, marker, color=color)
        label(ax, (100 * values[apart], names.index(apart)), what, color, dx=dx)
    ax.set(yticks=list(rows), yticklabels=names, xlabel="share of squared weight kept (%)", xlim=(40, 102))
    ax.set_ylim(len(names) - 0.5, -0.8)
    percents = {name: 100 * share for name, share in gaussian.items()}
    told = mark_guesses(ax, guess, percents, lambda name, percent: (percent, names.index(name)))
    most, least = max(gaussian, key=gaussian.get), min(gaussian, key=gaussian.get)
    title = f"Of a Gaussian's energy, {most} keeps {100 * gaussian[most]:.0f} %, {least} {100 * gaussian[least]:.0f} %"
    ax.set_title(title)
    rows_text = ", ".join(f"{n} {100 * gaussian[n]:.0f} and {100 * trained[n]:.0f}" for n in names)
    return picture(fig, f"{title}. Percent kept, Gaussian and trained weights: {rows_text}.{told}")


def masks(w: Tensor, named: Mapping[str, Tensor]) -> Picture:
    """The same weights under several masks beside each other, with the share of squared weight that each keeps.

    Shapes: w (co, ci, kh, kw), each mask like w, bool, True = kept
    Source: ours
    """
    fig, axes = panels(len(named), height=2.3)
    kept = {}
    for ax, (name, mask) in zip(np.atleast_1d(axes), named.items(), strict=True):
        paint(ax, w, mask)
        kept[name] = 100 * float((w.square() * mask).sum() / w.square().sum())
        ax.set_title(f"{name}: {kept[name]:.0f} % kept", fontsize=9)
    best, worst = max(kept, key=kept.get), min(kept, key=kept.get)
    title = f"At one sparsity, {best} keeps the most squared weight, {worst} the least"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    co, ci, kh, kw = w.shape
    text = ", ".join(f"{name} {value:.0f} %" for name, value in kept.items())
    return picture(fig, f"{title}. {co} by {ci} kernels of {kh} by {kw}, pruned weights grey. Kept: {text}.")


def paint(ax: Axes, w: Tensor, mask: Tensor) -> None:
    """Draw |w| as a grid of kernels, one row a filter, with what the mask drops in grey.

    Shapes: w (co, ci, kh, kw), mask like w, bool, True = kept
    Source: ours
    """
    co, ci, kh, kw = w.shape
    # (co, ci, kh, kw) -> (co, kh, ci, kw) -> (co * kh, ci * kw)
    grid = w.detach().abs().permute(0, 2, 1, 3).reshape(co * kh, ci * kw).numpy()
    kept = mask.permute(0, 2, 1, 3).reshape(co * kh, ci * kw).numpy()
    shown = np.ma.masked_where(~kept, grid)
    ax.set_facecolor(PALE)
    ax.imshow(shown, cmap="viridis", vmin=0, vmax=max(grid.max(), 1e-12), interpolation="nearest")
    ax.hlines(np.arange(1, co) * kh - 0.5, -0.5, ci * kw - 0.5, color="white", lw=1)
    ax.vlines(np.arange(1, ci) * kw - 0.5, -0.5, co * kh - 0.5, color="white", lw=1)
    ax.set(xticks=[], yticks=[], xlabel="input channel", ylabel="filter")
    ax.grid(False)


@waits_for_guess
def stored_size(
    sparsities: Sequence[float], curves: Mapping[str, Sequence[float]], *, guess: Mapping[str, float] | None = None
) -> Picture:
    """Lines: stored bytes of a layer against sparsity, for each way to store it; the first curve is the baseline.

    `guess` is a prediction of the bytes at 50 %, marked there; the figure waits for a blank one.

    Shapes: sparsities in [0, 1], each curve as long, in bytes
    Source: ours
    """
    fig, ax = panels()
    base_name, base = next(iter(curves.items()))
    saves = {}
    for index, (name, sizes) in enumerate(curves.items()):
        color = GREY if name == base_name else COLORS[index - 1]
        ax.plot([100 * s for s in sparsities], [size / 1024 for size in sizes], color=color)
        # the baseline is named at its right end, the others where they lie apart, the lowest one from below
        at = 0.75 if name == base_name else 0.2
        heights = [float(np.interp(at, sparsities, other)) / 1024 for other in curves.values()]
        below = name != base_name and heights[index] == min(heights)
        label(ax, (100 * at, heights[index]), name, color, dx=-45 if below else 5, dy=-6 if below else 8)
        smaller = [s for s, size, full in zip(sparsities, sizes, base, strict=True) if size < full]
        if name != base_name and smaller:
            saves[name] = round(100 * min(smaller))
    text = ", ".join(f"{name} from {value} %" for name, value in saves.items())
    title = f"Smaller than dense: {text} sparsity"
    ax.set(xlabel="sparsity (%)", ylabel="stored size (KiB)", ylim=(0, None), xlim=(0, 100), title=title)
    half = min(range(len(sparsities)), key=lambda i: abs(sparsities[i] - 0.5))
    sizes = ", ".join(f"{name} {values[half] / 1024:.1f} KiB" for name, values in curves.items())
    truths = {name: values[half] for name, values in curves.items()}
    told = mark_guesses(ax, guess, truths, lambda name, size: (100 * sparsities[half], size / 1024))
    return picture(fig, f"{title}. At {100 * sparsities[half]:.0f} % sparsity: {sizes}.{told}")


def bn_leak(leak: Tensor, keep: Tensor) -> Picture:
    """Bars: the value that each removed channel still puts out when only its weights are masked.

    Shapes: leak (c,), keep (c,), bool, True = kept
    Source: ours
    """
    removed = torch.nonzero(~keep).flatten().tolist()
    values = leak[~keep].detach()
    fig, ax = panels(height=2.2)
    ax.bar([str(index) for index in removed], values.tolist(), color=COLORS[1])
    ax.axhline(0, color=GREY, lw=0.8)
    alive = int((values > 1e-6).sum())
    title = f"{alive} of {len(removed)} filters with masked weights still speak after BN and ReLU"
    ax.set(xlabel="removed channel", ylabel="constant output", title=title)
    return picture(fig, f"{title}. Their constant outputs reach {float(values.max()):.2f}.")
