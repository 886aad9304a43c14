"""A large class: what the grader holds in memory, and what it shows while it works."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from autograder.grade.pipeline import grade
from autograder.verbs import common

PAGE = 4096
STUDENTS = 150


def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the memory of a process is read from Linux's /proc")
def test_the_graders_memory_does_not_grow_with_the_class(course, hand_in, tmp_path):
    first = hand_in("s000", "1 0 0.5").read_text(encoding="utf-8")
    for number in range(1, STUDENTS):
        path = tmp_path / "class" / f"s{number:03d}_lab99.ipynb"
        path.write_text(first.replace("# marks: 1 0 0.5", f"# marks: 1 0 0.5 \\n{number}"), encoding="utf-8")
    held = []
    options = {"marker": "fake_marker:open_marker", "workers": 2, "progress": lambda *_: held.append(resident_bytes())}
    grade(course, "lab99", tmp_path / "class", tmp_path / "out", **options)
    held.append(resident_bytes())
    # a parsed notebook takes 100 kB and more, marks as JSON 17 kB: none may be kept; what recording needs once (pages
    # of the database, statements, templates) is counted too
    assert (held[-2] - held[20]) / STUDENTS < 4_000
    assert (held[-1] - held[20]) / STUDENTS < 40_000


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_how_far_how_fast_and_how_long(monkeypatch):
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    show = common.progress_bar("grade lab99")
    for done in range(1, 5):
        show(done, 4)
    assert "grade lab99" in terminal.getvalue()
    assert "4/4 [" in terminal.getvalue()
    assert " notebooks/s]" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def test_a_file_gets_no_progress(monkeypatch):
    monkeypatch.setattr("sys.stderr", file := io.StringIO())
    common.progress_bar("grade lab99")(1, 1)
    assert file.getvalue() == ""
