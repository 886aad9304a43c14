"""However a class is marked, what is recorded is the same to the byte: the real marker, in real sandboxes."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import nbformat
import pytest
from autograder.grade.pipeline import grade
from autograder.lab import load_lab
from autograder.prove.notebooks import blank, solved, solved_but
from autograder.run.worker import MARKER
from autograder.sandbox.api import IsolationUnavailable
from killing import Grader
from nbformat.v4 import new_code_cell

# right, partly wrong, ending its kernel, with a thread (which is always run whole), untouched
ANSWERS = {
    "ana": {},
    "bob": {"99.2": "def top_mask(scores, n_keep):\n    return scores > 0"},
    "cy": {"99.1": "def row_scales(w, *, bits):\n    import os\n    os._exit(1)"},
}
THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
UNREADABLE = "fay"


@pytest.fixture
def class_of_six(course, tmp_path):
    """Its folder."""
    lab = load_lab(course, "lab99")
    notebooks = {student: solved_but(lab, answers) for student, answers in ANSWERS.items()}
    notebooks |= {"dee": solved(lab), "eve": blank(lab)}
    notebooks["dee"].cells.append(new_code_cell(THREAD, id="thread"))
    folder = tmp_path / "class"
    folder.mkdir()
    for student, notebook in notebooks.items():
        nbformat.write(notebook, folder / f"{student}_lab99.ipynb")
    (folder / f"{UNREADABLE}_lab99.ipynb").write_text("{")
    for path in folder.iterdir():
        os.utime(path, (10**9, 10**9))
    return folder


def recorded(out: Path) -> dict[str, bytes]:
    """What there is to compare of a run."""
    files = [out / "results" / "lab99.json", out / "grades.csv", *(out / "feedback").rglob("*.html")]
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def kill_after_marking(number: int, course, folder: Path, out: Path) -> None:
    """Grade, and kill -9 the grader with its workers once so many submissions are marked."""
    journal = out / "private" / "lab99_journal.jsonl"
    grader = Grader(course.root, folder, out, marker=MARKER, workers=1)
    while grader.process.is_alive() and (not journal.exists() or journal.read_bytes().count(b"\n") < number):
        time.sleep(0.01)
    assert grader.end(within_s=0) is None


def test_serial_parallel_cached_resumed_and_dask_record_the_same_bytes(course, class_of_six, new_out, cluster):
    pytest.importorskip("distributed")

    def run(out: Path, **options) -> tuple[dict[str, bytes], int]:
        """What is recorded, and how many submissions were marked for it."""
        marked = []
        grade(course, "lab99", class_of_six, out, progress=lambda *now: marked.append(now), **options)
        return recorded(out), len(marked)

    first, resumed = new_out("first"), new_out("resumed")
    try:
        serial, marked = run(first, workers=1)
    except IsolationUnavailable as problem:
        pytest.skip(f"Dask gets no job where nothing confines student code: {problem}")
    assert (len(serial), marked) == (2 + 6, 5)
    ways = {"parallel": run(new_out("parallel"), workers=2), "dask": run(new_out("dask"), dask=cluster()[0])}
    kill_after_marking(2, course, class_of_six, resumed)
    ways["resumed"] = run(resumed, workers=1)
    shutil.rmtree(first / "feedback")
    ways["cached"] = run(first, workers=2, force=True)
    assert {way: files == serial for way, (files, _) in ways.items()} == dict.fromkeys(ways, True)
    assert [ways[way][1] for way in ("parallel", "dask", "cached")] == [5, 5, 0]
    assert 1 <= ways["resumed"][1] <= 3
