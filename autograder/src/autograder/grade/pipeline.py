"""Grade a class: collect, mark in worker processes, choose attempts, settle with what is recorded, record."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import Course
from autograder.grade.attempts import choose, failed, outcome_of
from autograder.grade.classlist import open_roster, save_roster, told, write_missing
from autograder.grade.collect import KEEP, Intake, Intaking, Submission, collect
from autograder.grade.files import write_json
from autograder.grade.fingerprint import fingerprint
from autograder.grade.journal import Journal
from autograder.grade.manual import Manual
from autograder.grade.outcome import Outcome, marked_from_json, one_line
from autograder.grade.place import Place, open_place
from autograder.grade.policy import Policy
from autograder.grade.seeding import Known, Seeding
from autograder.grade.settle import Settled, settle
from autograder.grade.summary import GradeSummary
from autograder.grade.tables import row
from autograder.intake.policy_file import read_policy
from autograder.intake.roster import Roster
from autograder.lab import Lab, load_lab
from autograder.run.pool import Job, Pool, Reply, Setup, cores
from autograder.run.worker import MARKER

if TYPE_CHECKING:
    from autograder.run.dask import DaskPool


@dataclass(frozen=True)
class Options:
    """How to grade. A new seed is proven on the `known` answers; `marker` names what opens the marker in a worker.

    `keep` tells which of a student's attempts counts; `roster` is a CSV file (default: that of an earlier run).
    `gradebook` is the URL of a database instead of the folder's own; `dask` the address of a scheduler to grade with.
    """

    workers: int | None = None
    isolation: str = "auto"
    force: bool = False
    dry_run: bool = False
    progress: Callable[[int, int], None] | None = None
    known: Known | None = None
    marker: str = MARKER
    keep: str = "latest"
    roster: Path | None = None
    gradebook: str = ""
    dask: str = ""


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
    seeding: Seeding = field(init=False)
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
        self.seeding = Seeding(self.place, self.lab.name, self.options.known, write=not self.options.dry_run)
        outcomes = self.seeding.settle(scratch, lambda seed: self.outcomes(intake, recorded, seed))
        lateness = partial(self.policy.lateness, self.lab.name)
        graded = choose(outcomes, lateness)
        graded += [Outcome(bad.student, bad.file, "invalid", one_line(bad.message)) for bad in intake.rejections]
        graded.sort(key=lambda each: each.student)
        settled = settle(self.journal.undecided(recorded, graded), graded, force=self.options.force, lateness=lateness)
        counts = {(each.student, each.file) for each in graded}
        submissions = {each.student: each for each in intake.submissions if (each.student, each.file) in counts}
        manual = self.record(intake, settled, submissions)
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

    def outcomes(self, intake: Intake, recorded: Mapping[str, Outcome], seed: int) -> list[Outcome]:
        """Every submission's outcome, in the order of the intake: known from an earlier run, or marked now."""
        keys = [self.key(each, seed) for each in intake.submissions]
        known = {each.key: each.marked for each in recorded.values() if each.marked}
        known |= {key: outcome.marked for key, outcome in self.journal.outcomes().items()}
        todo = [number for number, key in enumerate(keys) if key not in known]
        found = {
            number: outcome_of(each, keys[number], known[keys[number]])
            for number, each in enumerate(intake.submissions)
            if keys[number] in known
        }
        marked = self.mark([intake.submissions[number] for number in todo], [keys[number] for number in todo], seed)
        found |= {todo[number]: outcome for number, outcome in marked.items()}
        return [found[number] for number in sorted(found)]

    def key(self, submission: Submission, seed: int) -> str:
        """What the marks of a submission depend on, as one hash."""
        parts = (self.fingerprint, str(seed), submission.sha256)
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.course, self.lab)

    def mark(self, todo: Sequence[Submission], keys: Sequence[str], seed: int) -> dict[int, Outcome]:
        """Mark what has to be marked; while the workers start, what records is loaded and the lab staged."""
        names = tuple(name for exercise in self.lab.exercises for name in exercise.names)
        jobs = [*self.seeding.jobs(names), *(Job(str(each.path), self.lab.name, names) for each in todo)]
        workers = self.options.workers or cores()
        fork_server = len(jobs) > workers or bool(self.options.dask)
        setup = Setup(
            str(self.course.root), self.lab.name, seed, self.options.isolation, fork_server, self.options.marker
        )
        outcomes: dict[int, Outcome] = {}
        with self.pool(setup, jobs, workers) as pool:
            self.prepare()
            for reply in self.seeding.proven(pool.replies()):
                outcomes[reply.number] = self.outcome(todo[reply.number], keys[reply.number], reply)
                if self.options.progress is not None:
                    self.options.progress(len(outcomes), len(todo))
        return outcomes

    def pool(self, setup: Setup, jobs: Sequence[Job], workers: int) -> Pool | DaskPool:
        if self.options.dask:
            from autograder.run.dask import DaskPool

            return DaskPool(setup, jobs, self.options.dask)
        return Pool(setup, jobs, workers)

    def outcome(self, submission: Submission, key: str, reply: Reply) -> Outcome:
        for stage, seconds in reply.seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
        if reply.marked is None:
            return failed(submission, reply.fault)
        outcome = outcome_of(submission, key, marked_from_json(reply.marked))
        if not self.options.dry_run:
            self.journal.note(outcome)
        return outcome

    def prepare(self) -> None:
        """Load what records (nbgrader takes seconds to import) and enter the lab into the gradebook."""
        if self.options.dry_run or self.recorder is not None:
            return
        with self.timed("recording"):
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
        self.journal.end()
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
