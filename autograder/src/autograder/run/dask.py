"""Spread submissions over a Dask cluster: the jobs and replies of `pool.py`, workers on other machines.

A job carries the notebook itself and comes back as plain data; only this side writes. So a job may run twice, on a
worker that was killed and on the next, and still counts once.
"""

from __future__ import annotations

import contextlib
import queue
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.run import remote
from autograder.run.pool import JOB_S, Job, Reply, Setup
from autograder.run.process import GradingImpossible
from autograder.sandbox.api import IsolationUnavailable

POLL_S = 2.0
WAIT_S = 60.0


class DaskPool:
    """The workers of a cluster for one grading run. Use as a context manager, like `Pool`."""

    def __init__(
        self, setup: Setup, jobs: Sequence[Job], address: str, *, job_s: float = JOB_S, wait_s: float = WAIT_S
    ) -> None:
        if setup.isolation == "none":
            raise ValueError("--isolation none: with --dask, student code could reach the scheduler; leave it out")
        self.setup, self.address, self.job_s, self.wait_s, self.total = setup, address, job_s, wait_s, len(jobs)
        self.run = secrets.token_hex(8)
        self._todo = iter(enumerate(jobs))
        self._ended: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._live: dict[int, Any] = {}
        self._fingerprint = ""

    def __enter__(self) -> DaskPool:
        try:
            from distributed import Client
        except ImportError:
            raise ValueError("--dask: install what it needs with 'pip install distributed'") from None
        if not self.total:
            self.client = None
            return self
        self._fingerprint = remote.fingerprint_here(self.setup.course, self.setup.lab)
        try:
            self.client = Client(self.address, timeout=self.wait_s, set_as_default=False)
        except (OSError, ValueError) as problem:
            raise GradingImpossible(f"--dask {self.address}: no scheduler answers ({problem})") from None
        return self

    def __exit__(self, *exc: object) -> None:
        if self.client is None:
            return
        with contextlib.suppress(Exception):  # the cluster may be gone
            self.client.cancel(list(self._live.values()))
            self.client.run(remote.close, self.run, on_error="ignore")
        self._live.clear()
        self.client.close()

    def replies(self) -> Iterator[Reply]:
        """Each job's reply, as they come.

        Raises: IsolationUnavailable, GradingImpossible
        """
        for _ in range(self.total):
            yield self._next()

    def _next(self) -> Reply:
        """The next reply. At any time there are two jobs for each thread of the cluster, so that memory stays flat."""
        patience = time.monotonic() + self.wait_s
        while True:
            threads = self._threads()
            if threads:
                patience = time.monotonic() + self.wait_s
            elif time.monotonic() > patience:
                raise GradingImpossible(f"--dask {self.address}: has had no worker for {self.wait_s:.0f} s")
            self._submit(2 * threads)
            with contextlib.suppress(queue.Empty):
                number, future = self._ended.get(timeout=POLL_S)
                reply = self._reply(number, future)
                if reply is not None:
                    del self._live[number]
                    return reply

    def _threads(self) -> int:
        try:
            return sum(self.client.nthreads().values())
        except OSError as problem:
            raise GradingImpossible(f"--dask {self.address}: the scheduler is gone ({problem})") from None

    def _submit(self, wanted: int) -> None:
        while len(self._live) < wanted:
            number, job = next(self._todo, (None, None))
            if job is None:
                return
            path = Path(job.path)
            order = {"run": self.run, "setup": asdict(self.setup), "job": asdict(job), "job_s": self.job_s}
            order |= {"fingerprint": self._fingerprint, "file": path.name, "content": path.read_bytes()}
            future = self.client.submit(remote.mark, order, key=f"grade-{self.run}-{number}", pure=False)
            self._live[number] = future
            future.add_done_callback(lambda done, number=number: self._ended.put((number, done)))

    def _reply(self, number: int, future: Any) -> Reply | None:
        """What came of a future; None if its result died with its worker: it will be worked out again."""
        from distributed import KilledWorker

        try:
            answer = future.result(timeout=POLL_S)
        except TimeoutError:
            self._ended.put((number, future))
            return None
        except KilledWorker:
            return Reply(number, fault="every Dask worker that took it died")
        except (CancelledError, OSError) as problem:
            raise GradingImpossible(f"--dask {self.address}: the scheduler is gone ({problem})") from None
        if "refused" in answer:
            raise IsolationUnavailable(answer["refused"])
        if "broken" in answer:
            raise GradingImpossible(answer["broken"])
        return Reply(number, answer.get("marked"), answer.get("fault", ""), answer.get("seconds", {}))
