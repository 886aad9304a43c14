"""Two widgets on the student's own functions: entries of a column, and the cycles of an array of elements.

The encoder writes a column of 48 rows in entries, padding dashed, and counts their bits: 90 % zeros need fewer with 4
bits of index than with 2. The array shows which element is busy in which cycle: on a layer of 64 rows 16 elements run
out of entries, however long their queues are.

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import torch
from torch import Tensor

from effdl import eie, pe
from effdl.plots.eie import draw_column, draw_timeline, encoded_columns, timelines
from effdl.plots.style import Picture, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = ["array", "array_frame", "column", "encoder", "encoder_frame"]

ROWS, SEED, MOST_CYCLES = 48, 5, 20_000
Encode = Callable[..., tuple[list[int], list[int]]]
Plan = Callable[[Tensor, int], tuple[Tensor, int]]


def column(percent: int) -> list[int]:
    """The widget's column: so many percent of its 48 rows are zero; raising the share only removes codes.

    Shapes: -> 48 codes
    Source: ours
    """
    generator = torch.Generator().manual_seed(SEED)
    codes, order = torch.randint(1, 16, (ROWS,), generator=generator), torch.randperm(ROWS, generator=generator)
    codes[order[: round(ROWS * percent / 100)]] = 0
    return codes.tolist()


def encoder_frame(percent: int, index_bits: int, encode_column: Encode) -> Frame:
    """The column in entries, by the function given, and their bits.

    Shapes: none
    Source: ours
    """
    codes = column(percent)
    v, z = encode_column(torch.tensor(codes), index_bits)
    v, z = [int(code) for code in v], [int(zeros) for zeros in z]
    fig, ax = panels(height=1.7)
    n_padding = draw_column(ax, codes, v, z)
    n_code = sum(code != 0 for code in codes)
    words = (
        f"{percent} % zeros, index_bits = {index_bits}: {len(v)} entries for {n_code} codes, {n_padding} padding; "
        f"{len(v)} x (4 + {index_bits}) = {len(v) * (4 + index_bits)} bits, dense {4 * ROWS}"
    )
    ax.set_title(words, fontsize=8)
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def encoder(encode_column: Encode) -> Picture:
    """Show the encoder on your function (zeros, bits of index); returns the static figure of three widths at 85 %.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "percent": widgets.IntSlider(value=85, min=0, max=100, step=5, description="zeros (%)"),
        "index_bits": widgets.IntSlider(value=2, min=1, max=6, step=1, description="index (bits)"),
    }

    def draw(by: Encode, percent: int, index_bits: int) -> Frame:
        return encoder_frame(percent, index_bits, by)

    hang_controls(controls, draw, encode_column, eie.encode_column)
    codes = column(85)
    return encoded_columns(codes, {bits: eie.encode_column(torch.tensor(codes), bits) for bits in (1, 2, 4)})


def array_frame(work: Tensor, fifo_depth: int, pe_schedule: Plan, name: str = "") -> Frame:
    """The timeline of the function given, and what it can be at best.

    Shapes: work (n, n_pe)
    Raises: ValueError if the function needs more than 20,000 cycles
    Source: ours
    """
    start, cycles = pe_schedule(work.clone(), fifo_depth)
    cycles = int(cycles)
    if not 0 <= cycles <= MOST_CYCLES:
        raise ValueError(f"pe_schedule gives {cycles} cycles for {int(work.sum())} entries")
    fig, ax = panels(height=2.4)
    busy = draw_timeline(ax, work, torch.as_tensor(start), cycles)
    n, n_pe = work.shape
    words = (
        f"{name}{n_pe} elements, queues of {fifo_depth}: {cycles} cycles, {100 * busy:.0f} % busy; {n} broadcasts, "
        f"fullest element {int(work.sum(0).max())} entries, mean {float(work.sum(0).float().mean()):.0f}"
    )
    ax.set_title(words, fontsize=8)
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def array(pe_schedule: Plan, matrices: Mapping[str, tuple[Tensor, Tensor]]) -> Picture:
    """Show the array on your function (matrix, elements, queue); returns the static figure of three depths.

    Shapes: {name: (codes (rows, cols), a (cols,))}
    Source: ours
    """
    import ipywidgets as widgets

    first = next(iter(matrices))

    @lru_cache(maxsize=16)
    def work(matrix: str, n_pe: int) -> Tensor:
        codes, a = matrices[matrix]
        return pe.pe_work(eie.interleave(codes, n_pe, eie.encode_column), a)

    controls = {
        "matrix": widgets.SelectionSlider(options=list(matrices), value=first, description="matrix"),
        "n_pe": widgets.SelectionSlider(options=(2, 4, 8, 16, 32), value=8, description="elements"),
        "depth": widgets.IntSlider(value=1, min=1, max=16, step=1, description="queue (places)"),
    }

    def draw(by: Plan, matrix: str, n_pe: int, depth: int) -> Frame:
        return array_frame(work(matrix, n_pe), depth, by, f"{matrix}, ")

    hang_controls(controls, draw, pe_schedule, pe.pe_schedule)
    eight = work(first, 8)
    return timelines(eight, {depth: pe.pe_schedule(eight, depth) for depth in (1, 2, 8)})
