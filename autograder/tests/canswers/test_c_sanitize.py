"""The text of a C answer is the last one that is written out in the notebook; nothing is run to find it."""

from __future__ import annotations

import ast
import json

import pytest
from autograder.grade.original import Original
from autograder.grade.sanitize import make_plan
from autograder.grade.source import literal_texts
from autograder.grade.withhold import write_package
from autograder.prove import notebooks
from effdl import mcu
from nbformat.v4 import new_code_cell

GOOD = "axpy_c = 'void axpy(void) {}'"


@pytest.fixture(scope="module")
def original(lab):
    return Original(lab, json.loads(lab.release.read_text(encoding="utf-8")))


@pytest.fixture
def planned(lab, original):
    """The plan of a blank lab with these cells of the student's at its end."""

    def plan(*cells):
        notebook = notebooks.blank(lab)
        notebook.cells += [new_code_cell(cell) for cell in cells]
        return make_plan(notebook, original)

    return plan


def text_in(plan):
    found = {}
    for step in plan.texts:
        exec(step.source, found)
    return found.get("axpy_c")


@pytest.mark.parametrize(
    "cell",
    [
        GOOD,
        "axpy_c: str = 'void axpy(void) {}'",
        "axpy_c = ('void axpy'\n          '(void) {}')",
        "copy = axpy_c = 'void axpy(void) {}'",
        "axpy_c = 'first try'\n" + GOOD,
        "axpy_c = compute()\n" + GOOD,
        "%%time\n" + GOOD,
        "1 / 0\n" + GOOD,
        'axpy_c = """void axpy(void) {}"""\n%matplotlib inline',
    ],
)
def test_a_text_that_is_written_out_counts(planned, cell):
    plan = planned(cell)
    assert text_in(plan) == "void axpy(void) {}"
    assert plan.notes == {}
    assert [event.kind for event in plan.events] == []


@pytest.mark.parametrize(
    "cell",
    [
        "axpy_c = 'void ' + 'axpy(void) {}'",
        "axpy_c = f'void {1}'",
        "axpy_c = ' '.join(['a'])",
        "axpy_c = open('/etc/passwd').read()",
        "text = 'void'\naxpy_c = text",
        "for axpy_c in ['void']:\n    pass",
        "axpy_c, other = 'a', 'b'",
        "if True:\n    axpy_c = 'void'",
        "(axpy_c := 'void')",
        "axpy_c = b'void'",
    ],
)
def test_a_text_that_is_computed_counts_as_none_and_says_so(planned, cell):
    plan = planned(cell)
    assert plan.texts == ()
    assert "axpy_c is computed; it has to be written out as one plain text" in plan.notes["98.1"]
    assert [event.kind for event in plan.events] == ["computed text"]


def test_of_two_texts_the_last_counts(planned):
    assert text_in(planned("axpy_c = 'one'", "axpy_c = 'two'")) == "two"


def test_the_untouched_stub_never_overrides_a_text(lab, original):
    notebook = notebooks.blank(lab)
    at = next(i for i, cell in enumerate(notebook.cells) if notebooks.about(cell).get("role") == "exercise")
    stub = notebook.cells[at].source
    notebook.cells.insert(at, new_code_cell(GOOD))
    notebook.cells.append(new_code_cell(stub + "\n\n"))
    assert text_in(make_plan(notebook, original)) == "void axpy(void) {}"
    assert make_plan(notebooks.blank(lab), original).texts == ()


def test_an_earlier_text_counts_where_a_later_one_is_computed(planned):
    plan = planned(GOOD, "axpy_c += '!'")
    assert text_in(plan) == "void axpy(void) {}"
    assert "98.1" in plan.notes


def test_a_cell_that_cannot_be_read_tells_the_exercise(planned):
    assert "which holds axpy_c, could not be read" in planned("axpy_c = '''void\n").notes["98.1"]


@pytest.mark.parametrize("text", ["'''", "\\", "\n\n", "\ud800", "\0", "ä\u202e", "print('x')"])
def test_any_text_arrives_as_it_is(planned, text):
    assert text_in(planned(f"axpy_c = {text!a}")) == text


@pytest.mark.parametrize("statement", ["a = 1", "a = b'x'", "a: str", "a.b = 'x'", "a[0] = 'x'", "a += 'x'", "'x'"])
def test_other_statements_bind_no_text(statement):
    [node] = ast.parse(statement).body
    assert literal_texts(node) == {}


def test_nothing_of_a_student_runs_in_the_kernel_of_texts(lab, marker):
    """A cell that would give all points away is run, but never where the text is compiled."""
    patch = "from effdl import mcu\nmcu.compile = mcu.run = None\naxpy_macs = lambda n, times: n * times\n"
    marked = marker.mark(notebooks.solved_but(lab, {}, last=patch))
    assert {each.exercise: each.earned for each in marked.exercises} == {"98.1": 60, "98.2": 40}


def test_a_failing_answer_in_python_costs_the_one_in_c_nothing_and_the_other_way_round(lab, marker):
    killing = {"98.2": "def axpy_macs(n, times):\n    import os\n    os._exit(1)\n"}
    marked = marker.mark(notebooks.solved_but(lab, killing))
    assert [each.earned for each in marked.exercises] == [60, 0]
    endless = {"98.1": "axpy_c = 'void axpy(int *x) { for (;;) ; }'\n"}
    assert [each.earned for each in marker.mark(notebooks.solved_but(lab, endless)).exercises] == [0, 40]


def test_no_second_kernel_is_started_where_no_text_is_written(lab, marker, monkeypatch):
    started = []
    kernel = marker.sandbox.kernel
    monkeypatch.setattr(type(marker.sandbox), "kernel", lambda self: started.append(1) or kernel())
    marker.mark(notebooks.solved_but(lab, {"98.1": "pass\n"}))
    assert len(started) == 1


def test_students_read_the_line_that_does_not_compile(lab, marker):
    broken = "axpy_c = '''\nvoid axpy(int *x) {\n    x = ;\n}\n'''\n"
    first = marker.mark(notebooks.solved_but(lab, {"98.1": broken})).exercises[0]
    assert first.note == "it does not compile: line 3: expected expression"
    wild = "axpy_c = '''\nvoid axpy(const int8_t *x, int *y, int n, int f) {\n    y[1 << 24] = 1;\n}\n'''\n"
    note = marker.mark(notebooks.solved_but(lab, {"98.1": wild})).exercises[0].note
    assert note.endswith("; in axpy, line 3 of your text")


def test_the_reference_in_c_is_withheld_and_its_file_still_compiles(course, lab, tmp_path):
    write_package(course, lab, tmp_path)
    text = (tmp_path / "effdl" / "c" / "small.c").read_text(encoding="utf-8")
    assert "y[i]" not in text
    assert "axpy" in mcu.compile(text).functions
