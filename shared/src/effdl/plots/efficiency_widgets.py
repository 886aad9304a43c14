"""Widgets of lab 02 on the student's own counts: a layer's shape, memory over time, the roofline of two networks.

Each is a pure function from functions and settings to a `Frame`, and one line that hangs controls on it. A layer of 64
channels with 64 groups shows 1/64 of the dense one's MACs and the same activations.

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours; rooflines as in Williams et al. 2009
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from effdl import cost, counting, liveness, nets, roofline
from effdl.counting import Layer, Row
from effdl.plots import efficiency
from effdl.plots.style import COLORS, GREY, Picture, label, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls
from effdl.roofline import MACHINES, Bound, Machine, Work

__all__ = [
    "layer_explorer", "layer_frame", "memory_explorer", "memory_frame", "roofline_explorer", "roofline_frame", "roofs",
]  # fmt: skip

CHANNELS, SIZE = 64, 56
GROUPS = (1, 2, 4, 8, 16, 32, 64)
IMAGE = (1, 28, 28)
FIRST, FIRST_BATCH, FIRST_WIDENING = "phone CPU", 1, 1
Counts = tuple[Callable[[Layer], int], Callable[..., tuple[int, tuple[int, ...]]]]
Rows = Mapping[str, Sequence[Row]]


def layer_frame(functions: Counts, kernel: int, stride: int, groups: int) -> Frame:
    """Parameters, MACs and activations of a 64-channel convolution on 56 x 56 places, beside the dense 3 x 3 one.

    Shapes: none
    Source: ours
    """
    drawn = _layer_picture(functions, {"yours": (kernel, stride, groups)}, dpi=WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def layer_explorer(count_parameters: Callable[[Layer], int], layer_macs: Callable[..., tuple]) -> Picture:
    """Show the explorer on your two functions (kernel, stride, groups); returns four layers beside each other.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "kernel": widgets.IntSlider(value=3, min=1, max=7, step=2, description="kernel"),
        "stride": widgets.IntSlider(value=1, min=1, max=4, description="stride"),
        "groups": widgets.SelectionSlider(value=1, options=GROUPS, description="groups"),
    }
    references = (counting.count_parameters, counting.layer_macs)
    hang_controls(controls, layer_frame, (count_parameters, layer_macs), references)
    kinds = {"1 x 1": (1, 1, 1), "stride 2": (3, 2, 1), "8 groups": (3, 1, 8), "depthwise": (3, 1, CHANNELS)}
    return _layer_picture(references, kinds)


def memory_frame(live_activations: Callable[..., list[int]], widening: int) -> Frame:
    """What is alive in ResNet8 and in a MobileNetV2 whose blocks widen `widening` times, step by step.

    Shapes: none
    Source: Sandler et al. 2018, arXiv:1801.04381
    """
    drawn = _memory_picture(live_activations, widening, WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def memory_explorer(live_activations: Callable[..., list[int]]) -> Picture:
    """Show the explorer on your function (widening); returns the timelines for blocks that do not widen.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {"widening": widgets.IntSlider(value=FIRST_WIDENING, min=1, max=6, description="widening of the blocks")}
    hang_controls(controls, memory_frame, live_activations, liveness.live_activations)
    return _memory_picture(liveness.live_activations, FIRST_WIDENING, 130)


def roofs(
    rows: Rows, machine: Machine, function: Callable[..., Bound], *, batch: int = 1, bits: int = 32, dpi: int = 130
) -> Picture:
    """The roof of a machine, and each layer of some networks where `function` puts it; rings are bound by memory.

    Shapes: rows {network: layers}
    Units:  FLOPs per byte; GFLOP/s
    Source: Williams et al. 2009, doi:10.1145/1498765.1498785
    """
    fig, ax = panels(height=3.2)
    xs = np.geomspace(0.05, 20 * machine.ridge, 200)
    ax.plot(xs, [roofline.attainable_flops(x, machine) / 1e9 for x in xs], color=GREY)
    ax.axvline(machine.ridge, color=GREY, lw=0.8, ls=":")
    label(ax, (machine.ridge, machine.peak_flops / 1e9), f"ridge at {machine.ridge:.0f} FLOPs a byte", GREY, dy=8)
    said = {}
    for index, (name, layers) in enumerate(rows.items()):
        works = [roofline.work_of(row) for row in layers]
        bounds = [function(work, machine, batch, bits) for work in works]
        at = [_spot(work, bound, batch, bits) for work, bound in zip(works, bounds, strict=True)]
        waits = np.array([bound[1] == "memory" for bound in bounds])
        for x, y, ring in zip(*zip(*at, strict=True), waits, strict=True):
            face = "none" if ring else COLORS[index]
            ax.plot(x, y, "os"[index % 2], mfc=face, mec=COLORS[index], ms=6)
        total = sum(bound[0] for bound in bounds)
        said[name] = f"{name}: {total:.3g} ms, memory binds {int(waits.sum())} of {len(waits)} layers"
        ax.annotate(said[name], (0.98, 0.06 + 0.09 * index), xycoords="axes fraction", ha="right", color=COLORS[index],
                    fontsize=8)  # fmt: skip
    ax.set(xscale="log", yscale="log", xlabel="FLOPs for each byte moved", ylabel="GFLOP/s at most")
    ax.set_ylim(None, 2.5 * machine.peak_flops / 1e9)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_major_formatter("{x:g}")
    title = f"Batch {batch}, {bits} bits: at best {', '.join(said[name].split(',')[0] for name in said)}"
    ax.set_title(title)
    return picture(fig, f"{title}. {'; '.join(said.values())}. Rings: memory binds.", dpi=dpi)


def roofline_frame(function: Callable[..., Bound], rows: Rows, kind: str, log2_batch: int, bits: int) -> Frame:
    """The two networks under the roof of one of MACHINES.

    Shapes: rows {network: layers}
    Source: ours
    """
    drawn = roofs(rows, MACHINES[kind], function, batch=2**log2_batch, bits=bits, dpi=WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def roofline_explorer(roofline_ms: Callable[..., Bound], rows: Rows) -> Picture:
    """Show the roofline on your function (machine, batch, bits); returns that of the phone at batch 1 in 32 bits.

    Shapes: rows {network: layers}
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "kind": widgets.SelectionSlider(value=FIRST, options=list(MACHINES), description="machine"),
        "log2_batch": widgets.IntSlider(value=0, min=0, max=10, description="batch (2 to the)"),
        "bits": widgets.SelectionSlider(value=32, options=(4, 8, 16, 32), description="bits of a value"),
    }

    def draw(function: Callable[..., Bound], kind: str, log2_batch: int, bits: int) -> Frame:
        return roofline_frame(function, rows, kind, log2_batch, bits)

    hang_controls(controls, draw, roofline_ms, roofline.roofline_ms)
    return roofs(rows, MACHINES[FIRST], roofline.roofline_ms, batch=FIRST_BATCH)


def _spot(work: Work, bound: Bound, batch: int, bits: int) -> tuple[float, float]:
    """FLOPs a byte, and GFLOP/s in the time that the function gives."""
    return roofline.intensity(work, batch, bits), 2 * batch * work.macs / max(float(bound[0]), 1e-12) / 1e6


def _layer_picture(functions: Counts, kinds: Mapping[str, tuple[int, int, int]], *, dpi: int = 130) -> Picture:
    names = {"3 x 3, dense": (3, 1, 1)} | dict(kinds)
    counted = {name: _costs(functions, *numbers) for name, numbers in names.items()}
    fig, axes = panels(3, height=1.2 + 0.28 * len(names), sharey=True)
    for ax, column, what in zip(axes, range(3), ("parameters", "MACs", "activations"), strict=True):
        values = [costs[column] for costs in counted.values()]
        ax.barh(list(names), values, color=[GREY] + [COLORS[0]] * len(kinds), height=0.6)
        ax.set(xlabel=what, xlim=(0, 1.45 * max(*values, 1)), xticks=[])
        ax.grid(False)
        for row, value in enumerate(values):
            ax.text(value, row, f" {_short(value)}", va="center", fontsize=8)
    axes[0].invert_yaxis()
    (_, dense, _), (_, last, _) = next(iter(counted.values())), list(counted.values())[-1]
    ratio = last / max(dense, 1)
    told = (
        "as many MACs"
        if ratio == 1
        else f"{1 / ratio:.3g} times fewer MACs"
        if 0 < ratio < 1
        else f"{ratio:.3g} times the MACs"
    )
    title = f"'{list(names)[-1]}' takes {told}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    named = {name: "kernel {}, stride {}, groups {}".format(*numbers) for name, numbers in names.items()}
    listed = "; ".join(f"{name} ({named[name]}) {p:,}, {m:,}, {a:,}" for name, (p, m, a) in counted.items())
    return picture(
        fig, f"{title}. {CHANNELS} channels, {SIZE} x {SIZE}. Parameters, MACs, activations: {listed}.", dpi=dpi
    )


def _costs(functions: Counts, kernel: int, stride: int, groups: int) -> tuple[int, int, int]:
    count_parameters, layer_macs = functions
    layer = Layer("conv", CHANNELS, CHANNELS, (kernel, kernel), stride, kernel // 2, groups)
    macs, out_shape = layer_macs(layer, (CHANNELS, SIZE, SIZE))
    return count_parameters(layer), macs, math.prod(out_shape)


def _memory_picture(live_activations: Callable[..., list[int]], widening: int, dpi: int) -> Picture:
    runs, counts = {}, {}
    for name, (steps, n_parameters) in _traced(widening).items():
        runs[name], counts[name] = (steps, live_activations(list(steps))), n_parameters
    return efficiency.timelines(runs, counts, dpi=dpi)


@functools.cache
def _traced(widening: int) -> dict[str, tuple[tuple[liveness.Step, ...], int]]:
    """The steps and the number of parameters of both networks, counted without values."""
    with torch.device("meta"):
        named = {"ResNet8": nets.ResNet8(), "MobileNetV2": nets.MobileNetV2(widening=widening)}
    return {name: (tuple(liveness.trace(net, IMAGE)), cost.parameters(net)) for name, net in named.items()}


def _short(value: float) -> str:
    for power, unit in ((9, "G"), (6, "M"), (3, "k")):
        if value >= 10**power:
            return f"{value / 10**power:.3g} {unit}"
    return f"{value:.3g}"
