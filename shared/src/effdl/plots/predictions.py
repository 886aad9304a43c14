"""Put a prediction beside the measured result.

`reveal` takes the guess that the reader wrote down and the truth, each a number or a dict of numbers or words, and
prints one line per entry. Running example: guess 0.9, truth 0.93 prints the two and their difference, 0.03. A drawing
that takes the guess marks it beside the result, joined by a line as long as the error; a guess that is a word is
tagged at the curve or bar that it names.

A blank (`None`) asks for a guess and keeps the answer back, so that running all cells never gives it away. The first
guess of a session is committed: if it is changed after the result was seen, both are shown. Nothing of it is graded.

Source: ours; the beat "predict, compute, compare" of the course
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from matplotlib.axes import Axes

from effdl.plots.style import label
from effdl.student import session

__all__ = ["HeldBack", "compare_guess", "is_blank", "mark_choice", "mark_guesses", "reveal", "waits_for_guess"]

INK = "#222222"  # of guesses: no curve has it
EXACT = 1e-3  # of the result: what is not told apart from it
MOST = 60  # characters of a guess in words
Arguments, Drawn = ParamSpec("Arguments"), TypeVar("Drawn")
FAR = 3.0  # a guess further outside the axes than that many times their length is told in words only


class HeldBack:
    """What stands in the place of a figure that would give away the answer to a blank prediction."""

    def __repr__(self) -> str:
        return "The figure appears with your prediction: put it in place of None above, then run this cell again."

    def _ipython_display_(self) -> None:
        print(self)


def compare_guess(name: str, guess: Any, truth: Any, unit: str = "") -> str:
    """One line: the guess, the result and how far off it is.

    Shapes: none
    Source: ours

    >>> compare_guess("fine", 0.9, 0.93)
    'fine: you said 0.9, it is 0.93, off by 0.03'
    """
    head, unit = (f"{name}: " if name else ""), (f" {unit}" if unit else "")
    if guess is None:
        return f"{head}no prediction yet: put yours in place of None above, then run this cell again"
    numbers = _is_number(guess) and _is_number(truth)
    if guess == truth if numbers else _plain(guess) == _plain(truth):
        return f"{head}it is {truth}{unit}, as you said"
    off = f", off by {abs(guess - truth):.3g}" if numbers else ""
    return f"{head}you said {guess}{unit}, it is {truth}{unit}{off}"


def reveal(guess: Any, truth: Any, unit: str = "", *, details: str = "") -> None:
    """Print a prediction beside the truth; a blank prediction asks and keeps the answer back. Never raises.

    `details` is a line that would give the answer away; it comes first, once something was predicted.

    Shapes: none
    Source: ours
    """
    if details and not is_blank(guess):
        print(details)
    truths = truth if isinstance(truth, Mapping) else {"": truth}
    guesses = guess if isinstance(guess, Mapping) else dict.fromkeys(truths, guess)
    for name, value in truths.items():
        said = guesses.get(name)
        print(compare_guess(str(name), said, value, unit) + _committed(str(name), said, unit))


def is_blank(guess: Any) -> bool:
    """Whether a prediction, or every entry of it, is still `None`.

    Shapes: none
    Source: ours
    """
    return all(map(is_blank, guess.values())) if isinstance(guess, Mapping) else guess is None


def waits_for_guess(draw: Callable[Arguments, Drawn]) -> Callable[Arguments, Drawn | HeldBack]:
    """Let a drawing wait for its keyword `guess`: a blank one holds the picture back, none at all asks for nothing.

    Shapes: none
    Source: ours
    """

    @functools.wraps(draw)
    def waiting(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Drawn | HeldBack:
        guess = kwargs.get("guess")
        return HeldBack() if guess is not None and is_blank(guess) else draw(*args, **kwargs)

    return waiting


def mark_guesses(
    ax: Axes,
    guesses: Any,
    truths: Mapping[Any, float],
    at: Callable[[Any, float], tuple[float, float]],
    *,
    offset: tuple[float, float] | None = (5, 9),
) -> str:
    """Draw each guess that is a number as a diamond, joined to its result; return what was drawn in words.

    `at(name, value)` is the place of a value on the axes, which grow to hold the guesses; `offset` moves the words
    "your guess" from the first diamond, in points; None leaves them out.

    Shapes: none
    Source: ours
    """
    guesses = guesses if isinstance(guesses, Mapping) else {}
    numbers = {name: guesses[name] for name in truths if _is_number(guesses.get(name)) and math.isfinite(guesses[name])}
    named = offset is None
    for name, guess in numbers.items():
        place, result = at(name, guess), at(name, truths[name])
        if not _make_room(ax, place):
            continue
        ax.plot(*zip(place, result, strict=True), color=INK, lw=1, zorder=1)
        ax.plot(*place, "D", color=INK, mfc="none", zorder=3)
        if not named:
            label(ax, place, "your guess", INK, dx=offset[0], dy=offset[1])
            named = True
    told = (f"{name} {guess:g}, {_off(guess, truths[name])}" for name, guess in numbers.items())
    return f" Your guesses: {'; '.join(told)}." if numbers else ""


def mark_choice(
    ax: Axes,
    guess: Any,
    truth: Any,
    places: Mapping[Any, tuple[float, float]],
    *,
    entry: str = "",
    offset: tuple[float, float] = (9.0, 9.0),
) -> str:
    """Tag the one of some curves or bars that was guessed, and say whether it is right; return the same in words.

    `places` has a place on the axes for each choice, `offset` moves the tag from it, in points. A dict of guesses
    chooses by its `entry`. A guess that is none of the choices is told in words only.

    Shapes: none
    Source: ours
    """
    said = guess.get(entry) if isinstance(guess, Mapping) else guess
    if said is None:
        return ""
    name, right = _plain(said), _plain(said) == _plain(truth)
    place = {_plain(choice): at for choice, at in places.items()}.get(name)
    if place is not None:
        ax.plot(*place, "D", color=INK, mfc="none", zorder=4)
        ax.annotate(
            f"your guess, {'right' if right else 'wrong'}", place, xytext=offset, textcoords="offset points",
            color=INK, va="center", ha="left" if offset[0] >= 0 else "right", fontsize=8, zorder=5,
            bbox={"boxstyle": "round,pad=0.2", "fc": "white", "ec": INK, "lw": 0.6},
            arrowprops={"arrowstyle": "-", "color": INK, "lw": 0.6, "shrinkA": 0, "shrinkB": 4},
        )  # fmt: skip
    told = "right" if right else f"it is {truth}" if place is not None else f"none of those drawn; it is {truth}"
    return f" Your guess{f' ({entry})' if entry else ''}: {str(said)[:MOST]}, {told}."


def _plain(choice: Any) -> str:
    """A choice as it is compared: without regard to capitals and spaces around it."""
    return str(choice).strip().lower()


def _off(guess: float, truth: float) -> str:
    """The error, in no more digits than every machine agrees on."""
    error = abs(guess - truth)
    return "right" if error <= EXACT * abs(truth) else f"off by {float(f'{error:.2g}'):g}"


def _make_room(ax: Axes, place: tuple[float, float]) -> bool:
    """Grow the axes to hold a place; False if it is too far away, or nowhere on a logarithmic axis."""
    sides = ((ax.get_xscale(), ax.get_xlim(), ax.set_xlim), (ax.get_yscale(), ax.get_ylim(), ax.set_ylim))
    for value, (scale, limits, grow) in zip(place, sides, strict=True):
        is_log = scale == "log"
        if is_log and value <= 0:
            return False
        limits = [math.log10(end) if is_log else float(end) for end in limits]
        at, (low, high) = (math.log10(value) if is_log else value), sorted(limits)
        beyond, margin = max(low - at, at - high), 0.05 * (high - low)
        if beyond > FAR * (high - low):
            return False
        if beyond > 0:
            new = sorted((min(low, at - margin), max(high, at + margin)), reverse=limits[0] > limits[1])
            grow([10**end if is_log else end for end in new])
    return True


def _committed(name: str, guess: Any, unit: str) -> str:
    """What was guessed first in this session, where that is no longer the guess."""
    cell = session.running()
    if guess is None or not cell:
        return ""
    first = session.first_guess((cell, name), guess)
    same = repr(first) == repr(guess)
    return "" if same else f" (your first guess, before you saw it: {first}{f' {unit}' if unit else ''})"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
