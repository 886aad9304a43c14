"""Take out of a network what a pruning criterion needs: activations, gradients and input patches.

Layers are named as in `net.named_modules()`: "blocks.0.conv1". Each function runs the network in eval mode, so that one
image does not change another's result through batch normalization, and leaves no hook, gradient or mode behind. A
convolution at one position is a product: y[o] = sum over c, k of w[o, c, k] x[c, k], with the kernel's kh kw taps as k.

What this leaves out: layers that are called more than once in a forward pass (the last call counts), and batches that
do not fit into memory; per-sample gradients take n times the memory of the weights.

Sources: Hu et al. 2016, arXiv:1607.03250 (activations); Molchanov et al. 2019, arXiv:1906.10771 (gradients); He, Zhang
and Sun 2017, section 3.1, arXiv:1707.06168 (patches).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap

__all__ = ["activations", "patches", "per_sample_gradients"]

CHUNK = 64


def activations(net: nn.Module, names: Sequence[str], x: Tensor) -> dict[str, Tensor]:
    """What the named layers put out for `x`, by name.

    Shapes: x (n, ...) -> each (n, ...)
    Raises: ValueError if the network has no layer of a name, or does not call it
    Source: ours
    """
    outputs: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[..., None]:
        return lambda _layer, _inputs, output: outputs.update({name: output})

    _run(net, x, [_layer(net, name).register_forward_hook(keep(name)) for name in names])
    return {name: _called(outputs, name) for name in names}


def per_sample_gradients(
    net: nn.Module, names: Sequence[str], x: Tensor, y: Tensor, loss: Callable[[Tensor, Tensor], Tensor] | None = None
) -> dict[str, Tensor]:
    """The gradient of the loss with respect to the named layers' weights, one for each example.

    `loss(logits (1, classes), labels (1,))` gives a scalar; without one it is the cross entropy.

    Shapes: x (n, ...), y (n,) -> each (n, *weight.shape)
    Raises: ValueError if the network has no layer of a name, or x and y differ in length
    Source: PyTorch's tutorial on per-sample gradients with torch.func
    """
    if len(x) != len(y):
        raise ValueError(f"per_sample_gradients: x has {len(x)} examples, y has {len(y)}")
    loss = loss or nn.functional.cross_entropy
    weights = {f"{name}.weight": _layer(net, name).weight.detach() for name in names}

    def loss_of(changed: dict[str, Tensor], image: Tensor, label: Tensor) -> Tensor:
        return loss(functional_call(net, changed, (image[None],)), label[None])

    with _evaluating(net):
        found = vmap(grad(loss_of), in_dims=(None, 0, 0), chunk_size=CHUNK)(weights, x, y)
    return {name: found[f"{name}.weight"].detach() for name in names}


def patches(
    net: nn.Module, name: str, x: Tensor, *, n_samples: int, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Input patches of a convolution at random positions, and its outputs there without the bias.

    Positions are drawn without replacement from all images and places; k = kh kw.

    Shapes: x (n, ...) -> inputs (n_samples, ci, k), outputs (n_samples, co)
    Raises: ValueError if the layer is no plain Conv2d (groups=1, zero padding), or there are fewer positions
    Source: He et al. 2017, section 3.1, arXiv:1707.06168
    """
    conv = _layer(net, name)
    if not isinstance(conv, nn.Conv2d) or conv.groups != 1 or conv.padding_mode != "zeros" or conv.padding == "same":
        raise ValueError(f"patches: {name!r} must be a Conv2d with groups=1 and zero padding, got {conv}")
    inputs: list[Tensor] = []
    _run(net, x, [conv.register_forward_pre_hook(lambda _layer, args: inputs.append(args[0]))])
    padding = 0 if conv.padding == "valid" else conv.padding
    taps = nn.functional.unfold(inputs[-1], conv.kernel_size, conv.dilation, padding, conv.stride)
    # (n, ci * k, place) -> (n * place, ci * k)
    taps = taps.transpose(1, 2).flatten(0, 1)
    if n_samples > len(taps):
        raise ValueError(f"patches: n_samples={n_samples}, but {name!r} has {len(taps)} positions on these images")
    chosen = taps[torch.randperm(len(taps), generator=generator)[:n_samples]]
    weight = conv.weight.detach().flatten(1)
    return chosen.unflatten(1, (conv.in_channels, -1)), chosen @ weight.T


def _run(net: nn.Module, x: Tensor, handles: list[torch.utils.hooks.RemovableHandle]) -> None:
    try:
        with _evaluating(net), torch.no_grad():
            net(x)
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _evaluating(net: nn.Module) -> Iterator[None]:
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def _layer(net: nn.Module, name: str) -> nn.Module:
    layers = dict(net.named_modules())
    if name not in layers:
        raise ValueError(f"capture: the network has no layer {name!r}; it has {sorted(filter(None, layers))}")
    return layers[name]


def _called(outputs: dict[str, Tensor], name: str) -> Tensor:
    if name not in outputs:
        raise ValueError(f"capture: the layer {name!r} is not called in the forward pass")
    return outputs[name]
