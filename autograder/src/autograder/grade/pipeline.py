"""Grade a class: collect, mark in worker processes, choose attempts, settle with what is recorded, record."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grade.attempts import choose
from autograder.grade.classlist import open_roster, save_roster, told, write_missing
from autograder.grade.collect import KEEP, Intake, Intaking, Submission, collect
from autograder.grade.files import write_json
from autograder.grade.journal import Journal
from autograder.grade.manual import Manual
from autograder.grade.marks import Marks
from autograder.grade.noticed import noticed
from autograder.grade.options import Options
from autograder.grade.outcome import Outcome, one_line
from autograder.grade.place import Place, open_place
from autograder.grade.policy import Policy
from autograder.grade.seeding import Seeding
from autograder.grade.settle import Settled, settle
from autograder.grade.summary import GradeSummary
from autograder.grade.tables import row
from autograder.intake.policy_file import read_policy
from autograder.intake.roster import Roster
from autograder.lab import Lab, load_lab


def grade(course: Course, lab: str, path: Path, out: Path, **options: Any) -> GradeSummary:
    """Grade every submission of `lab` in `path` and record it in `out`; the options are those of `Options`.

    Raises: ValueError if the lab, `path` or `out` cannot be used or nothing can be graded; IsolationUnavailable
    """
    run = _Run(course, load_lab(course, lab), Options(**options))
    if run.options.keep not in KEEP:
        raise ValueError(f"--keep {run.options.keep!r}: choose one of {', '.join(KEEP)}")
    with ExitStack() as stack:
        run.place = stack.enter_context(open_place(out, write=not run.options.dry_run))
        run.journal, run.stack = Journal(run.place, run.lab.name), stack
        return run.grade(path)


@dataclass
class _Run:
    """One call of `grade`: what its steps share."""

    course: Course
    lab: Lab
    options: Options
    place: Place = field(init=False)
    journal: Journal = field(init=False)
    stack: ExitStack = field(init=False)
    policy: Policy = field(init=False)
    roster: Roster | None = field(init=False)
    recorder: Any = None
    seconds: dict[str, float] = field(default_factory=dict)

    def grade(self, path: Path) -> GradeSummary:
        with self.timed("collect"):
            self.policy = read_policy(self.place.policy)
            self.roster = open_roster(self.place, self.options.roster)
            scratch = self.scratch()
            intake = collect(path, self.lab, Intaking(self.roster, self.options.keep, scratch))
            recorded = self.place.outcomes(self.lab.name)
        seeding = Seeding(self.place, self.lab.name, self.options.known, write=not self.options.dry_run)
        marks = Marks(
            self.course, self.lab, self.options, seeding, self.journal, prepare=self.prepare, seconds=self.seconds
        )
        outcomes = seeding.settle(scratch, lambda seed: marks.outcomes(intake.submissions, recorded.values(), seed))
        lateness = partial(self.policy.lateness, self.lab.name)
        graded = choose(outcomes, lateness)
        graded += [Outcome(bad.student, bad.file, "invalid", one_line(bad.message)) for bad in intake.rejections]
        graded.sort(key=lambda each: each.student)
        settled = settle(self.journal.undecided(recorded, graded), graded, force=self.options.force, lateness=lateness)
        counts = {(each.student, each.file) for each in graded}
        submissions = {each.student: each for each in intake.submissions if (each.student, each.file) in counts}
        manual = self.record(intake, settled, submissions)
        if not self.options.dry_run:
            self.journal.end(outcomes, settled.final)
        return self.summary(intake, settled, manual)

    def scratch(self) -> Path:
        """A private folder for what is unpacked, removed in the end; one that a killed run left is removed now."""
        if self.options.dry_run:
            return Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="unpacked-")))
        folder = self.place.private / "unpacked"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        self.stack.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def prepare(self) -> None:
        """Load what records (nbgrader takes seconds to import) and enter the lab into the gradebook."""
        if self.options.dry_run or self.recorder is not None:
            return
        with self.timed("loading"):
            from autograder.grade.database import choose as choose_database
            from autograder.grade.record import Recorder

            if self.options.gradebook:
                choose_database(self.place, self.options.gradebook)
            self.recorder = self.stack.enter_context(Recorder(self.place, self.lab, self.policy))

    def record(self, intake: Intake, settled: Settled, submissions: Mapping[str, Submission]) -> dict[str, Manual]:
        """Record the class, unless nothing is to be written; returns what people have graded of it."""
        if self.options.dry_run:
            return {}
        with self.timed("recording"):
            self.journal.intend(settled.final[student] for student in sorted(settled.fresh))
            manual = self.recorder.record(settled, submissions, intake.skipped)
            save_roster(self.place, self.roster)
            write_missing(self.place, self.roster)
        write_json(self.place.private / f"{self.lab.name}_timing.json", self.seconds)
        return manual

    def summary(self, intake: Intake, settled: Settled, manual: dict[str, Manual]) -> GradeSummary:
        rows = [
            row(
                outcome,
                self.lab.name,
                self.lab.max_score,
                manual.get(student, Manual()),
                self.policy.lateness(self.lab.name, outcome),
            )
            for student, outcome in sorted(settled.final.items())
        ]
        notes = (
            *settled.notes,
            *self.policy.strangers(self.lab.name, settled.final),
            *told(self.roster, settled.final, intake.unlisted),
            *noticed(intake.submissions, self.lab),
        )
        found = (tuple(rows), intake.skipped, settled.changes, notes, settled.errors)
        return GradeSummary(self.lab.name, self.place.root, *found, self.seconds, self.options.dry_run)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start
