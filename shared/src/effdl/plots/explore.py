"""Widgets bound to the student's own functions: move a control, watch your code's result.

Each widget is a pure function from a state to a `Frame` (a picture and its words), and one line that hangs controls on
it. At 50 % and granularity "fine" the mask painter greys out half the weights and its meter of skippable MACs stays at 0.

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from IPython.display import display
from torch import Tensor

from effdl import pruning
from effdl.plots import criteria
from effdl.plots.pruning import paint
from effdl.plots.style import COLORS, GREY, panels, picture

__all__ = ["Frame", "judge_criterion", "judge_frame", "mask_frame", "mask_painter", "meters"]

GRANULARITIES = ("fine", "vector", "kernel", "channel")
WIDGET_DPI = 100  # half the redraw time of a printed figure
VALUE_BYTES = 4


@dataclass(frozen=True)
class Frame:
    """What a widget shows in one state: a PNG and the same in words."""

    png: bytes
    words: str


def meters(mask: Tensor) -> tuple[float, float]:
    """Stored bytes (a bitmask and the kept float32 values), and the share of MACs that a dense kernel can skip.

    A dense convolution skips a filter if all of it is zero, and nothing smaller.

    Shapes: mask (co, ci, kh, kw), bool, True = kept
    Units:  bytes; a share in [0, 1]
    Source: ours
    """
    dead = ~mask.flatten(1).any(1)
    return VALUE_BYTES * int(mask.sum()) + mask.numel() / 8, float(dead.float().mean())


def mask_frame(w: Tensor, granularity: str, sparsity: float, p: int, functions: tuple[Callable, Callable]) -> Frame:
    """Score and mask `w` with the two functions given, and draw the mask beside its two meters.

    Shapes: w (co, ci, kh, kw); functions: group_scores, mask_from_scores
    Source: ours
    """
    group_scores, mask_from_scores = functions
    groups = mask_from_scores(group_scores(w.clone(), granularity, p), sparsity)
    mask = pruning.expand_mask(groups, tuple(w.shape))
    stored_bytes, skipped = meters(mask)
    dense_bytes = VALUE_BYTES * w.numel()
    fig, (left, right) = panels(2, height=2.7, width_ratios=(1, 1.15))
    paint(left, w, mask)
    right.barh([1, 0], [100 * stored_bytes / dense_bytes, 100 * skipped], color=(COLORS[0], COLORS[1]), height=0.35)
    right.set(xlim=(0, 105), xlabel="%", yticks=[], ylim=(-0.6, 1.6))
    right.text(0, 1.25, f"stored bytes: {stored_bytes:.0f} of {dense_bytes}", color=COLORS[0], fontsize=9)
    right.text(0, 0.25, f"MACs a dense kernel can skip: {100 * skipped:.0f} %", color=COLORS[1], fontsize=9)
    right.axvline(100, color=GREY, lw=0.8)
    kept = 100 * pruning.kept_energy(w, mask)
    words = (
        f"{granularity}, L{p}, {100 * sparsity:.0f} %: {int(mask.sum())} of {mask.numel()} weights stay, with {kept:.0f} % "
        f"of the squared weight; {stored_bytes:.0f} of {dense_bytes} bytes; a dense kernel skips {100 * skipped:.0f} % "
        "of the MACs"
    )
    left.set_title(f"{granularity}: {kept:.0f} % of energy kept", fontsize=9)
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def judge_frame(evidence: Mapping[str, Any], criterion: str, score: Tensor) -> Frame:
    """Draw a criterion's scores of one layer's channels against the true loss changes.

    Shapes: score (c,); evidence["loss_change"] (c,), evidence["name"] the layer's
    Source: ours
    """
    truth = evidence["loss_change"].tolist()
    drawn = criteria.scatter(score.tolist(), truth, criterion, where=f", {evidence['name']}", dpi=WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def mask_painter(group_scores: Callable, mask_from_scores: Callable, w: Tensor) -> None:
    """Show the mask painter: granularity, norm and sparsity, on your two functions.

    Shapes: w (co, ci, kh, kw)
    Source: ours
    """
    import ipywidgets as widgets

    w = w.detach().clone()
    controls = {
        "granularity": widgets.Dropdown(options=GRANULARITIES, value="fine", description="granularity"),
        "p": widgets.Dropdown(options=[("L1", 1), ("L2", 2)], value=1, description="norm"),
        "percent": widgets.IntSlider(value=50, min=0, max=100, step=5, description="sparsity (%)"),
    }

    def draw(functions: tuple[Callable, Callable], granularity: str, p: int, percent: int) -> Frame:
        return mask_frame(w, granularity, percent / 100, p, functions)

    references = (pruning.group_scores, pruning.mask_from_scores)
    _explore(controls, draw, (group_scores, mask_from_scores), references)


def judge_criterion(score: Callable, reference: Callable, layers: Mapping[str, Mapping[str, Any]], names: list[str]) -> None:
    """Show the judge: pick a layer and a criterion, see its scores against the truth.

    `score(evidence, criterion)` calls your functions, `reference` is the same on the package's.

    Shapes: layers from a block's name to its evidence
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "criterion": widgets.Dropdown(options=names, value=names[0], description="criterion"),
        "layer": widgets.Dropdown(options=list(layers), value=list(layers)[-1], description="layer"),
    }

    def draw(scorer: Callable, criterion: str, layer: str) -> Frame:
        return judge_frame(layers[layer], criterion, torch.as_tensor(scorer(layers[layer], criterion)))

    _explore(controls, draw, score, reference)


def _explore(controls: dict[str, Any], draw: Callable[..., Frame], yours: Any, reference: Any) -> None:
    """Hang controls on `draw(functions, **values)`; with an unwritten function it draws the reference and says so."""
    import ipywidgets as widgets

    image, words = widgets.Image(format="png"), widgets.HTML()

    def update(*_: Any) -> None:
        values = {name: control.value for name, control in controls.items()}
        frame, note = _frame_or_note(draw, yours, reference, values)
        image.value = frame.png
        words.value = f"<b>{html.escape(note)}</b> {html.escape(frame.words)}"

    for control in controls.values():
        control.observe(update, names="value")
        control.continuous_update = False
    update()
    box = widgets.VBox([widgets.HBox(list(controls.values())), image, words])
    bundle = box._repr_mimebundle_()
    text = "Widget: " + ", ".join(f"{c.description} = {c.value}" for c in controls.values())
    display({**bundle, "text/plain": text}, raw=True)


def _frame_or_note(draw: Callable[..., Frame], yours: Any, reference: Any, values: dict[str, Any]) -> tuple[Frame, str]:
    """The frame of the student's functions; if they fail, that of the references and a line that says why."""
    try:
        return draw(yours, **values), ""
    except NotImplementedError as missing:
        note = f"Write {missing or 'the function'} first; this is the expected picture."
    except Exception as problem:  # any fault of the student's function is theirs to see, not a traceback in a callback
        note = f"Your function raised {type(problem).__name__}: {problem}. This is the expected picture."
    return draw(reference, **values), note
