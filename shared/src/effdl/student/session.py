"""What this kernel has seen: the verdicts of visible checks, and the first answer to each prediction.

It is kept in memory only: what has to last stands in the notebook.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

__all__ = ["Verdict", "first_guess", "keep", "names", "running", "verdict"]

_verdicts: dict[str, Verdict] = {}
_guesses: dict[tuple[str, ...], Any] = {}


@dataclass(frozen=True)
class Verdict:
    """How the last run of a visible check ended; `answer` is the digest of what it ran, "" if unknown."""

    right: int
    cases: int
    answer: str = ""

    @property
    def passed(self) -> bool:
        return self.right == self.cases


def keep(exercise: str, found: Verdict) -> None:
    """Remember the verdict on an exercise in place of an earlier one."""
    _verdicts[exercise] = found


def verdict(exercise: str) -> Verdict | None:
    """The last verdict on an exercise in this kernel."""
    return _verdicts.get(exercise)


def first_guess(key: tuple[str, ...], guess: Any) -> Any:
    """What was first guessed under `key` in this kernel; `guess` if it is the first."""
    return _guesses.setdefault(key, guess)


def names() -> dict[str, Any]:
    """What the notebook's cells have defined; nothing outside IPython."""
    shell = _shell()
    return shell.user_ns if shell else {}


def running() -> str:
    """The text of the cell that is running, "" outside IPython."""
    shell = _shell()
    raw = shell.history_manager.input_hist_raw if shell and shell.history_manager else []
    return raw[-1] if raw else ""


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
