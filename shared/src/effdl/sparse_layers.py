"""Look at a network's convolutions as sparse matrices: their rows, their bytes, and what pruning to a format costs.

A convolution of co filters over ci channels of kh x kw is a matrix of co rows and ci kh kw columns, times the windows
that it sees, one a column. 64 filters of 64 x 3 x 3 weights are 64 x 576; with one weight in ten left a row has 58
entries on average, some rows twice as many.

This leaves out the order of the columns, which the formats could choose: 2:4 wants runs of input channels (here the
channel is the slowest axis of a row), so that `as_24_matrix` lays a row out with the channel as the fastest.

Sources: Chetlur et al. 2014, cuDNN, arXiv:1410.0759 (convolution as a product); Mishra et al. 2021, arXiv:2104.08378
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from effdl import capture, experiments, fkw, masking, pruning, storage
from effdl.data import Split
from effdl.experiments import Stages

__all__ = [
    "as_24_matrix", "half_masks", "heavy_tailed", "matrices", "measure", "network_kib", "sizes_kib", "stored_share",
    "windows",
]  # fmt: skip

BITS_PER_KIB = 8 * 1024


def matrices(net: nn.Module) -> dict[str, Tensor]:
    """The weights that are pruned, by layer, as matrices of one row a filter.

    Shapes: -> each (co, ci kh kw)
    Source: Chetlur et al. 2014, arXiv:1410.0759
    """
    return {name: weight.flatten(1) for name, weight in masking.prunable(net).items()}


def windows(net: nn.Module, name: str, images: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """What a convolution is multiplied with on real images, n windows drawn from all, one a column, and its outputs.

    Shapes: images (n_image, c, h, w) -> (ci kh kw, n), (co, n)
    Raises: ValueError if the images hold fewer windows
    Source: Chetlur et al. 2014, arXiv:1410.0759
    """
    drawn, outputs = capture.patches(net, name, images, n_samples=n, generator=torch.Generator().manual_seed(0))
    return drawn.flatten(1).T.contiguous(), outputs.T.contiguous()


def as_24_matrix(w: Tensor) -> Tensor:
    """A weight as a matrix in which runs of four input channels at one place of the kernel are neighbors.

    Shapes: w (co, ci, kh, kw) -> (co, kh kw ci)
    Source: Mishra et al. 2021, section 3, arXiv:2104.08378

    >>> as_24_matrix(torch.arange(8).reshape(1, 4, 1, 2))
    tensor([[0, 2, 4, 6, 1, 3, 5, 7]])
    """
    return w.permute(0, 2, 3, 1).flatten(1)


def sizes_kib(w: Tensor, *, block: int = 8, value_bits: int = 32, index_bits: int = 32) -> dict[str, float]:
    """KiB that a matrix takes in each format, values and all that is needed to find them.

    Shapes: w (m, k)
    Source: effdl.storage
    """
    mask = w != 0
    bits = {
        "dense": storage.dense_bits(mask, value_bits),
        "bitmask": storage.bitmask_bits(mask, value_bits),
        "CSR": storage.csr_bits(mask, value_bits, index_bits=index_bits, pointer_bits=index_bits),
        "Blocked-ELL": storage.blocked_ell_bits(mask, block, value_bits, index_bits=index_bits),
    }
    return {name: number / BITS_PER_KIB for name, number in bits.items()}


def network_kib(net: nn.Module, **options: int) -> dict[str, float]:
    """KiB of all pruned layers of a network together, in each format (see `sizes_kib`).

    Source: effdl.storage
    """
    layers = [sizes_kib(matrix, **options) for matrix in matrices(net).values()]
    return {name: sum(sizes[name] for sizes in layers) for name in layers[0]}


def heavy_tailed(m: int, variation: float, *, mean: float = 64, seed: int = 0) -> Tensor:
    """Row lengths drawn from a lognormal distribution of that mean and coefficient of variation, at least 1.

    Shapes: -> (m,), int64
    Raises: ValueError if variation is negative
    Source: Gale et al. 2020, section II, arXiv:2006.10901, measure the variation of real networks' rows
    """
    if variation < 0:
        raise ValueError(f"heavy_tailed: variation must not be negative, got {variation}")
    sigma = math.sqrt(math.log1p(variation**2))
    normal = torch.randn(m, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (mean * torch.exp(sigma * normal - sigma**2 / 2)).round().long().clamp(min=1)


def stored_share(mask: Tensor, block: int) -> float:
    """The share of a matrix's values that blocks store: blocks that hold anything, over all of them.

    Shapes: mask (m, k), bool, True = kept
    Raises: ValueError if block does not divide m and k
    Source: ours; of independent places a share 1 - sparsity^(b b)

    >>> stored_share(torch.eye(4) > 0, 2)
    0.5
    """
    m, k = mask.shape
    if m % block or k % block:
        raise ValueError(f"stored_share: blocks of {block} do not divide a mask of {m} x {k}")
    return float(mask.reshape(m // block, block, k // block, block).any(3).any(1).double().mean())


def half_masks(net: nn.Module) -> dict[str, dict[str, Tensor]]:
    """Masks (True = kept) of the same layers: half of the single weights, 2:4, and four weights of each 3 x 3 kernel.

    Shapes: -> {kind: {layer: like its weight, bool}}
    Source: Mishra et al. 2021, arXiv:2104.08378; Niu et al. 2020, arXiv:2001.00138
    """
    layers = masking.prunable(net)
    return {
        "unstructured 50 %": {name: pruning.mask_from_scores(w.abs(), 0.5) for name, w in layers.items()},
        "2:4": {name: pruning.nm_mask(w, 2, 4) for name, w in layers.items()},
        "patterns, 56 %": {name: fkw.PATTERNS[fkw.choose_patterns(w, fkw.PATTERNS) - 1] for name, w in layers.items()},
    }


def measure(
    net: nn.Module, kinds: Mapping[str, Mapping[str, Tensor]], seen: Split, held_out: Split, seeds: Sequence[int]
) -> dict[str, list[Stages]]:
    """Accuracy as pruned, with BN re-estimated, and after an epoch of fine-tuning, for each kind of mask and seed.

    Shapes: kinds {kind: {layer: mask}}
    Source: effdl.experiments
    """
    return {
        kind: [experiments.measure(net, chosen, seen, held_out, seed=seed) for seed in seeds]
        for kind, chosen in kinds.items()
    }
