"""Kernels on the host against PyTorch; times are only asked to be there."""

import pytest

pytest.importorskip("ziglang", reason="the extra effdl[mcu] is not installed")

from effdl import hostspeed
from effdl.hostspeed import Machine


def test_every_product_is_verified_and_timed():
    found = hostspeed.products(18, repeats=2)
    assert [speed.name for speed in found][:2] == ["naive", "register"]
    assert len(found) == 11
    assert all(speed.ms > 0 and speed.gmacs == pytest.approx(18**3 / speed.ms / 1e6) for speed in found)


def test_a_matrix_by_a_vector_is_verified_and_timed():
    assert hostspeed.matvec(37, repeats=2).gmacs > 0


def test_the_machine_computes_and_reads():
    found = hostspeed.machine()
    assert found.peak_gmacs > 0.1
    assert found.bandwidth_gbytes > 0.1


def test_the_roof_is_flat_right_of_the_ridge_and_a_slope_left_of_it():
    roof = Machine(peak_gmacs=30, bandwidth_gbytes=10)
    assert [hostspeed.attainable_gmacs(x, roof) for x in (1, 2, 3, 4)] == [10, 20, 30, 30]


def test_intensity_counts_each_byte_once():
    assert hostspeed.intensity(2, 3, 5) == 30 / (10 + 15 + 24)


def test_odd_sizes_and_single_repeats_are_refused():
    with pytest.raises(ValueError, match="even"):
        hostspeed.products(17)
    with pytest.raises(ValueError, match="at least 2"):
        hostspeed.time_ms(lambda: None, repeats=1)
