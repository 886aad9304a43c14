"""One worker process as its owner sees it: questions go in, answers come out, and it can always be ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from autograder.run.worker import FOLDER
from autograder.sandbox.api import IsolationUnavailable
from autograder.scratch import Scratch

TAIL = 2000


class GradingImpossible(ValueError):
    """No submission can be graded: the reference fails, or workers do not start."""


class Lost(Exception):
    """The worker died, hung, or met a fault of ours: it is replaced by a fresh one."""


class Worker:
    """One worker process, spoken to from one thread."""

    def __init__(self) -> None:
        self.boot_s = 0.0
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        # the folder one stands in must not be searched for modules: it may hold submissions
        # its temporary files go with it, however it ends; its sandbox looks into them as another user
        self._scratch = Scratch(FOLDER, mode=0o711)
        env = {**os.environ, **threads, "PYTHONSAFEPATH": "1", "TMPDIR": self.folder}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.run.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env=env,
            cwd=Path(sys.executable).parent,
            start_new_session=True,  # an interrupt from the keyboard is the parent's to handle
        )

    @property
    def folder(self) -> str:
        """Its temporary files, which go with it."""
        return str(self._scratch.path)

    def ask(self, question: dict[str, Any], wall_s: float) -> dict[str, Any]:
        """Send one line and wait for the answer.

        Raises: Lost if there is none in time, or if it tells of a fault; IsolationUnavailable; GradingImpossible
        """
        late = threading.Event()
        timer = threading.Timer(wall_s, lambda: (late.set(), self.stop()))
        timer.daemon = True
        timer.start()
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline() or "{}")
        except (OSError, ValueError):
            answer = {}
        finally:
            timer.cancel()
        if "refused" in answer:
            raise IsolationUnavailable(answer["refused"])
        if "broken" in answer:
            raise GradingImpossible(answer["broken"])
        if "fault" in answer:
            raise Lost(answer["fault"])
        if not answer:
            raise Lost(f"the grader took longer than {wall_s:.0f} s" if late.is_set() else self._last_words())
        return answer

    def _last_words(self) -> str:
        try:
            status = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            return "the grader's worker closed its output"
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - TAIL))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return f"the grader's worker died (status {status}): {lines[-1] if lines else 'it left no message'}"

    def stop(self) -> None:
        """Send the signal that ends it; may be called from any thread, the owning one cleans up."""
        if self._process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def kill(self) -> None:
        self.stop()
        self._process.wait()
        self._clean_up()

    def close(self) -> None:
        """Let the worker end by itself, so that its sandbox is taken down in order."""
        try:
            self._process.stdin.close()
            self._process.wait(timeout=15)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self.stop()
            self._process.wait()
        self._clean_up()

    def _clean_up(self) -> None:
        for file in (self._process.stdin, self._process.stdout, self._errors):
            with contextlib.suppress(OSError):  # what was not sent to a dead worker
                file.close()
        self._scratch.close()
