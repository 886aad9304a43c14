"""The visible checks of lab 05: what each exercise's function is tried on, and the rules its result must keep."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
import torch
from torch import Tensor

from effdl import eie, pe, storage
from effdl.check.case import Case, Parts, Plan, WrongKind, whole

__all__ = ["plans"]


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    return {
        "5.1": Plan(("encode_column",), "entries match on {n} columns", _encode()),
        "5.2": Plan(("interleave",), "every element's v, z and p match on {n} matrices", _interleave()),
        "5.3": Plan(("sparse_matvec",), "products and counts match in {n} cases, largest error {error}", _matvec()),
        "5.4": Plan(("pe_schedule",), "every start and the count of cycles match in {n} cases", _schedule()),
        "5.5": Plan(("balanced_mask",), "each element keeps its largest weights, in {n} cases", _balanced()),
        "5.6": Plan(("bits_by_width",), "every bit is counted, in {n} cases", _bits()),
    }


def _column(*runs: int) -> Tensor:
    """A column from zeros and codes in turn: (2, 7, 0, 9) is two zeros, code 7, no zero, code 9."""
    rows: list[int] = []
    for zeros, code in zip(runs[::2], (*runs[1::2], 0), strict=False):
        rows += [0] * zeros + [code] * bool(code)
    return torch.tensor(rows)


def _matrix(rows: int, cols: int, density: float, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    kept = torch.rand(rows, cols, generator=generator) < density
    return torch.randint(1, 16, (rows, cols), generator=generator) * kept


def _ints(name: str, values: Any) -> np.ndarray:
    """A list, or anything like one, of whole numbers."""
    values = values.tolist() if isinstance(values, Tensor | np.ndarray) else values
    if not isinstance(values, list | tuple):
        raise WrongKind(f"returns {name} as {type(values).__name__}, asked for is a list of ints")
    values = [each.item() if isinstance(each, Tensor) and each.ndim == 0 else each for each in values]
    if not all(isinstance(each, Integral) for each in values):
        raise WrongKind(f"returns {name} = {values}, asked for is a list of ints")
    return np.array([int(each) for each in values], dtype=np.int64)


def _entries(result: Any) -> Parts:
    if not isinstance(result, list | tuple) or len(result) != 2:
        raise WrongKind(f"returns {_kind(result)}, asked for are two lists: v, z")
    return {name: _ints(name, values) for name, values in zip("vz", result, strict=True)}


def _kind(result: Any) -> str:
    if result is None:
        return "None (is a `return` missing?)"
    return f"{len(result)} things" if isinstance(result, list | tuple) else f"a {type(result).__name__}"


def _encode() -> tuple[Case, ...]:
    def case(about: str, column: Tensor, index_bits: int = 4) -> Case:
        return Case(about, "encode_column", {"codes": column, "index_bits": index_bits}, _encode_column, parts=_entries)

    return (
        case("short gaps", _column(2, 5, 0, 9, 3, 1)),
        case("18 zeros between two codes", _column(2, 1, 0, 2, 18, 3)),
        case("15 zeros: the largest gap of 4 bits", _column(15, 4)),
        case("16 zeros: one more", _column(16, 4)),
        case("7 zeros in a row, 2 bits: the second padding entry", _column(7, 4, 8, 6), 2),
        case("zeros after the last code", _column(1, 8, 20)),
        case("nothing but zeros", _column(20)),
        case("no zeros, one bit", _column(0, 3, 0, 3, 0, 2), 1),
    )


def _encode_column(codes: Tensor, index_bits: int) -> tuple[list[int], list[int]]:
    return eie.encode_column(codes, index_bits)


def _slices(result: Any) -> Parts:
    if not isinstance(result, list | tuple) or not all(isinstance(each, list | tuple) for each in result):
        raise WrongKind(f"returns {_kind(result)}, asked for is a list with (v, z, p) for each element")
    parts = {"number of elements": np.array(len(result))}
    for number, triple in enumerate(result):
        if len(triple) != 3:
            raise WrongKind(f"returns {len(triple)} things for element {number}, asked for are three lists: v, z, p")
        parts |= {f"PE {number}: {name}": _ints(name, part) for name, part in zip("vzp", triple, strict=True)}
    return parts


def _interleave() -> tuple[Case, ...]:
    def case(about: str, codes: Tensor, n_pe: int, index_bits: int = 4) -> Case:
        encode = ENCODERS[index_bits]
        args = {"codes": codes, "n_pe": n_pe, "encode": encode}
        return Case(about, "interleave", args, eie.interleave, parts=_slices)

    bad = {"codes": _matrix(4, 3, 0.5, 0), "n_pe": 0, "encode": ENCODERS[4]}
    return (
        case("4 x 3, two elements", torch.tensor([[1, 0, 0], [0, 2, 0], [3, 0, 4], [0, 5, 6]]), 2),
        case("one element holds all", torch.tensor([[1, 0, 2], [0, 0, 3], [4, 0, 0]]), 1),
        case("7 rows, three elements: 3, 2 and 2 rows", _matrix(7, 4, 0.5, 1), 3),
        case("columns with padding: 2 bits", _matrix(12, 3, 0.25, 2), 2, 2),
        case("more elements than rows", _matrix(2, 3, 0.8, 3), 3),
        Case("no elements", "interleave", bad, raises=ValueError),
    )


def _encode_4_bits(column: Tensor) -> tuple[list[int], list[int]]:
    return eie.encode_column(column, 4)


def _encode_2_bits(column: Tensor) -> tuple[list[int], list[int]]:
    return eie.encode_column(column, 2)


ENCODERS = {4: _encode_4_bits, 2: _encode_2_bits}  # plain functions: copies of them are the same


def _product(result: Any) -> Parts:
    if not isinstance(result, list | tuple) or len(result) != 2:
        raise WrongKind(f"returns {_kind(result)}, asked for are two: b and the counts")
    b, counts = result
    if not isinstance(counts, dict):
        raise WrongKind(f"returns counts of type {type(counts).__name__}, asked for is a dict")
    named = {f'counts["{name}"]': np.array(int(value)) for name, value in sorted(counts.items())}
    return {"b": whole(b)[""]} | named


def _matvec() -> tuple[Case, ...]:
    def case(about: str, codes: Tensor, a: list[float], n_pe: int = 1, index_bits: int = 4, zero: float = 0.0) -> Case:
        codebook = torch.tensor([zero, 0.5, -1.0, 2.0, 4.0, *range(5, 16)])
        slices = eie.interleave(codes, n_pe, partial(eie.encode_column, index_bits=index_bits))
        args = {"slices": slices, "a": torch.tensor(a), "codebook": codebook, "n_rows": len(codes)}
        return Case(about, "sparse_matvec", args, eie.sparse_matvec, parts=_product)

    small = torch.tensor([[1, 0, 3], [0, 2, 0], [4, 0, 0]])
    return (
        case("one element, no activation is zero", small, [1.0, 2.0, 3.0]),
        case("one element, one activation is zero", small, [0.25, 0.0, -3.0]),
        case("two elements", small, [1.0, 2.0, 0.0], 2),
        case("three elements, random", _matrix(8, 4, 0.5, 4), [0.0, 1.0, -1.0, 2.0], 3),
        case("padding: read, not multiplied", _matrix(14, 3, 0.2, 5), [1.0, 1.0, 2.0], 1, 1),
        case("padding, and codebook[0] is 100", _matrix(14, 3, 0.2, 5), [1.0, 0.0, 2.0], 2, 1, zero=100.0),
        case("all activations are zero", small, [0.0, 0.0, 0.0], 2),
    )


def _start_and_cycles(result: Any) -> Parts:
    if not isinstance(result, list | tuple) or len(result) != 2:
        raise WrongKind(f"returns {_kind(result)}, asked for are two: start and cycles")
    start, cycles = whole(result[0])[""], whole(result[1])[""]
    for name, array in (("start", start), ("cycles", cycles)):
        if array.dtype.kind not in "iu":
            raise WrongKind(f"returns {name} in {array.dtype}, asked for are integers")
    return {"start": start.astype(np.int64), "cycles": cycles.astype(np.int64)}


def _schedule() -> tuple[Case, ...]:
    def case(about: str, work: Sequence[Sequence[int]] | Tensor, fifo_depth: int) -> Case:
        args = {"work": torch.as_tensor(work), "fifo_depth": fifo_depth}
        return Case(about, "pe_schedule", args, pe.pe_schedule, parts=_start_and_cycles)

    uneven = [[3, 1], [1, 3], [2, 2], [1, 4]]
    bad = {"work": torch.tensor(uneven), "fifo_depth": 0}
    return (
        case("one element: one after the other", [[2], [3], [1]], 4),
        case("two elements, one place: wait for the slower one each time", uneven, 1),
        case("two elements, two places", uneven, 2),
        case("two elements, places for all", uneven, 9),
        case("an element without entries", [[2, 0], [0, 3], [1, 0]], 1),
        case("no entries, behind an activation with three", [[3, 1], [0, 1], [2, 1]], 3),
        case("nothing to do: a broadcast still takes a cycle", [[0, 0], [0, 0], [1, 0], [0, 0]], 2),
        case("little work: one broadcast a cycle", torch.eye(4, dtype=torch.int64), 3),
        Case("a queue without places", "pe_schedule", bad, raises=ValueError),
    )


def _balanced() -> tuple[Case, ...]:
    def case(about: str, w: Tensor, sparsity: float, n_pe: int, ties: bool = False) -> Case:
        args = {"w": w, "sparsity": sparsity, "n_pe": n_pe}
        reference = None if ties else pe.balanced_mask
        return Case(about, "balanced_mask", args, reference, bound=_same_share)

    w = torch.randn(6, 4, generator=torch.Generator().manual_seed(6)).mul(10).round()
    w = w + torch.arange(24.0).reshape(6, 4) / 50  # no two of one size
    loud = w + torch.tensor([0.0, 50.0, 0.0, 0.0, 50.0, 0.0])[:, None]
    return (
        case("two rows, two elements", torch.tensor([[9.0, 8.0], [1.0, -2.0]]), 0.5, 2),
        case("6 x 4, three elements, half goes", w, 0.5, 3),
        case("two loud rows of one element", loud, 0.5, 3),
        case("five rows, two elements: of 12 weights 4, of 8 3", w[:5], 0.65, 2),
        case("one element: plain pruning", w, 0.75, 1),
        case("nothing goes", w, 0.0, 2),
        case("equal weights: no matter which stay", torch.ones(4, 3), 0.5, 2, ties=True),
        Case("a sparsity outside [0, 1]", "balanced_mask", {"w": w, "sparsity": 1.5, "n_pe": 2}, raises=ValueError),
    )


def _same_share(parts: Parts, w: Tensor, sparsity: float, n_pe: int) -> str | None:
    mask = torch.from_numpy(parts[""])
    if mask.shape != w.shape or mask.dtype != torch.bool:
        return f"gives {tuple(mask.shape)}, {mask.dtype}; expected is a bool mask like w, {tuple(w.shape)}"
    for number in range(min(n_pe, len(w))):
        n_keep, kept = round(w[number::n_pe].numel() * (1 - sparsity)), int(mask[number::n_pe].sum())
        if kept != n_keep:
            return (
                f"keeps {kept} weights of element {number} (rows {number}, {number + n_pe}, ...), expected is {n_keep}"
            )
    return None


def _bits() -> tuple[Case, ...]:
    def case(about: str, codes: Tensor, n_pe: int, widths: list[int], *bits: int) -> Case:
        args = {"codes": codes, "n_pe": n_pe, "widths": widths}
        args |= dict(zip(("value_bits", "pointer_bits"), bits, strict=False))
        return Case(about, "bits_by_width", args, storage.bits_by_width, parts=_integers)

    gaps = _column(3, 5, 16, 7, 4)[:, None]
    pair = torch.stack([_column(2, 5, 6), _column(0, 3, 3, 1, 4)], dim=1)
    return (
        case("one column, gaps of 3 and 16", gaps, 1, [1, 2, 4, 5]),
        case("two columns: a gap ends with its column", pair, 1, [1, 2, 3]),
        case("two elements", _matrix(16, 3, 0.3, 7), 2, [1, 2, 3, 4]),
        case("three elements, 7 rows", _matrix(7, 4, 0.4, 8), 3, [1, 3]),
        case("values of 8 bits, pointers of 10", _matrix(9, 2, 0.4, 9), 2, [2, 4], 8, 10),
        case("nothing but zeros: pointers and codebook", torch.zeros(5, 3, dtype=torch.int64), 2, [1, 4]),
    )


def _integers(result: Any) -> Parts:
    array = whole(result)[""]
    if array.dtype.kind not in "iu":
        raise WrongKind(f"returns {array.dtype}, asked for is a tensor of integers")
    return {"": array.astype(np.int64)}
