"""The visible checks of every lab, on the answers of its solution: right, quick, and the same each time."""

import io
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import nbformat
import pytest
from effdl.check import slips
from effdl.place import checkout

SOLUTIONS = sorted((checkout() / "solutions").glob("lab[0-9][0-9]_*.ipynb"))
# a verdict is to come within a second; slower machines and the first compilation get some more
CPU_SECONDS = 2.0


def code_cells(path: Path, *roles: str) -> Iterator[nbformat.NotebookNode]:
    cells = nbformat.read(path, as_version=4).cells
    return (cell for cell in cells if cell.cell_type == "code" and cell.metadata.effdl.role in roles)


@pytest.fixture(scope="module", params=SOLUTIONS, ids=lambda path: path.name[:5])
def solution(request):
    """A solution notebook and what its set-up and its answers define."""
    namespace = {}
    for cell in code_cells(request.param, "setup", "exercise"):
        if "mcu" in cell.source:
            pytest.importorskip("unicorn", reason="the extra effdl[mcu] is not installed")
        exec(cell.source, namespace)
    return request.param, namespace


def said(cell, namespace):
    """What a check prints, nothing of it on standard error, and the CPU seconds that it takes."""
    out, err, start = io.StringIO(), io.StringIO(), time.process_time()
    with redirect_stdout(out), redirect_stderr(err):
        exec(cell.source, namespace)
    assert err.getvalue() == ""
    return out.getvalue(), time.process_time() - start


def test_every_check_passes_in_a_second_and_says_the_same_twice(solution):
    path, namespace = solution
    for cell in code_cells(path, "check"):
        (first, _), (second, seconds) = said(cell, namespace), said(cell, namespace)
        n = len(slips.plan(cell.metadata.effdl.id).cases)
        assert first == second
        assert first.startswith(f"{cell.metadata.effdl.id}: {n} of {n} right: ")
        assert "not full marks" in first
        assert seconds < CPU_SECONDS, cell.source


def test_there_are_labs_whose_checks_are_tried():
    assert len(SOLUTIONS) >= 5
