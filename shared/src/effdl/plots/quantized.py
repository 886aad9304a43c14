"""Drawings of training with rounding: the staircase and its gradient, paths of one weight, accuracy by bits and size.

Each function takes plain numbers, tensors or a rounding function, draws one message and returns a `Picture` whose title
and description are computed from what it was given: accuracies of 48 and 87 are titled "48 %" and "87 %".

This leaves out any training: the lab does that, and hands the result over.

Source: ours
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from effdl import quant
from effdl.plots.predictions import mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, Picture, label, panels, picture

__all__ = ["Path", "agreement", "by_bits", "draw_path", "latent", "path", "paths", "staircase", "tradeoff"]

Point = tuple[str, float, float, float]
# where a name stands beside its mark, in points: several marks lie close to each other
NEXT_TO = {"W4A8": (4, 9), "W4A4": (6, -4), "W3A8": (-22, 9), "TWN": (-28, -3), "TTQ": (-8, -11), "BWN": (2, -11)}
NEXT_TO |= {"BinaryConnect": (-74, 4), "W2A8": (-34, -2), "W8A8": (4, 9)}
STEPS, START, TARGETS = 80, -0.7, (1.15, 0.3)  # the target moves half way


class Path(NamedTuple):
    """A latent weight and what it rounds to, step by step."""

    latent: list[float]
    rounded: list[float]
    levels: list[float]

    @property
    def best(self) -> float:
        """The level nearest to the last target."""
        return min(self.levels, key=lambda level: abs(level - TARGETS[1]))

    @property
    def arrived(self) -> bool:
        """Whether the last steps are spent at the best level or at a neighbor that it swaps with."""
        return abs(float(np.mean(self.rounded[-10:])) - self.best) <= (self.levels[1] - self.levels[0]) / 2


def path(fake_quantize: Callable[..., Tensor], bits: int, lr: float, *, clip: bool = False) -> Path:
    """Descend (fake_quantize(w) - target)^2 / 2 in one latent weight w; the target moves from 1.15 to 0.3 half way.

    The levels of `bits` bits lie in [-1, 1]. `clip` puts w back into [-1, 1] after each step.

    Shapes: none
    Source: ours
    """
    qmin, qmax = quant.qrange(bits)
    scale = torch.tensor(1 / qmax)
    w = torch.tensor(START)
    latent, rounded = [], []
    for step in range(STEPS):
        w = w.detach().requires_grad_()
        value = fake_quantize(w, scale, 0, qmin, qmax)
        (0.5 * (value - TARGETS[step >= STEPS // 2]) ** 2).backward()
        latent.append(w.item())
        rounded.append(value.item())
        w = w.detach() - lr * w.grad
        w = w.clamp(-1, 1) if clip else w
    return Path(latent, rounded, [level / qmax for level in range(qmin, qmax + 1)])


def draw_path(ax: Axes, found: Path) -> None:
    """The latent weight as a line, its level as steps, the target dotted, the levels as thin lines.

    Shapes: none
    Source: ours
    """
    steps = range(STEPS)
    ax.hlines(found.levels, 0, STEPS, color=GREY, lw=0.3)
    ax.plot(steps, [TARGETS[step >= STEPS // 2] for step in steps], ":", color=GREY, lw=1.2)
    ax.step(steps, found.rounded, where="post", color=COLORS[1], lw=1.4)
    ax.plot(steps, found.latent, color=COLORS[0], lw=1.4)
    ax.set(xlabel="step", xlim=(0, STEPS), ylim=(-1.2, 1.9))
    ax.grid(False)


def paths(named: Mapping[str, Path]) -> Picture:
    """One weight under several gradients, beside each other.

    Shapes: none
    Source: ours
    """
    fig, axes = panels(len(named), height=2.5, sharey=True)
    for ax, (name, found) in zip(np.atleast_1d(axes), named.items(), strict=True):
        draw_path(ax, found)
        ax.set_title(name, fontsize=8)
    first = np.atleast_1d(axes)[0]
    drawn = ((1.75, "latent", COLORS[0]), (1.5, "rounded: stairs", COLORS[1]), (-1.1, "dotted: target", GREY))
    for y, text, color in drawn:
        first.text(3, y, text, color=color, fontsize=7, va="center")
    good = [name for name, found in named.items() if found.arrived]
    title = f"The weight ends where it should with: {', '.join(good) or 'none of them'}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = "; ".join(f"{n}: latent {p.latent[-1]:.2f}, rounded {p.rounded[-1]:.2f}" for n, p in named.items())
    best = next(iter(named.values())).best
    return picture(fig, f"{title}. After {STEPS} steps, where the best level is {best:.2f}: {rows}.")


def staircase(fake_quantize: Callable[..., Tensor], bits: int = 3) -> Picture:
    """What a rounding function gives, and the gradient that it lets through, for inputs beyond its range too.

    Shapes: none
    Source: ours
    """
    qmin, qmax = quant.qrange(bits)
    x = torch.linspace(-1.6, 1.6, 801).requires_grad_()
    y = fake_quantize(x, torch.tensor(1 / qmax), 0, qmin, qmax)
    (slope,) = torch.autograd.grad(y.sum(), x)
    at = x.detach().numpy()
    fig, (left, right) = panels(2, height=2.4)
    left.plot(at, at, color=GREY, lw=0.8)
    left.plot(at, y.detach().numpy(), color=COLORS[0])
    left.set(xlabel="x", ylabel="fake-quantized x")
    right.plot(at, slope.numpy(), color=COLORS[1])
    right.set(xlabel="x", ylabel="gradient let through", ylim=(-0.1, 1.2))
    passing = at[slope.numpy() > 0]
    reach = f"from {passing.min():.2f} to {passing.max():.2f}" if len(passing) else "nowhere"
    title = f"{bits} bits: {len(y.detach().unique())} values; the gradient passes {reach}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. A staircase around the diagonal on the left, a box on the right.")


@waits_for_guess
def by_bits(
    bits: Sequence[str],
    stages: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    dense: float,
    *,
    guess: Mapping[str, float] | None = None,
) -> Picture:
    """Accuracy by bits, a line for each stage with its spread; the float network is the grey line.

    `guess` is a prediction of the first stage, bits -> percent, marked beside it; the figure waits for a blank one.

    Shapes: stages {stage: (means, half ranges)}, each as long as bits, in percent
    Source: ours
    """
    fig, ax = panels(height=2.9)
    ax.axhline(dense, color=GREY, lw=1, ls=":")
    ax.text(len(bits) - 1.5, dense + 1.5, f"float32, {dense:.0f} %", color=GREY, fontsize=8, ha="center")
    for index, (name, (means, halves)) in enumerate(stages.items()):
        ax.errorbar(range(len(bits)), means, yerr=halves, color=COLORS[index], marker="osD^"[index], capsize=3)
        label(ax, (len(bits) - 1, means[-1]), name, COLORS[index])
    ax.set(xticks=range(len(bits)), xticklabels=bits, ylabel="validation accuracy (%)", ylim=(0, 102))
    ax.set_xlim(-0.4, len(bits) - 0.3)
    first, last = next(iter(stages)), list(stages)[-1]
    title = f"{bits[-1]}: {stages[first][0][-1]:.0f} % {first}, {stages[last][0][-1]:.0f} % trained"
    ax.set_title(title)
    rows = "; ".join(f"{n} " + ", ".join(f"{mean:.1f}" for mean in means) for n, (means, _) in stages.items())
    truths = dict(zip(bits, stages[first][0], strict=True))
    told = mark_guesses(ax, guess, truths, lambda name, percent: (bits.index(name), percent))
    return picture(fig, f"{title}. Percent right at {', '.join(bits)}: {rows}; float32 {dense:.1f}.{told}")


def agreement(fake: Tensor, integer: Tensor) -> Picture:
    """Logits of a network that runs on integers against those of the one that it was exported from.

    Shapes: both (n, classes)
    Source: ours
    """
    same = 100 * float((fake.argmax(1) == integer.argmax(1)).float().mean())
    largest = 100 * float((fake - integer).abs().max() / fake.abs().max())
    fig, ax = panels(height=2.6)
    some = torch.linspace(0, fake.numel() - 1, 3000).long()
    ax.scatter(fake.flatten()[some], integer.flatten()[some], s=4, color=COLORS[0])
    ax.set(xlabel="logit of the fake-quantized network", ylabel="logit from integers")
    title = f"Integers give the same answer on {same:.1f} % of the images"
    ax.set_title(title)
    return picture(fig, f"{title}. Points on the diagonal; logits differ by {largest:.1f} % of the largest at most.")


def latent(named: Mapping[str, Tensor]) -> Picture:
    """Histograms of latent weights, with the share outside [-1, 1], where a sign no longer answers.

    Shapes: each (n,)
    Source: ours
    """
    fig, axes = panels(len(named), height=2.3, sharey=True)
    shares = {}
    for index, (ax, (name, values)) in enumerate(zip(np.atleast_1d(axes), named.items(), strict=True)):
        shares[name] = 100 * float((values.abs() > 1).float().mean())
        ax.hist(values.clamp(-3, 3).numpy(), bins=np.linspace(-3, 3, 61), color=COLORS[index])
        ax.axvline(-1, color=GREY, lw=0.8)
        ax.axvline(1, color=GREY, lw=0.8)
        ax.set(xlabel="latent weight")
        ax.set_title(f"{name}: {shares[name]:.0f} % outside", fontsize=9)
    np.atleast_1d(axes)[0].set(ylabel="weights")
    title = ", ".join(f"{name}: {share:.0f} %" for name, share in shares.items()) + " of latent weights beyond 1"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. Histograms from -3 to 3, grey lines at -1 and 1.")


def tradeoff(points: Sequence[Point], dense: tuple[float, float], *, within: float = 3.0) -> Picture:
    """Accuracy against stored size of networks rounded in several ways; the float network is the grey mark.

    Shapes: points [(name, KiB, mean accuracy, half its range)], dense (KiB, accuracy), in percent
    Source: ours
    """
    fig, ax = panels(height=4.2)
    for name, kib, mean, half in points:
        color = COLORS[0] if name.startswith("W") else COLORS[1]
        ax.errorbar(kib, mean, yerr=half, fmt="o" if name.startswith("W") else "s", color=color, capsize=3, ms=5)
        dx, dy = NEXT_TO.get(name, (6, 0))
        label(ax, (kib, mean), name, color, dx=dx, dy=dy)
    ax.plot(*dense, "s", color=GREY, ms=7)
    label(ax, dense, "float32", GREY, dx=-42)
    ax.set(xlabel="stored size (KiB), logarithmic", ylabel="validation accuracy (%)", xscale="log")
    ticks = [20, 30, 50, 80, 150, 300]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.set_xlim(14, 400)
    ax.minorticks_off()
    near = [point for point in points if dense[1] - point[2] <= within]
    name, kib, mean, _ = min(near or points, key=lambda point: point[1])
    title = f"{name} is {dense[0] / kib:.1f} times smaller and loses {dense[1] - mean:.1f} points"
    ax.set_title(title)
    rows = "; ".join(f"{n} {k:.1f} KiB, {m:.1f} %" for n, k, m, _ in points)
    return picture(fig, f"{title}. float32 {dense[0]:.0f} KiB, {dense[1]:.1f} %; {rows}.")
