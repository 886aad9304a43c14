"""The C kernels on the emulated part against NumPy, and their accesses against the model of the loops."""

import numpy as np
import pytest

pytest.importorskip("unicorn", reason="the extra effdl[mcu] is not installed")
pytest.importorskip("ziglang", reason="the extra effdl[mcu] is not installed")

from effdl import kernels, loops, mcu

SIZES = [(1, 1, 1), (3, 5, 7), (8, 4, 12), (2, 9, 3), (5, 1, 4)]


def product_of(name, a, b, **options):
    return kernels.product(kernels.compile_text(kernels.function_text(name)), name, a, b, **options)


ANY_SIZE = ["matmul_naive", "matmul_register", "matmul_reordered", "matmul_unrolled", "matmul_tiled"]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("name", ANY_SIZE)
def test_kernels_give_numpys_product_for_any_size(name, sizes):
    assert kernels.measure(name, *kernels.random_matrices(*sizes), tile=4).macs == np.prod(sizes)


@pytest.mark.parametrize("part", ["stm32f412", "stm32f746"])
@pytest.mark.parametrize("name", ["matmul_register_tile", "matmul_simd"])
def test_kernels_for_even_sizes_give_numpys_product(name, part):
    for sizes in [(2, 2, 4), (8, 6, 16)]:
        kernels.measure(name, *kernels.random_matrices(*sizes), part=part)


@pytest.mark.parametrize("tile", [1, 2, 5, 64])
def test_any_tile_gives_the_product(tile):
    kernels.measure("matmul_tiled", *kernels.random_matrices(7, 6, 9), tile=tile)


def test_extreme_numbers_do_not_overflow():
    a = np.full((4, 64), -128, np.int8)
    assert product_of("matmul_unrolled", a, a.T).arrays[2].max() == 2**20


@pytest.mark.parametrize(
    ("name", "order", "tiles", "tile"),
    [("matmul_naive", "ijk", (), 0), ("matmul_reordered", "ikj", (), 0), ("matmul_tiled", "ikj", (4,), 4)],
)
def test_compiled_loops_read_b_in_the_order_of_the_model(name, order, tiles, tile):
    a, b = kernels.random_matrices(6, 7, 9)
    run = product_of(name, a, b, tile=tile, trace=True)
    start = run.addresses[1]
    inside = (run.trace["address"] >= start) & (run.trace["address"] < start + b.size)
    steps = loops.matmul_trace(loops.Sizes(6, 7, 9), order, tiles)
    assert np.array_equal(run.trace["address"][inside] - start, steps.elements[steps.arrays == 1])


def test_unrolling_saves_branches_and_register_tiles_save_loads():
    found = {name: kernels.measure(name, *kernels.random_matrices(8, 8, 32)) for name in kernels.KERNELS}
    assert found["matmul_unrolled"].branches < 0.4 * found["matmul_register"].branches
    order = ["matmul_naive", "matmul_register", "matmul_unrolled", "matmul_register_tile", "matmul_simd"]
    counts = [found[name].instructions for name in order]
    assert counts == sorted(counts, reverse=True)


def test_what_does_not_fit_is_refused_and_says_by_how_much():
    with pytest.raises(mcu.OutOfSram, match="262,144"):
        kernels.measure("matmul_naive", *kernels.random_matrices(256, 256, 256))


def test_wrong_names_and_shapes_are_refused():
    with pytest.raises(ValueError, match="matmul_fast"):
        kernels.measure("matmul_fast", *kernels.random_matrices(2, 2, 2))
    with pytest.raises(ValueError, match="no function"):
        kernels.function_text("matmul_fast")
    with pytest.raises(ValueError, match="cannot be multiplied"):
        product_of("matmul_naive", np.zeros((2, 3), np.int8), np.zeros((2, 3), np.int8))
