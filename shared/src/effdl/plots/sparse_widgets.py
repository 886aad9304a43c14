"""Widgets of sparse formats, bound to the student's own functions: what is stored, and how rows share workers.

The format explorer encodes a 32 x 32 matrix by their `dense_to_csr`, `compress_24` and `to_blocked_ell` and counts the
bytes of what comes back; the scheduler lays heavy-tailed rows on workers by their `row_swizzle` and `schedule`.

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from matplotlib.colors import ListedColormap
from torch import Tensor

from effdl import pruning, sparse, sparse_layers, spmm
from effdl.plots.sparse import draw_formats, timeline
from effdl.plots.style import COLORS, PALE, Picture, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = ["explorer_frame", "format_explorer", "scheduler", "scheduler_frame", "stored_bytes"]

SIDE, BYTES = 32, 4  # of a value and of an index; packed indices are bytes
ROWS, BUNDLE = 256, 4
PRINT_DPI = 130
Functions = tuple[Callable, ...]


def stored_bytes(arrays: tuple[Tensor, ...]) -> int:
    """Bytes of a format's arrays: 4 for each value and index, 1 for each byte of packed indices.

    Shapes: arrays of any shape
    Source: ours

    >>> stored_bytes((torch.zeros(3), torch.zeros(2, dtype=torch.uint8)))
    14
    """
    return sum(array.numel() * (1 if array.dtype == torch.uint8 else BYTES) for array in arrays)


def explorer_frame(functions: Functions, percent: int, block: int, how: str) -> Frame:
    """A pruned matrix with the blocks that are stored, beside the bytes of each format.

    Shapes: functions: dense_to_csr, to_blocked_ell, compress_24
    Source: ours
    """
    drawn = _explored(functions, percent, block, how, WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def _explored(functions: Functions, percent: int, block: int, how: str, dpi: int) -> Picture:
    dense_to_csr, to_blocked_ell, compress_24 = functions
    w = _pruned(percent / 100, block if how == "whole blocks" else 1)
    col_blocks, values = to_blocked_ell(w.clone(), block)
    kib = {"dense": BYTES * w.numel(), "CSR": stored_bytes(dense_to_csr(w.clone()))}
    kib["Blocked-ELL"] = stored_bytes((col_blocks, values))
    runs = (w != 0).reshape(SIDE, -1, 4).sum(-1)
    if runs.max() <= 2:
        kib["2:4"] = stored_bytes(compress_24(w.clone()))
    kib = {name: count / 1024 for name, count in kib.items()}
    fig, (left, right) = panels(2, height=2.9, width_ratios=(1, 1.1))
    stored = int((col_blocks >= 0).sum())
    shown = _stored_places(col_blocks, block)
    shown[w.numpy() != 0] = 2
    left.imshow(shown, cmap=ListedColormap(["white", PALE, COLORS[0]]), vmin=0, vmax=2, interpolation="nearest")
    left.set(xticks=[], yticks=[], title=f"{stored} of {(SIDE // block) ** 2} blocks are stored")
    left.grid(False)
    draw_formats(right, kib)
    sizes = ", ".join(f"{name} {size:.1f} KiB" for name, size in kib.items())
    words = (
        f"{percent} % of {how} pruned, blocks of {block} x {block}: {int((w != 0).sum())} values are not zero, "
        f"Blocked-ELL stores {stored} blocks and pads {col_blocks.numel() - stored}; {sizes}"
    )
    return picture(fig, words, dpi=dpi)


def format_explorer(*functions: Callable) -> Picture:
    """Show the explorer on your dense_to_csr, to_blocked_ell and compress_24; returns the frame at 80 %, 4 x 4.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "percent": widgets.IntSlider(value=80, min=0, max=95, step=5, description="sparsity (%)"),
        "block": widgets.SelectionSlider(options=(1, 2, 4, 8), value=4, description="side of a block"),
        "how": widgets.SelectionSlider(options=("single weights", "whole blocks"), description="what is pruned"),
    }
    references = (sparse.dense_to_csr, sparse.to_blocked_ell, sparse.compress_24)
    hang_controls(controls, explorer_frame, functions, references)
    return _explored(references, 80, 4, "single weights", PRINT_DPI)


def scheduler_frame(functions: Functions, variation: float, workers: int) -> Frame:
    """Rows of heavy-tailed lengths on workers: in the order they stand, shortest first, and swizzled.

    Shapes: functions: row_swizzle, schedule
    Source: ours
    """
    drawn = _timelines(functions, variation, workers, WIDGET_DPI)
    return Frame(drawn.png, drawn.alt)


def scheduler(*functions: Callable) -> Picture:
    """Show the scheduler on your row_swizzle and schedule (variation, workers); returns the frame at 0.6 and 8.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "variation": widgets.FloatSlider(value=0.6, min=0, max=2, step=0.2, description="variation of row lengths"),
        "workers": widgets.IntSlider(value=8, min=2, max=32, step=2, description="workers"),
    }
    references = (spmm.row_swizzle, spmm.schedule)
    hang_controls(controls, scheduler_frame, functions, references)
    return _timelines(references, 0.6, 8, PRINT_DPI)


def _timelines(functions: Functions, variation: float, workers: int, dpi: int) -> Picture:
    row_swizzle, schedule = functions
    lengths = sparse_layers.heavy_tailed(ROWS, variation)
    longest_first = row_swizzle(lengths.clone())
    orders = {"as they stand": torch.arange(ROWS), "shortest first": longest_first.flip(0), "swizzled": longest_first}
    found = {}
    for name, order in orders.items():
        runs = schedule(lengths.clone(), order, BUNDLE, workers)
        found[name] = (runs, spmm.utilization(lengths, runs, BUNDLE, workers))
    return timeline(found, workers, dpi=dpi)


def _pruned(sparsity: float, block: int) -> Tensor:
    w = torch.randn(SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    tiles = w.reshape(SIDE // block, block, SIDE // block, block).square().sum((1, 3))
    mask = pruning.mask_from_scores(tiles, sparsity)
    return w * mask.repeat_interleave(block, 0).repeat_interleave(block, 1)


def _stored_places(col_blocks: Tensor, block: int) -> np.ndarray:
    """1 where a block is stored, 0 elsewhere."""
    shown = np.zeros((SIDE, SIDE))
    for row, columns in enumerate(col_blocks.tolist()):
        for column in filter(lambda each: each >= 0, columns):
            shown[row * block : (row + 1) * block, column * block : (column + 1) * block] = 1
    return shown
