"""Count layer by layer: parameters, bytes at mixed precision, multiply-accumulates, shapes of outputs.

A convolution has co (ci / g) kh kw weights, and co biases if it has any; each of its co ho wo outputs takes one
multiply-accumulate (MAC) for each weight of its filter: co ho wo (ci / g) kh kw. A linear layer has co ci weights and
uses each once for each row of its input. With 3 x 3 taps, 64 channels in and out and 56 x 56 outputs that is 36,864
weights and 115.6 million MACs; depthwise (g = 64) 576 and 1.8 million. `effdl.cost` counts a whole network at once.

What this leaves out: additions of biases, normalization, activations, pooling (about 1 % of our networks' operations),
dilation, and kernels, strides or paddings that differ along the two axes (kernels may).

Sources: Sze et al. 2017, Efficient processing of deep neural networks, arXiv:1703.09039; Chollet 2016 (depthwise),
arXiv:1610.02357.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from effdl import shapes

__all__ = ["Layer", "Row", "brief", "count_parameters", "describe", "layer_macs", "model_bytes", "profile"]


def brief(row: tuple) -> str:
    """A named tuple as text, without what has its default value.

    Shapes: none
    Source: ours

    >>> brief(Layer("conv", 2, 3, stride=2))
    "Layer(kind='conv', ci=2, co=3, stride=2)"
    """
    values, defaults = row._asdict(), row._field_defaults
    shown = (f"{name}={value!r}" for name, value in values.items() if name not in defaults or value != defaults[name])
    return f"{type(row).__name__}({', '.join(shown)})"


class Layer(NamedTuple):
    """A convolution or a linear layer, "conv" or "linear"; a depthwise convolution has groups = ci."""

    kind: str
    ci: int
    co: int
    kernel: tuple[int, int] = (1, 1)
    stride: int = 1
    padding: int = 0
    groups: int = 1
    bias: bool = False

    def __repr__(self) -> str:
        return brief(self)


class Row(NamedTuple):
    """What one layer of a network costs for one input, activations being its outputs."""

    name: str
    layer: Layer
    in_shape: tuple[int, ...]
    parameters: int
    macs: int
    activations: int


def count_parameters(layer: Layer) -> int:
    """The weights of a layer, and its biases if `layer.bias`.

    A filter of a convolution with g groups sees ci / g channels. A linear layer has no kernel and no groups.

    Shapes: -> an int
    Raises: ValueError if layer.kind is neither "conv" nor "linear", or groups does not divide ci and co
    Source: Sze et al. 2017, arXiv:1703.09039

    >>> count_parameters(Layer("conv", 64, 128, (3, 3), groups=4)), count_parameters(Layer("linear", 4, 3, bias=True))
    (18432, 15)
    """
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(f"count_parameters: kind must be conv or linear, and groups divide ci and co: {layer}")
    kh, kw = layer.kernel
    weights = layer.co * (layer.ci // layer.groups) * kh * kw
    return weights + (layer.co if layer.bias else 0)


def model_bytes(counts: Mapping[str, int], bits: Mapping[str, int]) -> int:
    """Bytes of a file that holds `counts[name]` numbers of `bits[name]` bits each, one behind the other.

    Names that `bits` lacks have 32 bits. Nothing is padded but the very end, to a whole byte.

    Shapes: counts {name: numbers}, bits {name: bits of one number} -> an int
    Source: Han et al. 2016, arXiv:1510.00149

    >>> model_bytes({"stem": 3, "head": 5, "bn": 1}, {"stem": 4, "head": 2})
    7
    """
    total_bits = sum(count * bits.get(name, 32) for name, count in counts.items())
    return math.ceil(total_bits / 8)


def layer_macs(layer: Layer, in_shape: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """The multiply-accumulates of a layer for one input, and the shape of its output.

    Each output of a convolution takes kh kw ci / groups MACs, also where its window lies over padding; stride and
    padding are the same along both axes. A linear layer acts on the last axis, for every index of the others. There is
    no batch axis, and biases are no MACs.

    Shapes: in_shape (ci, h, w) for "conv" -> (co, ho, wo); (..., ci) for "linear" -> (..., co)
    Raises: ValueError if in_shape does not have ci channels, or features in its last axis
    Source: Sze et al. 2017, arXiv:1703.09039

    >>> layer_macs(Layer("conv", 64, 64, (3, 3), stride=2, padding=1, groups=64), (64, 56, 56))
    (451584, (64, 28, 28))
    """
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(f"layer_macs: an input {in_shape} does not fit {layer}")
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho = shapes.out_size(h, kh, layer.stride, layer.padding)
    wo = shapes.out_size(w, kw, layer.stride, layer.padding)
    return layer.co * ho * wo * kh * kw * layer.ci // layer.groups, (layer.co, ho, wo)


def describe(module: nn.Conv2d | nn.Linear) -> Layer:
    """The numbers of a PyTorch layer.

    Shapes: none
    Raises: ValueError if it dilates, pads in words, or strides and pads differently along the two axes
    Source: ours

    >>> describe(nn.Conv2d(8, 8, 3, stride=2, groups=8, bias=False))
    Layer(kind='conv', ci=8, co=8, kernel=(3, 3), stride=2, groups=8)
    """
    if isinstance(module, nn.Linear):
        return Layer("linear", module.in_features, module.out_features, bias=module.bias is not None)
    stride, padding = module.stride, module.padding
    if isinstance(padding, str) or len({*stride}) > 1 or len({*padding}) > 1 or set(module.dilation) != {1}:
        raise ValueError(f"describe: stride and padding must be alike along both axes, dilation 1, got {module}")
    sizes = (module.in_channels, module.out_channels, tuple(module.kernel_size))
    return Layer("conv", *sizes, stride[0], padding[0], module.groups, module.bias is not None)


def profile(net: nn.Module, input_shape: tuple[int, ...]) -> list[Row]:
    """A row for each convolution and linear layer, in the order in which they run; one that runs twice has two rows.

    Weights may be on the "meta" device: nothing is computed there, so that counting costs no memory.

    Shapes: input_shape without a batch axis
    Raises: ValueError if the network does not take such an input
    Source: ours; tested against torch.utils.flop_counter
    """
    rows: list[Row] = []

    def note(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        layer, in_shape = describe(module), tuple(inputs[0].shape[1:])
        macs, _ = layer_macs(layer, in_shape)
        rows.append(Row(name, layer, in_shape, count_parameters(layer), macs, output[0].numel()))

    handles = [
        module.register_forward_hook(lambda *told, name=name: note(name, *told))
        for name, module in net.named_modules()
        if isinstance(module, (nn.Conv2d, nn.Linear))
    ]
    _run(net, input_shape, handles)
    return rows


def _run(net: nn.Module, input_shape: tuple[int, ...], handles: Sequence[torch.utils.hooks.RemovableHandle]) -> None:
    modes = [(module, module.training) for module in net.modules()]
    try:
        net.eval()
        with torch.no_grad():
            net(torch.zeros(1, *input_shape, device=next(net.parameters()).device))
    except RuntimeError as problem:
        raise ValueError(f"profile: the network does not take one input of {input_shape}: {problem}") from problem
    finally:
        for handle in handles:
            handle.remove()
        for module, training in modes:
            module.training = training
