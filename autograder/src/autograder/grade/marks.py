"""Every submission's outcome: known from an earlier run, or worked out now by worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.course import Course
from autograder.grade.attempts import failed, outcome_of
from autograder.grade.collect import Submission
from autograder.grade.earlier import Earlier
from autograder.grade.fingerprint import Keys
from autograder.grade.journal import Journal
from autograder.grade.options import Options
from autograder.grade.outcome import Outcome, marked_from_json
from autograder.grade.seeding import Seeding
from autograder.lab import Lab
from autograder.run.pool import Job, Pool, Reply, Setup, cores

if TYPE_CHECKING:
    from autograder.run.dask import DaskPool


@dataclass
class Marks:
    """One run's marking with one seed. `prepare` is called while the workers start; `seconds` adds up their time."""

    course: Course
    lab: Lab
    options: Options
    seeding: Seeding
    journal: Journal
    prepare: Callable[[], None]
    seconds: dict[str, float] = field(default_factory=dict)

    def outcomes(self, submissions: Sequence[Submission], recorded: Iterable[Outcome], seed: int) -> list[Outcome]:
        """One outcome for each submission, in their order.

        Raises: Unfair if the seed is refused; IsolationUnavailable, GradingImpossible
        """
        self.keys = Keys(self.course, self.lab, seed)
        self.earlier = Earlier(self.lab, self.keys, [*recorded, *self.journal.outcomes().values()])
        found: dict[int, Outcome] = {}
        for number, each in enumerate(submissions):
            marked = self.earlier.find(each.sha256)
            if marked is not None:
                found[number] = outcome_of(each, self.keys.whole(each.sha256), marked)
        todo = [number for number in range(len(submissions)) if number not in found]
        marked_now = self._mark([submissions[number] for number in todo], seed)
        found |= {todo[number]: outcome for number, outcome in marked_now.items()}
        return [found[number] for number in sorted(found)]

    def _mark(self, todo: Sequence[Submission], seed: int) -> dict[int, Outcome]:
        """Mark what has to be marked; while the workers start, what records is loaded and the lab staged."""
        names = tuple(name for exercise in self.lab.exercises for name in exercise.names)
        jobs = [Job(str(each.path), self.lab.name, names, self.earlier.missing(each.sha256)) for each in todo]
        jobs = [*self.seeding.jobs(names), *jobs]
        outcomes: dict[int, Outcome] = {}
        with self._pool(jobs, seed) as pool:
            self.prepare()
            for reply in self.seeding.proven(pool.replies()):
                outcomes[reply.number] = self._outcome(todo[reply.number], reply)
                if self.options.progress is not None:
                    self.options.progress(len(outcomes), len(todo))
        if self.seeding.seconds:
            self.seconds["known answers"] = self.seeding.seconds
        return outcomes

    def _pool(self, jobs: Sequence[Job], seed: int) -> Pool | DaskPool:
        options = self.options
        workers = options.workers or cores()
        fork_server = len(jobs) > workers or bool(options.dask)
        setup = Setup(str(self.course.root), self.lab.name, seed, options.isolation, fork_server, marker=options.marker)
        if options.dask:
            from autograder.run.dask import DaskPool

            return DaskPool(setup, jobs, options.dask)
        return Pool(setup, jobs, workers)

    def _outcome(self, submission: Submission, reply: Reply) -> Outcome:
        for stage, seconds in reply.seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
        if reply.marked is None:
            return failed(submission, reply.fault)
        marked = self.earlier.complete(submission.sha256, marked_from_json(reply.marked))
        outcome = outcome_of(submission, self.keys.whole(submission.sha256), marked)
        if not self.options.dry_run:
            self.journal.note(outcome)
        return outcome
