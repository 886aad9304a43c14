"""Jupyter's own client, unmodified, on a sandboxed kernel."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import nbformat
import pytest
from autograder.sandbox import probe
from autograder.sandbox.provisioner import jupyter_path
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

pytestmark = pytest.mark.skipif(bool(probe.bwrap().problem), reason=f"no bubblewrap: {probe.bwrap().problem}")


def execute(*sources: str) -> list:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, kernel_name="autograder-sandbox", timeout=30, shutdown_kernel="immediate")
    asyncio.run(client.async_execute())
    return [cell.outputs for cell in notebook.cells]


@pytest.fixture(autouse=True)
def _found(monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", jupyter_path())


def test_nbclient_runs_a_notebook_in_the_sandbox():
    where = "from ipykernel.connect import get_connection_file; print(get_connection_file())"
    outputs = execute("import os; x = 6", "print(x * 7)", "os.getuid(), os.listdir('/home')", where)
    assert outputs[1][0].text == "42\n"
    assert outputs[2][0].data["text/plain"].endswith("['student'])")
    assert not outputs[2][0].data["text/plain"].startswith("(0,")
    folder = Path(outputs[3][0].text.strip()).parent
    assert folder.name.startswith("sandbox-")
    assert not folder.exists()


def test_nbclient_sees_errors_and_finds_no_network_or_host_file():
    with pytest.raises(CellExecutionError, match="OSError"):
        execute("import socket; socket.create_connection(('1.1.1.1', 80), timeout=1)")
    with pytest.raises(CellExecutionError, match="FileNotFoundError"):
        execute(f"open({__file__!r})")


def test_the_kernelspec_interrupts_by_message():
    spec = json.loads((Path(jupyter_path()) / "kernels/autograder-sandbox/kernel.json").read_text())
    assert spec["interrupt_mode"] == "message"
