"""Quantize a whole language model: find what its layers read, smooth it, round it, and count its bytes.

Everything works on copies of an `effdl.lm.LM`. `inputs` runs calibration text and keeps, for each linear layer, the
largest |x| of each input channel and a sample of rows. `w8a8` replaces each linear layer by an 8-bit integer product;
`weight_only` replaces each weight by what a function makes of it. A model of 1.18 M weights at 4 bits in groups of 128
takes 4.125 bits for each of them, and 16 for the embedding and the norms.

What this leaves out: layers that are calibrated on the already quantized layers before them, as GPTQ does; embedding
and output layer, attention and norms stay in floats.

Sources: Xiao et al. 2023, SmoothQuant, arXiv:2211.10438; Lin et al. 2024, AWQ, arXiv:2306.00978.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from effdl import lm, smoothquant

__all__ = [
    "IntegerLinear",
    "Seen",
    "induce",
    "inputs",
    "outlier_ratio",
    "smooth",
    "stored_bytes",
    "w8a8",
    "weight_only",
]


class Seen(NamedTuple):
    """What a layer read on calibration text: the largest |x| of each channel (ci,), and rows x (n, ci)."""

    absmax: Tensor
    sample: Tensor


def inputs(net: lm.LM, rows: Tensor, *, n_sample: int = 512) -> dict[str, Seen]:
    """What each linear layer reads while `net` predicts `rows`: {layer: Seen}; the sample is spread evenly.

    Shapes: rows (n, T), int64 -> absmax (ci,), sample (at most n_sample, ci)
    Source: Xiao et al. 2023, section 4, arXiv:2211.10438 (calibration)
    """
    read: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[..., None]:
        return lambda _layer, args: read.update({name: args[0].flatten(0, -2)})

    handles = [layer.register_forward_pre_hook(keep(name)) for name, layer in lm.linears(net).items()]
    try:
        with torch.no_grad():
            net(rows)
    finally:
        for handle in handles:
            handle.remove()
    every = math.ceil(rows.numel() / n_sample)
    return {name: Seen(x.abs().amax(0), x[::every].clone()) for name, x in read.items()}


def outlier_ratio(absmax: Tensor) -> float:
    """How far the largest channel stands above the middle one: max over median of the channels' largest |x|.

    Shapes: absmax (ci,)
    Source: ours

    >>> outlier_ratio(torch.tensor([1.0, 2.0, 60.0]))
    30.0
    """
    return (absmax.max() / absmax.median()).item()


def induce(net: lm.LM, *, fraction: float = 0.025, factor: float = 30.0, generator: torch.Generator) -> lm.LM:
    """A copy that computes the same function with outliers: some channels of the norms up, what reads them down.

    In each block the given fraction of the channels of n1, of n2 and of the hidden layer (one at least), drawn by lot,
    is multiplied by `factor`; the columns that read them are divided by it. Small models have no outliers of their own;
    this gives them those of large ones.

    Error:  the outputs differ by rounding alone
    Source: ours, the inverse of SmoothQuant's smoothing
    """
    changed = copy.deepcopy(net)
    for block in changed.blocks:
        for owner, readers in _pairs(block):
            s = torch.ones(len(owner))
            n_channels = max(1, round(fraction * len(s)))
            s[torch.randperm(len(s), generator=generator)[:n_channels]] = 1 / factor
            _move_(owner, readers, s)
    return changed


def smooth(net: lm.LM, seen: dict[str, Seen], alpha: float) -> lm.LM:
    """A copy that computes the same function with smoothed activations: the readers of a norm share its scales.

    The hidden layer, silu(gate) * up, is smoothed through the rows of `up`. What `o` reads is left as it is.

    Error:  the outputs differ by rounding alone
    Raises: ValueError if alpha is outside [0, 1]
    Source: Xiao et al. 2023, section 4, arXiv:2211.10438
    """
    changed = copy.deepcopy(net)
    for i, block in enumerate(changed.blocks):
        for (owner, readers), name in zip(_pairs(block), ("q", "gate", "down"), strict=True):
            stacked = torch.cat([reader.weight.data for reader in readers])
            s = smoothquant.smooth_scales(seen[f"blocks.{i}.{name}"].absmax, stacked, alpha)
            _move_(owner, readers, s)
    return changed


class IntegerLinear(nn.Module):
    """A linear layer without bias whose product runs in 8-bit integers, by `smoothquant.w8a8_linear`."""

    def __init__(self, weight: Tensor, activations: str) -> None:
        super().__init__()
        self.weight, self.activations = nn.Parameter(weight, requires_grad=False), activations

    def forward(self, x: Tensor) -> Tensor:
        return smoothquant.w8a8_linear(x.flatten(0, -2), self.weight, self.activations).unflatten(0, x.shape[:-1])


def w8a8(net: lm.LM, activations: str = "tensor") -> lm.LM:
    """A copy whose linear layers multiply 8-bit integers; one scale for the activations of a batch, or for each token.

    Raises: ValueError, when the copy is run, if activations is neither "tensor" nor "token"
    Source: Xiao et al. 2023, section 5, arXiv:2211.10438
    """
    changed = copy.deepcopy(net)
    for name, layer in lm.linears(changed).items():
        parent, _, own = name.rpartition(".")
        setattr(changed.get_submodule(parent), own, IntegerLinear(layer.weight.data, activations))
    return changed


def weight_only(net: lm.LM, change: Callable[[str, Tensor], Tensor]) -> lm.LM:
    """A copy whose linear layers have the weights change(name, weight).

    Shapes: change maps (co, ci) to (co, ci)
    Source: ours
    """
    changed = copy.deepcopy(net)
    with torch.no_grad():
        for name, layer in lm.linears(changed).items():
            layer.weight.copy_(change(name, layer.weight.detach()))
    return changed


def stored_bytes(
    net: lm.LM, bits: int = 16, group_size: int = 0, *, kept: dict[str, int] | None = None, scaled: bool = False
) -> int:
    """Bytes of a model on disk: linear weights of `bits` bits, their 16-bit scales, all else in 16 bits.

    group_size 0 means one scale for each row; at 16 bits there are none. `kept` counts input channels that stay in 16
    bits, each with a 16-bit index; their place among the integers is not stored. `scaled` adds AWQ's 16-bit s of each
    input channel, which a kernel could fold away.

    Raises: ValueError if kept names a layer that the model does not have
    Source: ours
    """
    layers, kept = lm.linears(net), kept or {}
    if unknown := set(kept) - set(layers):
        raise ValueError(f"stored_bytes: kept names {sorted(unknown)}, which the model does not have")
    total_bits = 16 * sum(weight.numel() for weight in net.parameters())
    for name, layer in layers.items():
        co, ci = layer.weight.shape
        n_kept = kept.get(name, 0)
        n_scales = 0 if bits >= 16 else co * math.ceil(ci / (group_size or ci))
        total_bits += co * (ci - n_kept) * (bits - 16) + 16 * (n_scales + n_kept + scaled * ci)
    return math.ceil(total_bits / 8)


def _pairs(block: lm.Block) -> Iterable[tuple[Tensor, list[nn.Linear]]]:
    """What can be divided by s: a vector or the rows of a matrix, and the layers that read it."""
    return (
        (block.n1.weight.data, [block.q, block.k, block.v]),
        (block.n2.weight.data, [block.gate, block.up]),
        (block.up.weight.data, [block.down]),
    )


def _move_(owner: Tensor, readers: list[nn.Linear], s: Tensor) -> None:
    rows = owner if owner.dim() == 1 else owner.T
    for reader in readers:
        gain, _, weight = smoothquant.smooth(rows, None, reader.weight.data, s)
        reader.weight.data.copy_(weight)
    owner.copy_(gain if owner.dim() == 1 else gain.T)
