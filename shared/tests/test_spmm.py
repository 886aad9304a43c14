"""Sparse products against SciPy and PyTorch, and the scheduler against an event queue and brute force."""

import heapq
import itertools

import pytest
import scipy.sparse
import torch
from effdl import sparse, spmm


def mostly_zero(m, k, density, *, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(m, k, generator=generator, dtype=dtype)
    return values * (torch.rand(m, k, generator=generator) < density)


def csr(a):
    theirs = scipy.sparse.csr_matrix(a.numpy())
    return tuple(map(torch.from_numpy, (theirs.indptr.astype("int64"), theirs.indices.astype("int64"), theirs.data)))


@pytest.mark.parametrize("tile", [1, 3, 4, 10, 99])
def test_csr_times_dense_is_scipys_and_the_counts_are_those_of_a_loop(tile):
    a, b = mostly_zero(6, 8, 0.3), mostly_zero(8, 10, 1.0, seed=1)
    a[2] = 0
    c, traffic = spmm.csr_spmm(*csr(a), b, tile)
    assert torch.allclose(c, torch.from_numpy(scipy.sparse.csr_matrix(a.numpy()) @ b.numpy()))
    strips = -(-10 // tile)
    nnz = int((a != 0).sum())
    assert traffic.tolist() == [6 * strips, nnz * strips, nnz * 10]


def test_entries_in_any_order_and_at_one_place_add_up():
    c, _ = spmm.csr_spmm(torch.tensor([0, 3]), torch.tensor([2, 0, 2]), torch.tensor([1.0, 2.0, 3.0]), torch.eye(3), 2)
    assert c.tolist() == [[2, 0, 4]]


def test_one_column_is_a_matrix_times_a_vector_and_tiles_are_positive():
    a, x = mostly_zero(5, 7, 0.4), mostly_zero(7, 1, 1.0, seed=2)
    assert torch.allclose(spmm.csr_spmm(*csr(a), x, 8)[0], a @ x)
    with pytest.raises(ValueError, match="tile"):
        spmm.csr_spmm(*csr(a), x, 0)


def test_swizzle_sorts_and_keeps_equal_rows_in_place():
    lengths = torch.randint(0, 5, (50,), generator=torch.Generator().manual_seed(0))
    wanted = sorted(range(50), key=lambda row: -lengths[row].item())
    assert spmm.row_swizzle(lengths).tolist() == wanted


@pytest.mark.parametrize(("bundle", "workers"), [(1, 1), (1, 3), (2, 4), (3, 2), (50, 2), (4, 40)])
def test_the_schedule_is_that_of_an_event_queue(bundle, workers):
    lengths = torch.randint(0, 30, (41,), generator=torch.Generator().manual_seed(1))
    order = torch.randperm(41, generator=torch.Generator().manual_seed(2))
    queue = [(0, worker) for worker in range(workers)]
    wanted = []
    for at in range(0, 41, bundle):
        start, worker = heapq.heappop(queue)
        end = start + max(lengths[order[at : at + bundle]].tolist())
        wanted.append([worker, start, end])
        heapq.heappush(queue, (end, worker))
    assert spmm.schedule(lengths, order, bundle, workers).tolist() == wanted


@pytest.mark.parametrize("seed", range(5))
def test_longest_first_keeps_grahams_bound(seed):
    lengths = torch.randint(1, 20, (7,), generator=torch.Generator().manual_seed(seed))
    runs = spmm.schedule(lengths, spmm.row_swizzle(lengths), 1, 3)
    best = min(
        max(sum(lengths[i].item() for i in range(7) if of[i] == worker) for worker in range(3))
        for of in itertools.product(range(3), repeat=7)
    )
    assert runs[:, 2].max() <= (4 / 3 - 1 / 9) * best


def test_a_schedule_needs_bundles_and_workers():
    with pytest.raises(ValueError, match="at least 1"):
        spmm.schedule(torch.ones(3), torch.arange(3), 0, 1)
    with pytest.raises(ValueError, match="at least 1"):
        spmm.schedule(torch.ones(3), torch.arange(3), 1, 0)


def test_equal_rows_use_all_lanes_and_have_no_variation():
    lengths = torch.full((16,), 5)
    runs = spmm.schedule(lengths, torch.arange(16), 2, 4)
    assert spmm.utilization(lengths, runs, 2, 4) == 1
    assert spmm.cov(lengths) == 0
    assert spmm.cov(torch.tensor([0, 4])) == 1


@pytest.mark.parametrize("n", [1, 5])
def test_24_times_dense_is_pytorchs_product(n):
    w = mostly_zero(4, 16, 1.0).reshape(4, 4, 4)
    w[..., 1], w[..., 2] = 0, 0
    w[0, 0] = 0
    w = w.reshape(4, 16)
    x = mostly_zero(16, n, 1.0, seed=3)
    assert torch.allclose(spmm.matmul_24(*sparse.compress_24(w), x), w @ x)


@pytest.mark.parametrize(("block", "density"), [(1, 0.3), (2, 0.1), (4, 0.03), (4, 0.0)])
def test_blocked_ell_times_dense_is_scipys(block, density):
    a, b = mostly_zero(8, 12, density, seed=block), mostly_zero(12, 5, 1.0, seed=4)
    c = spmm.blocked_ell_spmm(*sparse.to_blocked_ell(a, block), b)
    theirs = scipy.sparse.bsr_matrix(a.numpy(), blocksize=(block, block)) @ b.numpy()
    assert torch.allclose(c, torch.from_numpy(theirs))


def test_what_stands_in_padding_is_not_read():
    values = torch.tensor([[float("nan"), 2.0]])
    assert spmm.blocked_ell_spmm(torch.tensor([[-1, 0]]), values, torch.tensor([[3.0]])).tolist() == [[6.0]]


def test_sampled_products_are_those_of_the_whole_one():
    pattern = mostly_zero(6, 9, 0.3)
    pattern[1] = 0
    q, k = mostly_zero(6, 4, 1.0, seed=5), mostly_zero(9, 4, 1.0, seed=6)
    row_ptr, col_idx, _ = csr(pattern)
    assert torch.allclose(spmm.sddmm(q, k, row_ptr, col_idx), (q @ k.T)[pattern != 0])


def test_two_sparse_matrices_multiply_as_scipys_do():
    a, b = mostly_zero(5, 8, 0.3), mostly_zero(8, 6, 0.3, seed=7)
    a[0] = 0
    row_ptr, col_idx, values = spmm.spgemm(csr(a), csr(b))
    assert torch.allclose(sparse.csr_to_dense(row_ptr, col_idx, values, 6), a @ b)
    theirs = scipy.sparse.csr_matrix(a.numpy()) @ scipy.sparse.csr_matrix(b.numpy())
    assert row_ptr.tolist() == theirs.indptr.tolist()
    empty = csr(torch.zeros(2, 8, dtype=torch.float64))
    assert spmm.spgemm(empty, csr(b))[0].tolist() == [0, 0, 0]
