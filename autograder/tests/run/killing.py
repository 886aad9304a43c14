"""Graders in processes of their own that are killed at a chosen step: run by the tests, never imported by the grader.

A step is anything that changes the output folder (a file opened for writing, renamed, removed) or a statement to the
gradebook. The process is killed just before it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
from pathlib import Path

CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod")
PRELOADED = ["autograder.grade.pipeline", "autograder.grade.record", "sqlalchemy.dialects.sqlite", __name__]


class Steps:
    """Counts the steps of this process and ends it at number `last` (0: never)."""

    def __init__(self, out: Path, last: int) -> None:
        self.out, self.last, self.count = str(out), last, 0

    def watch(self) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        sys.addaudithook(self.audit)
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, self.step)

    def audit(self, name: str, args: tuple) -> None:
        opened = name == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if (opened or name in CHANGES) and str(args[0]).startswith(self.out):
            self.step()

    def step(self, *_: object) -> None:
        self.count += 1
        if self.count == self.last:
            os.killpg(0, signal.SIGKILL)


def _grade(course: Path, inbox: Path, out: Path, last: int, options: dict, answer) -> None:
    os.setpgid(0, 0)
    limit = options.pop("file_bytes", 0)
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    from autograder.course import Course
    from autograder.grade.pipeline import grade

    steps = Steps(out, last)
    steps.watch()
    told = ""
    with open(os.devnull, "w") as nothing, contextlib.redirect_stderr(nothing):
        try:
            grade(Course(course), "lab99", inbox, out, **{"marker": "fake_marker:open_marker", "workers": 2, **options})
        except Exception as problem:
            told = f"{type(problem).__name__}: {problem}"
    answer.send((steps.count, told))


class Grader:
    """A `grade` in a process of its own, which is told to die at a step."""

    def __init__(self, course: Path, inbox: Path, out: Path, *, last: int = 0, **options: object) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        self._here, there = context.Pipe()
        self.process = context.Process(target=_grade, args=(course, inbox, out, last, options, there))
        self.process.start()
        there.close()

    def end(self, within_s: float | None = None) -> tuple[int, str] | None:
        """How many steps it took and what it told; None if it was killed, at the latest after `within_s`."""
        self.process.join(within_s)
        if self.process.is_alive():
            with contextlib.suppress(ProcessLookupError):  # it has no group yet
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
            self.process.join()
        try:
            return self._here.recv()
        except EOFError:
            return None
        finally:
            self._here.close()
            self.process.close()
