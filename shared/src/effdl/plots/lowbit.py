"""Drawings and widgets of very few bits: a weight that descends in steps, signs that are multiplied by counting.

The widgets run the student's own functions. Signs [1, -1, 1, 1] and [1, 1, -1, 1] agree in 2 of 4 places, so that the
calculator shows popcount 2 and the product 0.

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from effdl import lowbit, qat, quant, xnor_speed
from effdl.cost import Latency
from effdl.plots.predictions import mark_guesses, waits_for_guess
from effdl.plots.quantized import STEPS, TARGETS, draw_path, path, paths
from effdl.plots.style import COLORS, GREY, Picture, label, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = ["calculator", "calculator_frame", "sandbox", "sandbox_frame", "speed", "ternary", "xnor_fit"]

KINDS = ("plain rounding", "STE everywhere", "your STE", "your STE, weight clipped")
Matmul = Callable[[Tensor, Tensor, int], Tensor]


def sandbox_frame(fake_quantize: Callable[..., Tensor], kind: str, bits: int, lr: float) -> Frame:
    """The loss of one rounded weight, and its path under one kind of gradient.

    Shapes: none
    Source: ours
    """
    rounding = {KINDS[0]: qat.plain_rounding, KINDS[1]: qat.unclipped}.get(kind, fake_quantize)
    found = path(rounding, bits, lr, clip=kind == KINDS[3])
    fig, (left, right) = panels(2, height=2.8)
    w = torch.linspace(-1.2, 1.9, 400)
    qmin, qmax = quant.qrange(bits)
    value = qat.plain_rounding(w, 1 / qmax, 0, qmin, qmax)
    for half, (target, color) in enumerate(zip(TARGETS, (GREY, COLORS[2]), strict=True)):
        loss = 0.5 * (value - target) ** 2
        left.plot(w, loss, "-" if half else "--", color=color, lw=1.4)
        name = f"target {target}, {'later' if half else 'first, dashed'}"
        left.text(0.97, 0.95 - 0.1 * half, name, transform=left.transAxes, color=color, fontsize=8, ha="right")
    left.set(xlabel="latent weight", ylabel="loss of what it rounds to")
    draw_path(right, found)
    words = (
        f"{kind}, {bits} bits, learning rate {lr}: after {STEPS} steps the latent weight is {found.latent[-1]:.2f} and "
        f"rounds to {found.rounded[-1]:.2f}; the best level is {found.best:.2f}"
    )
    right.set_title("latent blue, target dotted,\nrounded orange (stairs)", fontsize=8)
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def sandbox(fake_quantize: type[torch.autograd.Function]) -> Picture:
    """Show the sandbox on your FakeQuantize (gradient, bits, learning rate); returns the four kinds of gradient.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "kind": widgets.SelectionSlider(options=KINDS, value=KINDS[2], description="gradient"),
        "bits": widgets.IntSlider(value=3, min=2, max=6, description="bits"),
        "lr": widgets.SelectionSlider(options=[0.02, 0.05, 0.1, 0.2, 0.5, 1.0], value=0.1, description="learning rate"),
    }
    hang_controls(controls, sandbox_frame, fake_quantize.apply, qat.FakeQuantize.apply)
    ways = (qat.plain_rounding, qat.unclipped, qat.FakeQuantize.apply, qat.FakeQuantize.apply)
    names = ("plain rounding", "STE everywhere", "clipped STE", "STE, weight clipped")
    found = zip(names, ways, (False, False, False, True), strict=True)
    return paths({name: path(way, 3, 0.1, clip=clip) for name, way, clip in found})


def calculator_frame(xnor_matmul: Matmul, x: int, w: int, n: int) -> Frame:
    """Two rows of n packed signs, bit by bit: signs, bits, xnor, and the product that the function counts.

    Shapes: none
    Source: Rastegari et al. 2016, section 3.2, arXiv:1603.05279
    """
    bits = [[number >> k & 1 for k in range(n)] for number in (x, w)]
    equal = [int(a == b) for a, b in zip(*bits, strict=True)]
    packed = [torch.tensor([[number & (1 << n) - 1]], dtype=torch.uint8) for number in (x, w)]
    yours = int(xnor_matmul(*packed, n))
    signs = [[f"{2 * bit - 1:+d}" for bit in row] for row in bits]
    products = [f"{2 * bit - 1:+d}" for bit in equal]
    table = {"x": signs[0], "w": signs[1], "x times w": products, "bit of x": bits[0], "bit of w": bits[1]}
    table["xnor"] = equal
    fig, ax = panels(height=2.6)
    for row, (name, values) in enumerate(table.items()):
        color = COLORS[1] if name == "xnor" else COLORS[0] if row < 3 else "black"
        ax.text(-1.9, -row, name, fontsize=10, color=color, va="center")
        for k, value in enumerate(values):
            ax.text(k, -row, str(value), fontsize=11, ha="center", va="center", color=color)
    says = f"popcount {sum(equal)} of {n}: 2 * {sum(equal)} - {n} = {2 * sum(equal) - n}; your function says {yours}"
    ax.text(-1.9, -6.4, says, fontsize=10, fontweight="bold", va="center")
    ax.set(xlim=(-2, 8), ylim=(-7, 0.6))
    ax.axis("off")
    words = (
        f"x = {' '.join(signs[0])}, w = {' '.join(signs[1])}: {says}; the sum of the products is {2 * sum(equal) - n}"
    )
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def calculator(xnor_matmul: Matmul) -> Picture:
    """Show the calculator on your xnor_matmul (two bytes, length); returns the four products of two signs.

    Shapes: none
    Source: Rastegari et al. 2016, section 3.2, arXiv:1603.05279
    """
    import ipywidgets as widgets

    controls = {
        "x": widgets.IntSlider(value=13, min=0, max=255, description="x as a byte"),
        "w": widgets.IntSlider(value=11, min=0, max=255, description="w as a byte"),
        "n": widgets.IntSlider(value=4, min=1, max=8, description="signs n"),
    }
    hang_controls(controls, calculator_frame, xnor_matmul, lowbit.xnor_matmul)
    still = calculator_frame(lowbit.xnor_matmul, 13, 11, 4)
    return Picture(still.png, still.words, 624)


def xnor_fit(true: Tensor, scaled: Tensor, unscaled: Tensor) -> Picture:
    """Outputs of a convolution against what signs give of them, without and with the scales.

    Shapes: three alike, (...)
    Source: Rastegari et al. 2016, section 3.2, arXiv:1603.05279
    """
    fig, axes = panels(2, height=2.7)
    flat = true.flatten()
    some = torch.linspace(0, len(flat) - 1, 1500).long()
    found = {}
    for ax, (name, values) in zip(axes, {"signs alone": unscaled, "times K and alpha": scaled}.items(), strict=True):
        found[name] = float(torch.corrcoef(torch.stack([flat, values.flatten()]))[0, 1])
        ax.scatter(values.flatten()[some], flat[some], s=4, alpha=0.4, color=COLORS[0])
        ax.set(xlabel=name)
        ax.set_title(f"correlation {found[name]:.2f}", fontsize=9)
    axes[0].set(ylabel="true output")
    error = float((true - scaled).square().sum() / true.square().sum())
    title = f"Signs with two scales leave {100 * error:.0f} % of the squared output as error"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
    return picture(fig, f"{title}. Correlation with the true output: {rows}.")


@waits_for_guess
def speed(times: Mapping[int, Mapping[str, Latency]], *, guess: Mapping[str, float] | None = None) -> Picture:
    """Bars on logarithmic axes, a panel for each side n of a square of signs: the time of one product in each form.

    `guess` is a prediction, n in words -> how many times as fast the last form is as the first, marked at its bar; the
    figure waits for a blank one.

    Shapes: times {n: {form: time}}, the first form being the baseline
    Source: ours
    """
    fig, axes = panels(len(times), height=2.3, sharey=True)
    ratios, told = {n: xnor_speed.ratio(forms) for n, forms in times.items()}, ""
    for ax, (n, forms) in zip(np.atleast_1d(axes), times.items(), strict=True):
        _time_bars(ax, forms)
        ax.set_title(f"{n} x {n}", fontsize=9)
        told += mark_guesses(ax, guess, {str(n): ratios[n]}, partial(_bar_end, forms), offset=(-4, 12))
    np.atleast_1d(axes)[0].invert_yaxis()
    first, *_, last = next(iter(times.values()))
    faster = ", ".join(f"{ratio:.{0 if ratio > 2 else 2}f} at {n}" for n, ratio in ratios.items())
    title = f"{last} against {first}: {faster.replace(' at', ' times as fast at', 1)}"
    if last == "bits, PyTorch":
        title += " (no C compiler: pip install ziglang)"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    rows = "; ".join(
        f"{n}: " + ", ".join(f"{name} {t.median_ms:.3g} (spread {t.spread_ms:.2g})" for name, t in forms.items())
        for n, forms in times.items()
    )
    told = told.replace(". Your guesses:", ";")
    return picture(fig, f"{title}. Median milliseconds at {rows}.{told}")


def _time_bars(ax: Axes, forms: Mapping[str, Latency]) -> None:
    """One panel of `speed`; numbers stand beside the axes, where no guess comes to lie."""
    medians = [form.median_ms for form in forms.values()]
    ax.barh(list(forms), medians, height=0.55, color=[GREY, *COLORS[: len(medians) - 1]])
    ax.set(xscale="log", xlabel="milliseconds, logarithmic", xlim=(min(medians) / 3, max(medians) * 1.3))
    ax.grid(False)
    for row, median in enumerate(medians):
        says = f"{median:.2g} ms, {medians[0] / median:.3g} x"
        ax.text(1.02, row, says, transform=ax.get_yaxis_transform(), va="center", fontsize=8)


def _bar_end(forms: Mapping[str, Latency], _name: str, ratio: float) -> tuple[float, float]:
    """Where the last bar ends if it takes `ratio` times less than the first; nowhere if that is no time."""
    first = next(iter(forms.values())).median_ms
    return (first / ratio if ratio > 0 else -1.0), len(forms) - 1


def ternary(w: Tensor) -> Picture:
    """A layer's weights with the thresholds of TWN and of 2 bits scaled by the largest weight, and both sets of levels.

    Shapes: w any
    Source: Li et al. 2016, arXiv:1605.04711
    """
    w = w.detach().flatten()
    t, delta, scale = lowbit.ternarize(w)
    largest = quant.symmetric_scale(w, 2)
    q = quant.quantize(w, largest, 0, -1, 1)
    fig, ax = panels(height=2.6)
    heights, _, _ = ax.hist(w.numpy(), bins=80, color="#d9d9d9")
    top = float(np.max(heights))
    named = (("2 bits by the largest", float(largest), float(largest) / 2, q), ("TWN", float(scale), float(delta), t))
    errors = {}
    for row, (name, level, threshold, integers) in enumerate(named):
        color = COLORS[1 - row]
        at = top * (0.95 - 0.25 * row)
        for side in (-1, 1):
            ax.axvline(side * threshold, color=color, lw=1, ls=":")
        ax.plot([-level, 0, level], [at] * 3, "o", color=color)
        label(ax, (level, at), name, color, dx=8)
        errors[name] = 100 * float((w - level * integers).square().sum() / w.square().sum())
    ax.set(xlabel="weight", ylabel="weights", xlim=(None, 1.75 * float(largest)))
    title = "Squared error left: " + ", ".join(f"{name} {error:.0f} %" for name, error in errors.items())
    ax.set_title(title)
    kept = (
        f"TWN keeps {100 * t.ne(0).float().mean():.0f} % of the weights, the other {100 * q.ne(0).float().mean():.0f} %"
    )
    return picture(fig, f"{title}. {kept}. Dots are the three values, dotted lines the thresholds.")
