"""Lay a four-dimensional tensor out in memory: which element is whose neighbor.

Memory is one long row. A layout names the axes from the slowest to the fastest: in NCHW the next element in memory is
the next pixel of the row (w + 1), in NHWC the next channel of the pixel, in CHWN the same value of the next image. The
position of an element follows from walking the axes in that order: position = position * size of the axis + index. For
two channels of 2 x 3 pixels, (n, c, h, w) = (0, 1, 0, 2) is at 8 in NCHW, at 5 in NHWC.

This leaves out padding of rows to a multiple of some width and blocked layouts such as NCHW8c, which vector units like.

Sources: PyTorch's channels_last tutorial (NCHW, NHWC); Krizhevsky 2014, cuda-convnet2 (CHWN); Lai et al. 2018,
CMSIS-NN, arXiv:1801.06601 (HWC on microcontrollers).
"""

from __future__ import annotations

import numpy as np

__all__ = ["LAYOUTS", "convert_layout", "offset", "strides", "walk"]

LAYOUTS = ("NCHW", "NHWC", "CHWN")

Four = tuple[int, int, int, int]


def offset(index: Four, shape: Four, layout: str) -> int:
    """The place in memory of the element (n, c, h, w) of a tensor of N images, C channels, H rows and W columns.

    The layout names the axes from the slowest to the fastest; the first element is at 0. Index and shape come in the
    order n, c, h, w whatever the layout is.

    Raises: ValueError if layout is not NCHW, NHWC or CHWN, or an index does not lie in 0..size - 1
    Source: the arithmetic of every tensor library; Lai et al. 2018, arXiv:1801.06601

    >>> offset((0, 1, 0, 2), (1, 2, 2, 3), "NCHW"), offset((0, 1, 0, 2), (1, 2, 2, 3), "NHWC")
    (8, 5)
    """
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for axis in layout:
        at = "NCHW".index(axis)
        position = position * shape[at] + index[at]
    return position


def strides(shape: Four, layout: str) -> Four:
    """How far apart in memory neighbors along n, c, h and w are, in elements.

    Raises: ValueError if layout is not NCHW, NHWC or CHWN
    Source: the meaning of `torch.Tensor.stride`

    >>> strides((1, 2, 2, 3), "NHWC")
    (12, 1, 6, 2)
    """
    axes = _axes(layout)
    step, found = 1, [0, 0, 0, 0]
    for axis in reversed(axes):
        found[axis], step = step, step * shape[axis]
    return tuple(found)


def convert_layout(flat: np.ndarray, shape: Four, source: str, target: str) -> np.ndarray:
    """The same tensor in another layout: a copy of memory, element by element.

    Shapes: flat (N * C * H * W,) in `source`; shape (N, C, H, W) -> (N * C * H * W,) in `target`
    Raises: ValueError if a layout is unknown or flat does not hold N * C * H * W elements
    Source: ours; it is `numpy.transpose`

    >>> convert_layout(np.arange(6), (1, 2, 1, 3), "NCHW", "NHWC").tolist()
    [0, 3, 1, 4, 2, 5]
    """
    if flat.shape != (np.prod(shape),):
        raise ValueError(f"convert_layout: {flat.shape} elements do not fill the shape {tuple(shape)}")
    before, after = _axes(source), _axes(target)
    # (N * C * H * W,) -> one axis a letter of source -> one axis a letter of target
    block = flat.reshape([shape[axis] for axis in before])
    return block.transpose([before.index(axis) for axis in after]).reshape(-1)


def walk(shape: Four, layout: str, how: str) -> np.ndarray:
    """The places that a convolution reads, in its order, from a tensor of this layout.

    "pointwise" reads all channels of a pixel, pixel by pixel; "depthwise" the 3 x 3 window of one channel around each
    inner pixel, channel by channel; "batch" the same value of all images, value by value.

    Shapes: shape (N, C, H, W), H and W at least 3 for "depthwise" -> (reads,), places in elements
    Raises: ValueError if layout or how is unknown
    Source: the choice of layouts in TinyEngine, Lin et al. 2020, arXiv:2007.10319

    >>> walk((1, 2, 1, 2), "NCHW", "pointwise").tolist(), walk((1, 2, 1, 2), "NHWC", "pointwise").tolist()
    ([0, 2, 1, 3], [0, 1, 2, 3])
    """
    # (N * C * H * W) places -> (N, C, H, W)
    places = np.tensordot(strides(shape, layout), np.indices(shape), axes=1)
    if how == "pointwise":
        return places.transpose(0, 2, 3, 1).reshape(-1)
    if how == "batch":
        return places.transpose(1, 2, 3, 0).reshape(-1)
    if how == "depthwise":
        # (N, C, H, W) -> (N, C, H - 2, W - 2, 3, 3)
        return np.lib.stride_tricks.sliding_window_view(places, (3, 3), axis=(2, 3)).reshape(-1)
    raise ValueError(f"walk: how must be pointwise, depthwise or batch, not {how!r}")


def _axes(layout: str) -> list[int]:
    if layout not in LAYOUTS:
        raise ValueError(f"layout must be one of {', '.join(LAYOUTS)}, not {layout!r}")
    return ["NCHW".index(letter) for letter in layout]
