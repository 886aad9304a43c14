# ruff: noqa: F821 - Shown, Raised, Silence and raises are `showing.py`'s, CASES and JUDGES the generated file's
"""What runs a hidden case beside the solution's values, in the student's kernel: as instructors do it without us.

It is sent as text, after `showing.py`, and never imported by the grader.
"""

import contextlib
import math
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

FLOATS = ("float16", "bfloat16", "float32", "float64", "float")
RTOL = {"float64": 1e-10, "float16": 1e-2, "bfloat16": 1e-2}


def points(exercise, user):
    """What an exercise earns with a notebook's names."""
    cases = {name: case for name, case in CASES.items() if case["exercise"] == exercise}
    return sum(case["points"] * verdict(name, user) for name, case in cases.items())


def verdict(name, user):
    """Whether a case shows with a notebook's names what it shows with the solution's."""
    case, shown = CASES[name], Shown()
    torch.manual_seed(case["seed"])
    names = dict(user) | {"show": shown.show, "raises": raises, "seed": case["seed"], "tensor": torch.tensor}
    names |= {"torch": torch, "np": np, "nn": nn, "F": F, "math": math}
    names |= {"rand": draw(torch.rand, case["seed"]), "randn": draw(torch.randn, case["seed"])}
    quiet = contextlib.redirect_stdout(Silence()), contextlib.redirect_stderr(Silence())
    try:
        with quiet[0], quiet[1], warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(case["code"], names)
        return agree(shown.items, case)
    except Exception:
        return False


def agree(got, case):
    if case["judge"]:
        return JUDGES[case["judge"]](*[[plain(item) for item in items] for items in (got, case["expected"])]) == 1
    return all_same(got, case["expected"], case)


def draw(kind, case_seed):
    def sample(*shape, seed=case_seed, dtype=torch.float32):
        return kind(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)

    return sample


def all_same(got, ref, case):
    return len(got) == len(ref) and all(same(one, other, case) for one, other in zip(got, ref, strict=True))


def same(got, ref, case):
    kind = ref["kind"]
    if kind == "list":
        return got["kind"] == kind and all_same(got["items"], ref["items"], case)
    if kind == "raised":
        return got["kind"] == kind and got["names"][:1] != ["NotImplementedError"] and ref["names"][0] in got["names"]
    if kind != "array":
        return close(np.array(plain(got)), np.array(plain(ref)), case["rtol"] or 1e-4)
    dtypes = (got["dtype"], ref["dtype"])
    alike = dtypes[0] == dtypes[1] or (case["dtype"] == "float" and all(dtype in FLOATS for dtype in dtypes))
    return alike and close(plain(got), plain(ref), case["rtol"] or max(RTOL.get(dtype, 1e-4) for dtype in dtypes))


def close(got, ref, rtol):
    if got.shape != ref.shape or ref.dtype.kind not in "fc":
        return np.array_equal(got, ref)
    largest = np.abs(ref[np.isfinite(ref)]).max(initial=0.0)
    return np.allclose(got, ref, rtol=0, atol=rtol * largest, equal_nan=True)


def plain(item):
    """A shown value as numpy or Python has it."""
    if item["kind"] == "array":
        dtype = {"bfloat16": "float32"}.get(item["dtype"], item["dtype"])
        return np.array(item["values"], dtype=dtype).reshape(item["shape"])
    if item["kind"] == "list":
        return [plain(each) for each in item["items"]]
    return item.get("value")
