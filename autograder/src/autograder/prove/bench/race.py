"""All contestants on one class, turn by turn, so that load from elsewhere meets them alike; and the table.

Slow contestants grade a sample of the class in which each kind of submission has its share, in two parts with ours in
between. Ours grades whole classes: of a new assignment, whose seed is drawn and proven fair on the known answers.
"""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.lab import Lab, load_lab
from autograder.prove.answers import known_answers
from autograder.prove.bench.embedded import module
from autograder.prove.bench.floor import floor
from autograder.prove.bench.measure import Tally
from autograder.prove.bench.mixture import BLOCK, FULL, LESS, Mixture, Pupil, sample
from autograder.prove.bench.otter import Otter
from autograder.prove.bench.ours import Ours
from autograder.prove.bench.stock import Stock
from autograder.run.pool import cores

LATER = 50


@dataclass(frozen=True)
class Size:
    """How large the class is, how many of it the slow contestants grade (`whole`: every cell of the lab)."""

    submissions: int
    sample: int
    whole: int
    growth: tuple[int, ...] = ()


def bench(course: Course, name: str, size: Size, say: Callable[[str], None], otter: Path | None = None) -> list[Tally]:
    """Grade a class by all contestants and tell how they compare; `otter` is a Python that has otter-grader.

    Raises: RuntimeError if a grader fails, or if its scores do not tell right from wrong
    """
    lab = load_lab(course, name)
    count = size.submissions + min(LATER, size.submissions)
    pupils = list(Mixture(lab, known_answers(course, lab)).pupils(count))
    pupils, later = pupils[: size.submissions], pupils[size.submissions :]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        race = _Race(course, lab, Path(folder), say)
        say(_machine())
        say(f"{name}, {size.submissions} submissions: {_kinds(pupils)}")
        rivals = race.rivals(otter)
        part = sample(pupils, size.sample)
        race.turn(rivals, part[0::2])
        ours = race.ours.grade(pupils, "autograder grade, new assignment, sandboxed")
        stages = race.ours.stages()
        race.turn(rivals, part[1::2])
        last = race.ours.grade(later, "autograder grade, later hand-ins, sandboxed")
        rivals += [race.whole(sample(pupils, size.whole))] if size.whole else []
        race.tell(ours, [ours, last], rivals, pupils)
        say(_shares(stages, len(pupils)))
        say("  " + floor(course, lab, stages, len(pupils)).line())
        larger = list(race.growth(size.growth))
        say(_machine())
    return [ours, last, *(rival.tally for rival in rivals), *larger]


class _Race:
    """The contestants of one run and the folder that they work in."""

    def __init__(self, course: Course, lab: Lab, root: Path, say: Callable[[str], None]) -> None:
        self.course, self.lab, self.root, self.say = course, lab, root, say
        self.cases = module(course, lab)
        self.ours = Ours(course, lab, root / "ours")

    def rivals(self, otter: Path | None) -> list[Stock | Otter]:
        found: list[Stock | Otter] = [Stock(self.lab, self.root / "same", self.cases, whole=False)]
        if otter is None:
            self.say("otter-grader is left out: name a Python that has it with --otter")
        else:
            found.append(Otter(self.lab, self.root / "otter", self.cases, otter))
        return found

    def turn(self, rivals: Sequence[Stock | Otter], pupils: Sequence[Pupil]) -> None:
        for rival in rivals:
            rival.grade(pupils)

    def whole(self, pupils: Sequence[Pupil]) -> Stock:
        stock = Stock(self.lab, self.root / "whole", self.cases, whole=True)
        stock.grade(pupils)
        return stock

    def tell(
        self, ours: Tally, mine: Sequence[Tally], rivals: Sequence[Stock | Otter], pupils: Sequence[Pupil]
    ) -> None:
        kinds = {pupil.id: pupil.kind for pupil in pupils}
        for tally in mine:
            self.say(tally.line())
        separates(ours, kinds)
        for rival in rivals:
            tally = rival.tally
            ratios = " and ".join(f"{tally.each / other.each:.1f}" for other in mine)
            self.say(f"{tally.line()}   ratios {ratios}")
            if not getattr(rival, "whole", False):
                separates(tally, kinds)
                self.say(f"  scores as ours: {agreeing(tally, ours)} of {len(tally.scores)}")

    def growth(self, sizes: Sequence[int]) -> Iterator[Tally]:
        """Ours alone, on classes of other sizes, each of a new assignment."""
        answers = known_answers(self.course, self.lab)
        for count in sizes:
            pupils = list(Mixture(self.lab, answers).pupils(count))
            tally = Ours(self.course, self.lab, self.root / f"growth{count}").grade(
                pupils, "autograder grade, new assignment"
            )
            self.say(f"{tally.line()}   the grader's own process {tally.own_mib:.0f} MiB")
            yield tally


def separates(tally: Tally, kinds: dict[str, str]) -> None:
    """A contestant that does not grade would be fast.

    Raises: RuntimeError if it graded nobody, a right submission lost points, or a wrong or unfinished one did not
    """
    if not any(tally.scores.values()):
        raise RuntimeError(f"{tally.title}: nobody got a point")
    top = max(score for score in tally.scores.values() if score is not None)
    for student, score in tally.scores.items():
        if score is None:
            continue
        wrong = kinds.get(student) in LESS and score >= top
        if wrong or (kinds.get(student) in FULL and score < top):
            raise RuntimeError(f"{tally.title}: {student} ({kinds[student]}) got {score:g} of {top:g} points")


def agreeing(tally: Tally, ours: Tally) -> int:
    """How many submissions got the same score from both."""
    pairs = [(score, ours.scores[student]) for student, score in tally.scores.items()]
    return sum(score is not None and abs(score - other) < 0.01 for score, other in pairs)


def _kinds(pupils: Sequence[Pupil]) -> str:
    counts = {kind: sum(pupil.kind == kind for pupil in pupils) for kind in BLOCK}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())


def _shares(seconds: dict[str, float], submissions: int) -> str:
    total = sum(seconds.values()) or 1.0
    parts = (f"{stage} {100 * s / total:.0f} % ({s / submissions:.3f} s each)" for stage, s in seconds.items())
    return "  of the work: " + ", ".join(parts)


def _machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{cores()} cores, {platform.machine()}, Python {platform.python_version()}, load {load}"
