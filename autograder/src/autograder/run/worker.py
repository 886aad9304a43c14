"""A worker process: opens one sandbox and marks the notebooks that come in, one JSON line each way.

It is started by `autograder.run.pool` only. The first line it gets is the set-up; it answers "ready" when the reference
has been run, or says why it cannot. When its parent is gone it ends at once, and its sandbox with it.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import shutil
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

MARKER = "autograder.run.worker:open_marker"
# how the name of a worker's temporary folder begins
FOLDER = "grade-"


@contextmanager
def open_marker(setup: dict[str, Any]) -> Iterator[Any]:
    """A marker with its own sandbox, the reference already run."""
    from autograder.course import Course
    from autograder.grade.marking import Marker, open_lab_sandbox
    from autograder.lab import load_lab

    course = Course(Path(setup["course"]))
    lab = load_lab(course, setup["lab"])
    sandbox = open_lab_sandbox(course, lab, isolation=setup["isolation"], fork_server=setup["fork_server"])
    try:
        marker = Marker(lab, sandbox, setup["seed"])
        _ = marker.expected
        yield marker
    finally:
        sandbox.close()


def main() -> int:
    """Serve until standard input ends."""
    # what anything prints must not mix with the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    lines: queue.Queue[str | None] = queue.Queue()
    busy = threading.Event()
    threading.Thread(target=_listen, args=(lines, busy), daemon=True).start()
    first = lines.get()
    if first is None:
        return 0
    setup = json.loads(first)
    module, _, function = setup["marker"].partition(":")
    busy.set()
    try:
        with getattr(importlib.import_module(module), function)(setup) as marker:
            _say(answers, {"ready": True})
            _serve(marker, lines, busy, answers)
    except Exception as problem:
        from autograder.sandbox.api import IsolationUnavailable

        kind = "refused" if isinstance(problem, IsolationUnavailable) else "broken"
        _say(answers, {kind: str(problem) or type(problem).__name__, "trace": traceback.format_exc()})
        return 1
    return 0


def _listen(lines: queue.Queue[str | None], busy: threading.Event) -> None:
    for line in sys.stdin:
        lines.put(line)
    if busy.is_set():  # the parent died or gave up in the middle of a job
        _remove_own_folder()
        os._exit(1)
    lines.put(None)


def _remove_own_folder() -> None:
    """The parent does this too, unless it was killed."""
    folder = Path(os.environ.get("TMPDIR", ""))
    if folder.name.startswith(FOLDER):
        shutil.rmtree(folder, ignore_errors=True)


def _serve(marker: Any, lines: queue.Queue[str | None], busy: threading.Event, answers: TextIO) -> None:
    from effdl.student.validate import read_submission

    from autograder.grade.outcome import marked_to_json

    while True:
        busy.clear()
        line = lines.get()
        if line is None:
            return
        busy.set()
        job = json.loads(line)
        try:
            notebook, _ = read_submission(Path(job["path"]), {job["lab"]: job["names"]})
            answer: dict[str, Any] = {"marked": marked_to_json(marker.mark(notebook, job["only"]))}
        except Exception as problem:
            answer = {"fault": f"{type(problem).__name__}: {problem}", "trace": traceback.format_exc()}
        answer["seconds"] = {phase: spent for phase, spent in marker.last_seconds.items() if phase != "total"}
        _say(answers, answer)


def _say(answers: TextIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    finally:
        _remove_own_folder()
