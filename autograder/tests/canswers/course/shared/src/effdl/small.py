"""One reference in Python, beside one in C."""

from __future__ import annotations

__all__ = ["axpy_macs"]


def axpy_macs(n: int, times: int) -> int:
    """Multiply-accumulates of so many calls of axpy.

    Source: ours
    """
    return n * times
