"""Widgets bound to the student's own functions: move a control, watch your code's result.

Each widget is a pure function from a state to a `Frame` (a picture and its words), and one line that hangs controls on
it. At 50 % and "fine" the mask painter greys out half the weights and its meter of skippable MACs stays at 0.

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from effdl import channels, cost, pruning
from effdl.channels import Evidence
from effdl.plots import criteria
from effdl.plots.pruning import masks, paint
from effdl.plots.style import COLORS, GREY, Picture, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, frame_or_note, hang_controls

__all__ = ["Frame", "frame_or_note", "judge_criterion", "judge_frame", "mask_frame", "mask_painter", "meters"]

GRANULARITIES = ("fine", "vector", "kernel", "channel")
DEFAULT_CRITERION = "Fisher"


def meters(w: Tensor, groups: Tensor) -> tuple[int, float]:
    """Stored bytes (kept float32 values, one bit for each group), and the share of MACs that a dense kernel can skip.

    A dense convolution skips a filter if all of it is dropped, and nothing smaller.

    Shapes: w (co, ci, kh, kw), groups: the first 1-4 axes of w, bool, True = kept
    Units:  bytes; a share in [0, 1]
    Source: ours
    """
    dead = ~groups.reshape(len(w), -1).any(1)
    return cost.stored_bytes(w, groups, format="bitmask"), float(dead.float().mean())


def mask_frame(w: Tensor, granularity: str, sparsity: float, p: int, functions: tuple[Callable, Callable]) -> Frame:
    """Score and mask `w` with the two functions given, and draw the mask beside its two meters.

    Shapes: w (co, ci, kh, kw); functions: group_scores, mask_from_scores
    Source: ours
    """
    group_scores, mask_from_scores = functions
    groups = mask_from_scores(group_scores(w.clone(), granularity, p), sparsity)
    mask = pruning.expand_mask(groups, tuple(w.shape))
    stored_bytes, skipped = meters(w, groups)
    dense_bytes = cost.stored_bytes(w)
    fig, (left, right) = panels(2, height=2.7, width_ratios=(1, 1.15))
    paint(left, w, mask)
    right.barh([1, 0], [100 * stored_bytes / dense_bytes, 100 * skipped], color=(COLORS[0], COLORS[1]), height=0.35)
    right.set(xlim=(0, 105), xlabel="%", yticks=[], ylim=(-0.6, 1.6))
    right.text(0, 1.25, f"stored bytes: {stored_bytes} of {dense_bytes}", color=COLORS[0], fontsize=9)
    right.text(0, 0.25, f"MACs a dense kernel can skip: {100 * skipped:.0f} %", color=COLORS[1], fontsize=9)
    right.axvline(100, color=GREY, lw=0.8)
    kept = 100 * pruning.kept_energy(w, mask)
    words = (
        f"{granularity}, L{p}, {100 * sparsity:.0f} %: {int(mask.sum())} of {mask.numel()} weights stay, "
        f"with {kept:.0f} % of the squared weight; {stored_bytes} of {dense_bytes} bytes; "
        f"a dense kernel skips {100 * skipped:.0f} % of the MACs"
    )
    left.set_title(f"{granularity}: {kept:.0f} % of energy kept", fontsize=9)
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def judge_frame(block: Evidence, criterion: str, functions: Mapping[str, Callable[..., Tensor]]) -> Frame:
    """Score one block's channels by the functions given, and draw the scores against the true loss changes.

    Shapes: block.loss_change (c,)
    Source: ours
    """
    scores = torch.as_tensor(channels.score(block, criterion, functions)).detach().float().tolist()
    drawn = criteria.scatter(scores, block.loss_change.tolist(), criterion, where=f", {block.name}", dpi=WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def mask_painter(group_scores: Callable[..., Tensor], mask_from_scores: Callable[..., Tensor], w: Tensor) -> Picture:
    """Show the mask painter on your two functions (granularity, norm, sparsity); returns the static figure at 50 %.

    Shapes: w (co, ci, kh, kw)
    Source: ours
    """
    import ipywidgets as widgets

    w = w.detach().clone()
    controls = {
        "granularity": widgets.SelectionSlider(options=GRANULARITIES, value="fine", description="granularity"),
        "p": widgets.SelectionSlider(options=[("L1", 1), ("L2", 2)], value=1, description="norm"),
        "percent": widgets.IntSlider(value=50, min=0, max=100, step=5, description="sparsity (%)"),
    }

    def draw(functions: tuple[Callable, Callable], granularity: str, p: int, percent: int) -> Frame:
        return mask_frame(w, granularity, percent / 100, p, functions)

    references = (pruning.group_scores, pruning.mask_from_scores)
    hang_controls(controls, draw, (group_scores, mask_from_scores), references)
    halves = {name: pruning.mask_from_scores(pruning.group_scores(w, name, 1), 0.5) for name in GRANULARITIES}
    return masks(w, {name: pruning.expand_mask(half, tuple(w.shape)) for name, half in halves.items()})


def judge_criterion(blocks: Mapping[str, Evidence], **functions: Callable[..., Tensor]) -> Picture:
    """Show the judge on your functions, by name (criterion, block); returns the static figure of the first criterion.

    Shapes: blocks {name: Evidence}
    Raises: ValueError if a function is missing
    Source: ours
    """
    import ipywidgets as widgets

    missing = set(channels.REFERENCES) - set(functions)
    if missing:
        raise ValueError(f"judge_criterion: lacks the functions {sorted(missing)}")
    first, name = DEFAULT_CRITERION, next(iter(blocks))
    controls = {
        "criterion": widgets.SelectionSlider(options=channels.CRITERIA, value=first, description="criterion"),
        "block": widgets.SelectionSlider(options=list(blocks), value=name, description="block"),
    }

    def draw(by: Mapping[str, Callable[..., Tensor]], criterion: str, block: str) -> Frame:
        return judge_frame(blocks[block], criterion, by)

    hang_controls(controls, draw, functions, channels.REFERENCES)
    correlations = {
        criterion: [criteria.rank_correlation(channels.score(b, criterion), b.loss_change) for b in blocks.values()]
        for criterion in channels.CRITERIA
    }
    return criteria.judged(correlations, list(blocks))
