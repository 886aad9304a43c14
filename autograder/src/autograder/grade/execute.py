"""Run a plan and the hidden cases in sandboxed kernels: what each case showed, and what went wrong on the way.

A kernel that dies or hangs costs the cell or the exercise that it died in; the rest is run again in a new kernel. What
is the grader's own fault (no kernel to be had, a set-up cell that fails) is tried twice and then raised, never scored.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from autograder.grade.budget import Clock, GraderFault, Limits
from autograder.grade.cases import CaseRun, Request, batch_code, install_code, read_results
from autograder.grade.model import Event
from autograder.grade.sanitize import Plan, Step
from autograder.sandbox.api import Kernel, Run, Sandbox
from autograder.sandbox.outputs import NOTE

ATTEMPTS = 2
ENDS = ("timeout", "died")


@dataclass
class Executed:
    """What came of a plan: one CaseRun a case, by the case's id, and what the instructor should know.

    `joined`: the cases of one exercise may have had a part in the results of another.
    """

    runs: dict[str, CaseRun] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    joined: bool = False

    def add(self, other: Executed) -> None:
        """Take what came of another plan into account."""
        self.runs |= other.runs
        self.events += other.events
        self.notes |= other.notes
        self.joined |= other.joined


class _Fault(Exception):
    """Something of ours failed; worth another attempt."""


def execute(plan: Plan, requests: list[Request], sandbox: Sandbox, limits: Limits, clock: Clock) -> Executed:
    """Run a plan, then the cases, each exercise's together.

    Raises: GraderFault if the sandbox or a set-up cell fails twice
    """
    return _Execution(plan, requests, sandbox, limits, clock).run()


class _Execution:
    """The state that outlives a kernel: which cells were cut or left out, and which cases are done."""

    def __init__(self, plan: Plan, requests: list[Request], sandbox: Sandbox, limits: Limits, clock: Clock) -> None:
        self.plan, self.requests, self.sandbox, self.limits, self.clock = plan, requests, sandbox, limits, clock
        self.sources = [step.source for step in plan.steps]
        self.lost: dict[str, str] = {}
        self.out = Executed()

    def run(self) -> Executed:
        faults, end = [], time.monotonic() + self.limits.total_s
        if not self.plan.steps:
            self.give_up("missing", "nothing was written")
        while self.pending():
            if time.monotonic() > end:
                self.out.events.append(Event("out of time", f"stopped after {self.limits.total_s:.0f} s"))
                self.give_up("not_run", "the submission used up its time")
                self.out.joined = True
                break
            try:
                self.attempt()
            except _Fault as fault:
                faults.append(str(fault))
                if len(faults) == ATTEMPTS:
                    raise GraderFault("; then: ".join(dict.fromkeys(faults))) from fault
        return self.out

    def pending(self) -> list[Request]:
        return [request for request in self.requests if request.id not in self.out.runs]

    def give_up(self, status: str, detail: str) -> None:
        for request in self.pending():
            self.out.runs[request.id] = CaseRun(status, detail=detail)

    def attempt(self) -> None:
        """Everything that is left to do, until it is done or the kernel is lost."""
        with ExitStack() as stack:
            with self.clock("start"), _ours("the sandbox did not start"):
                kernel = stack.enter_context(self.sandbox.kernel())
            with self.clock("imports"):
                self.prepare(kernel)
            with self.clock("student"):
                alive = self.run_steps(kernel)
            with self.clock("hidden"):
                while alive and (pending := self.pending()):
                    first = pending[0].exercise
                    alive = self.run_batch(kernel, [request for request in pending if request.exercise == first])
                    # a kernel that its cases have lost is followed by another, whose cells may end otherwise
                    self.out.joined |= not alive

    def prepare(self, kernel: Kernel) -> None:
        for source in (*self.plan.setup, install_code()):
            run = self.cell(kernel, source, self.limits.setup_s)
            if run.status != "ok":
                raise _Fault(f"a set-up cell of the lab ended with {run.status}: {run.ename}: {run.evalue}"[:300])

    def cell(self, kernel: Kernel, source: str, wall_s: float) -> Run:
        with _ours("the kernel could not be spoken to"):
            return kernel.run(source, wall_s=wall_s)

    def run_steps(self, kernel: Kernel) -> bool:
        """Run the student's cells; False if the kernel is lost. Errors are theirs and stop nothing."""
        for i, step in enumerate(self.plan.steps):
            if self.sources[i]:
                run = self.cell(kernel, self.sources[i], self.limits.cell_s)
                if run.status in ENDS:
                    self.blame(i, step, run.status)
                    return False
        return True

    def blame(self, i: int, step: Step, status: str) -> None:
        """Cut a cell that lost the kernel down to its definitions; leave it out if it was no more than that."""
        cut = step.reduced if self.sources[i] != step.reduced else ""
        did = "ran too long" if status == "timeout" else "ended the kernel"
        then = "only its definitions were kept" if cut else "it was left out"
        self.out.events.append(Event(status, f"{step.label} {did}: {then}"))
        self.sources[i] = cut
        if not cut:
            for name in step.defines:
                self.lost[name] = status
                self.out.notes[name] = f"{step.label}, which defines {name}, {did} and was left out"

    def run_batch(self, kernel: Kernel, batch: list[Request]) -> bool:
        """Run the pending cases of one exercise; False if the kernel is lost."""
        run = self.cell(kernel, batch_code(batch, self.limits.case_s), self.limits.case_s * len(batch) + 5)
        found, forged = read_results(run.outputs, batch)
        if forged:
            self.event("forged output", batch[0], "values that no case showed")
        if any(output.get("text") == NOTE for output in run.outputs):
            self.event("output cut", batch[0], "more than may be shown")
        self.out.runs |= {request_id: self.named(case) for request_id, case in found.items()}
        self.out.joined |= any(case.joined for case in found.values())
        rest = [request for request in batch if request.id not in found]
        ended = next((request for request in batch if request.id in found and found[request.id].status in ENDS), None)
        if ended:
            self.tell(ended, found[ended.id].status)
            self.lose(rest, "")
        elif run.status in ENDS:
            self.lose(rest, run.status)
        elif len(batch) == 1 and rest:
            self.out.runs[rest[0].id] = CaseRun("error", detail="no result came back")
            self.event("no result", rest[0], "a case ended and showed nothing")
        else:
            # where more was shown at once than the sandbox lets through, one at a time
            return all(self.run_batch(kernel, [request]) for request in rest)
        return run.status not in ENDS

    def event(self, kind: str, request: Request, text: str) -> None:
        self.out.events.append(Event(kind, f"exercise {request.exercise}: {text}", request.exercise))

    def lose(self, rest: list[Request], status: str) -> None:
        """The first of these cases ended the batch, if `status` says how; the others were not reached."""
        for i, request in enumerate(rest):
            if i == 0 and status:
                self.out.runs[request.id] = CaseRun(status)
                self.tell(request, status)
            else:
                self.out.runs[request.id] = CaseRun("not_run", detail="an earlier case hung or ended the kernel")

    def tell(self, request: Request, status: str) -> None:
        did = "ran too long" if status == "timeout" else "ended the kernel"
        text = f"exercise {request.exercise} {did} in {request.name!r}"
        self.out.events.append(Event(status, text, request.exercise))

    def named(self, case: CaseRun) -> CaseRun:
        """An answer that is missing because its cell was left out is lost, not missing."""
        status = next((self.lost[name] for name in case.absent if name in self.lost), "")
        return CaseRun(status, detail="its cell was left out") if case.status == "missing" and status else case


@contextmanager
def _ours(what: str) -> Iterator[None]:
    try:
        yield
    except _Fault:
        raise
    except Exception as problem:
        raise _Fault(f"{what}: {type(problem).__name__}: {problem}"[:300]) from problem
