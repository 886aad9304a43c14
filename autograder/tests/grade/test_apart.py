"""Each exercise is tested in a copy of the kernel: what its cases leave behind is gone before those of the next."""

from __future__ import annotations

import os
import tempfile

import pytest
from autograder.grade import apart
from autograder.grade.marking import Marker
from autograder.grade.model import Marked

SPOILER = """
def row_scales(w, *, bits):
    global spoiled
    spoiled = True
    torch.Tensor.argsort = None
    raise ValueError
"""
SPOILED = """
def top_mask(scores, n_keep):
    if globals().get("spoiled"):
        return None
    mask = torch.zeros(scores.shape, dtype=torch.bool)
    mask[scores.argsort(descending=True)[:n_keep]] = True
    return mask
"""
WRITER = """
def row_scales(w, *, bits):
    import pathlib, tempfile
    pathlib.Path(tempfile.gettempdir(), "note").write_text(str(bits))
    raise ValueError
"""
THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
PROCESS = "import subprocess\nchild = subprocess.Popen(['sleep', '60'])"
DEAD = "def row_scales(w, *, bits):\n    import os\n    os._exit(0)"
STUCK = """
def row_scales(w, *, bits):
    import signal
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    while True:
        pass
"""


def earned(marked):
    return [exercise.earned for exercise in marked.exercises]


class Counting:
    """A sandbox that counts the kernels that were asked of it."""

    def __init__(self, sandbox):
        self.sandbox, self.kernels = sandbox, 0

    def kernel(self):
        self.kernels += 1
        return self.sandbox.kernel()


@pytest.fixture
def counting(marker):
    return Marker(marker.lab, Counting(marker.sandbox), marker.seed, expected=marker.expected, limits=marker.limits)


def test_what_one_exercises_cases_change_is_not_seen_by_the_next(marker, solved):
    marked = marker.mark(solved.answer("99.1", SPOILER).answer("99.2", SPOILED).notebook)
    assert earned(marked)[1:] == [30, 30]
    assert not marked.joined


def test_what_the_notebooks_own_cells_change_is_seen_by_all(marker, solved):
    marked = marker.mark(solved.answer("99.2", SPOILED).code("spoiled = True").notebook)
    assert earned(marked) == [40, 0, 30]


@pytest.mark.parametrize("only", [("99.1",), ("99.2",), ("99.1", "99.3")])
def test_an_exercise_alone_ends_as_it_does_among_the_others(only, marker, solved):
    notebook = solved.answer("99.1", SPOILER).answer("99.2", SPOILED).notebook
    whole, part = marker.mark(notebook), marker.mark(notebook, only)
    assert part.exercises == tuple(result for result in whole.exercises if result.exercise in only)


@pytest.mark.parametrize("code", [THREAD, PROCESS])
def test_a_notebook_with_threads_or_processes_is_tested_whole(code, marker, solved):
    marked = marker.mark(solved.code(code).notebook, ("99.2",))
    assert marked.joined
    assert earned(marked) == [40, 30, 30]


def test_an_answer_that_writes_files_is_tested_whole(marker, solved):
    notebook = solved.answer("99.1", WRITER).notebook
    assert marker.mark(notebook, ("99.1",)) == marker.mark(notebook)
    assert marker.mark(notebook).joined


@pytest.mark.parametrize(("count", "joined"), [(20, False), (1200, True)])
def test_many_files_are_not_looked_through(count, joined, marker, solved):
    marked = marker.mark(solved.code(f"for i in range({count}):\n    open(f'note{{i}}', 'w').close()").notebook)
    assert (marked.joined, marked.score) == (joined, 100)


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="nothing is mounted at /dev/shm")
def test_what_is_mounted_into_a_folder_is_no_file_of_the_notebooks(monkeypatch):
    monkeypatch.setenv("HOME", "/dev")
    monkeypatch.delenv("TMPDIR", raising=False)
    with tempfile.NamedTemporaryFile(dir="/dev/shm"):
        found = {path for path, *_ in apart.files()}
    assert "/dev/null" in found
    assert not any(path.startswith("/dev/shm") for path in found)


def test_files_of_the_notebooks_own_cells_join_nothing(marker, solved):
    assert not marker.mark(solved.code("open('notes.txt', 'w').write('mine')").notebook).joined


@pytest.mark.parametrize(("answer", "status"), [(DEAD, "died"), (STUCK, "timeout")])
def test_a_case_that_ends_its_copy_costs_no_second_kernel(answer, status, counting, solved):
    marked: Marked = counting.mark(solved.answer("99.1", answer).notebook)
    assert [case.status for case in marked.exercises[0].cases] == [status] + ["not_run"] * 3
    assert earned(marked) == [0, 30, 30]
    assert [(event.kind, event.exercise) for event in marked.events] == [(status, "99.1")]
    assert counting.sandbox.kernels == 1
