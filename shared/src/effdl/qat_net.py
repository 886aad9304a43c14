"""Put fake quantization into a whole network: wrap its layers, calibrate, export, count bytes.

ResNet8's first and last layer keep 8 bits for weights and inputs, the others get what is asked for, W2A8 being 2 bits
for weights and 8 for inputs. PTQ (post-training quantization) watches ranges on some images and stops there; QAT then
trains on. A layer of 1,000 weights in 8 filters at 2 bits takes 250 bytes, and 8 scales 32 more.

This leaves out quantized additions (of a block and its shortcut), the pooling, and ranges chosen otherwise than as the
smallest and largest value seen (`quant` knows no calibration).

Sources: Jacob et al. 2018, arXiv:1712.05877; Krishnamoorthi 2018, arXiv:1806.08342
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from effdl import qat, quant

__all__ = [
    "EDGE_BITS", "calibrate_", "convert", "export", "integers", "layers", "pairs", "replace_",
    "stored_bytes",
]  # fmt: skip

EDGE_BITS = (8, 8)  # weights and inputs of the first and the last layer
CALIBRATION_IMAGES, CALIBRATION_BATCH = 500, 100
Layer = nn.Conv2d | nn.Linear


def layers(net: nn.Module) -> list[str]:
    """The names of a network's convolutions and linear layers, in order.

    Source: ours
    """
    return [name for name, layer in net.named_modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]


def replace_(net: nn.Module, name: str, new: nn.Module) -> None:
    """Put a module in the place of the one of this name.

    Source: `torch.nn.Module.set_submodule`, which older versions lack
    """
    parent, _, own = name.rpartition(".")
    setattr(net.get_submodule(parent), own, new)


def convert(net: nn.Module, bits: tuple[int, int], fake_quantize: Callable = qat.FakeQuantize.apply) -> nn.Module:
    """A copy of the network whose layers are `QATLayer`s: `bits` for weights and inputs, EDGE_BITS at both ends.

    Source: Jacob et al. 2018, section 3, arXiv:1712.05877
    """
    copied = copy.deepcopy(net)
    names = layers(copied)
    for name in names:
        own = EDGE_BITS if name in (names[0], names[-1]) else bits
        replace_(copied, name, qat.QATLayer(copied.get_submodule(name), own, fake_quantize))
    return copied


def calibrate_(net: nn.Module, images: Tensor) -> nn.Module:
    """Watch the ranges of every QATLayer's input on some images; batch normalization and weights stay as they are.

    Shapes: images (n, c, h, w); the first CALIBRATION_IMAGES are used
    Source: Krishnamoorthi 2018, section 3.1.2, arXiv:1806.08342
    """
    net.eval()
    watching = [layer for layer in net.modules() if isinstance(layer, qat.QATLayer)]
    for layer in watching:
        layer.training = True  # its own mode, not that of what it contains
    with torch.no_grad():
        for batch in images[:CALIBRATION_IMAGES].split(CALIBRATION_BATCH):
            net(batch)
    return net.eval()


def integers(net: nn.Module) -> dict[str, Tensor]:
    """What the weights of every QATLayer round to.

    Shapes: -> {layer: like its weight, int32}
    Source: Jacob et al. 2018, section 2.1, arXiv:1712.05877
    """
    found = {}
    for name, layer in net.named_modules():
        if isinstance(layer, qat.QATLayer):
            w = layer.layer.weight.detach()
            scale = quant.symmetric_scale(w, layer.weight_bits, dim=tuple(range(1, w.ndim)))
            found[name] = quant.quantize(w, scale, 0, *quant.qrange(layer.weight_bits))
    return found


def pairs(net: nn.Module) -> Iterator[tuple[str, str]]:
    """Each QATLayer's name with that of the batch normalization behind it, or "".

    "...conv" goes with "...bn" beside it, "...conv1" with "...bn1".

    Source: the names of effdl.nets
    """
    names = {name for name, module in net.named_modules() if isinstance(module, nn.BatchNorm2d)}
    for name, layer in net.named_modules():
        if isinstance(layer, qat.QATLayer):
            parent, _, own = name.rpartition(".")
            norm = f"{parent}.{own.replace('conv', 'bn')}".lstrip(".")
            yield name, norm if norm in names else ""


def export(net: nn.Module) -> nn.Module:
    """A copy of a trained network that runs on integers: `IntegerLayer`s, and no batch normalization.

    Error:  of each layer, |multiplier| / 2 for the rounded bias; a layer further on may then round another way
    Source: Jacob et al. 2018, section 2, arXiv:1712.05877
    """
    copied = copy.deepcopy(net).eval()
    for name, norm in list(pairs(copied)):
        trained = copied.get_submodule(name)
        scale, _ = quant.affine_qparams(trained.low, trained.high, trained.input_bits)
        behind = copied.get_submodule(norm) if norm else _as_norm(trained.layer.bias)
        w = trained.layer.weight.detach()
        # (co, ci) of a linear layer -> (co, ci, 1, 1)
        q, b, m = qat.export_int(w.reshape(*w.shape, *[1] * (4 - w.ndim)), trained.weight_bits, scale, behind)
        replace_(copied, name, qat.IntegerLayer(trained, (q.reshape(w.shape), b, m)))
        if norm:
            replace_(copied, norm, nn.Identity())
    return copied


def stored_bytes(net: nn.Module) -> int:
    """Bytes of a network of QATLayers as `export` leaves it: weights packed to their bits, and what they need.

    For each output channel a float32 multiplier and an int32 bias, for each layer the float32 scale and one byte of
    zero point of its input.

    Source: Jacob et al. 2018, section 2, arXiv:1712.05877
    """
    total = 0
    for layer in net.modules():
        if isinstance(layer, qat.QATLayer):
            w = layer.layer.weight
            total += -(-w.numel() * layer.weight_bits // 8) + 8 * len(w) + 5
    return total


def _as_norm(bias: Tensor) -> nn.BatchNorm2d:
    """A batch norm that adds a bias and does nothing else."""
    norm = nn.BatchNorm2d(len(bias), eps=0.0)
    norm.bias = nn.Parameter(bias.detach().clone())
    return norm.eval()
