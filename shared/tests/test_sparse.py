"""Sparse formats against SciPy's, PyTorch's and plain loops."""

import pytest
import scipy.sparse
import torch
from effdl import pruning, sparse
from hypothesis import given, settings
from hypothesis import strategies as st


def mostly_zero(m, k, density, *, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(m, k, generator=generator, dtype=dtype)
    return values * (torch.rand(m, k, generator=generator) < density)


def two_of_four(r, c, *, seed=0):
    w = torch.randn(r, c, generator=torch.Generator().manual_seed(seed))
    return w * pruning.nm_mask(w[:, :, None, None], 2, 4)[:, :, 0, 0]


@pytest.mark.parametrize("a", [mostly_zero(7, 9, 0.3), torch.zeros(3, 4), torch.ones(1, 1), torch.eye(5).flip(0)])
def test_csr_is_scipys(a):
    row_ptr, col_idx, values = sparse.dense_to_csr(a)
    theirs = scipy.sparse.csr_matrix(a.numpy())
    assert row_ptr.tolist() == theirs.indptr.tolist()
    assert col_idx.tolist() == theirs.indices.tolist()
    assert values.tolist() == theirs.data.tolist()
    assert row_ptr.dtype == col_idx.dtype == torch.int64


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 8), st.integers(1, 8), st.floats(0, 1), st.integers(0, 99))
def test_csr_comes_back(m, k, density, seed):
    a = mostly_zero(m, k, density, seed=seed, dtype=torch.float64)
    row_ptr, col_idx, values = sparse.dense_to_csr(a)
    assert torch.equal(sparse.csr_to_dense(row_ptr, col_idx, values, k), a)


def test_csr_of_a_view_and_entries_that_add_up():
    a = mostly_zero(6, 8, 0.4).T[::2]
    assert torch.equal(sparse.csr_to_dense(*sparse.dense_to_csr(a), a.shape[1]), a)
    twice = sparse.csr_to_dense(torch.tensor([0, 2]), torch.tensor([1, 1]), torch.tensor([3.0, 4.0]), 2)
    assert twice.tolist() == [[0, 7]]


def test_24_stores_what_a_loop_finds():
    w = two_of_four(5, 16)
    w[0, :4], w[1, 4:7], w[2, 9:12] = 0, 0, 0
    values, packed = sparse.compress_24(w)
    for row in range(5):
        for run in range(4):
            places = [packed[row, run // 2].item() >> (4 * (run % 2) + shift) & 3 for shift in (0, 2)]
            assert places[0] < places[1]
            assert [w[row, 4 * run + place] for place in places] == values[row, 2 * run : 2 * run + 2].tolist()
    assert values.shape == (5, 8)
    assert packed.shape == (5, 2)
    assert packed.dtype == torch.uint8


def test_24_fills_up_with_the_leftmost_zeros():
    assert sparse.compress_24(torch.zeros(1, 8))[1].tolist() == [[0b01000100]]
    only_third = torch.tensor([[0, 0, 7, 0, 7, 0, 0, 0]])
    values, packed = sparse.compress_24(only_third)
    assert values.tolist() == [[0, 7, 7, 0]]
    assert packed.tolist() == [[0b01001000]]


@pytest.mark.parametrize("w", [two_of_four(4, 8), two_of_four(3, 32, seed=2).double(), torch.zeros(2, 8)])
def test_24_comes_back(w):
    assert torch.equal(sparse.decompress_24(*sparse.compress_24(w)), w)


def test_24_refuses_odd_widths_and_three_non_zeros():
    with pytest.raises(ValueError, match="runs of 8"):
        sparse.compress_24(torch.zeros(2, 12))
    with pytest.raises(ValueError, match="more than two"):
        sparse.compress_24(torch.tensor([[1.0, 1.0, 1.0, 0, 0, 0, 0, 0]]))


@pytest.mark.parametrize(("block", "density"), [(1, 0.2), (2, 0.2), (4, 0.05), (4, 0.0), (4, 1.0)])
def test_blocked_ell_holds_the_blocks_of_scipy(block, density):
    a = mostly_zero(12, 16, density, seed=block)
    col_blocks, values = sparse.to_blocked_ell(a, block)
    theirs = scipy.sparse.bsr_matrix(a.numpy(), blocksize=(block, block))
    theirs.eliminate_zeros()
    counts = theirs.indptr[1:] - theirs.indptr[:-1]
    assert col_blocks.shape == (12 // block, counts.max())
    assert values.shape == (12, counts.max() * block)
    for row, columns in enumerate(col_blocks.tolist()):
        own = sorted(theirs.indices[theirs.indptr[row] : theirs.indptr[row + 1]].tolist())
        assert columns == own + [-1] * (counts.max() - counts[row])
    assert torch.equal(sparse.blocked_ell_to_dense(col_blocks, values, 16), a)


def test_padding_of_blocked_ell_is_zero_and_partly_zero_blocks_stay_whole():
    a = torch.zeros(4, 4)
    a[0, 0] = a[2, 0] = a[2, 2] = 1
    col_blocks, values = sparse.to_blocked_ell(a, 2)
    assert col_blocks.tolist() == [[0, -1], [0, 1]]
    assert values.tolist() == [[1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]


def test_blocked_ell_needs_blocks_that_divide():
    with pytest.raises(ValueError, match="4 x 6"):
        sparse.to_blocked_ell(torch.zeros(4, 6), 4)
