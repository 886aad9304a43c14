"""Widgets of lab 04: give each block its share under a budget, and watch the cross-entropy search walk.

Both are bound to the student's own functions. Ask for 0 % of every block at a budget of 50 %, and `bounded_action`
raises the shares of the later blocks until the budget holds; `reward` says what the network is then worth.

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from effdl import amc
from effdl.inner import A_MAX, BLOCKS, Space
from effdl.plots import search
from effdl.plots.style import COLORS, GREY, Picture, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = ["allocate", "allocation_frame", "search_walk", "walk_frame"]

N_DRAWN, START, SPREAD = 12, 0.75, 0.12
DEFAULT_ROUNDS, MAX_ROUNDS, DEFAULT_ELITE = 2, 5, 4
FIRST = 0.4  # the share of block 1 that goes on the landscape
Functions = tuple[Callable, Callable]


def allocation_frame(space: Space, asked: Sequence[float], budget: float, functions: Functions, dpi: int) -> Frame:
    """Correct the shares asked for by the two functions given, and draw what each block keeps.

    Shapes: asked: one share for each block; functions: bounded_action, reward
    Source: ours
    """
    bounded_action, reward = functions
    must_go = space.must_go(budget)
    shares = amc.bounded_walk(asked, space.block_macs, must_go, A_MAX, bounded_action)
    widths = space.widths(shares)
    macs, quick = space.macs(widths), space.quick(widths)
    worth = reward(100 - quick, macs, budget)
    fig, (left, right) = panels(2, height=2.7, width_ratios=(1.25, 1))
    for row, (share, ask, total) in enumerate(zip(shares, asked, space.block_macs, strict=True)):
        left.barh(row, total / 1e6, color="white", edgecolor=GREY, height=0.5)
        left.barh(row, (1 - share) * total / 1e6, color=COLORS[0], height=0.5)
        text = f"goes {100 * share:.0f} %" + (f", asked {100 * ask:.0f} %" if abs(share - ask) > 0.005 else "")
        left.text(0.02, row - 0.34, text, fontsize=8, color=COLORS[1] if abs(share - ask) > 0.005 else GREY)
    left.set(yticks=range(len(BLOCKS)), yticklabels=BLOCKS, xlabel="million MACs kept", ylim=(2.6, -0.7))
    right.barh([1], [macs / 1e6], color=COLORS[0] if macs <= budget else COLORS[1], height=0.35)
    right.axvline(budget / 1e6, color=GREY, lw=1.2)
    right.text(1.02 * budget / 1e6, 1.4, "budget", fontsize=8, color=GREY)
    right.text(0, 0.45, f"{quick:.0f} % right, not trained on", fontsize=9, backgroundcolor="white")
    right.set(ylim=(-0.2, 1.7), yticks=[], xlabel="million MACs of the network", xlim=(0, 2.6))
    title = f"{macs / 1e6:.2f} of {budget / 1e6:.2f} million MACs: reward {worth:.0f}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    words = (
        f"asked {_percents(asked)}, corrected {_percents(shares)}; widths {', '.join(map(str, widths))}; "
        f"{macs / 1e6:.2f} million MACs at a budget of {budget / 1e6:.2f}; {quick:.0f} % right; reward {worth:.0f}"
    )
    return Frame(picture(fig, words, dpi=dpi).png, words)


def walk_frame(
    grid: np.ndarray, space: Space, rounds: int, n_elite: int, functions: tuple[Callable], *, dpi: int = WIDGET_DPI
) -> Picture:
    """Run the search given for so many rounds on a landscape, and draw the networks of its last round.

    Shapes: grid (10, 10), in percent; functions: cross_entropy_search
    Source: ours
    """
    shares = [i / len(grid) for i in range(len(grid))]
    must_go = space.must_go(0.5 * space.macs(space.full)) - FIRST * space.block_macs[0]
    second, third = space.block_macs[1:]
    edge = [(must_go - share * third) / second for share in shares]
    generator, drawn = torch.Generator().manual_seed(0), [torch.zeros(0, 2)]

    def draw(mean: Tensor, std: Tensor) -> Tensor:
        rows = (mean + std * torch.randn(N_DRAWN, 2, generator=generator)).clamp(0, shares[-1])
        drawn.append(rows)
        return rows

    def value(row: Tensor) -> float:
        a, b = (round(float(share) * len(grid)) for share in row)
        return float(grid[a, b]) if float(row[0] * second + row[1] * third) >= must_go else -np.inf

    start = torch.full((2,), START)
    functions[0](value, draw, start, torch.full((2,), SPREAD), rounds=rounds, n_elite=n_elite)
    return search.landscape(grid, shares, edge, drawn[-1].numpy(), dpi=dpi)


def allocate(bounded_action: Callable, reward: Callable, space: Space, *, budget: float) -> Picture:
    """Show the sliders of the three blocks on your two functions; returns the static figure for equal shares.

    Source: ours
    """
    import ipywidgets as widgets

    equal = round(100 * space.must_go(budget) / sum(space.block_macs))
    controls = {
        f"block_{i + 1}": widgets.IntSlider(value=equal, min=0, max=90, step=5, description=f"{name} goes (%)")
        for i, name in enumerate(BLOCKS)
    }

    def draw(functions: Functions, **percents: int) -> Frame:
        return allocation_frame(space, [p / 100 for p in percents.values()], budget, functions, WIDGET_DPI)

    references = (amc.bounded_action, amc.reward)
    hang_controls(controls, draw, (bounded_action, reward), references)
    still = allocation_frame(space, [equal / 100] * len(BLOCKS), budget, references, 130)
    return Picture(still.png, still.words, 624)


def search_walk(cross_entropy_search: Callable, grid: np.ndarray, space: Space) -> Picture:
    """Show the walk of your search (rounds, elite); returns the static figure of two rounds.

    Shapes: grid (10, 10), in percent
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "rounds": widgets.IntSlider(value=DEFAULT_ROUNDS, min=0, max=MAX_ROUNDS, description="rounds"),
        "n_elite": widgets.IntSlider(value=DEFAULT_ELITE, min=1, max=N_DRAWN, description="elite of 12"),
    }

    def draw(functions: tuple[Callable], rounds: int, n_elite: int) -> Frame:
        drawn = walk_frame(grid, space, rounds, n_elite, functions)
        return Frame(drawn.png, drawn.alt)

    reference = (amc.cross_entropy_search,)
    hang_controls(controls, draw, (cross_entropy_search,), reference)
    return walk_frame(grid, space, DEFAULT_ROUNDS, DEFAULT_ELITE, reference, dpi=130)


def _percents(shares: Sequence[float]) -> str:
    return ", ".join(f"{100 * share:.0f} %" for share in shares)
