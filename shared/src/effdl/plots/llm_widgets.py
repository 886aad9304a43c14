"""Widgets of the language-model lab, on the student's own functions: a roof, a smoothed layer, a scaled layer.

Each is a pure function from a state to a `Frame` and one line that hangs controls on it. Their layer is synthetic: 128
channels of normal numbers, three of them multiplied by the magnitude. At magnitude 60 and alpha 0.5 the largest
channel of x has come down from 166 to 21.

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import Tensor

from effdl import awq, decode, group_quant, smoothquant
from effdl.decode import LLAMA2_7B, RTX4090
from effdl.plots import llm
from effdl.plots.style import COLORS, GREY, Picture, label, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = ["layer", "roof_frame", "roof_points", "roofline", "scale_frame", "scaling", "smooth_frame", "smoothing"]

KINDS = {"W16A16": (16, 1), "W8A8": (8, 2), "W4A16": (4, 1)}  # bits of a weight, speed-up of the arithmetic
OUTLIERS = (17, 50, 101)
ALPHAS = tuple(k / 10 for k in range(11))
SCALES = (1, 1.5, 2, 3, 4, 6, 8, 12, 16)


def layer(magnitude: float) -> tuple[Tensor, Tensor]:
    """Inputs with three outlier channels, and weights without any.

    Shapes: -> x (64, 128), w (48, 128)
    Source: ours
    """
    generator = torch.Generator().manual_seed(21)
    x, w = torch.randn(64, 128, generator=generator), torch.randn(48, 128, generator=generator)
    x[:, list(OUTLIERS)] *= magnitude
    return x, w


def roof_points(intensity: Callable[..., float], batch: int, context: int) -> dict[str, tuple[float, float]]:
    """Where Llama-2-7B decodes with three kinds of weights: {kind: (FLOPs a byte, speed-up of the arithmetic)}.

    Source: effdl.decode
    """
    cached = context * LLAMA2_7B.kv_per_token
    return {
        kind: (float(intensity(LLAMA2_7B.n_weights, batch, w_bits, cached)), speedup)
        for kind, (w_bits, speedup) in KINDS.items()
    }


def roof_frame(intensity: Callable[..., float], log2_batch: int, context: int) -> Frame:
    """The roofline at one batch size and length of text; tokens a second in words.

    Source: ours
    """
    batch = 2**log2_batch
    points = roof_points(intensity, batch, context)
    flops = 2 * (LLAMA2_7B.n_weights + context * LLAMA2_7B.kv_per_token)
    speed = {kind: decode.roofline(x, RTX4090, speedup=up) / flops for kind, (x, up) in points.items()}
    fastest = max(speed.values())
    winners = " and ".join(kind for kind, tokens in speed.items() if tokens > 0.99 * fastest)
    text = ", ".join(f"{kind} {tokens:,.0f}" for kind, tokens in speed.items())
    title = f"Batch {batch}, {context} tokens cached: {winners} in front"
    drawn = llm.roofs(points, RTX4090, title, dpi=WIDGET_DPI)
    return Frame(drawn.png, f"{title}. Tokens a second at most: {text}. Ridge at {RTX4090.ridge:.0f} FLOPs a byte.")


def roofline(decode_intensity: Callable[..., float]) -> Picture:
    """Show the roofline widget on your function (batch, cached tokens); returns the static figure at batch 1.

    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "log2_batch": widgets.IntSlider(value=0, min=0, max=9, description="log2 of the batch"),
        "context": widgets.IntSlider(value=0, min=0, max=4096, step=512, description="cached tokens a text"),
    }
    hang_controls(controls, roof_frame, decode_intensity, decode.decode_intensity)
    title = "At batch 1 every kind waits for memory, 4-bit weights least"
    return llm.roofs(roof_points(decode.decode_intensity, 1, 0), RTX4090, title)


def smooth_frame(functions: tuple[Callable, Callable], magnitude: int, alpha: float) -> Frame:
    """|x| and |w| by channel before and after, and the error of the 8-bit product over alpha with a dot at this one.

    Shapes: functions: smooth_scales, w8a8_linear
    Source: ours
    """
    drawn = _smooth_picture(functions, magnitude, alpha, WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def smoothing(smooth_scales: Callable[..., Tensor], w8a8_linear: Callable[..., Tensor]) -> Picture:
    """Show the smoothing widget on your functions (magnitude, alpha); returns the static figure at 60 and 0.5.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "magnitude": widgets.IntSlider(value=60, min=1, max=100, description="outliers (x)"),
        "alpha": widgets.FloatSlider(value=0.5, min=0, max=1, step=0.05, description="alpha"),
    }
    references = (smoothquant.smooth_scales, smoothquant.w8a8_linear)
    hang_controls(controls, smooth_frame, (smooth_scales, w8a8_linear), references)
    return _smooth_picture(references, 60, 0.5, 130)


def scale_frame(functions: tuple[Callable, Callable], scale: float, bits: int, group_size: int) -> Frame:
    """The error of grouped weights over the scale of the three most active channels, with a dot at this one.

    Shapes: functions: group_quantize, salient_channels
    Source: ours
    """
    drawn = _scale_picture(functions, scale, bits, group_size, WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def scaling(group_quantize: Callable[..., tuple[Tensor, Tensor]], salient_channels: Callable[..., Tensor]) -> Picture:
    """Show the scaling widget on your functions (scale, bits, group size); returns the static figure at 2, 3, 32.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "scale": widgets.FloatSlider(value=2, min=1, max=16, step=0.5, description="scale s"),
        "bits": widgets.IntSlider(value=3, min=2, max=8, description="bits"),
        "group_size": widgets.SelectionSlider(options=[16, 32, 64, 128], value=32, description="group size"),
    }
    references = (group_quant.group_quantize, awq.salient_channels)
    hang_controls(controls, scale_frame, (group_quantize, salient_channels), references)
    return _scale_picture(references, 2, 3, 32, 130)


def _smooth_picture(functions: tuple[Callable, Callable], magnitude: int, alpha: float, dpi: int) -> Picture:
    smooth_scales, w8a8_linear = functions
    x, w = layer(magnitude)

    def error(s: Tensor) -> float:
        return _distance(w8a8_linear(x / s, w * s), x, w)

    found = {a: smooth_scales(x.abs().amax(0), w.clone(), a) for a in (*ALPHAS, alpha)}
    errors = {a: error(s) for a, s in found.items()}
    fig, axes = panels(3, height=2.5, width_ratios=(1, 1, 1.1))
    _bars(axes[0], x.abs().amax(0), (x / found[alpha]).abs().amax(0), "largest |x|")
    _bars(axes[1], w.abs().amax(0), (w * found[alpha]).abs().amax(0), "largest |w|")
    axes[2].plot(ALPHAS, [100 * errors[a] for a in ALPHAS], color=GREY)
    axes[2].plot([alpha], [100 * errors[alpha]], "o", color=COLORS[1])
    axes[2].set(xlabel="alpha", ylabel="output error (%)", ylim=(0, None))
    plain = error(torch.ones(x.shape[1]))
    best = min(ALPHAS, key=errors.get)
    title = f"alpha {alpha:g}: error {100 * errors[alpha]:.1f} %, without smoothing {100 * plain:.1f} %"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    words = (
        f"{title}. Outliers of {magnitude} times. Grey is before, blue after smoothing: the largest |x| goes from "
        f"{x.abs().max():.0f} to {(x / found[alpha]).abs().max():.1f}, the largest |w| from {w.abs().max():.1f} to "
        f"{(w * found[alpha]).abs().max():.1f}. Lowest on the curve: {100 * errors[best]:.1f} % at {best:g}"
    )
    return picture(fig, words, dpi=dpi)


def _scale_picture(functions: tuple[Callable, Callable], scale: float, bits: int, group_size: int, dpi: int) -> Picture:
    group_quantize, salient_channels = functions
    x, w = layer(10)
    keep = salient_channels(x.clone(), w.clone(), len(OUTLIERS) / x.shape[1])

    def error(factor: float) -> float:
        s = torch.where(keep, float(factor), 1.0)
        rounded = group_quant.group_dequantize(*group_quantize(w * s, bits, group_size), group_size)
        return _distance(x / s @ rounded.T, x, w)

    errors = [100 * error(factor) for factor in SCALES]
    now = 100 * error(scale)
    fig, ax = panels(height=2.5)
    ax.plot(SCALES, errors, color=GREY)
    ax.plot([scale], [now], "o", color=COLORS[1])
    ax.axhline(errors[0], color=GREY, ls="--", lw=1)
    label(ax, (SCALES[-1], errors[0]), "s = 1", GREY, dx=-22, dy=-6)
    ax.set(xlabel="scale s of the three most active channels", ylabel="output error (%)", ylim=(0, None))
    low = int(np.argmin(errors))
    title = f"{bits} bits, groups of {group_size}: s = {scale:g} leaves {now:.1f} % error, s = 1 {errors[0]:.1f} %"
    ax.set_title(title)
    words = f"{title}. Of the scales on the curve {SCALES[low]:g} is best, with {errors[low]:.1f} %"
    return picture(fig, words, dpi=dpi)


def _distance(y: Tensor, x: Tensor, w: Tensor) -> float:
    exact = x @ w.T
    return (torch.linalg.norm(torch.as_tensor(y).detach() - exact) / torch.linalg.norm(exact)).item()


def _bars(ax: Axes, before: Tensor, after: Tensor, what: str) -> None:
    channels = range(len(before))
    ax.vlines(channels, 0, before.numpy(), color="#bdbdbd", lw=1)
    ax.vlines(channels, 0, after.detach().numpy(), color=COLORS[0], lw=1)
    ax.set(xlabel="input channel", ylabel=what, yscale="symlog")
    ax.minorticks_off()
    ax.set_title("grey before, blue after", fontsize=8, fontweight="normal")
    ax.grid(False)
