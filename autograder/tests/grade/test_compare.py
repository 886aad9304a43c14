"""Comparison of shown values, held against numpy's and PyTorch's own."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from autograder.grade import showing
from autograder.grade.compare import compare
from autograder.grade.judge import ask, load_judges
from autograder.grade.values import MAX_VALUES, Malformed, decode_items, for_judge
from hypothesis import given, settings
from hypothesis import strategies as st


def shown(*values):
    """What the harness sends for these values, through JSON."""
    record = showing.Shown()
    record.show(*values)
    return json.loads(json.dumps(record.items, allow_nan=False))


def agree(got, ref, **rules):
    return compare(shown(got), shown(ref), **rules) == ""


EQUAL = {
    "tensors": (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0])),
    "torch and numpy": (torch.tensor([1.0, 2.0]), np.array([1, 2], dtype=np.float32)),
    "bools": (torch.tensor([True, False]), np.array([True, False])),
    "not a number": (torch.tensor([math.nan, math.inf, -math.inf]), torch.tensor([math.nan, math.inf, -math.inf])),
    "a tuple and a list": ((1, 2.5, None, "a"), [1, 2.5, None, "a"]),
    "dicts in another order": ({"a": 1, "b": [2]}, {"b": [2], "a": 1}),
    "a Python number and an array of none": (3.5, torch.tensor(3.5)),
    "a Python int and a 0-d array": (3, np.int64(3)),
    "an int for a Python float": (2, 2.0),
    "empty": (torch.zeros(0, 3), np.zeros((0, 3), dtype=np.float32)),
    "half": (torch.tensor([1.0], dtype=torch.bfloat16), torch.tensor([1.0], dtype=torch.bfloat16)),
    "complex": (torch.tensor([1 + 2j]), np.array([1 + 2j], dtype=np.complex64)),
    "strided": (torch.arange(6.0).reshape(2, 3).T, torch.tensor([[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]])),
    "a size and a list": (torch.zeros(2, 3).shape, [2, 3]),
    "types": (torch.float32, torch.float32),
    "a large unsigned": (np.array([2**64 - 1], dtype=np.uint64), np.array([2**64 - 1], dtype=np.uint64)),
    "a parameter": (torch.nn.Parameter(torch.ones(2)), torch.ones(2)),
}
DIFFERENT = {
    "value": (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.1])),
    "shape": (torch.ones(2, 1), torch.ones(2)),
    "broadcast": (torch.tensor(1.0), torch.ones(3)),
    "precision": (torch.ones(2, dtype=torch.float64), torch.ones(2)),
    "kind": (torch.ones(2, dtype=torch.int64), torch.ones(2)),
    "width": (torch.ones(2, dtype=torch.int32), torch.ones(2, dtype=torch.int64)),
    "one bool": (torch.tensor([True, True]), torch.tensor([True, False])),
    "bools as numbers": (torch.tensor([1, 0]), torch.tensor([True, False])),
    "a bool for a number": (True, 1),
    "a number for a bool": (1, True),
    "a float for an int": (3.0, 3),
    "not a number": (torch.tensor([math.nan]), torch.tensor([1.0])),
    "a number for none": (torch.tensor([1.0]), torch.tensor([math.nan])),
    "infinity's sign": (torch.tensor([math.inf]), torch.tensor([-math.inf])),
    "infinity for large": (torch.tensor([math.inf, 1.0]), torch.tensor([1e38, 1.0])),
    "length": ([1, 2], [1, 2, 3]),
    "key": ({"a": 1}, {"b": 1}),
    "none": (None, 0),
    "text": ("a", "b"),
    "a list for an array": ([1.0, 2.0], torch.tensor([1.0, 2.0])),
    "an object": (object(), object()),
    "a small one beside zeros": (torch.tensor([1e-30]), torch.tensor([0.0])),
    "a set": ({1}, {1}),
}


TOLD = {
    "floats": (
        (torch.tensor([[1.0, 2.0], [0.1234567, 5.0]]), torch.tensor([[1.0, 2.0], [3.0, -4.0]])),
        "value 1: 2 of 4 elements differ by more than 0.0004; the first at [1, 0]: 0.123457 instead of 3",
    ),
    "whole numbers": (
        (torch.tensor([7, 8]), torch.tensor([7, 9])),
        "value 1: 1 of 2 elements differ; the first at [1]: 8 instead of 9",
    ),
    "bools": (
        (torch.tensor([True]), torch.tensor([False])),
        "value 1: 1 of 1 elements differ; the first at [0]: True instead of False",
    ),
    "one number": ((2.5, 2.0), "value 1: 1 of 1 elements differ by more than 0.0002; the first: 2.5 instead of 2"),
    "not a number": (
        (torch.tensor([math.nan]), torch.tensor([1.0])),
        "value 1: 1 of 1 elements differ by more than 0.0001; the first at [0]: nan instead of 1",
    ),
    "complex": (
        (torch.tensor([1 + 2j]), torch.tensor([1 + 3j])),
        "value 1: 1 of 1 elements differ by more than 0.000316; the first at [0]: 1+2j instead of 1+3j",
    ),
}


@pytest.mark.parametrize(("pair", "told"), TOLD.values(), ids=TOLD)
def test_the_first_wrong_element_is_told_beside_the_right_one(pair, told):
    got, ref = pair
    assert compare(shown(got), shown(ref)) == told


@pytest.mark.parametrize(("got", "ref"), EQUAL.values(), ids=EQUAL)
def test_equal_values_agree(got, ref):
    assert compare(shown(got), shown(ref)) == ""


@pytest.mark.parametrize(("got", "ref"), DIFFERENT.values(), ids=DIFFERENT)
def test_different_values_do_not_agree_and_the_reason_is_told(got, ref):
    assert compare(shown(got), shown(ref))


def test_another_number_of_items_does_not_agree():
    assert compare(shown(1, 2), shown(1))
    assert compare([], shown(1))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_any_precision_is_accepted_where_the_case_says_so(dtype):
    values = torch.tensor([1.0, 2.0, 3.0])
    assert agree(values.to(dtype), values, dtype="float")
    assert not agree(values.to(dtype), values)
    assert not agree(values.long(), values, dtype="float")


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=6),
    errors=st.lists(st.floats(-1e3, 1e3, width=32), min_size=6, max_size=6),
)
@pytest.mark.parametrize(("dtype", "rtol"), [("float32", 1e-4), ("float64", 1e-10), ("float16", 1e-2)])
def test_floats_agree_as_numpy_says_with_the_tolerance_of_the_largest(dtype, rtol, values, errors):
    with np.errstate(over="ignore"):
        ref = np.array(values).astype(dtype)
        got = ref + (np.array(errors[: len(ref)]) * rtol).astype(dtype)
    if not (np.isfinite(ref).all() and np.isfinite(got).all()):
        return
    bound = rtol * np.abs(ref.astype(float)).max()
    assert agree(got, ref) == np.allclose(got.astype(float), ref.astype(float), rtol=0, atol=bound)


def test_a_case_may_set_its_own_tolerance():
    got, ref = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.01])
    assert agree(got, ref, rtol=1e-2)
    assert not agree(got, ref, rtol=1e-3)
    with pytest.raises(AssertionError):
        torch.testing.assert_close(got, ref, rtol=1e-3, atol=0)


def test_an_exception_agrees_with_its_base_class_and_never_if_not_implemented():
    def fail(kind):
        raise kind("no")

    def raised(kind):
        return shown(showing.raises(fail, kind))

    assert compare(raised(ValueError), raised(ValueError)) == ""
    assert compare(raised(UnicodeError), raised(ValueError)) == ""
    assert compare(raised(TypeError), raised(ValueError))
    assert compare(raised(NotImplementedError), raised(RuntimeError))
    assert compare(shown(showing.raises(len, "")), raised(ValueError))
    assert compare(raised(ValueError), shown(showing.raises(len, "")))
    assert compare(shown("ValueError"), raised(ValueError))


MALFORMED = [
    None,
    {},
    "x",
    [1],
    [{}],
    [{"kind": "_"}],
    [{"kind": "scalar", "type": "int", "value": True}],
    [{"kind": "scalar", "type": "float", "value": "1"}],
    [{"kind": "scalar", "type": "object", "value": 1}],
    [{"kind": "array", "dtype": "float32", "shape": [2], "values": [1.0]}],
    [{"kind": "array", "dtype": "float32", "shape": [-1], "values": []}],
    [{"kind": "array", "dtype": "float32", "shape": [True], "values": [1.0]}],
    [{"kind": "array", "dtype": "float32", "shape": [1], "values": ["1"]}],
    [{"kind": "array", "dtype": "float32", "shape": [1], "values": [True]}],
    [{"kind": "array", "dtype": "int64", "shape": [1], "values": [1.0]}],
    [{"kind": "array", "dtype": "int64", "shape": [1], "values": [10**30]}],
    [{"kind": "array", "dtype": "float64", "shape": [1], "values": [10**400]}],
    [{"kind": "array", "dtype": "bool", "shape": [1], "values": [1]}],
    [{"kind": "array", "dtype": "object", "shape": [1], "values": [None]}],
    [{"kind": "array", "dtype": "float32", "shape": [1] * 40, "values": [1.0]}],
    [{"kind": "array", "dtype": "float32", "shape": [0, 10**9], "values": []}],
    [{"kind": "array", "dtype": 3, "shape": [], "values": [1.0]}],
    [{"kind": "array", "dtype": "float32", "shape": [MAX_VALUES], "values": [0.0] * MAX_VALUES}] * 2,
    [{"kind": "list", "items": 3}],
    [{"kind": "dict", "pairs": [[1]]}],
    [{"kind": "dict", "pairs": [[{"kind": "list", "items": []}, {"kind": "scalar", "type": "int", "value": 1}]]}],
    [{"kind": "raised", "names": [1]}],
    [{"kind": "object"}],
]


@pytest.mark.parametrize("items", MALFORMED)
def test_what_the_harness_does_not_write_is_refused(items):
    with pytest.raises(Malformed):
        decode_items(items)
    if isinstance(items, list):
        assert compare(items, shown(1.0))


def test_deep_nests_are_refused():
    deep = {"kind": "scalar", "type": "int", "value": 1}
    for _ in range(50):
        deep = {"kind": "list", "items": [deep]}
    with pytest.raises(Malformed):
        decode_items([deep])


def test_the_harness_bounds_what_is_shown():
    with pytest.raises(ValueError, match="more than"):
        shown(torch.zeros(showing.MAX_VALUES + 1))
    with pytest.raises(ValueError, match="too long"):
        shown("x" * (showing.MAX_TEXT + 1))
    with pytest.raises(ValueError, match="deeper"):
        shown([[[[[[[[[[1]]]]]]]]]])


def test_judges_get_plain_values():
    values = (
        torch.ones(2, dtype=torch.float16),
        np.array([True]),
        [1, {"a": (2.5, "x")}],
        showing.raises(int, "x"),
        None,
    )
    got = [for_judge(value) for value in decode_items(shown(*values))]
    assert got[0].dtype == np.float16
    assert got[1].dtype == bool
    assert got[2:] == [[1, {"a": [2.5, "x"]}], "ValueError", None]


JUDGES = load_judges(
    "def share(got, ref):\n    return float(np.mean(got[0] == ref[0]))\n"
    "def wild(got, ref):\n    return {0: 7.0, 1: -2.0, 2: math.nan}[got[0]]\n"
)


def test_a_judge_gives_a_fraction():
    assert ask(JUDGES["share"], shown(torch.tensor([1, 2, 3, 4])), shown(torch.tensor([1, 2, 0, 0]))) == (0.5, "")


@pytest.mark.parametrize(("value", "fraction"), [(0, 1.0), (1, 0.0), (2, 0.0)])
def test_a_judges_fraction_is_held_between_0_and_1(value, fraction):
    assert ask(JUDGES["wild"], shown(value), [])[0] == fraction


def test_a_judge_that_cannot_read_the_values_gives_nothing_and_says_why():
    fraction, why = ask(JUDGES["wild"], shown("x"), [])
    assert (fraction, why) == (0.0, "KeyError: 'x'")
    assert ask(JUDGES["wild"], [{"kind": "?"}], [])[0] == 0.0
