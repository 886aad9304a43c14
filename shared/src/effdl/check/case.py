"""What a visible check consists of: cases, each a call with its expected result."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

__all__ = ["Case", "Parts", "Plan", "WrongKind", "output", "whole"]

Parts = dict[str, np.ndarray]


class WrongKind(TypeError):
    """A function returned something that cannot be compared; the message says what was asked for."""


def whole(result: Any) -> Parts:
    """A tensor, array or number as the one part of a result.

    Raises: WrongKind if it is something else
    """
    if result is None:
        raise WrongKind("returns None: is a `return` missing?")
    if isinstance(result, torch.Tensor):
        return {"": result.detach().cpu().numpy().copy()}
    if isinstance(result, np.ndarray | np.generic | bool | int | float):
        return {"": np.array(result)}
    raise WrongKind(f"returns a {type(result).__name__}, asked for is a tensor")


@dataclass(frozen=True)
class Case:
    """One call. `args` go in by position, as copies that must come back unchanged; `function` is the name in the lab.

    `reference` gives the expected result (None where several are right), `raises` the error asked for instead of a
    result, `parts` the arrays that are compared, `bound` a sentence on a result that breaks a rule (else None). An
    answer that is a class is called by `use(answer, *args)`, which reads as `called(args)`.
    """

    about: str
    function: str
    args: dict[str, Any]
    reference: Callable[..., Any] | None = None
    raises: type[Exception] | None = None
    parts: Callable[[Any], Parts] = whole
    bound: Callable[..., str | None] | None = None
    rtol: float = 1e-4
    use: Callable[..., Any] | None = None
    called: str = ""

    @property
    def call(self) -> str:
        named = (isinstance(value, RICH) or callable(value) for value in self.args.values())
        shown = (name if short else repr(value) for (name, value), short in zip(self.args.items(), named, strict=True))
        return f"{self.called or self.function}({', '.join(shown)})"


RICH = (torch.Tensor, torch.nn.Module, np.ndarray)


@dataclass(frozen=True)
class Plan:
    """The visible check of one exercise. `established` says what a pass shows; {error} is the largest one found.

    Where the answer is a text of C, `run(text, *arguments)` compiles and calls it, and `report(text)` says after a pass
    what it costs.
    """

    names: tuple[str, ...]
    established: str
    cases: tuple[Case, ...]
    run: Callable[..., Any] | None = None
    report: Callable[[str], str] | None = None

    def functions(self, answers: Iterable[Any]) -> dict[str, Callable[..., Any]]:
        """The answers by name, each as something to call.

        Raises: TypeError if an answer should be a text of C and is not
        """
        if self.run is None:
            return dict(zip(self.names, answers, strict=True))
        named = dict(zip(self.names, answers, strict=True))
        for name, answer in named.items():
            if not isinstance(answer, str):
                raise TypeError(f"{name} must be a text of C in quotes, it is of type {type(answer).__name__}")
        return {name: partial(self.run, answer) for name, answer in named.items()}


def output(case: Case, function: Callable[..., Any]) -> tuple[Parts, str]:
    """What `function` gives on copies of a case's arguments, and the name of an argument that it changed ("" if none).

    Raises: whatever the function raises; WrongKind
    """
    given = copy.deepcopy(case.args)
    result = case.use(function, *given.values()) if case.use else function(*given.values())
    parts = case.parts(result)
    changed = [name for name, value in given.items() if not _same(value, case.args[name])]
    return parts, changed[0] if changed else ""


def _same(now: Any, before: Any) -> bool:
    if isinstance(before, torch.nn.Module):
        old, new = before.state_dict(), now.state_dict()
        return old.keys() == new.keys() and str(now) == str(before) and all(_same(new[k], old[k]) for k in old)
    if isinstance(before, np.ndarray):
        return now.shape == before.shape and now.dtype == before.dtype and np.array_equal(now, before)
    if isinstance(before, torch.Tensor):
        return now.shape == before.shape and now.dtype == before.dtype and bool(torch.equal(now, before))
    return bool(now == before)
