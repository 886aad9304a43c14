"""Spread submissions over worker processes. A worker that dies costs one attempt at one submission, nothing else."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.run.process import GradingImpossible, Lost, Worker
from autograder.run.worker import MARKER

ATTEMPTS = 2
BOOT_S = 300.0
JOB_S = 900.0


@dataclass(frozen=True)
class Setup:
    """What each worker is told at its start; `marker` names the function that opens what marks."""

    course: str
    lab: str
    seed: int
    isolation: str = "auto"
    fork_server: bool = True
    marker: str = MARKER


@dataclass(frozen=True)
class Job:
    """One notebook to be marked; `names` are those that the lab asks for, `only` the exercises to run, all if none."""

    path: str
    lab: str
    names: tuple[str, ...]
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What came of a job: marks as plain data, or the fault of ours that prevented them."""

    number: int
    marked: dict[str, Any] | None = None
    fault: str = ""
    seconds: dict[str, float] = field(default_factory=dict)


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """Workers for one grading run. Use as a context manager; leaving it ends every worker."""

    def __init__(self, setup: Setup, jobs: Sequence[Job], workers: int, *, job_s: float = JOB_S) -> None:
        self.setup, self.job_s, self.total = setup, job_s, len(jobs)
        self._jobs: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[Reply | Exception] = queue.SimpleQueue()
        for number, job in enumerate(jobs):
            self._jobs.put((number, job))
        self._alive: set[Worker] = set()
        self._closed = threading.Event()
        count = max(1, min(workers, len(jobs))) if jobs else 0
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]

    def __enter__(self) -> Pool:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closed.set()
        for worker in list(self._alive):
            worker.stop()
        for thread in self._threads:
            thread.join()

    def replies(self) -> Iterator[Reply]:
        """Each job's reply, as they come.

        Raises: IsolationUnavailable, GradingImpossible
        """
        for _ in range(self.total):
            reply = self._replies.get()
            if isinstance(reply, Exception):
                raise reply
            yield reply

    def _work(self) -> None:
        """One thread, one worker at a time: it lives as long as its worker, which may die with its thread."""
        worker: Worker | None = None
        try:
            while not self._closed.is_set():
                try:
                    number, job = self._jobs.get_nowait()
                except queue.Empty:
                    break
                reply, worker = self._attempt(number, job, worker)
                self._replies.put(reply)
        except Exception as problem:
            self._replies.put(problem)
        finally:
            if worker is not None:
                worker.close()
                self._alive.discard(worker)

    def _attempt(self, number: int, job: Job, worker: Worker | None) -> tuple[Reply, Worker | None]:
        reason = ""
        for _ in range(ATTEMPTS):
            if self._closed.is_set():
                break
            try:
                worker = worker or self._start()
                answer = worker.ask(asdict(job), self.job_s)
                # the time a worker took to start is told once, with its first job
                boot_s, worker.boot_s = worker.boot_s, 0.0
                return Reply(number, answer["marked"], seconds={"boot": boot_s, **answer["seconds"]}), worker
            except Lost as lost:
                reason = str(lost)
                if worker is not None:
                    worker.kill()
                    self._alive.discard(worker)
                worker = None
        return Reply(number, fault=reason), None

    def _start(self) -> Worker:
        start = time.perf_counter()
        worker = Worker()
        self._alive.add(worker)
        try:
            worker.ask(asdict(self.setup), BOOT_S)
            worker.boot_s = time.perf_counter() - start
        except Exception as problem:
            worker.kill()
            self._alive.discard(worker)
            if isinstance(problem, Lost):
                raise GradingImpossible(f"{self.setup.lab}: a worker could not start: {problem}") from None
            raise
        return worker
