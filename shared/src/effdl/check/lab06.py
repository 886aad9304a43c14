"""The visible checks of lab 06: what each exercise's function is tried on, and the rules its result must keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from effdl import fkw, sparse, spmm
from effdl.check.case import Case, Parts, Plan, WrongKind, whole

__all__ = ["plans"]


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    return {
        "6.1": Plan(("dense_to_csr",), "all three arrays match on {n} matrices", _csr()),
        "6.2": Plan(("csr_spmm",), "products and counts match in {n} cases, largest error {error}", _spmm()),
        "6.3": Plan(("row_swizzle", "schedule"), "orders and schedules match in {n} cases", _swizzle()),
        "6.4": Plan(("compress_24",), "values and packed indices match in {n} cases", _compress()),
        "6.5": Plan(("matmul_24",), "products match in {n} cases, largest error {error}", _matmul()),
        "6.6": Plan(
            ("to_blocked_ell", "blocked_ell_spmm"),
            "blocks and products match in {n} cases, largest error {error}",
            _blocked(),
        ),
        "6.7": Plan(("fkw_encode",), "all five arrays match in {n} cases", _fkw()),
    }


def _arrays(*names: str) -> Callable[[Any], Parts]:
    """Parts of a result of several tensors, by name."""

    def parts(result: Any) -> Parts:
        asked = f"asked for are {len(names)}: {', '.join(names)}"
        if result is None:
            raise WrongKind("returns None: is a `return` missing?")
        if not isinstance(result, tuple | list) or len(result) != len(names):
            got = f"{len(result)} things" if isinstance(result, tuple | list) else f"a {type(result).__name__}"
            raise WrongKind(f"returns {got}, {asked}")
        for name, array in zip(names, result, strict=True):
            if not isinstance(array, Tensor):
                raise WrongKind(f"returns {name} as {type(array).__name__}, asked for is a tensor")
        return {name: whole(array)[""] for name, array in zip(names, result, strict=True)}

    return parts


def _grid(m: int, k: int, seed: int, *, share: float = 0.4) -> Tensor:
    """A matrix that is easy to read: whole numbers of -9 to 9, most of them 0."""
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.randint(1, 10, (m, k), generator=generator) * (torch.rand(m, k, generator=generator) < share)
    return (numbers * torch.where(torch.rand(m, k, generator=generator) < 0.3, -1, 1)).float()


def _csr() -> tuple[Case, ...]:
    parts = _arrays("row_ptr", "col_idx", "values")
    case = partial(Case, function="dense_to_csr", reference=sparse.dense_to_csr, parts=parts)
    gap = _grid(4, 5, 1)
    gap[0] = gap[2] = 0
    return (
        case("three rows", args={"a": torch.tensor([[0.0, 7.0], [3.0, 0.0], [5.0, 6.0]])}),
        case("the first and a middle row are empty", args={"a": gap}),
        case("the last rows are empty", args={"a": torch.tensor([[1.0, 0.0, -2.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])}),
        case("nothing but zeros", args={"a": torch.zeros(2, 3)}),
        case("no zeros, negative values", args={"a": -torch.arange(1.0, 7.0).reshape(2, 3)}),
        case("one row", args={"a": _grid(1, 8, 2)}),
    )


def _spmm() -> tuple[Case, ...]:
    parts = _arrays("c", "traffic")

    def case(about: str, a: Tensor, b: Tensor, tile: int) -> Case:
        names = ("row_ptr", "col_idx", "values")
        args = dict(zip(names, sparse.dense_to_csr(a), strict=True)) | {"b": b, "tile": tile}
        return Case(about, "csr_spmm", args, spmm.csr_spmm, parts=parts)

    small, b = _grid(3, 4, 3), _grid(4, 4, 4, share=1.0)
    gap = small.clone()
    gap[1] = 0
    mixed = {"row_ptr": torch.tensor([0, 3, 4]), "col_idx": torch.tensor([3, 0, 3, 1])}
    mixed |= {"values": torch.tensor([1.0, 2.0, 4.0, 5.0]), "b": b, "tile": 2}
    bad = {**mixed, "tile": 0}
    return (
        case("one strip holds all columns", small, b, 4),
        case("three strips of two columns", small, _grid(4, 6, 10, share=1.0), 2),
        case("strips of 3: the last one is narrower", small, _grid(4, 5, 5, share=1.0), 3),
        case("a row without entries", gap, b, 2),
        case("B has one column: a matrix times a vector", small, b[:, :1].clone(), 4),
        Case("columns out of order, two entries at one place", "csr_spmm", mixed, spmm.csr_spmm, parts=parts),
        Case("a tile without columns", "csr_spmm", bad, raises=ValueError),
    )


def _swizzle() -> tuple[Case, ...]:
    order = partial(Case, function="row_swizzle", reference=spmm.row_swizzle)

    def plan(about: str, lengths: list[int], of: list[int], bundle: int, workers: int) -> Case:
        args = {"lengths": torch.tensor(lengths), "order": torch.tensor(of), "bundle": bundle, "workers": workers}
        return Case(about, "schedule", args, spmm.schedule, parts=_plan)

    lengths = [3, 9, 1, 4, 4, 7, 2, 5]
    bad = {"lengths": torch.tensor([1, 2]), "order": torch.tensor([0, 1]), "bundle": 1, "workers": 0}
    return (
        order("four rows", args={"lengths": torch.tensor([2, 5, 3, 9])}),
        order("equal rows stay in order", args={"lengths": torch.tensor([4, 7, 4, 4, 7, 0])}),
        plan("one worker: one row after the other", [2, 5, 3], [0, 1, 2], 1, 1),
        plan("two workers, the rows in another order", [2, 5, 3, 9], [3, 1, 2, 0], 1, 2),
        plan("bundles of two rows", lengths, [1, 5, 7, 3, 4, 0, 6, 2], 2, 2),
        plan("bundles of three: the last one holds two rows", lengths, list(range(8)), 3, 2),
        plan("workers that are free at the same time", [2, 2, 2, 2, 1], [0, 1, 2, 3, 4], 1, 3),
        plan("more workers than bundles", [3, 1], [1, 0], 1, 4),
        Case("no workers", "schedule", bad, raises=ValueError),
    )


def _plan(result: Any) -> Parts:
    """Worker, start and end of each bundle as three parts, so that a message says which is wrong."""
    array = whole(result)[""]
    if array.ndim != 2 or array.shape[1] != 3:
        raise WrongKind(f"returns the shape {array.shape}, asked for is one row of worker, start, end for each bundle")
    return {name: array[:, i] for i, name in enumerate(("worker", "start", "end"))}


def _compressed(result: Any) -> Parts:
    """Values and packed bytes; before the bytes their indices one by one, where they can be read off."""
    parts = _arrays("values", "packed")(result)
    packed = parts.pop("packed")
    if packed.dtype != np.uint8:
        raise WrongKind(f"returns packed in {packed.dtype}, asked for is uint8: a byte for four indices")
    if packed.ndim == 2:
        pairs = packed[..., None].astype("int64") >> np.array([0, 2, 4, 6]) & 3
        parts["indices in packed"] = pairs.reshape(len(packed), -1)
    return parts | {"packed": packed}


def _compress() -> tuple[Case, ...]:
    def case(about: str, *rows: list[float]) -> Case:
        return Case(about, "compress_24", {"w": torch.tensor(rows)}, sparse.compress_24, parts=_compressed)

    three = {"w": torch.tensor([[1.0, 2.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0]])}
    twelve = {"w": torch.zeros(2, 12)}
    return (
        case("two non-zeros in each run", [0.0, 9.0, 0.0, 4.0, 3.0, 0.0, 5.0, 0.0]),
        case("three rows", [1.0, 2, 0, 0, 0, 0, 3, 4], [0.0, 5, 0.25, 0, 7, 0, 0, 8], [0.0, -1, 0, -9, 0, 2, -2, 0]),
        case("sixteen columns: two bytes a row", [0.0, 1, 0, 2, 3, 0, 0, 4, 0, 0, 5, 6, 7, 8, 0, 0]),
        case("a run with one non-zero", [0.0, 0, 7, 0, 8, 0, 0, 0]),
        case("a run of zeros", [0.0, 0, 0, 0, 0, 0, 6, 5]),
        Case("twelve columns", "compress_24", twelve, raises=ValueError),
        Case("three non-zeros in a run", "compress_24", three, raises=ValueError),
    )


def _matmul() -> tuple[Case, ...]:
    def case(about: str, w: Tensor, x: Tensor) -> Case:
        args = dict(zip(("values", "packed"), sparse.compress_24(w), strict=True)) | {"x": x}
        return Case(about, "matmul_24", args, spmm.matmul_24)

    row = torch.tensor([[0.0, 9.0, 0.0, 4.0, 3.0, 0.0, 5.0, 0.0]])
    other = torch.tensor([[2.0, 0.0, 0.0, -1.0, 0.0, 0.0, 6.0, 8.0]])
    two = torch.cat([row, other])
    few = torch.tensor([[0.0, 0.0, 7.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    return (
        case("times the identity: the columns of each value show", row, torch.eye(8)),
        case("two rows, two columns", two, _grid(8, 2, 6, share=1.0)),
        case("sixteen columns of W", torch.cat([row, other], 1), _grid(16, 3, 7, share=1.0)),
        case("runs with fewer than two non-zeros", few, _grid(8, 2, 8, share=1.0)),
    )


def _blocked() -> tuple[Case, ...]:
    encode = partial(
        Case, function="to_blocked_ell", reference=sparse.to_blocked_ell, parts=_arrays("col_blocks", "values")
    )

    def product(about: str, a: Tensor, block: int, n: int) -> Case:
        col_blocks, values = sparse.to_blocked_ell(a, block)
        args = {"col_blocks": col_blocks, "values": values, "b": _grid(a.shape[1], n, 9, share=1.0)}
        return Case(about, "blocked_ell_spmm", args, spmm.blocked_ell_spmm)

    uneven = torch.tensor([[1.0, 2, 0, 4], [0, 0, 0, 0], [0, 0, 0, 5], [0, 0, 6, 0]])
    wide = torch.zeros(4, 8)
    wide[0, 1], wide[1, 7], wide[3, 4], wide[2, 2] = 1, 2, 3, -4
    odd = {"a": torch.zeros(4, 6), "block": 4}
    spoiled = {"col_blocks": torch.tensor([[1, -1]]), "values": torch.tensor([[2.0, 9.0]])}
    spoiled["b"] = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    return (
        encode("blocks of 2, two and one in a row", args={"a": uneven, "block": 2}),
        encode("4 x 8, blocks of 2: partly zero blocks stay whole", args={"a": wide, "block": 2}),
        encode("one block of 4", args={"a": uneven, "block": 4}),
        encode("blocks of 1", args={"a": uneven, "block": 1}),
        encode("nothing but zeros: no blocks", args={"a": torch.zeros(4, 4), "block": 2}),
        Case("blocks that do not divide", "to_blocked_ell", odd, raises=ValueError),
        product("blocks of 2 times three columns", uneven, 2, 3),
        product("4 x 8 times two columns", wide, 2, 2),
        Case("padding holds a value", "blocked_ell_spmm", spoiled, spmm.blocked_ell_spmm),
    )


def _fkw() -> tuple[Case, ...]:
    parts = _arrays("offset", "reorder", "index", "stride", "weight")
    pair = torch.tensor([[[1, 1], [0, 0]], [[0, 1], [0, 1]]], dtype=torch.bool)

    def case(about: str, pattern_of: list[list[int]], patterns: Tensor = pair) -> Case:
        chosen = torch.tensor(pattern_of)
        numbers = torch.arange(1.0, 1 + chosen.numel() * patterns[0].numel()).reshape(
            *chosen.shape, *patterns.shape[1:]
        )
        masks = torch.cat([torch.zeros_like(patterns[:1]), patterns])
        args = {"w": numbers * masks[chosen], "pattern_of": chosen, "patterns": patterns}
        return Case(about, "fkw_encode", args, fkw.fkw_encode, parts=parts)

    return (
        case("one filter, three kernels of pattern 2, 1, 2", [[2, 1, 2]]),
        case("two filters of equal length", [[1, 2], [2, 1]]),
        case("the second filter has more kernels", [[0, 1, 0], [2, 2, 1]]),
        case("three filters, one lost all kernels", [[0, 0, 0], [1, 0, 1], [2, 1, 1]]),
        case("equal lengths stay in order", [[0, 1], [2, 0], [1, 2], [2, 0]]),
        case("3 x 3 kernels, four patterns", [[4, 0, 1], [3, 3, 2]], fkw.PATTERNS[:4]),
    )
