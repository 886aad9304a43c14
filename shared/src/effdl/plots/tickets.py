"""Drawings of lottery tickets, of networks pruned before training, and of training towards sparsity.

Each function takes plain numbers, draws one message and returns a `Picture` whose title and description are computed
from what it was given: lines that lie 4 points apart say so.

This leaves out tests of significance: three seeds give a spread, not a p-value.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from effdl.plots.predictions import mark_choice, mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, Picture, end_labels, marked, panels, picture

__all__ = ["admm", "at_start", "gammas", "tickets"]

CONTROLS = ("drawn again", "random")
RIVALS = ("SNIP", "GraSP")  # of which lab 04 asks which is better


@waits_for_guess
def tickets(
    densities: Sequence[float], curves: Mapping[str, np.ndarray], *, guess: Mapping[int, float] | None = None
) -> Picture:
    """Lines: accuracy of sparse networks against their density, by the weights that they started from.

    `guess` is a prediction of the points that original weights win, {percent of the weights: points}, marked that far
    above the control; the figure waits for a blank one.

    Shapes: densities (n,), curves {start: (n_seed, n)}, in percent; the control is "drawn again"
    Source: ours
    """
    control = curves["drawn again"].mean(0)
    gaps = curves["step 0"].mean(0) - control
    widest = int(gaps.argmax())
    title = f"Original weights are worth up to {gaps[widest]:.1f} points, at {100 * densities[widest]:.0f} % density"
    fig, ax = panels()
    percent = [100 * density for density in densities]
    _bands(ax, percent, curves)
    ax.axhline(next(iter(curves.values()))[:, 0].mean(), color=GREY, lw=0.8, ls=":")
    ax.set(xscale="log", xlabel="weights left (%)", ylabel="validation accuracy (%)", title=title)
    ax.set_xticks([100, 50, 20, 10, 5, 2, 1], ["100", "50", "20", "10", "5", "2", "1"])
    ax.set_xlim(110, percent[-1] / 2.2)
    ax.minorticks_off()
    _ends(ax, percent[-1], curves)
    at = {f"at {said} %": int(np.abs(np.array(percent) - said).argmin()) for said in guess or ()}
    guesses = dict(zip(at, guess.values(), strict=True)) if guess else None
    told = mark_guesses(
        ax, guesses, {name: round(gaps[i], 1) for name, i in at.items()},
        lambda name, gap: (percent[at[name]], control[at[name]] + gap), offset=(-50, -6),
    )  # fmt: skip
    rows = "; ".join(f"{name} " + _list(values.mean(0)) for name, values in curves.items())
    return picture(fig, f"{title}. Mean accuracy at {_list(percent)} % of the weights: {rows} %.{told}")


@waits_for_guess
def at_start(
    sparsities: Sequence[float], curves: Mapping[str, np.ndarray], *, guess: Mapping[float, str] | None = None
) -> Picture:
    """Lines: accuracy of networks pruned before training against their sparsity, by method; "random" is the control.

    `guess` is a prediction of the better one of RIVALS, {sparsity: method}, tagged there; the figure waits for a blank
    one.

    Shapes: sparsities (n,), curves {method: (n_seed, n)}, in percent
    Source: ours
    """
    means = {name: values.mean(0) for name, values in curves.items()}
    leaders = [max(means, key=lambda name: means[name][i]) for i in range(len(sparsities))]
    first, last = f"{100 * sparsities[0]:.0f} %", f"{100 * sparsities[-1]:.0f} %"
    then = f", {leaders[-1]} at {last}" if leaders[0] != leaders[-1] else f" and at {last}"
    title = f"Pruned before training: {leaders[0]} leads at {first} sparsity{then}"
    fig, ax = panels()
    _bands(ax, range(len(sparsities)), curves)
    ax.set(xlabel="sparsity (%)", ylabel="validation accuracy (%)", title=title)
    ax.set_xticks(range(len(sparsities)), [f"{100 * sparsity:g}" for sparsity in sparsities])
    ax.set_xlim(-0.2, len(sparsities) - 0.3)
    _ends(ax, len(sparsities) - 1, curves)
    told = "".join(_tag_rival(ax, said, list(sparsities).index(at), means) for at, said in (guess or {}).items())
    rows = "; ".join(f"{name} " + _list(values) for name, values in means.items())
    return picture(fig, f"{title}. Mean accuracy at {_list([100 * s for s in sparsities])} %: {rows} %.{told}")


def admm(sparsities: Sequence[float], stages: Mapping[str, np.ndarray]) -> Picture:
    """Two panels: accuracy before pruning, right after it, and after an epoch more, by ADMM and by its control.

    Shapes: stages {way: (n, 3)}, in percent
    Source: ours
    """
    fig, axes = panels(2, sharey=True, height=2.7)
    words = ("trained", "pruned", "an epoch more")
    for ax, (name, values) in zip(axes, stages.items(), strict=True):
        for column, word in enumerate(words):
            ax.plot([f"{100 * s:g}" for s in sparsities], values[:, column], "osD"[column] + "-", color=COLORS[column])
            ax.annotate(
                marked(word, "osD"[column]),
                (0.03, 0.24 - 0.09 * column),
                xycoords="axes fraction",
                color=COLORS[column],
                fontsize=8,
            )
        ax.set_title(name, fontsize=9)
        ax.set_xlabel("sparsity (%)")
    axes[0].set(ylabel="validation accuracy (%)", ylim=(0, 100))
    gains = {name: values[-1, -1] for name, values in stages.items()}
    title = f"At {100 * sparsities[-1]:.0f} % and after the same epochs: " + ", ".join(
        f"{name} {value:.1f} %" for name, value in gains.items()
    )
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = "; ".join(f"{name} " + ", ".join(_list(row) for row in values) for name, values in stages.items())
    return picture(
        fig, f"{title}. Trained, pruned, an epoch more, at {_list([100 * s for s in sparsities])} %: {rows}."
    )


def gammas(found: Mapping[str, Sequence[Sequence[float]]], share: float) -> Picture:
    """Lines: the sizes of all gammas, sorted, and the threshold that drops a share of them; "without" is the control.

    Shapes: found {way: gammas of each layer}
    Source: ours
    """
    fig, ax = panels(height=2.6)
    ends, small = [], {}
    for index, (name, layers) in enumerate(found.items()):
        sizes = np.sort(np.concatenate([np.asarray(layer) for layer in layers]))
        color = GREY if name == "without" else COLORS[index]
        ax.plot(sizes, color=color)
        ends.append((sizes[-1], name, color))
        small[name] = float((sizes < 0.1).mean())
    count = sum(len(layer) for layer in layers)
    ax.axvline(share * count, color=GREY, lw=0.8, ls=":")
    title = "Gammas below 0.1: " + ", ".join(f"{100 * value:.0f} % {name}" for name, value in small.items())
    ax.set(xlabel="channels of all layers, sorted", ylabel="|gamma|", title=title, xlim=(0, 1.18 * count))
    fig.draw_without_rendering()
    end_labels(ax, count, ends)
    return picture(fig, f"{title}. {count} channels; the dotted line drops {100 * share:.0f} % of them.")


def _bands(ax: Axes, x: Sequence[float], curves: Mapping[str, np.ndarray]) -> None:
    for index, (name, values) in enumerate(curves.items()):
        color = GREY if name in CONTROLS else COLORS[index]
        ax.plot(x, values.mean(0), "o--" if name in CONTROLS else "o-", color=color, ms=3)
        ax.fill_between(x, values.min(0), values.max(0), color=color, alpha=0.18, lw=0)


def _ends(ax: Axes, x: float, curves: Mapping[str, np.ndarray]) -> None:
    ax.figure.draw_without_rendering()
    names = enumerate(curves.items())
    ends = [(v[:, -1].mean(), name, GREY if name in CONTROLS else COLORS[i]) for i, (name, v) in names]
    end_labels(ax, x, ends)


def _tag_rival(ax: Axes, said: str, index: int, means: Mapping[str, np.ndarray]) -> str:
    """Tag the rival that was said to be better, from above if it is, and from below if not."""
    better, _ = sorted(RIVALS, key=lambda name: means[name][index], reverse=True)
    places = {name: (index, means[name][index]) for name in RIVALS}
    is_better = str(said).strip().lower() == better.lower()
    return mark_choice(ax, said, better, places, offset=(12, 34) if is_better else (-12, -34))


def _list(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in values)
