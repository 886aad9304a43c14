"""Count what a network costs: parameters, multiply-accumulates, bytes, milliseconds.

A MAC is one multiplication with its addition; FLOPs = 2 x MACs. A convolution does co ho wo (ci / groups) kh kw MACs
for an image, a linear layer ci co. Stored bytes count the values that are kept and what is needed to find them again:
with 32-bit values and half of 1,000 weights kept, a bitmask takes 2000 + 125 bytes and 16-bit indices 2000 + 1000,
where dense storage takes 4000.

What this leaves out: additions of biases, normalization, activations and pooling (about 1 % of the operations of our
networks), and everything that latency depends on beside arithmetic, which is why latency is measured.

Sources: Han, Mao and Dally 2016, Deep Compression, section 2, arXiv:1510.00149 (values and indices); Mishra et al.
2021, arXiv:2104.08378 (2 bits of metadata for each value kept of 2:4).
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

__all__ = ["FORMATS", "Latency", "flops", "latency_ms", "macs", "network_bytes", "parameters", "stored_bytes"]

FORMATS = ("dense", "bitmask", "index16", "n:m", "compact")


class Latency(NamedTuple):
    """The median of repeated runs and their interquartile range, in milliseconds."""

    median_ms: float
    spread_ms: float


def parameters(net: nn.Module) -> int:
    """The number of trainable values; running statistics of batch normalization are not among them.

    Source: ours

    >>> parameters(nn.Linear(4, 3))
    15
    """
    return sum(weight.numel() for weight in net.parameters())


def macs(net: nn.Module, input_shape: tuple[int, ...]) -> int:
    """Multiply-accumulates of all Conv2d and Linear layers for one input; `input_shape` has no batch axis.

    Raises: ValueError if input_shape is not what the network takes
    Source: ours; tested against torch.utils.flop_counter

    >>> macs(nn.Conv2d(2, 4, 3, padding=1), (2, 10, 10))
    7200
    """
    counts: list[int] = []

    def count(layer: nn.Module, _inputs: object, output: Tensor) -> None:
        counts.append(output.numel() * layer.weight[0].numel())

    layers = [module for module in net.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    handles = [layer.register_forward_hook(count) for layer in layers]
    modes = [(module, module.training) for module in net.modules()]
    try:
        net.eval()
        with torch.no_grad():
            net(torch.zeros(1, *input_shape))
    except RuntimeError as problem:
        raise ValueError(f"macs: the network does not take one input of shape {input_shape}: {problem}") from problem
    finally:
        for handle in handles:
            handle.remove()
        for module, training in modes:
            module.training = training
    return sum(counts)


def flops(net: nn.Module, input_shape: tuple[int, ...]) -> int:
    """Floating-point operations for one input: 2 x MACs, a multiplication and an addition each.

    Source: ours
    """
    return 2 * macs(net, input_shape)


def stored_bytes(
    weight: Tensor, mask: Tensor | None = None, *, format: str = "dense", value_bits: int = 32, m: int = 4
) -> int:
    """Bytes that a pruned weight takes on disk: its kept values and what it needs to find them again.

    "dense" stores all values, zeros too. "bitmask" adds one bit for each group of the mask, "index16" 16 bits for each
    group that is kept, "n:m" ceil(log2 m) bits for each value that is kept. "compact" stores kept filters and nothing
    else: the layer is smaller. A mask of fewer axes has one entry for each group: (co, ci) marks whole kernels.

    Shapes: weight (co, ci, kh, kw), mask bool, True = kept, the first 1-4 axes of weight's shape
    Raises: ValueError if format or the mask's shape does not fit
    Source: Han et al. 2016, arXiv:1510.00149; Mishra et al. 2021, arXiv:2104.08378

    >>> stored_bytes(torch.ones(4, 4, 1, 1), torch.eye(4) > 0, format="bitmask")
    18
    """
    if format not in FORMATS:
        raise ValueError(f"stored_bytes: format must be one of {FORMATS}, got {format!r}")
    if format == "dense":
        return math.ceil(weight.numel() * value_bits / 8)
    if mask is None or mask.dtype != torch.bool or mask.shape != weight.shape[: mask.ndim] or mask.ndim == 0:
        shape = None if mask is None else tuple(mask.shape)
        raise ValueError(f"stored_bytes: mask {shape} must be bool, the first axes of weight {tuple(weight.shape)}")
    n_kept = int(mask.sum())
    value_bits_kept = n_kept * (weight.numel() // mask.numel()) * value_bits
    return math.ceil((value_bits_kept + _index_bits(mask, n_kept, format, m)) / 8)


def network_bytes(
    net: nn.Module,
    masks: Mapping[str, Tensor] | None = None,
    *,
    format: str = "dense",
    value_bits: int = 32,
    m: int = 4,
) -> int:
    """Bytes of a whole network: masked layers by `stored_bytes`, everything else dense, running statistics included.

    Shapes: masks {layer name: mask of its weight}, True = kept
    Raises: ValueError if a name of masks is no layer of the network
    Source: ours
    """
    masks = {f"{name}.weight": mask for name, mask in (masks or {}).items()}
    values = {name: value for name, value in net.state_dict().items() if value.is_floating_point()}
    if unknown := set(masks) - set(values):
        raise ValueError(f"network_bytes: masks for {sorted(unknown)}, which the network does not have")
    return sum(
        stored_bytes(value, masks[name], format=format, value_bits=value_bits, m=m)
        if name in masks
        else stored_bytes(value, value_bits=value_bits)
        for name, value in values.items()
    )


def latency_ms(net: nn.Module, x: Tensor, *, repeats: int = 30) -> Latency:
    """Median time of a forward pass on one thread, after three runs to warm up; the network is run in eval mode.

    Shapes: x as the network takes it
    Raises: ValueError if repeats < 2
    Source: ours
    """
    if repeats < 2:
        raise ValueError(f"latency_ms: repeats must be at least 2, got {repeats}")
    threads, was_training = torch.get_num_threads(), net.training
    times_ms = []
    try:
        torch.set_num_threads(1)
        net.eval()
        with torch.no_grad():
            for _ in range(3 + repeats):
                start = time.perf_counter()
                net(x)
                times_ms.append(1000 * (time.perf_counter() - start))
    finally:
        torch.set_num_threads(threads)
        net.train(was_training)
    first, median, third = statistics.quantiles(times_ms[3:], n=4)
    return Latency(median, third - first)


def _index_bits(mask: Tensor, n_kept: int, format: str, m: int) -> int:
    if format == "bitmask":
        return mask.numel()
    if format == "index16":
        if mask.numel() > 2**16:
            raise ValueError(f"stored_bytes: index16 reaches 65536 groups, the mask has {mask.numel()}")
        return 16 * n_kept
    if format == "n:m":
        if mask.ndim != 4 or mask.shape[1] % m or mask.unflatten(1, (-1, m)).sum(2).unique().numel() != 1:
            raise ValueError(f"stored_bytes: mask {tuple(mask.shape)} is not n:{m} along input channels")
        return n_kept * math.ceil(math.log2(m))
    if mask.ndim != 1:
        raise ValueError(f"stored_bytes: compact needs a mask of whole filters (co,), got {tuple(mask.shape)}")
    return 0
