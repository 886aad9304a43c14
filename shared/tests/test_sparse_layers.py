"""Layers as matrices: the same numbers in another order, counted and drawn as they say."""

import pytest
import torch
import torch.nn.functional as F
from effdl import fkw, nets, sparse, sparse_layers, spmm


def test_a_convolution_is_the_product_of_its_matrix_with_the_windows():
    net = nets.ResNet8(8, generator=torch.Generator().manual_seed(0))
    name, matrix = list(sparse_layers.matrices(net).items())[-1]
    layer = net.get_submodule(name)
    x = torch.randn(2, layer.in_channels, 6, 6, generator=torch.Generator().manual_seed(1))
    y = matrix @ F.unfold(x, 3, padding=1)
    assert torch.allclose(y, layer(x).flatten(2), atol=1e-5)


def test_runs_of_24_are_neighbors_in_the_matrix():
    net = nets.ResNet8(8, generator=torch.Generator().manual_seed(0))
    for name, mask in sparse_layers.half_masks(net)["2:4"].items():
        kept = sparse_layers.as_24_matrix(net.get_submodule(name).weight.detach() * mask)
        assert torch.equal(sparse.decompress_24(*sparse.compress_24(kept)), kept)


def test_masks_keep_the_share_that_their_names_say():
    net = nets.ResNet8(8, generator=torch.Generator().manual_seed(0))
    masks = sparse_layers.half_masks(net)
    for name, share in (("unstructured 50 %", 1 / 2), ("2:4", 1 / 2), ("patterns, 56 %", 4 / 9)):
        assert all(float(mask.double().mean()) == pytest.approx(share) for mask in masks[name].values())
    allowed = {tuple(pattern.flatten().tolist()) for pattern in fkw.PATTERNS}
    assert {
        tuple(kernel.tolist()) for mask in masks["patterns, 56 %"].values() for kernel in mask.flatten(2).flatten(0, 1)
    } <= allowed


@pytest.mark.parametrize("variation", [0.0, 0.3, 1.0])
def test_row_lengths_have_the_mean_and_variation_asked_for(variation):
    lengths = sparse_layers.heavy_tailed(20_000, variation, mean=200)
    assert float(lengths.double().mean()) == pytest.approx(200, rel=0.05)
    assert spmm.cov(lengths) == pytest.approx(variation, abs=0.05)
    assert lengths.min() >= 1
    with pytest.raises(ValueError, match="negative"):
        sparse_layers.heavy_tailed(5, -1)


def test_of_independent_places_nearly_all_blocks_are_stored():
    mask = torch.rand(512, 512, generator=torch.Generator().manual_seed(0)) < 0.1
    for block in (1, 2, 4, 8):
        assert sparse_layers.stored_share(mask, block) == pytest.approx(1 - 0.9 ** (block * block), abs=0.01)
    with pytest.raises(ValueError, match="512 x 512"):
        sparse_layers.stored_share(mask, 3)


def test_sizes_are_those_of_the_arrays():
    w = torch.randn(16, 24, generator=torch.Generator().manual_seed(0)).relu()
    w[:8, :16] = 0
    sizes = sparse_layers.sizes_kib(w)
    csr = 4 * sum(array.numel() for array in sparse.dense_to_csr(w)) / 1024
    ell = 4 * sum(array.numel() for array in sparse.to_blocked_ell(w, 8)) / 1024
    assert sizes["CSR"] == pytest.approx(csr)
    assert sizes["Blocked-ELL"] == pytest.approx(ell)
    assert sizes["dense"] == 16 * 24 * 4 / 1024


def test_windows_times_the_matrix_are_the_layers_outputs():
    net = nets.ResNet8(8, generator=torch.Generator().manual_seed(0))
    images = torch.randn(4, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    for name, matrix in sparse_layers.matrices(net).items():
        seen, outputs = sparse_layers.windows(net, name, images, 48)
        assert seen.shape == (matrix.shape[1], 48)
        assert torch.allclose(matrix @ seen, outputs, atol=1e-5)


def test_a_network_takes_what_its_layers_take():
    net = nets.ResNet8(8, generator=torch.Generator().manual_seed(0))
    whole = sparse_layers.network_kib(net, value_bits=8)
    for name, size in whole.items():
        assert size == sum(sparse_layers.sizes_kib(w, value_bits=8)[name] for w in sparse_layers.matrices(net).values())
