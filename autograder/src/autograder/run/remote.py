"""What runs in a Dask worker: it marks one notebook after another in worker processes of its own machine.

A thread of the Dask worker borrows a process for each notebook. Processes stay open between the notebooks of one run
and end when the run does, when nobody asked for a while, or with the Dask worker.
"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grade.fingerprint import fingerprint
from autograder.lab import load_lab
from autograder.run.pool import ATTEMPTS, BOOT_S
from autograder.run.process import GradingImpossible, Lost, Worker
from autograder.sandbox.api import IsolationUnavailable

IDLE_S = 120.0
PACKAGES = ("torch", "numpy")

_lock = threading.Lock()
_idle: dict[str, list[tuple[Worker, threading.Timer]]] = {}
_busy: dict[str, set[Worker]] = {}
_known: dict[str, str] = {}


def fingerprint_here(course: str, lab: str) -> str:
    """What has to be the same on every machine of a run: the course, the grader and the packages that calculate."""
    opened = Course(Path(course))
    packages = " ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"{fingerprint(opened, load_lab(opened, lab))} {packages}"


def mark(order: dict[str, Any]) -> dict[str, Any]:
    """The answer of a worker process, or the reason for having none: "fault", "refused" or "broken"."""
    try:
        _check(order)
        return _attempts(order)
    except IsolationUnavailable as problem:
        return {"refused": f"{socket.gethostname()}: {problem}"}
    except (GradingImpossible, ValueError, OSError) as problem:
        return {"broken": f"{socket.gethostname()}: {problem}"}


def close(run: str) -> None:
    """End the processes of a run, those too that are at work."""
    with _lock:
        idle, busy = _idle.pop(run, []), _busy.pop(run, set())
        _known.pop(run, None)
    for worker, timer in idle:
        timer.cancel()
        worker.close()
    for worker in busy:
        worker.stop()


def _check(order: dict[str, Any]) -> None:
    setup, run = order["setup"], order["run"]
    if run not in _known:
        _known[run] = fingerprint_here(setup["course"], setup["lab"])
    if _known[run] != order["fingerprint"]:
        raise GradingImpossible(
            f"its {setup['lab']}, grader or packages differ from those of the machine that collects the grades; "
            "bring both to the same commit and requirements"
        )


def _attempts(order: dict[str, Any]) -> dict[str, Any]:
    reason = ""
    for _ in range(ATTEMPTS):
        worker = _take(order)
        try:
            with tempfile.TemporaryDirectory(dir=worker.folder) as folder:
                path = Path(folder, order["file"])
                path.write_bytes(order["content"])
                answer = worker.ask({**order["job"], "path": str(path)}, order["job_s"])
        except Lost as lost:
            reason = str(lost)
            worker.kill()
            with _lock:
                _busy.get(order["run"], set()).discard(worker)
            continue
        boot_s, worker.boot_s = worker.boot_s, 0.0
        _give_back(order["run"], worker)
        return {"marked": answer["marked"], "seconds": {"boot": boot_s, **answer["seconds"]}}
    return {"fault": reason}


def _take(order: dict[str, Any]) -> Worker:
    """A process for one notebook: one that waits, else a new one."""
    run, start = order["run"], time.perf_counter()
    with _lock:
        waiting = _idle.get(run)
        worker, timer = waiting.pop() if waiting else (Worker(), None)
        _busy.setdefault(run, set()).add(worker)
    if timer is not None:
        timer.cancel()
        return worker
    try:
        worker.ask(order["setup"], BOOT_S)
        worker.boot_s = time.perf_counter() - start
    except Exception as problem:
        worker.kill()
        if isinstance(problem, Lost):
            raise GradingImpossible(f"a worker could not start: {problem}") from None
        raise
    return worker


def _give_back(run: str, worker: Worker) -> None:
    timer = threading.Timer(IDLE_S, _expire, (run, worker))
    timer.daemon = True
    with _lock:
        _busy.get(run, set()).discard(worker)
        _idle.setdefault(run, []).append((worker, timer))
    timer.start()


def _expire(run: str, worker: Worker) -> None:
    """Nobody came back for it: the grader that asked was killed, or others do the rest."""
    with _lock:
        waiting = _idle.get(run, [])
        expired = [pair for pair in waiting if pair[0] is worker]
        for pair in expired:
            waiting.remove(pair)
    for _ in expired:
        worker.close()
