"""A student starts a lab, sees how far it is and hands it in; nothing is ever overwritten silently."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from effdl.student import answers, cli, progress, start, submit
from nbformat import v4

BLANK = 'def f(x):\n    """Do it."""\n    # YOUR CODE HERE\n    raise NotImplementedError\n'
WRITTEN = "def f(x):\n    return x\n"
ABOUT = {
    "lab": "lab03",
    "title": "Pruning",
    "version": "0123456789ab",
    "exercises": [{"id": "3.1", "names": ["f"], "points": 60}, {"id": "3.2", "names": ["g", "h"], "points": 40}],
}


def notebook(*sources: str, about: object = ABOUT) -> nbformat.NotebookNode:
    made = v4.new_notebook(metadata={"effdl": about} if about else {})
    made.cells = [v4.new_code_cell(source) for source in sources]
    return made


def saved(path: Path, content: object) -> Path:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with two labs, and a current folder of the student's own."""
    (tmp_path / "course" / "labs").mkdir(parents=True)
    for lab in ("lab03", "lab04"):
        made = notebook(BLANK, about={**ABOUT, "lab": lab})
        saved(tmp_path / "course" / "labs" / f"{lab}_slug.ipynb", made)
    monkeypatch.setattr(start, "checkout", lambda: tmp_path / "course")
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("sources", "written"),
    [
        ([BLANK], False),
        ([WRITTEN], True),
        ([WRITTEN, BLANK], True),
        (["def f(x):\n    if x:\n        raise NotImplementedError\n    return x"], True),
        (["f = lambda x: x"], True),
        (["%time 1\n!ls\ndef f(x):\n    return x"], True),
        (["def f(x):\n    return (x"], True),
        (["class f:\n    def g(self):\n        raise NotImplementedError()"], False),
        (['f = """int f;\n#error "not written yet"\n"""'], False),
        (['f = """int f;"""'], True),
        (["# def f(x): return x"], False),
    ],
)
def test_an_exercise_is_written_when_something_else_than_the_blank_defines_it(sources, written):
    assert answers.is_written("f", sources) is written


def test_progress_tells_written_and_checked_exercises(tmp_path):
    made = notebook(WRITTEN, "check('3.1', f)", "def g(): return 1", BLANK.replace("f(", "h("))
    made.cells[1].metadata.effdl = {"role": "check", "id": "3.1"}
    made.cells[1].outputs = [v4.new_output("stream", text="3.1: 8 of 8 right: scores match")]
    path = saved(tmp_path / "lab03_x.ipynb", made)
    assert progress.look(path).items == (
        progress.Item(progress.Asked("3.1", ("f",), 60.0), True, "passed", "8 of 8"),
        progress.Item(progress.Asked("3.2", ("g", "h"), 40.0), False, "not run"),
    )
    made.cells[1].outputs = [v4.new_output("error", ename="CheckFailed", evalue="", traceback=[])]
    assert progress.look(saved(path, made)).items[0].check == "failed"
    text = progress.table([progress.look(path)])
    assert "lab03: Pruning  (lab03_x.ipynb)" in text
    assert "3.1  f      60 points  written, check failed" in text
    assert "3.2  g, h   40 points  blank" in text
    assert "1 of 2 exercises written" in text


def test_start_copies_the_lab_byte_for_byte(course, capsys):
    assert cli.main(["start", "lab03", "--no-open"]) == 0
    original = start.released()["lab03"]
    assert (course / "work/lab03_slug.ipynb").read_bytes() == original.read_bytes()
    assert capsys.readouterr().out == "work/lab03_slug.ipynb is your copy: work in it\n"


def test_start_never_overwrites(course, capsys):
    (course / "work").mkdir()
    mine = saved(course / "work/lab03_slug.ipynb", b"mine")
    assert cli.main(["start", "3", "--no-open"]) == 0
    assert mine.read_bytes() == b"mine"
    assert "already there and stays" in capsys.readouterr().out


def test_start_names_the_labs_that_there_are(course, capsys):
    assert cli.main(["start", "lab99"]) == 1
    assert capsys.readouterr() == ("", "effdl: there is no lab 'lab99'; this course has: lab03, lab04\n")


def test_start_without_a_checkout_says_what_to_install(course, capsys, monkeypatch):
    monkeypatch.setattr(start, "checkout", lambda: course / "nowhere")
    assert cli.main(["start", "lab03"]) == 1
    assert "install effdl from a checkout" in capsys.readouterr().err


def test_start_where_work_is_a_file_says_so(course, capsys):
    (course / "work").write_text("a file of mine")
    assert cli.main(["start", "lab03", "--no-open"]) == 1
    assert "work is a file: move it" in capsys.readouterr().err
    assert (course / "work").read_text() == "a file of mine"


def test_start_alone_copies_the_index_which_is_no_lab(course, capsys):
    index = course.parent / "course" / "labs" / "index.ipynb"
    assert cli.main(["start"]) == 1
    assert "this course has: lab03, lab04" in capsys.readouterr().err
    index.write_text("{}")
    assert cli.main(["start", "--no-open"]) == 0
    assert (course / "work/index.ipynb").read_text() == "{}"
    assert cli.main(["progress"]) == 1
    assert "there is no notebook" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["work", "labs"])
def test_the_students_folder_is_found_from_within_and_from_beside(course, monkeypatch, where):
    (course / where).mkdir()
    monkeypatch.chdir(course / where)
    assert cli.main(["start", "lab03", "--no-open"]) == 0
    assert cli.main(["submit", "lab03", "--id", "ada"]) == 0
    assert (course / "work/submissions/lab03_ada.ipynb").is_file()


def test_start_opens_jupyterlab_of_the_same_python(course, monkeypatch):
    calls = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: calls.append(command))
    assert cli.main(["start", "lab03"]) == 0
    assert calls == [[sys.executable, "-m", "jupyterlab", "work/lab03_slug.ipynb"]]


def test_start_without_jupyterlab_says_how_to_get_it(course, capsys, monkeypatch):
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    assert cli.main(["start", "lab03"]) == 1
    assert "pip install jupyterlab" in capsys.readouterr().err
    assert (course / "work/lab03_slug.ipynb").exists()


@pytest.mark.parametrize("text", ["3", "03", "lab3", "lab03", "LAB03", " lab03 "])
def test_a_lab_may_be_named_by_its_number(text):
    assert start.lab_name(text) == "lab03"


def test_progress_lists_every_notebook_and_what_cannot_be_read(course, capsys):
    cli.main(["start", "lab03", "--no-open"])
    saved(course / "work/lab04_x.ipynb", b"")
    capsys.readouterr()
    assert cli.main(["progress"]) == 0
    shown = capsys.readouterr().out
    assert "0 of 2 exercises written" in shown
    assert "lab04_x.ipynb: is empty" in shown


def test_progress_without_a_notebook_says_how_to_begin(course, capsys):
    assert cli.main(["progress"]) == 1
    assert "effdl start" in capsys.readouterr().err


def test_submit_writes_the_notebook_itself_under_the_students_name(course, capsys):
    cli.main(["start", "lab03", "--no-open"])
    capsys.readouterr()
    assert cli.main(["submit", "lab03", "--id", "ada"]) == 0
    assert (course / "work/submissions/lab03_ada.ipynb").read_bytes() == start.released()["lab03"].read_bytes()
    shown = capsys.readouterr().out
    assert "still blank: 3.1, 3.2" in shown
    assert "work/submissions/lab03_ada.ipynb is ready" in shown


def test_submit_overwrites_only_when_told(course, capsys):
    cli.main(["start", "lab03", "--no-open"])
    first = ["submit", "lab03", "--id", "ada", "--out", "here"]
    assert cli.main(first) == 0
    assert cli.main(first) == 0  # the same bytes
    saved(course / "work/lab03_slug.ipynb", notebook(WRITTEN))
    before = (course / "here/lab03_ada.ipynb").read_bytes()
    assert cli.main(first) == 1
    assert "--replace" in capsys.readouterr().err
    assert (course / "here/lab03_ada.ipynb").read_bytes() == before
    assert cli.main([*first, "--replace"]) == 0
    assert (course / "here/lab03_ada.ipynb").read_bytes() != before


def test_submit_refuses_what_the_grader_would_refuse(course, capsys):
    (course / "work").mkdir()
    saved(course / "work/lab03_slug.ipynb", b"")
    assert cli.main(["submit", "lab03", "--id", "ada"]) == 1
    assert "lab03_slug.ipynb: is empty" in capsys.readouterr().err
    assert not (course / "work/submissions").exists()


def test_submit_refuses_the_notebook_of_another_lab(course, capsys):
    other = saved(course / "x.ipynb", notebook(WRITTEN))
    assert cli.main(["submit", "lab04", "--id", "ada", "--file", str(other)]) == 1
    assert "is a notebook of lab03, not of lab04" in capsys.readouterr().err


def test_submit_asks_which_of_two_notebooks_is_meant(course, capsys):
    (course / "work").mkdir()
    for name in ("lab03_slug.ipynb", "lab03_slug-Copy1.ipynb"):
        saved(course / "work" / name, notebook(WRITTEN))
    assert cli.main(["submit", "lab03", "--id", "ada"]) == 1
    assert "--file" in capsys.readouterr().err


def test_submit_without_a_notebook_says_how_to_begin(course, capsys):
    assert cli.main(["submit", "lab03", "--id", "ada"]) == 1
    assert "effdl start lab03" in capsys.readouterr().err


@pytest.mark.parametrize("student", ["ada", "s-12.3_4@uni.example", "Zoë", "李雷", "007"])
def test_an_id_of_letters_and_digits_is_taken(student):
    assert submit.check_id(f" {student} ") == student


@pytest.mark.parametrize(
    "student",
    ["", ".", "../ada", "a/b", "a b", "=1+1", "-x", "a\n", "a'b", "lab03_x", "ada_lab03", "x-copy1", "a" * 81],
)
def test_an_id_that_no_file_name_can_carry_is_refused(student):
    with pytest.raises(start.Refused, match="the id"):
        submit.check_id(student if student != "a\n" else "a\nb")


def test_an_id_is_composed_so_that_it_is_one_id_on_every_system():
    assert submit.check_id("Zoe\u0308") == "Zo\u00eb"


def test_the_student_commands_do_without_torch():
    code = "import sys, effdl.student.cli; print(sorted({'torch', 'numpy', 'matplotlib'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
