"""Run a solution notebook, and hand what it shows on to the lab as the expected pictures."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterable

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode

from autograder.author.environment import kernel_environment
from autograder.author.marks import SourceError
from autograder.course import Course

CELL_SECONDS = 600
CPU_BUDGET_S = {"lab21": 500.0}
DEFAULT_CPU_BUDGET_S = 300.0
# roles whose results students see before they have computed them
PICTURES = ("figure", "widget", "experiment")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def cpu_budget_s(lab: str) -> float:
    """The CPU seconds, children included, that the solution of a lab may take."""
    return CPU_BUDGET_S.get(lab, DEFAULT_CPU_BUDGET_S)


def run_notebook(course: Course, notebook: NotebookNode) -> float:
    """Run every cell in place, in one thread; return the CPU seconds that it took, children included.

    Raises: SourceError naming the cell that raised, hung or killed the kernel, or the budget that was passed
    """
    lab = notebook.metadata.effdl.lab
    before = _children_cpu_s()
    with tempfile.TemporaryDirectory(prefix="effdl-build-") as folder:
        client = NotebookClient(
            notebook,
            km=AsyncKernelManager(kernel_name="python3", transport="ipc", ip=f"{folder}/kernel"),
            timeout=CELL_SECONDS,
            resources={"metadata": {"path": folder}},
            record_timing=False,
            store_widget_state=False,
            shutdown_kernel="immediate",
        )
        try:
            client.execute(cleanup_kc=True, env=kernel_environment(course, folder))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
            raise SourceError(f"{lab}: the solution does not run: {_where(notebook)}{_short(problem)}") from None
    cpu_s = _children_cpu_s() - before
    _tidy(notebook)
    budget = cpu_budget_s(lab)
    if cpu_s > budget:
        raise SourceError(f"{lab}: the solution took {cpu_s:.0f} CPU-seconds, its budget is {budget:.0f}")
    return cpu_s


def keep_outputs(old: NotebookNode | None, new: NotebookNode) -> None:
    """Give the cells of `new` the outputs of the same cells, by id and text, of an earlier run."""
    known = {(cell.id, cell.source): cell for cell in (old.cells if old else ()) if cell.cell_type == "code"}
    for cell in _code(new):
        same = known.get((cell.id, cell.source))
        if same is not None:
            cell.outputs, cell.execution_count = same.outputs, same.execution_count


def show_pictures(solution: NotebookNode, lab: NotebookNode) -> None:
    """Copy what figures, widgets and experiments showed from the solution into the lab.

    What a figure printed beside its picture stays behind: it may compare a prediction with the result.
    """
    for done, cell in zip(solution.cells, lab.cells, strict=True):
        if cell.cell_type == "code" and cell.metadata.effdl.role in PICTURES:
            streams = ("stdout",) if cell.metadata.effdl.role == "experiment" else ()
            shown = (output for output in done.outputs if output.get("name") in streams or "data" in output)
            cell.outputs = [_as_display(output) for output in shown]


def _as_display(output: NotebookNode) -> NotebookNode:
    """The same output of a cell that has not run: without an execution count."""
    if output.output_type != "execute_result":
        return output
    shown = NotebookNode({key: value for key, value in output.items() if key != "execution_count"})
    shown.output_type = "display_data"
    return shown


def _tidy(notebook: NotebookNode) -> None:
    """Drop what differs from run to run or shows nothing without a kernel."""
    for cell in _code(notebook):
        cell.outputs = [output for output in cell.outputs if WIDGET_VIEW not in output.get("data", {})]
        cell.metadata.pop("execution", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.language_info = {"name": "python"}


def _code(notebook: NotebookNode) -> Iterable[NotebookNode]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def _where(notebook: NotebookNode) -> str:
    """The cell that failed: the first one without a completed run."""
    for number, cell in enumerate(notebook.cells, start=1):
        failed = any(output.output_type == "error" for output in cell.get("outputs", ()))
        if cell.cell_type == "code" and (failed or cell.execution_count is None):
            return f"cell {number} ({cell.source.splitlines()[0][:50]!r}): "
    return ""


def _short(problem: Exception) -> str:
    if isinstance(problem, CellExecutionError):
        return f"{problem.ename}: {problem.evalue}"
    return str(problem).strip().splitlines()[0]


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
