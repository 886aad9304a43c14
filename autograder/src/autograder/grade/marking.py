"""From one notebook to its marks, in memory: the path that both the grader and the proofs of the grader take."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from autograder.grade.budget import Clock, GraderFault, Limits
from autograder.grade.cases import make_requests
from autograder.grade.execute import Executed, execute
from autograder.grade.judge import load_judges
from autograder.grade.model import Marked
from autograder.grade.opening import open_lab_sandbox
from autograder.grade.original import Original
from autograder.grade.sanitize import Plan, make_plan
from autograder.grade.score import Scorer
from autograder.lab import Lab
from autograder.sandbox.api import Sandbox

__all__ = ["GraderFault", "Limits", "Marker", "open_lab_sandbox"]


class Marker:
    """Marks notebooks of one lab with one seed. Use it from the thread that opened its sandbox.

    `seconds` adds up, over all notebooks marked, the time per phase ("start", "imports", "student", "hidden",
    "compare", "total"); `last_seconds` holds those of the latest.
    """

    def __init__(
        self,
        lab: Lab,
        sandbox: Sandbox,
        seed: int,
        *,
        expected: Mapping[str, list[Any]] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.lab, self.sandbox, self.seed, self.limits = lab, sandbox, seed, limits or Limits()
        self.original = Original(lab, json.loads(lab.release.read_text(encoding="utf-8")))
        self.judges = load_judges(lab.hidden.judges)
        self.seconds: dict[str, float] = {}
        self.last_seconds: dict[str, float] = {}
        if expected is not None:
            self.expected = dict(expected)

    @cached_property
    def expected(self) -> dict[str, list[Any]]:
        """What the solution shows in this sandbox, by case id; plain JSON, so that several processes may share it.

        Raises: GraderFault if the solution fails a case, shows what cannot be compared, or loses before its own judge
        """
        plan = make_plan(json.loads(self.lab.solution.read_text(encoding="utf-8")), self.original)
        runs = self.run(plan, Clock()).runs
        bad = [f"{case_id}: {run.status} ({run.detail})" for case_id, run in runs.items() if run.status != "shown"]
        found = {case_id: run.items for case_id, run in runs.items()}
        scorer = Scorer(self.lab, found, self.judges)
        for case in () if bad else self.lab.hidden.cases:
            if case.judge and case.judge not in self.judges:
                bad.append(f"{case.id}: there is no judge {case.judge!r}")
            else:
                fraction, why = scorer.fraction(case, found[case.id])
                bad.extend([f"{case.id}: the solution itself gets {fraction:g} of 1 {why}"] if fraction != 1 else [])
        if bad:
            raise GraderFault(f"{self.lab.solution.name} fails the hidden tests: " + "; ".join(bad)[:1000])
        return found

    def mark(self, notebook: Mapping[str, Any], only: Collection[str] = ()) -> Marked:
        """The marks of one notebook, whatever it holds; of the exercises `only`, if they can be tested by themselves.

        Raises: GraderFault if the grader itself failed; never a zero for that
        """
        scorer = Scorer(self.lab, self.expected, self.judges)
        clock, began = Clock(), time.perf_counter()
        plan = make_plan(notebook, self.original)
        executed = self.run(plan, clock, only)
        if only and executed.joined:
            executed = self.run(plan, clock)
        with clock("compare"):
            marked = scorer.score(plan, executed)
        clock.seconds["total"] = time.perf_counter() - began
        self.last_seconds = clock.seconds
        for phase, spent in clock.seconds.items():
            self.seconds[phase] = self.seconds.get(phase, 0.0) + spent
        return marked

    def run(self, plan: Plan, clock: Clock, only: Collection[str] = ()) -> Executed:
        """Run the answers in Python; then, in a kernel that has seen nothing of them, those that are texts in C."""
        in_c = set(self.original.in_c.values())
        requests = [each for each in make_requests(self.lab, self.seed) if not only or each.exercise in only]
        done = Executed()
        for of_texts, part in ((False, plan), (True, replace(plan, steps=plan.texts))):
            wanted = [request for request in requests if (request.exercise in in_c) is of_texts]
            done.add(execute(part, wanted, self.sandbox, self.limits, clock))
        return done
