"""The format holds what it was given, and its product is the dense one; SciPy's CSC has the same pointers."""

from functools import partial

import pytest
import scipy.sparse
import torch
from effdl import eie, zoo


def some_codes(rows: int, cols: int, density: float, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    kept = torch.rand(rows, cols, generator=generator) < density
    return torch.randint(1, 16, (rows, cols), generator=generator) * kept


@pytest.mark.parametrize("index_bits", [1, 2, 4, 8])
@pytest.mark.parametrize("density", [0.0, 0.02, 0.2, 1.0])
@pytest.mark.parametrize("n_pe", [1, 3, 4, 70])
def test_decoding_gives_back_every_code(index_bits, density, n_pe):
    codes = some_codes(67, 9, density)
    slices = eie.interleave(codes, n_pe, partial(eie.encode_column, index_bits=index_bits))
    assert torch.equal(eie.decode(slices, 67), codes)
    assert max((max(z, default=0) for _, z, _ in slices)) < 2**index_bits


@pytest.mark.parametrize(
    ("zeros", "v", "z"),
    [(15, [7], [15]), (16, [0, 7], [15, 0]), (31, [0, 7], [15, 15]), (32, [0, 0, 7], [15, 15, 0])],
)
def test_padding_begins_where_four_bits_end(zeros, v, z):
    assert eie.encode_column(torch.tensor([0] * zeros + [7, 0, 0])) == (v, z)


def test_the_pointers_are_those_of_scipy_where_no_padding_is_needed():
    codes = some_codes(24, 10, 0.4)
    for pe, (v, _, p) in enumerate(eie.interleave(codes, 4, partial(eie.encode_column, index_bits=8))):
        oracle = scipy.sparse.csc_matrix(codes[pe::4].numpy())
        assert p == oracle.indptr.tolist()
        assert v == oracle.data.tolist()


@pytest.mark.parametrize("n_pe", [1, 4, 5])
def test_the_product_is_the_dense_one_and_its_counts_are_those_of_the_masks(n_pe):
    codes, generator = some_codes(50, 30, 0.1), torch.Generator().manual_seed(1)
    codebook = torch.randn(16, generator=generator, dtype=torch.float64)
    codebook[0] = 100.0  # nothing may read it
    a = torch.randn(30, generator=generator, dtype=torch.float64).relu()
    slices = eie.interleave(codes, n_pe, partial(eie.encode_column, index_bits=2))
    b, counts = eie.sparse_matvec(slices, a, codebook, 50)
    dense = torch.where(codes > 0, codebook[codes], 0.0) @ a
    assert (b - dense).abs().max() <= 1e-12 * dense.abs().max()
    assert counts["broadcasts"] == int((a != 0).sum())
    assert counts["macs"] == int((codes[:, a != 0] != 0).sum())
    assert counts["entries"] == sum(p[j + 1] - p[j] for _, _, p in slices for j in range(30) if a[j] != 0)
    assert counts["entries"] > counts["macs"]


def test_no_processing_element_is_refused():
    with pytest.raises(ValueError, match="n_pe"):
        eie.interleave(some_codes(4, 4, 0.5), 0, eie.encode_column)


def test_shared_weights_are_nearest_ones_and_keep_zeros():
    w = zoo.load("resnet8").blocks[2].conv2.weight.detach().flatten(1)
    w = w * (w.abs() > w.abs().median())
    codes, codebook = eie.share_weights(w)
    assert torch.equal(codes == 0, w == 0)
    assert codebook.shape == (16,)
    assert codebook[0] == 0
    kept = w[w != 0]
    best = (kept[:, None] - codebook[1:]).abs().min(1).values
    assert torch.equal((codebook[codes][w != 0] - kept).abs(), best)


def test_shared_weights_fit_better_than_evenly_spaced_ones():
    w = torch.randn(2000, generator=torch.Generator().manual_seed(0))
    codes, codebook = eie.share_weights(w)
    even = torch.linspace(float(w.min()), float(w.max()), 15)
    spaced = (w[:, None] - even).abs().min(1).values.square().sum()
    assert (codebook[codes] - w).square().sum() < 0.8 * spaced


def test_a_matrix_of_zeros_shares_nothing():
    codes, codebook = eie.share_weights(torch.zeros(3, 4))
    assert not codes.any()
    assert not codebook.any()
