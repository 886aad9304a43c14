"""Bound the time of a layer from two numbers of a machine: its peak arithmetic and its memory bandwidth.

A layer does 2 x MACs FLOPs and moves its weights, inputs and outputs. It takes at least FLOPs / peak and at least bytes
/ bandwidth; where the two overlap, the longer one decides (the side that binds). Its intensity, FLOPs / bytes, against
the ridge peak / bandwidth says which. 10^6 MACs and 10^6 bytes on a machine of 10^9 FLOP/s and 10^9 bytes/s take 2 ms
and 1 ms: 2 ms, and compute binds. Weights are read once for a batch, activations once for each of its inputs.

What this leaves out: caches (a tensor that stays in one is not moved), kernels that reach less than the peak, and the
time to start one. It is a bound, not a prediction.

Sources: Williams, Waterman and Patterson 2009, Roofline, doi:10.1145/1498765.1498785.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from effdl.counting import Row

__all__ = ["MACHINES", "Bound", "Machine", "Work", "attainable_flops", "intensity", "roofline_ms", "work_of"]


class Machine(NamedTuple):
    """FLOP/s, a multiply-accumulate being two, and bytes/s from memory."""

    peak_flops: float
    bandwidth: float

    @property
    def ridge(self) -> float:
        """The intensity, in FLOPs for each byte, from which arithmetic binds."""
        return self.peak_flops / self.bandwidth


class Work(NamedTuple):
    """What a layer does for one input: MACs, values of its weights, values of its inputs and outputs."""

    macs: int
    weights: int
    activations: int


class Bound(NamedTuple):
    """A lower bound of the time, and the side that sets it: "compute" or "memory"."""

    ms: float
    side: str


# round figures for orientation: NVIDIA's data sheet of the A100 (float32 without tensor cores, 40 GB); a phone's two
# large cores at 2.8 GHz with two 128-bit multiply-adds a cycle and LPDDR4X; a Cortex-M7 at 216 MHz, one multiply-add a
# cycle, 32-bit SRAM
MACHINES = {
    "data-center GPU": Machine(19.5e12, 1.555e12),
    "phone CPU": Machine(90e9, 30e9),
    "microcontroller": Machine(0.432e9, 0.864e9),
}


def roofline_ms(work: Work, machine: Machine, batch: int = 1, bits: int = 32, overlap: bool = True) -> Bound:
    """The least time, in ms, for a batch of inputs, and the side that takes longer: "compute" or "memory".

    A MAC is 2 FLOPs. Each value has `bits` bits. Weights are moved once for the whole batch, activations once for each
    input. With overlap the time is that of the slower side, without it the sum of both; the side is the slower one
    either way, "compute" if they are equal.

    Shapes: -> Bound(ms, side)
    Units:  machine.peak_flops in FLOP/s, machine.bandwidth in bytes/s, the result in ms
    Source: Williams et al. 2009, doi:10.1145/1498765.1498785

    >>> roofline_ms(Work(10**6, 200_000, 50_000), Machine(1e9, 1e9))
    Bound(ms=2.0, side='compute')
    """
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


def intensity(work: Work, batch: int = 1, bits: int = 32) -> float:
    """FLOPs for each byte that is moved.

    Source: Williams et al. 2009

    >>> intensity(Work(100, 100, 20), bits=8), intensity(Work(100, 100, 20), batch=5, bits=8)
    (1.6666666666666667, 5.0)
    """
    return 2 * batch * work.macs / ((work.weights + batch * work.activations) * bits / 8)


def attainable_flops(flops_per_byte: float, machine: Machine) -> float:
    """The roof: the FLOP/s that a machine can reach at an intensity.

    Source: Williams et al. 2009

    >>> attainable_flops(2, Machine(50, 10)), attainable_flops(8, Machine(50, 10))
    (20, 50)
    """
    return min(machine.peak_flops, flops_per_byte * machine.bandwidth)


def work_of(row: Row) -> Work:
    """The work of a profiled layer; its activations are its inputs and its outputs.

    Source: effdl.counting.profile
    """
    return Work(row.macs, row.parameters, math.prod(row.in_shape) + row.activations)
