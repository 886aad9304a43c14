"""The visible checks of lab 17: places in memory, hits, tiles and orders in Python, products of matrices in C."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from effdl import cache as model
from effdl import kernels, layout, loops, mcu, schedule
from effdl.check.case import Case, Parts, Plan, WrongKind, whole
from effdl.loops import Sizes
from effdl.schedule import Op

__all__ = ["plans"]

SLACK = {"instructions": 1.3, "branches": 1.2, "cache misses": 1.2, "moves between tiles": 1.0}
CACHE = 32, 16  # bytes of a line, lines: smaller than any real one, so that small matrices show it
SHOWN = Sizes(32, 32, 64)  # the product whose cost a pass reports


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    return {
        "17.1": Plan(("offset",), "the place is right in {n} cases", _offset()),
        "17.2": Plan(("cache_hits",), "hits and misses are right in {n} traces", _cache_hits()),
        "17.3": Plan(("best_tile",), "the tile is right in {n} cases", _best_tile()),
        "17.4": _in_c("matmul_reordered", _reordered()),
        "17.5": _in_c("matmul_unrolled", _unrolled()),
        "17.6": _in_c("matmul_tiled", _tiled()),
        "17.7": Plan(("best_order",), "no order needs less memory, on {n} networks", _best_order()),
    }


def _offset() -> tuple[Case, ...]:
    def case(about: str, index: tuple, shape: tuple, name: str) -> Case:
        args = {"index": index, "shape": shape, "layout": name}
        return Case(about, "offset", args, layout.offset, parts=_integer)

    some, shape = (1, 2, 1, 3), (2, 3, 4, 5)
    bad = Case("an unknown layout", "offset", {"index": some, "shape": shape, "layout": "WHCN"}, raises=ValueError)
    beside = {"index": (0, 3, 0, 0), "shape": shape, "layout": "NCHW"}
    return (
        case("two channels of 2 x 3 pixels, NCHW", (0, 1, 0, 2), (1, 2, 2, 3), "NCHW"),
        case("two channels of 2 x 3 pixels, NHWC", (0, 1, 0, 2), (1, 2, 2, 3), "NHWC"),
        *(case(f"the first element, {name}", (0, 0, 0, 0), shape, name) for name in layout.LAYOUTS),
        *(case(f"the last element, {name}", (1, 2, 3, 4), shape, name) for name in layout.LAYOUTS),
        *(case(f"an element inside, {name}", some, shape, name) for name in layout.LAYOUTS),
        bad,
        Case("a channel that is not there", "offset", beside, raises=ValueError),
    )


def _integer(result: Any) -> Parts:
    if isinstance(result, float):
        raise WrongKind("returns a float, asked for is an integer: // divides without a rest")
    return whole(result)


def _cache_hits() -> tuple[Case, ...]:
    def case(about: str, addresses: np.ndarray | list[int], line_bytes: int, n_lines: int, ways: int) -> Case:
        args = {"addresses": np.array(addresses), "line_bytes": line_bytes, "n_lines": n_lines, "ways": ways}
        return Case(about, "cache_hits", args, model.cache_hits, parts=_hit_or_miss)

    wander = np.random.default_rng(0).integers(0, 12, 24) * 8
    bad = {"addresses": np.arange(3), "line_bytes": 8, "n_lines": 6, "ways": 4}
    return (
        case("neighbors share a line", range(0, 48, 4), 16, 4, 4),
        case("one set of two ways, three lines in turn", [0, 8, 16, 0, 8, 16], 8, 2, 2),
        case("a hit is a use: line 0 stays, line 1 goes", [0, 8, 0, 16, 0, 8], 8, 2, 2),
        case("two sets of one way: lines 0 and 2 share a set", [0, 8, 16, 8, 0], 8, 2, 1),
        case("random lines, 4 sets of 2 ways", wander, 8, 8, 2),
        case("random lines, all in one set", wander, 8, 4, 4),
        case("no accesses", np.array([], dtype=int), 8, 4, 2),
        Case("6 lines in sets of 4", "cache_hits", bad, raises=ValueError),
    )


def _hit_or_miss(result: Any) -> Parts:
    hits = whole(result)[""]
    if hits.dtype != np.bool_:
        raise WrongKind(f"returns {hits.dtype}, asked for is an array of bool: True for a hit")
    return {"": np.where(hits, "hit", "miss")}


def _best_tile() -> tuple[Case, ...]:
    def case(about: str, *args: Any) -> Case:
        named = dict(zip(("cache_bytes", "element_bytes", "multiple"), args, strict=False))
        return Case(about, "best_tile", named, loops.best_tile, parts=_integer)

    small = {"cache_bytes": 95, "element_bytes": (1, 1, 4), "multiple": 4}
    return (
        case("4 KB, int8 with 32-bit sums", 4096, (1, 1, 4), 1),
        case("4 KB, int8 with 32-bit sums, a multiple of 4", 4096, (1, 1, 4), 4),
        case("4 KB, floats", 4096, (4, 4, 4), 1),
        case("three sizes", 1000, (1, 2, 4), 1),
        case("the cache is filled to the last byte", 6 * 64, (1, 1, 4), 8),
        case("one byte less", 6 * 64 - 1, (1, 1, 4), 2),
        Case("not even one tile of side 4", "best_tile", small, raises=ValueError),
    )


def _in_c(name: str, cases: tuple[Case, ...]) -> Plan:
    says = "the product is NumPy's, at no more than the allowed cost, in {n} cases"
    return Plan((f"{name}_c",), says, cases, run=partial(_run, name), report=partial(_report, name))


def _run(
    name: str, text: str, a: np.ndarray | Sizes, b: np.ndarray | int = 0, tile: int = 0, *, trace: bool = True
) -> mcu.Run:
    """Compile and call an answer: on two matrices, or on random ones of given sizes; then a tile."""
    if isinstance(a, Sizes):
        (a, b), tile = kernels.random_matrices(*a, seed=1), b
    try:
        program = kernels.compile_text(text)
    except mcu.CompileError as problem:
        if "not written yet" in str(problem):
            raise NotImplementedError from problem
        raise
    if name not in program.functions:
        raise mcu.CompileError(f"there is no function {name} in it; there are {', '.join(program.functions) or 'none'}")
    return kernels.product(program, name, a, b, tile=tile, trace=trace)


def _report(name: str, text: str) -> str:
    """What the reported product costs, beside ours."""
    (instructions, sram_bytes), (ours, _) = _shown_costs(name, text), _shown_costs(name, kernels.function_text(name))
    return (
        f"{SHOWN.m} x {SHOWN.k} by {SHOWN.k} x {SHOWN.n} on an STM32F412: {instructions:,} instructions, "
        f"{instructions / SHOWN.macs:.2f} a MAC (ours {ours / SHOWN.macs:.2f}), {sram_bytes:,} bytes of SRAM."
    )


@cache
def _shown_costs(name: str, text: str) -> tuple[int, int]:
    """Instructions and bytes of SRAM of the product that a pass reports; without a trace, which takes twice as long."""
    given = (SHOWN, 16) if name == "matmul_tiled" else (SHOWN,)
    run = _run(name, text, *given, trace=False)
    return run.instructions, run.peak_sram_bytes


def _product_case(name: str, about: str, sizes: tuple[int, int, int], *tile: int, seed: int = 2) -> Case:
    a, b = ((matrix % 11 - 5).astype(np.int8) for matrix in kernels.random_matrices(*sizes, seed=seed))
    args = {"a": a, "b": b} | _tile_argument(tile)

    def by_numpy(a: np.ndarray, b: np.ndarray, tile: int = 0) -> np.ndarray:
        return a.astype(np.int32) @ b.astype(np.int32)

    return Case(
        f"{about}, {sizes[0]} x {sizes[2]} by {sizes[2]} x {sizes[1]}", f"{name}_c", args, by_numpy, parts=_sums
    )


def _tile_argument(tile: tuple[int, ...]) -> dict[str, int]:
    return {"tile": tile[0]} if tile else {}


def _sums(result: mcu.Run | np.ndarray) -> Parts:
    return {"": result if isinstance(result, np.ndarray) else result.arrays[2]}


def _cost_case(name: str, about: str, sizes: Sizes, counts: tuple[str, ...], *tile: int) -> Case:
    args = {"sizes": sizes} | _tile_argument(tile)
    parts = partial(_counted, counts=counts, sizes=sizes, tile=tile[0] if tile else 0)
    return Case(about, f"{name}_c", args, parts=parts, bound=partial(_cheap_enough, name, parts))


def _counted(run: mcu.Run, counts: tuple[str, ...], sizes: Sizes, tile: int) -> Parts:
    values = {
        "instructions": lambda: run.instructions,
        "branches": lambda: run.histogram["branch"],
        "cache misses": lambda: kernels.misses(run, *CACHE),
        "moves between tiles": lambda: max(kernels.tile_moves(run, sizes, tile)),
    }
    return {count: np.array(values[count]()) for count in counts}


def _cheap_enough(name: str, parts: Any, found: Parts, sizes: Sizes, tile: int = 0) -> str | None:
    """The bound: each count is at most the reference's, with some slack."""
    ours = _reference_counts(name, parts, sizes, tile)
    for count, got in found.items():
        allowed = int(SLACK[count] * ours[count])
        if got > allowed:
            return f"takes {int(got):,} {count}; ours takes {int(ours[count]):,}, and {allowed:,} are allowed"
    return None


@cache
def _reference_counts(name: str, parts: Any, sizes: Sizes, tile: int) -> Parts:
    return parts(_run(name, kernels.function_text(name), sizes, *([tile] if tile else [])))


def _reordered() -> tuple[Case, ...]:
    case = partial(_product_case, "matmul_reordered")
    return (
        case("one number by one", (1, 1, 1)),
        case("all sizes differ", (2, 4, 3)),
        case("a row by a matrix", (1, 5, 4)),
        case("a column by a row", (4, 3, 1)),
        _cost_case("matmul_reordered", "cost", Sizes(12, 48, 40), ("cache misses", "instructions")),
    )


def _unrolled() -> tuple[Case, ...]:
    case = partial(_product_case, "matmul_unrolled")
    return (
        case("sums of 4", (2, 3, 4)),
        case("sums of 8", (3, 2, 8)),
        *(case(f"sums of {k}: {k % 4} steps remain", (2, 2, k)) for k in (5, 6, 7)),
        case("sums of 2, shorter than one turn", (3, 3, 2)),
        case("one number by one", (1, 1, 1)),
        _cost_case("matmul_unrolled", "cost", Sizes(8, 8, 46), ("branches", "instructions")),
    )


def _tiled() -> tuple[Case, ...]:
    case = partial(_product_case, "matmul_tiled")
    return (
        case("tile 2 divides all", (4, 2, 4), 2),
        case("tile 2 leaves a rest in k", (2, 4, 5), 2),
        case("tile 2 leaves a rest in m and n", (3, 5, 4), 2),
        case("tile 3 leaves a rest everywhere", (4, 5, 7), 3),
        case("a tile larger than the matrices", (2, 3, 4), 10),
        case("tile 1", (2, 3, 3), 1),
        _cost_case("matmul_tiled", "cost, tile 4", Sizes(10, 13, 11), ("moves between tiles", "instructions"), 4),
    )


def _best_order() -> tuple[Case, ...]:
    def case(about: str, graph: Mapping[str, Op]) -> Case:
        return Case(about, "best_order", {"graph": graph}, parts=_names, bound=_smallest_peak)

    branches = {"a": Op((), 8), "b": Op(("a",), 1), "c": Op(("b",), 6), "d": Op(("a",), 4), "e": Op(("c", "d"), 1)}
    twins = {"in": Op((), 2), "big": Op(("in",), 9), "small": Op(("big",), 1), "other": Op(("in",), 5)}
    circle = {"a": Op(("b",), 1), "b": Op(("a",), 1)}
    return (
        case("a chain has one order", {"a": Op((), 3), "b": Op(("a",), 5), "c": Op(("b",), 2)}),
        case("listed in reverse", {"b": Op(("a",), 5), "a": Op((), 3)}),
        case("two branches that meet", branches),
        case("a result that nobody reads stays", twins),
        case("one operator", {"only": Op((), 7)}),
        case("the inception cell", schedule.inception_cell()),
        Case("two that wait for each other", "best_order", {"graph": circle}, raises=ValueError),
    )


def _names(result: Any) -> Parts:
    if not isinstance(result, list | tuple) or not all(isinstance(name, str) for name in result):
        raise WrongKind(f"returns {type(result).__name__}, asked for is a list of the operators' names")
    return {"": np.array(result, dtype=str)}


def _smallest_peak(parts: Parts, graph: Mapping[str, Op]) -> str | None:
    try:
        peak = max(schedule.live_bytes(graph, parts[""].tolist()))
    except ValueError as problem:
        return f"gives no valid order: {problem}"
    smallest = max(schedule.live_bytes(graph, schedule.best_order(graph)))
    return f"gives an order with a peak of {peak} bytes; {smallest} are enough" if peak > smallest else None
