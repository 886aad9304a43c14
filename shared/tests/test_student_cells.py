"""The cells at the end of a lab and in the index: they tell the truth, write nothing unasked and never raise."""

import json
import linecache
import sys
import types
from pathlib import Path

import nbformat
import pytest
from effdl import student
from effdl.student import answers, handin, here, index_cells, lab_table, progress, session, start
from nbformat import v4

BLANK = 'def f(x):\n    """Do it."""\n    # YOUR CODE HERE\n    raise NotImplementedError()\n'
WRITTEN = "def f(x):\n    return x\n"
OTHER = "def f(x):\n    return 2 * x\n"
HAND_IN = 'from effdl.student import hand_in\n\nstudent_id = "ada"\nhand_in("lab03", student_id)'
ABOUT = {
    "lab": "lab03",
    "title": "Pruning",
    "exercises": [{"id": "3.1", "names": ["f"], "points": 60}, {"id": "3.2", "names": ["g", "h"], "points": 40}],
}


def defined(source: str, name: str = "f", cell: str = "cell-1") -> object:
    """What a cell of this text defines, as a kernel would: its text is known by the file name of its code."""
    linecache.cache[cell] = (len(source), None, source.splitlines(keepends=True), cell)
    namespace: dict[str, object] = {}
    exec(compile(source, cell, "exec"), namespace)
    return namespace[name]


def checked(verdict: str, *sources: str) -> nbformat.NotebookNode:
    """A notebook with these code cells and a check of 3.1 that printed `verdict`."""
    made = v4.new_notebook(metadata={"effdl": ABOUT})
    made.cells = [v4.new_code_cell(source) for source in (*sources, 'check("3.1", f)', HAND_IN)]
    made.cells[-2].metadata.effdl = {"role": "check", "id": "3.1"}
    if verdict:
        made.cells[-2].outputs = [v4.new_output("stream", text=verdict)]
    return made


def saved(folder: Path, made: object, name: str = "lab03_mine.ipynb") -> Path:
    path = folder / name
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


def passed_with(source: str) -> str:
    return f"3.1: 8 of 8 right: all match. [answer {answers.digest(['f'], [source])}]\n"


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    """A kernel that has seen nothing, in a folder of its own, without a course around it."""
    monkeypatch.setattr(session, "_verdicts", {})
    monkeypatch.setattr(start, "checkout", lambda: tmp_path / "nowhere")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


@pytest.fixture
def kernel(monkeypatch):
    """Names that the notebook has defined, and the cell that is running."""
    names: dict[str, object] = {}
    monkeypatch.setattr(session, "names", lambda: names)
    monkeypatch.setattr(session, "running", lambda: HAND_IN)
    return names


def test_the_calls_of_the_notebook_stay_callable():
    for _ in range(2):
        student.summary("lab03", {})
        student.overview()
        student.hand_in("lab03", "")
        student.begin("lab99")
    assert callable(student.summary)
    assert callable(student.overview)


# ---- which answer it was


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (WRITTEN, WRITTEN, True),
        (WRITTEN, "import math\n\n\n" + WRITTEN + "\nf(1)", True),
        (WRITTEN, WRITTEN.replace("\n", "  \n"), True),
        (WRITTEN, "def f(x):\n\n    return x", True),
        (WRITTEN, OTHER, False),
        ("@cache\n" + WRITTEN, WRITTEN, False),
        ("f = lambda x: x", "f = lambda x: -x", False),
        ('f = """int f;"""', "f = 'int f;'", True),
        ('f = """int f;"""', 'f = """int g;"""', False),
    ],
)
def test_the_digest_changes_with_the_answer_and_with_nothing_else(one, other, same):
    assert (answers.digest(["f"], [one]) == answers.digest(["f"], [other])) is same


def test_the_last_definition_counts_unless_it_is_blank():
    assert answers.definition("f", [WRITTEN, OTHER]) == OTHER.rstrip()
    assert answers.definition("f", [WRITTEN, BLANK]) == WRITTEN.rstrip()
    assert answers.definition("f", [BLANK, "g = 1"]) is None


@pytest.mark.parametrize(
    "source",
    [
        WRITTEN,
        "f = lambda x: x\n",
        "class f:\n    def g(self):\n        return 1\n",
        "x = 1\n\n\n" + WRITTEN + "y = 2\n",
    ],
)
def test_the_kernel_and_the_notebook_agree_on_the_digest(source):
    ran = answers.digest_of_objects([("f", defined(source))])
    assert ran
    assert ran == answers.digest(["f"], [source])


def test_a_text_of_c_has_the_digest_of_its_assignment():
    text = "\nint f(void) {\n    return 1;\n}\n"
    assert answers.digest_of_objects([("f_c", text)]) == answers.digest(["f_c"], [f'f_c = """{text}"""'])


@pytest.mark.parametrize("value", [len, 3, None, exec])
def test_what_nobody_knows_the_text_of_has_no_digest_and_is_not_called_blank(value):
    assert answers.digest_of_objects([("f", value)]) == ""
    assert not answers.is_blank("f", value)


def test_a_blank_in_the_kernel_is_known():
    assert answers.is_blank("f", defined(BLANK))
    assert answers.is_blank("f_c", '#error "not written yet"')
    assert not answers.is_blank("f", defined(WRITTEN))


# ---- progress, from the file alone


@pytest.mark.parametrize(
    ("verdict", "sources", "check"),
    [
        (passed_with(WRITTEN), (WRITTEN,), "passed"),
        (passed_with(WRITTEN), (OTHER,), "changed"),
        (passed_with(WRITTEN), ("def f(x:\n",), "changed"),
        (passed_with(WRITTEN), (BLANK, "import os\n" + WRITTEN), "passed"),
        ("3.1: all match.\n", (OTHER,), "passed"),  # printed by an earlier version, without a digest
        ("", (WRITTEN,), "not run"),
    ],
)
def test_a_check_counts_for_the_answer_that_it_ran(tmp_path, verdict, sources, check):
    found = progress.look(saved(tmp_path, checked(verdict, *sources)))
    assert found.items[0].check == check
    assert found.points == (60.0 if check == "passed" else 0.0, 100.0)


def test_progress_survives_a_rename_cleared_outputs_and_lost_metadata_of_cells(tmp_path):
    made = checked(passed_with(WRITTEN), WRITTEN)
    assert progress.look(saved(tmp_path, made, "my homework (2).ipynb")).items[0].passed
    for cell in made.cells:
        cell.metadata = {}
    assert progress.look(saved(tmp_path, made)).items[0].passed
    for cell in made.cells:
        cell.outputs = []
    assert [item.check for item in progress.look(saved(tmp_path, made)).items] == ["not run", "not run"]


def test_all_labs_are_summed_up_in_one_table(tmp_path):
    first = saved(tmp_path, checked(passed_with(WRITTEN), WRITTEN), "a.ipynb")
    second = saved(tmp_path, checked("", WRITTEN), "b.ipynb")
    last = progress.table([progress.look(first), progress.look(second)]).splitlines()[-4:]
    assert last[0].split() == ["lab", "notebook", "written", "checks", "passed", "their", "points"]
    assert last[1].split() == ["lab03", "a.ipynb", "1", "of", "2", "1", "of", "2", "60", "of", "100"]
    assert last[2].split()[-3:] == ["0", "of", "100"]
    assert "not full marks" in last[3]


@pytest.mark.parametrize("exercises", [None, 3, [3], [{"id": 3, "names": []}], [{"id": "3.1"}], [{"names": ["f"]}]])
def test_progress_passes_over_damaged_entries(tmp_path, exercises):
    made = checked("", WRITTEN)
    made.metadata.effdl = {"lab": "lab03", "exercises": exercises}
    assert progress.look(saved(tmp_path, made)).items == ()


# ---- the summary


POINTS = {"3.1 f": 60.0, "3.2 g, h": 40.0}


def states(namespace):
    return [row[3] for row in lab_table.summarize("lab03", POINTS, namespace).rows]


def test_the_summary_tells_the_state_of_each_exercise():
    f = defined(WRITTEN)
    assert states({}) == ["not run yet: f", "not run yet: g, h"]
    assert states({"f": defined(BLANK, cell="cell-2"), "g": f})[0] == "still blank: f"
    assert states({"f": f})[0] == "not run since the kernel started"
    session.keep("3.1", session.Verdict(7, 8, answers.digest(["f"], [WRITTEN])))
    assert states({"f": f})[0] == "failed, 7 of 8"
    session.keep("3.1", session.Verdict(8, 8, answers.digest(["f"], [WRITTEN])))
    assert states({"f": f})[0] == "passed, 8 of 8"
    assert states({"f": defined(OTHER, cell="cell-3")})[0] == "the answer has changed since: run the check again"


def test_the_summary_adds_up_points_and_says_that_they_are_no_marks():
    session.keep("3.1", session.Verdict(8, 8))
    table = lab_table.summarize("lab03", POINTS, {"f": defined(WRITTEN)})
    assert "exercises worth 60 of 100 points have passed" in table.below
    assert "not full marks" in table.below
    assert "<th" in table._repr_html_()
    assert [line.split()[0] for line in repr(table).splitlines()[:3]] == ["exercise", "3.1", "3.2"]


def test_a_table_escapes_what_it_shows_and_links_notebooks():
    shown = lab_table.Table(("a",), [("<b>",), ("my lab.ipynb",)], "&")._repr_html_()
    assert "&lt;b&gt;" in shown
    assert '<a href="my%20lab.ipynb"' in shown
    assert "<p>&amp;</p>" in shown


# ---- the hand-in cell


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_without_an_id_nothing_is_written_and_the_way_is_told(tmp_path, blank, capsys):
    saved(tmp_path, checked("", WRITTEN))
    student.hand_in("lab03", blank)
    assert "effdl submit lab03 --id" in capsys.readouterr().out
    assert not (tmp_path / "submissions").exists()


def test_with_an_id_the_saved_notebook_is_written_and_what_is_missing_is_told(tmp_path, kernel, capsys):
    path = saved(tmp_path, checked(passed_with(WRITTEN), WRITTEN))
    kernel["f"] = defined(WRITTEN)
    student.hand_in("lab03", " ada ")
    assert (tmp_path / "submissions/lab03_ada.ipynb").read_bytes() == path.read_bytes()
    said = capsys.readouterr().out
    assert "still blank: 3.2" in said
    assert "lab03_ada.ipynb is ready" in said


def test_handing_in_again_replaces_the_students_own_file(tmp_path, kernel):
    saved(tmp_path, checked("", WRITTEN))
    handin.from_cell("lab03", "ada")
    path = saved(tmp_path, checked("", OTHER))
    assert "is ready" in handin.from_cell("lab03", "ada")
    assert (tmp_path / "submissions/lab03_ada.ipynb").read_bytes() == path.read_bytes()


def test_a_notebook_that_is_not_saved_is_not_handed_in(tmp_path, kernel, monkeypatch):
    saved(tmp_path, checked("", WRITTEN))
    kernel["f"] = defined(OTHER)
    assert "another `f` than the one that ran last" in handin.from_cell("lab03", "ada")
    kernel.clear()
    monkeypatch.setattr(session, "running", lambda: HAND_IN.replace("ada", "bob"))
    assert "does not hold this cell as it is now. Save the notebook" in handin.from_cell("lab03", "bob")
    assert not (tmp_path / "submissions").exists()


def test_an_answer_whose_text_nobody_knows_does_not_hold_up_the_hand_in(tmp_path, kernel):
    saved(tmp_path, checked("", WRITTEN))
    kernel["f"] = len
    assert "is ready" in handin.from_cell("lab03", "ada")


@pytest.mark.parametrize(
    ("lab", "student_id", "file", "says"),
    [
        ("lab03", "a/b", None, "the id 'a/b' does not fit"),
        ("lab04", "ada", "lab03_mine.ipynb", "is a notebook of lab03, not of lab04"),
        ("lab03", "ada", "gone.ipynb", "cannot be read"),
        ("lab04", "ada", None, 'write hand_in("lab04", student_id, file="NAME.ipynb")'),
        ("lab03", 7, None, "is ready"),
    ],
)
def test_what_cannot_be_handed_in_is_said_and_not_raised(tmp_path, kernel, lab, student_id, file, says):
    saved(tmp_path, checked("", WRITTEN))
    assert says in handin.from_cell(lab, student_id, file)


def test_the_notebook_is_found_as_jupyter_and_vs_code_tell_it(tmp_path, kernel, monkeypatch):
    one, two = (saved(tmp_path, checked("", WRITTEN), f"{name}.ipynb") for name in ("one", "two"))
    with pytest.raises(start.Refused, match="which file"):
        here.own_notebook("lab03")
    monkeypatch.setenv("JPY_SESSION_NAME", str(one))
    assert here.own_notebook("lab03") == one
    monkeypatch.setenv("JPY_SESSION_NAME", "work/one.ipynb")
    assert here.own_notebook("lab03") == one
    kernel["__vsc_ipynb_file__"] = str(two)
    assert here.own_notebook("lab03") == two


def test_a_renamed_notebook_is_found_if_it_is_the_only_one_of_its_lab(tmp_path, kernel, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "before.ipynb"))
    now = saved(tmp_path, checked("", WRITTEN), "after.ipynb")
    assert here.own_notebook("lab03") == now


def colab(monkeypatch, answer):
    """Google's module as far as it is used: it hands over the notebook that the browser holds."""

    def blocking_request(name, request, timeout_sec):
        if answer == "broken":
            raise RuntimeError(name)
        return answer

    module = types.SimpleNamespace(_message=types.SimpleNamespace(blocking_request=blocking_request))
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", module)


def test_colab_hands_over_the_notebook_itself(tmp_path, kernel, monkeypatch):
    colab(monkeypatch, {"ipynb": json.loads(json.dumps(checked("", WRITTEN)))})
    said = handin.from_cell("lab03", "ada")
    assert "submissions/lab03_ada.ipynb is ready" in said
    assert "Files panel" in said
    assert progress.look(tmp_path / "submissions/lab03_ada.ipynb").items[0].written


@pytest.mark.parametrize("answer", [None, "", {}, {"ipynb": None}, "broken"])
def test_a_silent_colab_is_told_and_not_raised(kernel, monkeypatch, answer):
    colab(monkeypatch, answer)
    assert handin.from_cell("lab03", "ada").startswith("Not handed in: ")


# ---- the index


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with two labs and an index."""
    (tmp_path / "labs").mkdir()
    for lab in ("lab03", "lab04"):
        made = checked("", BLANK)
        made.metadata.effdl = {**ABOUT, "lab": lab}
        saved(tmp_path / "labs", made, f"{lab}_slug.ipynb")
    (tmp_path / "labs" / "index.ipynb").write_text("{}")
    monkeypatch.setattr(start, "checkout", lambda: tmp_path)
    return tmp_path


def test_a_lab_is_begun_beside_the_index_and_never_overwritten(course, monkeypatch, capsys):
    (course / "work").mkdir()
    monkeypatch.chdir(course / "work")
    student.begin("4")
    assert (course / "work/lab04_slug.ipynb").is_file()
    student.begin("lab04")
    student.begin("lab99")
    first, second, third = capsys.readouterr().out.splitlines()
    assert "is your copy" in first
    assert "stays as it is" in second
    assert "there is no lab 'lab99'; this course has: lab03, lab04" in third


@pytest.mark.parametrize("where", [".", "labs", "work"])
def test_the_overview_finds_the_students_folder_from_where_it_is(course, monkeypatch, where):
    (course / "work").mkdir()
    saved(course / "work", checked(passed_with(WRITTEN), WRITTEN))
    saved(course / "work", {}, "broken.ipynb")
    (course / "work" / "index.ipynb").write_text("{}")
    monkeypatch.chdir(course / where)
    table = index_cells.overview_table()
    assert table.rows == [
        ("lab03", "lab03_mine.ipynb", "1 of 2", "1 of 2", "60 of 100"),
        ("lab04", 'not begun: begin("lab04")', "", "", ""),
    ]
    assert "broken.ipynb: is not a notebook" in table.below
    assert "index.ipynb" not in repr(table)


def test_the_overview_without_a_course_shows_what_is_there():
    assert index_cells.overview_table().rows == []
