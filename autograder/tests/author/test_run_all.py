"""Run All on a lab as students get it: it stops at the first exercise and says plainly what to do."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from autograder.author.environment import kernel_environment
from autograder.course import find_course
from autograder.lab import load_lab
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

COURSE = find_course(Path(__file__))
LABS = [lab for lab in COURSE.lab_names() if COURSE.release(lab).exists()]


@pytest.mark.parametrize("lab", LABS)
def test_an_untouched_lab_stops_at_its_first_check_with_a_plain_message(lab, tmp_path):
    notebook = nbformat.read(COURSE.release(lab), as_version=4)
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", transport="ipc", ip=str(tmp_path / "kernel")),
        resources={"metadata": {"path": str(tmp_path)}},
        timeout=600,
    )
    with pytest.raises(CellExecutionError) as stopped:
        client.execute(cleanup_kc=True, env=kernel_environment(COURSE, str(tmp_path)))
    first = load_lab(COURSE, lab).exercises[0]
    check = next(cell for cell in notebook.cells if cell.metadata.effdl.role == "check")
    later = notebook.cells[notebook.cells.index(check) + 1 :]
    assert stopped.value.ename == "CheckFailed"
    assert stopped.value.evalue.startswith(f"Exercise {first.id}: `{first.names[0]}` is not written yet.")
    assert check.outputs[-1].traceback == stopped.value.evalue.splitlines()
    assert [cell.source for cell in later if cell.get("execution_count")] == []
    assert list(tmp_path.rglob("*.ipynb")) == []
