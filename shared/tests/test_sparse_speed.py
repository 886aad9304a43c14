"""The compiled sparse products give PyTorch's numbers, and break-even points are read off their times."""

import pytest
import torch
from effdl import native, sparse_speed
from effdl.sparse_speed import Timing


def times(name, rows):
    return [Timing(name, sparsity, ms, 0.0) for sparsity, ms in rows]


@pytest.fixture(params=["C", "NumPy"])
def kernels(request, monkeypatch):
    if request.param == "NumPy":
        monkeypatch.setattr(native, "available", lambda: False)
    elif not native.available():
        pytest.skip("the extra effdl[mcu] is not installed")
    return request.param


@pytest.mark.parametrize(("m", "k", "n"), [(16, 24, 64), (8, 16, 1), (24, 40, 101), (8, 8, 35)])
def test_every_kernel_gives_pytorchs_product(kernels, m, k, n):
    found = sparse_speed.race(m, k, n, (0.0, 0.5, 0.9, 1.0), repeats=2)
    assert {each.name for each in found} == {"dense, PyTorch", "2:4", "CSR, SciPy", "CSR", "Blocked-ELL"}
    assert len(found) == 2 + 3 * 4
    assert all(each.ms > 0 for each in found)


def test_a_given_matrix_is_timed_with_its_own_sparsity(kernels):
    a = torch.eye(8)[:, [3, 1, 0, 2, 7, 6, 5, 4]]
    found = sparse_speed.matrix_times(a, torch.randn(8, 70, generator=torch.Generator().manual_seed(0)), repeats=2)
    assert list(found) == ["dense, PyTorch", "CSR, SciPy", "CSR"]
    assert all(each.sparsity == 0.875 for each in found.values())


def test_a_wrong_kernel_is_found(monkeypatch):
    monkeypatch.setattr(sparse_speed, "_csr", lambda a, b: lambda: 2 * (a @ b))
    with pytest.raises(ValueError, match="CSR at 50%"):
        sparse_speed.race(8, 8, 8, (0.5,), repeats=2)


def test_break_even_lies_between_two_measured_sparsities():
    dense = times("dense, PyTorch", [(0.0, 2.0)])
    assert sparse_speed.break_even(dense + times("a", [(0.9, 1.0), (0.7, 3.0)]), "a") == pytest.approx(0.8)
    assert sparse_speed.break_even(dense + times("a", [(0.7, 1.9), (0.9, 1.0)]), "a") == 0.7
    assert sparse_speed.break_even(dense + times("a", [(0.7, 5.0), (0.9, 2.1)]), "a") is None
    # noise: below, above and below again counts from the last crossing
    noisy = times("a", [(0.5, 1.0), (0.6, 3.0), (0.8, 1.0)])
    assert sparse_speed.break_even(dense + noisy, "a") == pytest.approx(0.7)


def test_what_cannot_be_timed_is_refused():
    with pytest.raises(ValueError, match="12 x 8"):
        sparse_speed.race(12, 8, 4, (0.5,))
    with pytest.raises(ValueError, match="'b'"):
        sparse_speed.break_even(times("dense, PyTorch", [(0.0, 1.0)]), "b")


def test_the_note_says_what_runs(kernels):
    assert kernels in sparse_speed.note()
