"""Where right answers differ, a function of the course judges what was shown: here, outside, on decoded values."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.grade.values import decode_items, for_judge

Judge = Callable[[list[Any], list[Any]], float]


def load_judges(source: str) -> dict[str, Judge]:
    """The functions of the judges' cells, by name; `np` and `math` are at hand there."""
    names: dict[str, Any] = {"np": np, "math": math}
    exec(compile(source, "<judges>", "exec"), names)
    return {name: value for name, value in names.items() if callable(value) and not name.startswith("_")}


def ask(judge: Judge, got: list[Any], ref: list[Any]) -> tuple[float, str]:
    """The fraction of a case's points that a judge gives, and why it is none if the judge could not read the values.

    What was shown may be anything, so a judge that raises on it says that it is wrong.
    """
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            ours, theirs = ([for_judge(value) for value in decode_items(items)] for items in (ref, got))
            fraction = float(judge(theirs, ours))
    except Exception as problem:
        return 0.0, f"{type(problem).__name__}: {problem}"[:300]
    if not math.isfinite(fraction):
        return 0.0, "the judge gave no number"
    return min(1.0, max(0.0, fraction)), ""
