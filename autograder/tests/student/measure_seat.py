"""Measure, in a real browser, how long a student waits: for the verdict of each check, for each step of a widget.

    python autograder/tests/student/measure_seat.py lab03 lab10

Wall time runs from the key press to the last change of what the page shows, CPU time is the kernel's. A check is
measured when it runs for the first time, which may import things, and once more. Aims: a verdict in a second, a redraw
in 200 ms of CPU. Numbers depend on the machine and on what else it does: nothing here is a test.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil

sys.path.append(str(Path(__file__).parents[1]))

import browser as real
from autograder.course import find_course
from autograder.lab import load_lab
from autograder.prove.notebooks import about
from lab_files import released_labs, write_solved
from notebook_page import NotebookPage, jupyterlab, opened
from widget_box import ARROWS, WidgetBox

ROUNDS = 5
WATCH = """node => {
    window.watched?.disconnect();
    window.pressed ??= document.addEventListener('keydown', () => { window.start = performance.now(); }, true) || true;
    window.watched = new MutationObserver(() => { window.end = performance.now(); });
    window.watched.observe(node, {childList: true, subtree: true, characterData: true, attributes: true});
}"""
WAITED = "() => window.end - window.start"
QUIET_S = 0.3
Row = tuple[str, float, float]


def main(names: list[str]) -> None:
    course = find_course(Path(__file__))
    print(f"{'lab':6} {'what':44} {'wall ms':>8} {'CPU ms':>8}")
    with tempfile.TemporaryDirectory() as folder, real.chromium() as browser:
        work, scratch = Path(folder, "work"), Path(folder, "scratch")
        work.mkdir()
        scratch.mkdir()
        with jupyterlab(work, scratch) as address:
            for name in names or released_labs(course):
                path = work / f"{name}.ipynb"
                write_solved(load_lab(course, name), path)
                with opened(browser, address, path.name) as notebook:
                    for what, wall_ms, cpu_ms in _rows(notebook, nbformat.read(path, as_version=4).cells):
                        print(f"{name:6} {what:44} {wall_ms:8.0f} {cpu_ms:8.0f}", flush=True)


def _rows(notebook: NotebookPage, cells: list[nbformat.NotebookNode]) -> Iterator[Row]:
    for index, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        role = about(cell).get("role")
        if role != "check":
            notebook.run(index)
        if role == "check":
            for when in ("first", "again"):
                yield (f"check {about(cell)['id']}, {when}", *_check(notebook, index))
        elif role == "widget":
            yield from _widget(WidgetBox(notebook, index), notebook, cell.source.splitlines()[-1][:24])


def _check(notebook: NotebookPage, index: int) -> tuple[float, float]:
    return _timed(notebook, notebook.output(index).element_handle(), lambda: notebook.run(index))


def _widget(widget: WidgetBox, notebook: NotebookPage, name: str) -> Iterator[Row]:
    for number, control in enumerate(widget.controls, start=1):
        control.focus()
        found = [
            _timed(notebook, widget.box.element_handle(), lambda key=key, control=control: widget.press(control, key))
            for key in ARROWS * ROUNDS
        ]
        walls, cpus = zip(*(pair for pair in found if pair[0] > 0), strict=True)
        yield f"{name}, control {number}, median", statistics.median(walls), statistics.median(cpus)


def _timed(notebook: NotebookPage, node: object, act: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU milliseconds of one act."""
    notebook.page.evaluate(WATCH, node)
    before = _kernel_cpu_s()
    act()
    time.sleep(QUIET_S)
    return notebook.page.evaluate(WAITED), 1000 * (_kernel_cpu_s() - before)


def _kernel_cpu_s() -> float:
    """CPU time of the youngest kernel below this process, and of what it started."""
    kernels = [child for child in psutil.Process().children(recursive=True) if "ipykernel_launcher" in child.cmdline()]
    used = max(kernels, key=lambda kernel: kernel.create_time()).cpu_times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main(sys.argv[1:])
