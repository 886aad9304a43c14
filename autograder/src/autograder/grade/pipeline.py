"""Grade a class: collect, mark in worker processes, settle with what is recorded, record."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grade.collect import Intake, Submission, collect
from autograder.grade.manual import Manual
from autograder.grade.model import Marked
from autograder.grade.outcome import Outcome, marked_from_json, one_line
from autograder.grade.place import Place, open_place, write_json
from autograder.grade.settle import Settled, settle
from autograder.grade.summary import GradeSummary
from autograder.grade.tables import row
from autograder.lab import Lab, load_lab
from autograder.run.pool import Job, Pool, Reply, Setup, cores
from autograder.run.worker import MARKER


@dataclass(frozen=True)
class Options:
    """How to grade. `accept` may refuse a seed when one is drawn; `marker` names what opens the marker in a worker."""

    workers: int | None = None
    isolation: str = "auto"
    force: bool = False
    dry_run: bool = False
    progress: Callable[[int, int], None] | None = None
    accept: Callable[[int], bool] | None = None
    marker: str = MARKER


def grade(course: Course, lab: str, path: Path, out: Path, **options: Any) -> GradeSummary:
    """Grade every submission of `lab` in `path` and record it in `out`; the options are those of `Options`.

    Raises: ValueError if the lab, `path` or `out` cannot be used or nothing can be graded; IsolationUnavailable
    """
    run = _Run(course, load_lab(course, lab), Options(**options))
    with open_place(out, write=not run.options.dry_run) as run.place:
        return run.grade(path)


@dataclass
class _Run:
    """One call of `grade`: what its steps share."""

    course: Course
    lab: Lab
    options: Options
    place: Place = field(init=False)
    seed: int = field(init=False)
    recorder: Any = None
    seconds: dict[str, float] = field(default_factory=dict)

    def grade(self, path: Path) -> GradeSummary:
        with self.timed("collect"):
            intake = collect(path, self.lab)
            recorded = self.place.outcomes(self.lab.name)
        self.seed = self.place.seed(self.lab.name, self.options.accept)
        if not self.options.dry_run:
            self.place.save_seed(self.lab.name, self.seed)
        keys = {each.student: self.key(each) for each in intake.submissions}
        known = {each.key: each.marked for each in recorded.values() if each.marked}
        known |= {key: outcome.marked for key, outcome in self.place.interrupted(self.lab.name).items()}
        todo = [each for each in intake.submissions if keys[each.student] not in known]
        graded = [
            _outcome(each, keys[each.student], known[keys[each.student]])
            for each in intake.submissions
            if each not in todo
        ]
        graded += [Outcome(bad.student, bad.file, "invalid", one_line(bad.message)) for bad in intake.rejections]
        with ExitStack() as stack:
            graded += self.mark(todo, keys, stack)
            settled = settle(recorded, sorted(graded, key=lambda each: each.student), force=self.options.force)
            manual = self.record(intake, settled, stack)
        return self.summary(intake, settled, manual)

    def key(self, submission: Submission) -> str:
        """What the marks of a submission depend on, as one hash."""
        tests = self.course.hidden(self.lab.name).read_bytes()
        parts = (tests, self.lab.solution.read_bytes(), str(self.seed).encode(), submission.sha256.encode())
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def mark(self, todo: Sequence[Submission], keys: dict[str, str], stack: ExitStack) -> list[Outcome]:
        """Mark what has to be marked; while the workers start, what records is loaded and the lab staged."""
        names = tuple(name for exercise in self.lab.exercises for name in exercise.names)
        jobs = [Job(str(each.path), self.lab.name, names) for each in todo]
        workers = self.options.workers or cores()
        fork_server = len(jobs) > workers
        setup = Setup(
            str(self.course.root), self.lab.name, self.seed, self.options.isolation, fork_server, self.options.marker
        )
        outcomes: list[Outcome] = []
        with Pool(setup, jobs, workers) as pool:
            self.prepare(stack)
            for reply in pool.replies():
                submission = todo[reply.number]
                outcomes.append(self.outcome(submission, keys[submission.student], reply))
                if self.options.progress is not None:
                    self.options.progress(len(outcomes), len(jobs))
        return outcomes

    def outcome(self, submission: Submission, key: str, reply: Reply) -> Outcome:
        for stage, seconds in reply.seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
        if reply.marked is None:
            fault = one_line(f"{submission.file}: the grader failed, it is not graded yet: {reply.fault}")
            return Outcome(submission.student, submission.file, "error", fault, submission.sha256)
        outcome = _outcome(submission, key, marked_from_json(reply.marked))
        if not self.options.dry_run:
            with open(self.place.journal(self.lab.name), "a", encoding="utf-8") as journal:
                journal.write(json.dumps(outcome.to_json()) + "\n")
        return outcome

    def prepare(self, stack: ExitStack) -> None:
        """Load what records (nbgrader takes seconds to import) and enter the lab into the gradebook."""
        if self.options.dry_run:
            return
        with self.timed("recording"):
            from autograder.grade.record import Recorder

            self.recorder = stack.enter_context(Recorder(self.place, self.lab))

    def record(self, intake: Intake, settled: Settled, stack: ExitStack) -> dict[str, Manual]:
        """Record the class, unless nothing is to be written; returns what people have graded of it."""
        if self.options.dry_run:
            return {}
        with self.timed("recording"):
            manual = self.recorder.record(settled, {each.student: each for each in intake.submissions}, intake.skipped)
        write_json(self.place.private / f"{self.lab.name}_timing.json", self.seconds)
        self.place.journal(self.lab.name).unlink(missing_ok=True)
        return manual

    def summary(self, intake: Intake, settled: Settled, manual: dict[str, Manual]) -> GradeSummary:
        rows = [
            row(settled.final[student], self.lab.name, self.lab.max_score, manual.get(student, Manual()))
            for student in sorted(settled.final)
        ]
        found = (tuple(rows), intake.skipped, settled.changes, settled.notes, settled.errors)
        return GradeSummary(self.lab.name, self.place.root, *found, self.seconds, self.options.dry_run)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start


def _outcome(submission: Submission, key: str, marked: Marked) -> Outcome:
    events = [f"{event.kind}: {event.text}" for event in marked.events]
    message = one_line(submission.note, *events)
    return Outcome(submission.student, submission.file, "graded", message, submission.sha256, key, marked)
