"""Three references that run in no time: a float result, a mask whose ties are left open, a class."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["RunningMean", "row_scales", "top_mask"]


def row_scales(w: Tensor, *, bits: int) -> Tensor:
    """Scale of each row: max|w| / (2^(bits-1) - 1); a row of zeros gets scale 1.

    Shapes: w (rows, cols) -> (rows,)
    Raises: ValueError if bits < 2
    Source: Jacob et al. 2018, arXiv:1712.05877

    >>> row_scales(torch.tensor([[7.0, -14.0], [0.0, 0.0]]), bits=4)
    tensor([2., 1.])
    """
    if bits < 2:
        raise ValueError(f"row_scales: bits must be at least 2, not {bits}")
    # a scale of 0 would divide by zero when the row is quantized
    largest = w.abs().amax(dim=1)
    scale = largest / (2 ** (bits - 1) - 1)
    return torch.where(largest == 0, torch.ones_like(scale), scale)


def top_mask(scores: Tensor, n_keep: int) -> Tensor:
    """Mask (True = kept) of the `n_keep` highest scores; which of equal scores stay is left open.

    Shapes: scores (n,) -> (n,), bool
    Source: Han et al. 2015, arXiv:1506.02626
    """
    mask = torch.zeros(scores.shape, dtype=torch.bool)
    mask[scores.argsort(descending=True)[:n_keep]] = True
    return mask


class RunningMean:
    """The mean of the values seen so far, without keeping them."""

    def __init__(self) -> None:
        self.total = 0.0
        self.count = 0

    def add(self, value: float) -> None:
        """Take one more value into account."""
        self.total += value
        self.count += 1

    def mean(self) -> float:
        """The mean of all values added.

        Raises: ValueError if there is none
        """
        if self.count == 0:
            raise ValueError("RunningMean.mean: no value was added")
        return self.total / self.count

    def reset(self) -> None:
        """Forget all values."""
        self.total, self.count = 0.0, 0
