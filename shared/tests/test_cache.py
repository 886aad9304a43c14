"""The cache model against a brute-force one, its laws, and valgrind's cachegrind where that is installed."""

import itertools

import numpy as np
import pytest
from effdl import cachegrind, loops
from effdl.cache import STM32F746_DATA, Cache, Levels, cache_hits, count_levels, count_misses
from effdl.loops import Sizes

CACHES = [(8, 4, 4), (16, 8, 2), (32, 8, 1), (4, 1, 1), (32, 12, 3)]


def hits_by_search(addresses, line_bytes, n_lines, ways):
    """For each access, look back: a hit if fewer than `ways` other lines of its set were used since its last use."""
    lines = [address // line_bytes for address in addresses]
    n_sets = n_lines // ways
    found = []
    for step, line in enumerate(lines):
        before = [i for i in range(step) if lines[i] == line]
        since = (
            {other for other in lines[before[-1] + 1 : step] if other % n_sets == line % n_sets} if before else set()
        )
        found.append(bool(before) and len(since) < ways)
    return found


def addresses(n=400, top=500, seed=0):
    return np.random.default_rng(seed).integers(0, top, n)


@pytest.mark.parametrize("shape", CACHES)
@pytest.mark.parametrize("seed", range(3))
def test_hits_are_those_that_a_search_through_the_past_finds(shape, seed):
    trace = addresses(seed=seed)
    assert cache_hits(trace, *shape).tolist() == hits_by_search(trace.tolist(), *shape)


def test_a_cache_that_holds_everything_misses_each_line_once():
    trace = addresses()
    assert count_misses(trace, Cache(16, 64, 64)) == len(set((trace // 16).tolist()))


def test_lru_is_a_stack_a_larger_cache_keeps_all_hits():
    trace = addresses(top=2000)
    hits = [cache_hits(trace, 8, lines, lines) for lines in (1, 2, 4, 8, 16, 32)]
    assert all((small <= large).all() for small, large in itertools.pairwise(hits))


def test_lines_that_share_a_set_drive_each_other_out():
    far_apart = np.array([0, 64, 0, 64])
    assert cache_hits(far_apart, 16, 4, 1).tolist() == [False] * 4
    assert cache_hits(far_apart, 16, 4, 2).tolist() == [False, False, True, True]


def test_a_hit_counts_as_a_use():
    lru = cache_hits(np.array([0, 8, 0, 16, 0]), 8, 2, 2)
    assert lru.tolist() == [False, False, True, False, True]


def test_ways_that_do_not_divide_the_lines_are_refused():
    with pytest.raises(ValueError, match="6 lines"):
        cache_hits(np.arange(3), 8, 6, 4)


def test_the_second_level_sees_what_the_first_one_misses():
    trace = addresses(top=4000)
    first, second = Cache(16, 4, 4), Cache(16, 32, 32)
    levels = count_levels(trace, first, second)
    assert levels.first == count_misses(trace, first)
    assert count_misses(trace, second) <= levels.second <= levels.first
    assert count_levels(trace, first, first) == Levels(levels.first, levels.first)


def test_the_part_has_four_kilobytes():
    assert STM32F746_DATA.size_bytes == 4096


# ---- against cachegrind

STACK = 24  # misses: the return address, and bounds of blocks that find no register


@pytest.mark.parametrize(
    ("sizes", "order", "tiles", "shape"),
    [
        (Sizes(9, 17, 21), "ijk", (), Cache(32, 16, 16)),
        (Sizes(16, 24, 20), "jki", (), Cache(64, 16, 2)),
        (Sizes(24, 24, 24), "ikj", (8,), Cache(32, 32, 4)),
    ],
)
@pytest.mark.skipif(not cachegrind.available(), reason="valgrind is not installed: apt install valgrind")
def test_misses_are_those_of_cachegrind(sizes, order, tiles, shape):
    ours = count_misses(loops.matmul_trace(sizes, order, tiles, element_bytes=(4, 4, 4)).addresses, shape)
    theirs = cachegrind.count_misses(sizes, order, tiles, shape)
    assert abs(theirs - ours) <= STACK


def test_shipped_comparisons_agree():
    assert all(abs(theirs - ours) <= STACK for _, ours, theirs in cachegrind.cached_pairs())


def test_only_the_function_that_walks_is_counted():
    report = (
        "events: Ir D1mr D1mw\nfl=a.c\nfn=main\n1 9 5 5\nfn=walk\n2 9 3 1\n3 9 0 1\nfn=other\n4 9 7 7\nsummary: 1 2 3\n"
    )
    assert cachegrind._misses_of("walk", report) == 5


def test_two_levels_of_tiles_are_refused():
    with pytest.raises(ValueError, match="one level"):
        cachegrind.count_misses(Sizes(1, 1, 1), "ijk", (4, 2), Cache(32, 4, 4))
