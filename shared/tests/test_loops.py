"""Loop orders, tiles and traces against plain nested loops."""

import itertools
import math

import numpy as np
import pytest
from effdl import cache, loops
from effdl.loops import Sizes

SIZES = [Sizes(3, 4, 5), Sizes(1, 7, 2), Sizes(6, 1, 1)]


def by_loops(sizes, order, tile):
    """Nested Python loops over blocks, then inside the block."""
    at, names = {}, order
    tops = dict(zip("ijk", sizes, strict=True))
    blocks = itertools.product(*[range(0, tops[name], tile) for name in names])
    found = []
    for corner in blocks:
        inside = [range(low, min(low + tile, tops[name])) for low, name in zip(corner, names, strict=True)]
        for point in itertools.product(*inside):
            at = dict(zip(names, point, strict=True))
            found.append([at["i"], at["j"], at["k"]])
    return found


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("order", loops.ORDERS)
@pytest.mark.parametrize("tile", [1, 2, 3, 100])
def test_steps_come_as_nested_loops_visit_them(sizes, order, tile):
    assert loops.matmul_steps(sizes, order, [tile]).tolist() == by_loops(sizes, order, tile)


def test_without_tiles_the_steps_are_one_large_block():
    sizes = Sizes(3, 4, 5)
    assert loops.matmul_steps(sizes, "kij").tolist() == by_loops(sizes, "kij", 100)


def test_blocks_lie_inside_blocks():
    steps = loops.matmul_steps(Sizes(8, 8, 8), "ijk", [4, 2])
    outer, inner = (steps // 4).tolist(), (steps // 2).tolist()
    assert len(list(itertools.groupby(outer))) == 8
    assert len(list(itertools.groupby(inner))) == 64


@pytest.mark.parametrize("order", loops.ORDERS)
def test_every_order_touches_the_same_elements_equally_often(order):
    usual, other = (loops.matmul_trace(Sizes(3, 4, 5), name, [2]) for name in ("ijk", order))
    assert sorted(usual.addresses.tolist()) == sorted(other.addresses.tolist())
    assert len(other.addresses) == 3 * 60


def test_a_trace_computes_the_product_when_it_is_followed():
    sizes, rng = Sizes(4, 3, 6), np.random.default_rng(0)
    a, b = rng.integers(-9, 9, (4, 6)), rng.integers(-9, 9, (6, 3))
    c = np.zeros(12, int)
    for at_a, at_b, at_c in loops.matmul_trace(sizes, "kji", [4]).elements.reshape(-1, 3):
        c[at_c] += a.flat[at_a] * b.flat[at_b]
    assert np.array_equal(c.reshape(4, 3), a @ b)


def test_arrays_do_not_overlap_and_begin_at_multiples_of_64_bytes():
    trace = loops.matmul_trace(Sizes(5, 7, 3), element_bytes=(1, 1, 4))
    ranges = [trace.addresses[trace.arrays == array] for array in range(3)]
    assert all(low.max() < high.min() for low, high in itertools.pairwise(ranges))
    assert all(each.min() % 64 == 0 for each in ranges)
    assert np.array_equal(ranges[2] - ranges[2].min(), 4 * trace.elements[trace.arrays == 2])


def test_misses_of_the_textbook_example():
    """32 x 32 floats, 32 lines of 32 bytes: the orders lie far apart, and a tile that fits is best."""
    keeps = cache.Cache(32, 32, 32)
    found = {
        (order, tiles): cache.count_misses(
            loops.matmul_trace(Sizes(32, 32, 32), order, tiles, element_bytes=(4, 4, 4)).addresses, keeps
        )
        for order, tiles in [("jki", ()), ("ijk", ()), ("ikj", ()), ("ikj", (4,)), ("ikj", (8,)), ("ikj", (16,))]
    }
    assert list(found.values()) == [66560, 33024, 4352, 2176, 1152, 4608]


@pytest.mark.parametrize("cache_bytes", [6, 100, 1024, 4096, 4097])
@pytest.mark.parametrize("element_bytes", [(1, 1, 4), (4, 4, 4), (1, 2, 3)])
def test_the_best_tile_fits_and_the_next_one_does_not(cache_bytes, element_bytes):
    if sum(element_bytes) > cache_bytes:
        with pytest.raises(ValueError, match="do not fit"):
            loops.best_tile(cache_bytes, element_bytes)
        return
    assert loops.best_tile(cache_bytes, element_bytes) == math.isqrt(cache_bytes // sum(element_bytes))


def test_the_best_tile_is_a_multiple_and_may_fill_the_cache():
    assert loops.best_tile(12 * 16, (4, 4, 4), multiple=4) == 4
    assert loops.best_tile(12 * 64 - 1, (4, 4, 4), multiple=4) == 4
    with pytest.raises(ValueError, match="side 4"):
        loops.best_tile(12 * 16 - 1, (4, 4, 4), multiple=4)


def test_turns_of_an_unrolled_loop_cover_all_steps():
    for k, unroll in itertools.product(range(12), range(1, 6)):
        turns, rest = loops.loop_turns(k, unroll)
        assert turns * unroll + rest == k
        assert 0 <= rest < unroll


def test_unknown_orders_tiles_and_unrolling_are_refused():
    with pytest.raises(ValueError, match="iij"):
        loops.matmul_steps(Sizes(1, 1, 1), "iij")
    with pytest.raises(ValueError, match="tiles"):
        loops.matmul_steps(Sizes(1, 1, 1), "ijk", [0])
    with pytest.raises(ValueError, match="at least 1"):
        loops.loop_turns(3, 0)
