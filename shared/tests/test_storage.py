"""Counted bits agree with arrays that are really stored, and with a count by hand."""

import pytest
import scipy.sparse
import torch
from effdl import storage


def some_mask(rows: int, cols: int, density: float, seed: int = 0) -> torch.Tensor:
    return torch.rand(rows, cols, generator=torch.Generator().manual_seed(seed)) < density


def entries_of(column: list[int], width: int) -> int:
    """Walk down a column and write the entries one by one."""
    n, skipped = 0, 0
    last = max((row for row, code in enumerate(column) if code), default=-1)
    for code in column[: last + 1]:
        if code or skipped == 2**width - 1:
            n, skipped = n + 1, 0
        else:
            skipped += 1
    return n


def test_dense_and_bitmask_count_places_and_kept_values():
    mask = some_mask(7, 9, 0.3)
    assert storage.dense_bits(mask, 4) == 7 * 9 * 4
    assert storage.bitmask_bits(mask, 4) == int(mask.sum()) * 4 + 63


def test_csr_counts_what_scipy_stores():
    mask = some_mask(30, 50, 0.2)
    stored = scipy.sparse.csr_matrix(mask.float().numpy())
    n_bytes = stored.data.nbytes + stored.indices.nbytes + stored.indptr.nbytes
    assert storage.csr_bits(mask, 32) == 8 * n_bytes


@pytest.mark.parametrize("n_pe", [1, 3, 4, 40])
@pytest.mark.parametrize("density", [0.0, 0.03, 0.3, 1.0])
def test_relative_index_counts_entries_written_one_by_one(n_pe, density):
    codes = some_mask(37, 11, density).long() * 5
    for width, bits in zip((1, 2, 4, 8), storage.bits_by_width(codes, n_pe, (1, 2, 4, 8)), strict=True):
        n = sum(entries_of(column, width) for pe in range(n_pe) for column in codes[pe::n_pe].T.tolist())
        assert bits == n * (4 + width) + n_pe * 12 * 16 + 256
        assert storage.relative_bits(codes > 0, index_bits=width, n_pe=n_pe) == bits


def test_nm_stores_n_values_of_each_run_also_where_fewer_are_kept():
    mask = torch.tensor([[1, 0, 0, 0, 1, 1, 0, 0]]) > 0
    assert storage.nm_bits(mask, 2, 4, 16) == 4 * (16 + 2)
    with pytest.raises(ValueError, match="1:4"):
        storage.nm_bits(mask, 1, 4)


def test_blocked_ell_stores_what_scipy_s_blocks_and_its_fullest_row_say():
    mask = some_mask(24, 32, 0.02, seed=3)
    blocks = scipy.sparse.bsr_matrix(mask.float().numpy(), blocksize=(4, 4))
    fullest = max(blocks.indptr[1:] - blocks.indptr[:-1])
    assert storage.blocked_ell_bits(mask, 4, 32) == 6 * fullest * (16 * 32 + 32)


@pytest.mark.parametrize("count", [storage.dense_bits, storage.bitmask_bits, storage.csr_bits, storage.relative_bits])
def test_a_mask_that_is_not_bool_is_refused_by_name(count):
    with pytest.raises(ValueError, match=count.__name__):
        count(torch.ones(2, 3))


def test_blocks_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not divide"):
        storage.blocked_ell_bits(some_mask(6, 8, 0.5), 4)
