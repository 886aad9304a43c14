"""Run the course's pruned network through EIE's format and its processing elements: densities, loads, cycles.

A convolution is the matrix (co, ci kh kw); its vectors are the patches that it meets on real images, zeros of the
padded border included. If 13 % of the weights and 20 % of the activations are not zero, about 0.13 * 0.20 = 2.6 % of
the dense MACs are left.

What this leaves out: the first convolution, the 1 x 1 shortcuts and the classifier, which are not pruned; biases and
batch normalization; that neighboring patches share activations, which EIE would read again for each.

Sources: Han et al. 2016, EIE, section 6, arXiv:1602.01528; Han et al. 2017, ESE, section 3, arXiv:1612.00694.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from effdl import capture, eie, experiments, masking, pe, pruning
from effdl.data import Split
from effdl.experiments import Stages

__all__ = ["Layer", "balanced_pair", "densities", "image_cycles", "layers", "loads", "shared", "utilizations"]

VALUE_BITS = 4


class Layer(NamedTuple):
    """One convolution as a matrix of codes, some of the vectors that it meets, and how many an image brings."""

    codes: Tensor
    codebook: Tensor
    inputs: Tensor
    places: int


def shared(net: nn.Module) -> nn.Module:
    """A copy of the network whose prunable layers hold 15 shared values each, and zero; the values are 16-bit floats.

    Source: Han, Mao and Dally 2016, section 3, arXiv:1510.00149
    """
    copied = copy.deepcopy(net)
    for w in masking.prunable(copied).values():
        codes, codebook = eie.share_weights(w, VALUE_BITS)
        w.copy_(codebook.half().to(w.dtype)[codes])
    return copied


def layers(net: nn.Module, images: Tensor, *, n_samples: int = 20, seed: int = 0) -> dict[str, Layer]:
    """The prunable layers of a network that `shared` made, each with patches at random places of the images.

    Shapes: images (n, 1, h, w) -> by name: codes (co, ci kh kw), codebook (16,), inputs (n_samples, ci kh kw)
    Source: ours
    """
    found = {}
    for name, w in masking.prunable(net).items():
        generator = torch.Generator().manual_seed(seed)
        inputs, _ = capture.patches(net, name, images, n_samples=n_samples, generator=generator)
        output = capture.activations(net, [name], images[:1])[name]
        codes, codebook = eie.share_weights(w.flatten(1), VALUE_BITS)
        found[name] = Layer(codes, codebook.half().to(w.dtype), inputs.flatten(1), output[0, 0].numel())
    return found


def densities(layer: Layer) -> tuple[float, float, float]:
    """The share of weights that are not 0, of activations, and of the dense MACs whose two factors both are not.

    Shapes: layer.codes (rows, cols), layer.inputs (n, cols)
    Source: Han et al. 2016, table 3, arXiv:1602.01528
    """
    weights, activations = (layer.codes != 0).double(), (layer.inputs != 0).double()
    both = (activations @ weights.T).mean() / layer.codes.shape[1]
    return float(weights.mean()), float(activations.mean()), float(both)


def utilizations(codes: Tensor, inputs: Tensor, n_pes: Sequence[int], fifo_depths: Sequence[int]) -> np.ndarray:
    """Mean utilization over the vectors for each number of elements and each depth of their queues.

    Shapes: codes (rows, cols), inputs (n, cols) -> (n_pes, fifo_depths)
    Source: Han et al. 2016, figures 8 and 13, arXiv:1602.01528
    """
    found = np.zeros((len(n_pes), len(fifo_depths), len(inputs)))
    for i, n_pe in enumerate(n_pes):
        slices = eie.interleave(codes, n_pe, eie.encode_column)
        for k, a in enumerate(inputs):
            work = pe.pe_work(slices, a)
            found[i, :, k] = [pe.utilization(work, pe.pe_schedule(work, depth)[1]) for depth in fifo_depths]
    return found.mean(2)


def loads(mask: Tensor, n_pe: int) -> list[int]:
    """How many weights each element keeps.

    Shapes: mask (rows, cols), bool, True = kept -> n_pe counts
    Source: Han et al. 2017, section 3.2, arXiv:1612.00694

    >>> loads(torch.eye(3) > 0, 2)
    [2, 1]
    """
    return [int(mask[k::n_pe].sum()) for k in range(n_pe)]


def image_cycles(layer: Layer, n_pe: int, fifo_depth: int) -> float:
    """Cycles that the layer takes for an image: the mean over its sampled vectors, times the places of an image.

    Shapes: layer.codes (rows, cols), layer.inputs (n, cols)
    Source: ours
    """
    slices = eie.interleave(layer.codes, n_pe, eie.encode_column)
    cycles = [pe.pe_schedule(pe.pe_work(slices, a), fifo_depth)[1] for a in layer.inputs]
    return layer.places * sum(cycles) / len(cycles)


def balanced_pair(
    net: nn.Module, sparsities: dict[str, float], n_pe: int, seen: Split, held_out: Split, *, seed: int = 0
) -> dict[str, Stages]:
    """Accuracy of the largest weights of each layer, and of the largest of each PE, at the same sparsities.

    Shapes: sparsities {layer: share of zeros}
    Source: Han et al. 2017, section 3.2, arXiv:1612.00694
    """
    w = masking.prunable(net)
    plain = {name: pruning.mask_from_scores(w[name].abs(), share) for name, share in sparsities.items()}
    balanced = {
        name: pe.balanced_mask(w[name].flatten(1), share, n_pe).reshape(w[name].shape)
        for name, share in sparsities.items()
    }
    return {
        kind: experiments.measure(net, masks, seen, held_out, seed=seed)
        for kind, masks in (("plain", plain), ("balanced", balanced))
    }
