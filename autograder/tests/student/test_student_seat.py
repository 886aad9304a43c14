"""Each lab in JupyterLab: run, typed into, checked and moved as a student does it, in a real browser."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from autograder.course import find_course
from autograder.lab import load_lab
from autograder.prove.notebooks import about, blank, solution_answers
from lab_files import FAULT, STOP_FILE, named_slip, position, released_labs, without_docstrings, write_solved
from notebook_page import NARROW, WIDE, opened
from widget_box import ARROWS, WidgetBox

COURSE = find_course(Path(__file__))
PASSED = "The hidden tests try more"
LABS = [pytest.param(lab, marks=pytest.mark.xdist_group(lab)) for lab in released_labs(COURSE)]


@pytest.fixture(scope="module", params=LABS)
def lab(request):
    return load_lab(COURSE, request.param)


@pytest.fixture(scope="module")
def untouched(lab, seat, browser):
    """The lab as students get it, after Run All."""
    folder, address = seat
    path = folder / lab.release.name
    nbformat.write(blank(lab), path)
    with opened(browser, address, path.name) as notebook:
        notebook.run_all()
        yield notebook


@pytest.fixture(scope="module")
def solved(lab, seat, browser):
    """The lab with the solution's answers, after Run All; and its cells."""
    folder, address = seat
    path = folder / f"solved_{lab.release.name}"
    write_solved(lab, path)
    with opened(browser, address, path.name) as notebook:
        notebook.run_all()
        yield notebook, nbformat.read(path, as_version=4).cells


def with_role(cells, role):
    return [i for i, cell in enumerate(cells) if about(cell).get("role") == role]


def is_note(shown):
    return shown.words.startswith(("Write ", "Your function raised"))


def test_run_all_stops_at_the_first_exercise_with_a_plain_message(lab, untouched):
    cells, first = blank(lab).cells, lab.exercises[0]
    stop = position(cells, "check", first.id)
    later = [i for i, cell in enumerate(cells) if cell.cell_type == "code" and i > stop]
    assert "is not written yet" in untouched.output(stop).inner_text()
    assert "Traceback" not in untouched.output(stop).inner_text()
    assert [i for i in later if untouched.has_run(i)] == []
    assert untouched.faults == []


def test_a_wrong_answer_shows_its_slip_and_the_typed_reference_passes(lab, untouched):
    cells, first = blank(lab).cells, lab.exercises[0]
    answer, checked = position(cells, "exercise", first.id), position(cells, "check", first.id)
    wrong, says = named_slip(COURSE, lab, first)
    right = without_docstrings(solution_answers(lab)[first.id])
    for text, enter in ((without_docstrings(wrong), untouched.paste), (right, untouched.type)):
        enter(answer, text)
        assert untouched.text(answer).rstrip() == text
        untouched.run(answer)
        untouched.run(checked)
        verdict = " ".join(untouched.output(checked).inner_text().split())
        untouched.shoot(f"{lab.name}_{'green' if text == right else 'red'}", untouched.cells.nth(checked))
        assert (PASSED in verdict) == (text == right)
        assert (" ".join(says.split()) in verdict) == (text != right)
    assert untouched.faults == []


def test_a_solved_lab_runs_from_end_to_end(solved):
    notebook, cells = solved
    code = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]
    assert [cells[i].source for i in code if not notebook.has_run(i)] == []
    assert [notebook.errors(i) for i in code if notebook.errors(i)] == []
    for i in with_role(cells, "check"):
        assert PASSED in notebook.output(i).inner_text()
    assert notebook.faults == []


def test_every_control_of_every_widget_moves_by_keyboard_what_the_students_function_draws(lab, solved):
    notebook, cells = solved
    for index in with_role(cells, "widget"):
        widget = WidgetBox(notebook, index)
        assert widget.controls
        assert all(widget.reached_by_tab())
        notebook.shoot(f"{lab.name}_widget{index}_first", widget.box)
        moved = widget.move_all()
        for control in widget.controls:
            control.focus()
            widget.press(control, ARROWS[0])
        notebook.shoot(f"{lab.name}_widget{index}_moved", widget.box)
        assert [cells[index].source for found in moved if not {*ARROWS} & {*found.keys}] == []
        assert [(found.keys, found.same) for found in moved if found.same] == []
        assert [shown.words for found in moved for shown in found.seen if is_note(shown)] == []
    assert notebook.faults == []


def test_a_widget_tells_what_the_students_function_raises_and_recovers(solved, seat):
    notebook, cells = solved
    stop = seat[0] / STOP_FILE
    for index in with_role(cells, "widget"):
        widget = WidgetBox(notebook, index)
        stop.touch()
        _, *broken = widget.move(widget.controls[0]).seen
        stop.unlink()
        _, *mended = widget.move(widget.controls[0]).seen
        assert broken
        assert all(FAULT in shown.words for shown in broken)
        assert not any(map(is_note, mended))
    assert notebook.faults == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_is_wider_than_the_page(lab, untouched, solved, size):
    for name, notebook in (("untouched", untouched), ("solved", solved[0])):
        notebook.page.set_viewport_size(size)
        notebook.shoot(f"{lab.name}_{name}_{size['width']}")
        assert notebook.too_wide() == []


def test_axe_finds_no_violation_in_a_widget(solved):
    assert solved[0].violations(".effdl-widget") == []
