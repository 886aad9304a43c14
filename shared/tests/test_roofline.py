"""The roof is the slower of two sides, each computed here in another way."""

import math

import pytest
from effdl import counting, energy, nets, roofline
from effdl.energy import HOROWITZ_45NM
from effdl.roofline import Machine, Work, roofline_ms

WORK, MACHINE = Work(3_000_000, 40_000, 9_000), Machine(5e9, 2e9)


@pytest.mark.parametrize("batch", [1, 3, 64])
@pytest.mark.parametrize("bits", [8, 32])
def test_time_at_the_roof_is_the_work_divided_by_what_is_attainable(batch, bits):
    reached = roofline.attainable_flops(roofline.intensity(WORK, batch, bits), MACHINE)
    assert roofline_ms(WORK, MACHINE, batch, bits).ms == pytest.approx(1000 * 2 * batch * WORK.macs / reached)


@pytest.mark.parametrize("work", [Work(10**6, 10**6, 10), Work(10**6, 10, 10**6), Work(10**6, 10, 10)])
def test_the_ridge_parts_the_sides(work):
    side = roofline_ms(work, MACHINE).side
    assert side == ("compute" if roofline.intensity(work) >= MACHINE.ridge else "memory")


def test_a_tie_is_called_compute():
    assert roofline_ms(Work(1000, 400, 100), Machine(1e6, 1e6)) == (2.0, "compute")


def test_without_overlap_both_sides_are_paid():
    compute, memory = 1000 * 2 * WORK.macs / 5e9, 1000 * 4 * (40_000 + 9_000) / 2e9
    assert roofline_ms(WORK, MACHINE, overlap=False).ms == pytest.approx(compute + memory)


def test_more_of_anything_never_takes_less_time_and_a_better_machine_never_more():
    base = roofline_ms(WORK, MACHINE).ms
    for field in Work._fields:
        assert roofline_ms(WORK._replace(**{field: 10**8}), MACHINE).ms >= base
    for field in Machine._fields:
        assert roofline_ms(WORK, MACHINE._replace(**{field: 1e12})).ms <= base
    assert roofline_ms(WORK, MACHINE, batch=2).ms <= 2 * base


def test_work_of_a_layer_counts_what_goes_in_and_what_comes_out():
    row = counting.profile(nets.ResNet8(), (1, 28, 28))[0]
    assert roofline.work_of(row) == (9 * 16 * 14 * 14, 9 * 16, 28 * 28 + 16 * 14 * 14)


def test_dram_costs_128_times_sram():
    dram, sram = (energy.energy_pj(0, {memory: 999}, "float32", HOROWITZ_45NM)[memory] for memory in ("DRAM", "SRAM"))
    assert dram == 128 * sram == 640 * 999


@pytest.mark.parametrize(("dtype", "mac_pj", "bits"), [("int8", 0.3, 8), ("float16", 1.5, 16), ("float32", 4.6, 32)])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 1000])
def test_energy_is_what_the_published_figures_add_up_to(dtype, mac_pj, bits, count):
    found = energy.energy_pj(count, {"SRAM": count}, dtype, HOROWITZ_45NM)
    assert found["MACs"] == pytest.approx(mac_pj * count)
    assert found["SRAM"] == 5.0 * math.ceil(count * bits / 32)


def test_what_the_table_lacks_is_named():
    with pytest.raises(ValueError, match="'int4'"):
        energy.energy_pj(1, {}, "int4", HOROWITZ_45NM)
    with pytest.raises(ValueError, match="disk"):
        energy.energy_pj(1, {"disk": 1}, "int8", HOROWITZ_45NM)
