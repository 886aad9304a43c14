"""Put a prediction beside the measured result.

`reveal` takes the guess that the reader wrote down and the truth, each a number or a dict of numbers or words, and
prints one line per entry. Running example: guess 0.9, truth 0.93 prints the two and their difference, +0.03.

A blank (`None`) asks for a guess and keeps the answer back, so that running all cells never gives it away.

Source: ours; the beat "predict, compute, compare" of the course
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["compare_guess", "reveal"]


def compare_guess(name: str, guess: Any, truth: Any, unit: str = "") -> str:
    """One line: the guess, the result and how far off it is.

    Shapes: none
    Source: ours

    >>> compare_guess("fine", 0.9, 0.93)
    'fine: you said 0.9, it is 0.93, off by 0.03'
    """
    label, unit = (f"{name}: " if name else ""), (f" {unit}" if unit else "")
    if guess is None:
        return f"{label}no prediction yet: put yours in place of None above, then run this cell again"
    numbers = _is_number(guess) and _is_number(truth)
    if guess == truth if numbers else str(guess).strip().lower() == str(truth).lower():
        return f"{label}it is {truth}{unit}, as you said"
    off = f", off by {abs(guess - truth):.3g}" if numbers else ""
    return f"{label}you said {guess}{unit}, it is {truth}{unit}{off}"


def reveal(guess: Any, truth: Any, unit: str = "") -> None:
    """Print a prediction beside the truth; a blank prediction asks and keeps the answer back. Never raises.

    Shapes: none
    Source: ours
    """
    if not isinstance(truth, Mapping):
        print(compare_guess("", guess, truth, unit))
        return
    guesses = guess if isinstance(guess, Mapping) else dict.fromkeys(truth, guess)
    for name, value in truth.items():
        print(compare_guess(str(name), guesses.get(name), value, unit))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
