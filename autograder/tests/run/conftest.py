"""A class of the fixture course for graders that are killed, spread or filled up; the fake marker needs no sandbox."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from autograder.course import Course
from nbformat.v4 import new_code_cell

TESTS = Path(__file__).parent.parent
RECORD = TESTS / "record"
STUDENTS = {"ana": "1 1 1", "bob": "1 0 0.5", "cy": "0 0 0", "dee": "0 1 0.8", "eve": "0.5 0.5 0.5"}


@pytest.fixture(scope="session")
def course() -> Course:
    return Course(TESTS / "minicourse")


@pytest.fixture
def hand_in(tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes a submission of a student into `class/`; `code` tells the fake marker how to misbehave."""
    monkeypatch.setenv("PYTHONPATH", str(RECORD))

    def write(student: str, marks: str = "1 1 1", code: str = "") -> Path:
        notebook = nbformat.read(course.release("lab99"), as_version=4)
        notebook.cells.append(new_code_cell(f"# marks: {marks}\n{code}", id="marks"))
        path = tmp_path / "class" / f"{student}_lab99.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        os.utime(path, (10**9, 10**9))
        return path

    return write


@pytest.fixture
def inbox(tmp_path: Path, hand_in: Callable[..., Path]) -> Path:
    """The class of `STUDENTS`."""
    for student, marks in STUDENTS.items():
        hand_in(student, marks)
    return tmp_path / "class"


@pytest.fixture
def new_out(tmp_path: Path) -> Callable[[str], Path]:
    """A new output folder whose seed has been drawn, so that runs can be compared."""

    def make(name: str) -> Path:
        private = tmp_path / name / "private"
        private.mkdir(parents=True)
        (private / "course.json").write_text(json.dumps({"written_by": "autograder grade", "folders": {}}))
        (private / "lab99_seed.json").write_text('{"seed": 7}')
        return private.parent

    return make


@pytest.fixture
def cluster(tmp_path: Path, hand_in: Callable[..., Path]) -> Iterator[Callable[..., tuple[str, list]]]:
    """Starts a scheduler and workers; returns its address and the workers' processes. `hand_in` sets their path."""
    running, env = [], {**os.environ, "OMP_NUM_THREADS": "1", "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "30s"}

    def start(*arguments):
        command = [sys.executable, "-m", "dask", *arguments, "--scheduler-file", str(tmp_path / "scheduler.json")]
        with open(tmp_path / "dask.log", "ab") as log:
            process = subprocess.Popen(command, env=env, cwd=tmp_path, stdout=log, stderr=log, start_new_session=True)
        running.append(process)
        return process

    def make(workers=2):
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
        plain = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path / "spill"))
        workers = [start("worker", "--host", "127.0.0.1", *plain) for _ in range(workers)]
        end = time.monotonic() + 60
        while not (tmp_path / "scheduler.json").exists() and time.monotonic() < end:
            time.sleep(0.05)
        return json.loads((tmp_path / "scheduler.json").read_text())["address"], workers

    yield make
    for process in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
