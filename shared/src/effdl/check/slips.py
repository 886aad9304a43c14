"""Name the likely slip: fingerprints of what known wrong answers give on the visible cases, each with a sentence.

`slips/labNN.json` maps exercise -> number of the case -> digest of a result -> sentence. The build writes it, so that a
check can name a slip without holding the code of any.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module, resources
from typing import Any

import numpy as np

from effdl.check.case import Case, Parts, Plan, output
from effdl.check.compare import difference

__all__ = ["build", "digest", "fingerprint", "likely", "plan"]

Functions = str | Callable[..., Any] | Iterable[Callable[..., Any] | str] | Mapping[str, Callable[..., Any]]


def plan(exercise: str) -> Plan:
    """The visible check of an exercise, from `effdl.check.labNN`.

    Raises: ValueError if there is none
    """
    lab, _, _ = exercise.partition(".")
    try:
        return import_module(f"effdl.check.lab{int(lab):02d}").plans()[exercise]
    except (ModuleNotFoundError, KeyError, ValueError) as problem:
        raise ValueError(f"check: there is no exercise {exercise!r}") from problem


def digest(parts: Parts) -> str:
    """A short hash of a result's shapes, kinds and values; floats count to three digits."""
    text = [f"{name}{array.shape}{array.dtype.kind}{_rounded(array)}" for name, array in parts.items()]
    return hashlib.sha256("|".join(text).encode()).hexdigest()[:12]


def _rounded(array: np.ndarray) -> list[str]:
    if array.dtype.kind != "f":
        return [str(value) for value in array.flat]
    return [f"{value + 0.0:.2e}" for value in np.where(np.abs(array) < 1e-6, 0.0, array).flat]


def fingerprint(exercise: str, wrong: Iterable[tuple[str, Functions]]) -> dict[str, dict[str, str]]:
    """Number of the case -> digest -> sentence, for pairs of a sentence and the function(s) that it is about.

    Functions come alone, in the lab's order, or by name where an exercise asks for several and one is wrong.
    A wrong answer that fails on a case otherwise than by its value, or gives the expected one, is left out there.
    """
    checked = plan(exercise)
    marks = []
    for sentence, functions in wrong:
        named = _named(functions, checked)
        failed = [(i, _mark(case, named.get(case.function))) for i, case in enumerate(checked.cases)]
        marks.append([(str(i), mark, sentence) for i, mark in failed if mark])
    found: dict[str, dict[str, str]] = {}
    # a check stops at the first failure: where two slips look alike, the one that gets no further is likelier
    for rows in ([slip[0] for slip in marks if slip], [row for slip in marks for row in slip[1:]]):
        for number, mark, sentence in rows:
            found.setdefault(number, {}).setdefault(mark, sentence)
    return found


def _named(functions: Functions, checked: Plan) -> dict[str, Callable[..., Any]]:
    if isinstance(functions, Mapping):
        return dict(functions)
    names = checked.names
    if checked.run:
        return checked.functions([functions] if isinstance(functions, str) else functions)
    rows = [functions] if callable(functions) else list(functions)
    if len(rows) == len(names):
        return dict(zip(names, rows, strict=True))
    return {function.__name__: function for function in rows}


def _mark(case: Case, function: Callable[..., Any] | None) -> str:
    if function is None or case.raises:
        return ""
    try:
        parts, _ = output(case, function)
    except Exception:
        return ""
    if case.reference is None:
        fine = not (case.bound and case.bound(parts, **case.args))
    else:
        fine = difference(parts, output(case, case.reference)[0], case.rtol) is None
    return "" if fine else digest(parts)


def build(lab: str, wrong: Mapping[str, Iterable[tuple[str, Functions]]]) -> dict[str, dict[str, dict[str, str]]]:
    """What `slips/<lab>.json` holds: the fingerprints of each exercise's wrong answers."""
    return {exercise: fingerprint(exercise, rows) for exercise, rows in sorted(wrong.items())}


def likely(exercise: str, number: int, parts: Parts) -> str:
    """The sentence of the known slip that gives this result on this case, or ""."""
    path = resources.files("effdl.check") / "slips" / f"lab{int(exercise.partition('.')[0]):02d}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return known.get(exercise, {}).get(str(number), {}).get(digest(parts), "")
