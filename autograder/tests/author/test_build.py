"""What a build writes, that it writes the same again, and that drift is seen."""

import json
import shutil

import nbformat
import pytest
from autograder.author import build as building
from autograder.author.build import build, drift, shared_drift
from autograder.author.marks import SourceError
from autograder.lab import load_lab

SOURCE, TINY = "solutions/lab99_tiny.py", "shared/src/effdl/tiny.py"


@pytest.fixture(scope="module")
def executed(tmp_path_factory, request):
    """The course in small, built and executed once for the tests that only look."""
    from autograder.course import Course

    root = tmp_path_factory.mktemp("built") / "course"
    shutil.copytree(request.path.parent.parent / "minicourse", root)
    course = Course(root)
    course.solution("lab99").unlink()
    course.release("lab99").unlink()
    news = []
    build(course, "lab99", say=news.append)
    return course, news


def read(path):
    return nbformat.read(path, as_version=4)


def test_both_notebooks_are_valid_and_the_grader_reads_them(executed):
    course, news = executed
    for path in (course.solution("lab99"), course.release("lab99")):
        nbformat.validate(read(path))
    lab = load_lab(course, "lab99")
    assert lab.max_score == 100
    assert lab.version == read(course.release("lab99")).metadata.effdl.version
    assert "CPU-seconds" in news[0]


def test_an_executed_build_writes_the_bytes_that_are_committed(executed, course):
    built, _ = executed
    for path in (built.solution("lab99"), built.release("lab99"), built.labs / "README.md"):
        assert path.read_bytes() == (course.root / path.relative_to(built.root)).read_bytes()


def test_every_code_cell_of_the_solution_was_run(executed):
    course, _ = executed
    counts = [cell.execution_count for cell in read(course.solution("lab99")).cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_the_lab_holds_no_answer_and_no_result_but_expected_pictures(executed):
    course, _ = executed
    lab = read(course.release("lab99"))
    text = course.release("lab99").read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in text
    assert "does not divide by zero" not in text
    shown = {cell.metadata.effdl.role for cell in lab.cells if cell.get("outputs")}
    assert shown == {"experiment"}
    assert all(cell.execution_count is None for cell in lab.cells if cell.cell_type == "code")


def test_cells_have_the_same_ids_in_both_notebooks_and_all_differ(executed):
    course, _ = executed
    solution, lab = read(course.solution("lab99")), read(course.release("lab99"))
    ids = [cell.id for cell in lab.cells]
    assert ids == [cell.id for cell in solution.cells]
    assert len(set(ids)) == len(ids)


def test_an_edit_of_one_text_changes_one_id_and_the_version(course, spoil):
    before = read(course.release("lab99"))
    spoil(SOURCE, "How few numbers describe a row?", "How many numbers describe a row?")
    build(course, "lab99", execute=False)
    after = read(course.release("lab99"))
    changed = [old.id != new.id for old, new in zip(before.cells, after.cells, strict=True)]
    assert changed == [True] + [False] * (len(changed) - 1)
    assert before.metadata.effdl.version != after.metadata.effdl.version


def test_checks_carry_the_points_and_nothing_else_is_graded(executed):
    course, _ = executed
    cells = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in read(course.release("lab99")).cells
        if "nbgrader" in cell.metadata
    }
    assert list(cells) == [
        "lab99-ex1", "lab99-ex1-check", "lab99-ex2", "lab99-ex2-check", "lab99-ex3", "lab99-ex3-check", "lab99-q1",
    ]  # fmt: skip
    check, answer = cells["lab99-ex1-check"].metadata, cells["lab99-ex1"].metadata
    assert (check.nbgrader.points, check.nbgrader.grade, check.nbgrader.locked, check.editable) == (
        40,
        True,
        True,
        False,
    )
    assert (answer.nbgrader.solution, answer.nbgrader.grade, answer.nbgrader.locked) == (True, False, False)
    assert "editable" not in answer


def test_a_build_without_execution_keeps_the_outputs_of_unchanged_cells(course):
    before = course.solution("lab99").read_bytes(), course.release("lab99").read_bytes()
    build(course, "lab99", execute=False)
    assert (course.solution("lab99").read_bytes(), course.release("lab99").read_bytes()) == before


def test_what_was_built_has_not_drifted(course):
    assert drift(course, "lab99") == []
    assert shared_drift(course) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (SOURCE, "How few", "How many", "lab99_tiny.ipynb: cell 1 is not what the source says"),
        (TINY, "largest = w.abs()", "largest = abs(w)", "cell 8 is not what the source says"),
        (SOURCE, "minutes=5 difficulty=2", "minutes=6 difficulty=2", "metadata or spelling"),
        (
            SOURCE,
            '# %% role="experiment"',
            '# %% [markdown]\n# more\n\n# %% role="experiment"',
            "has 17 cells, the source 18",
        ),
    ],
)
def test_an_edit_without_a_build_is_drift(course, spoil, file, old, new, says):
    spoil(file, old, new)
    found = drift(course, "lab99")
    assert any(says in line for line in found)
    assert all("run 'autograder build lab99'" in line for line in found)


def test_an_edit_of_a_built_notebook_is_drift(course, spoil):
    spoil("labs/lab99_tiny.ipynb", "How few", "How many")
    assert drift(course, "lab99") == [
        "lab99_tiny.ipynb: cell 1 is not what the source says: run 'autograder build lab99'"
    ]


def test_a_changed_picture_in_a_lab_is_drift(course, spoil):
    spoil("labs/lab99_tiny.ipynb", "experiment: torch.Size([3])", "experiment: torch.Size([4])")
    assert drift(course, "lab99")


def test_a_solution_that_was_not_executed_is_drift(course):
    course.solution("lab99").unlink()
    assert "lab99_tiny.ipynb has not been built: run 'autograder build lab99'" in drift(course, "lab99")
    build(course, "lab99", execute=False)
    assert any("was not executed" in line for line in drift(course, "lab99"))


def test_the_index_follows_the_sources(course, spoil):
    assert "| [Lab 99 - Scale, keep, average](lab99_tiny.ipynb) |  | 15 | 100 | none |" in (
        course.labs / "README.md"
    ).read_text(encoding="utf-8")
    spoil(SOURCE, "**Prerequisites** none", "**Prerequisites** lab 98")
    assert shared_drift(course) == ["labs/README.md is not what the sources say: run 'autograder build --indexes'"]


def test_a_lab_that_no_build_has_written_is_not_overwritten(course):
    notebook = read(course.release("lab99"))
    del notebook.metadata["effdl"]
    nbformat.write(notebook, course.release("lab99"))
    before = course.release("lab99").read_bytes()
    with pytest.raises(SourceError, match="not written by a build"):
        build(course, "lab99", execute=False)
    course.release("lab99").write_text("my notes", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be read as a notebook"):
        build(course, "lab99", execute=False)
    assert before != course.release("lab99").read_bytes() == b"my notes"


def test_a_solution_that_raises_names_its_error_and_writes_nothing(course, spoil):
    before = course.solution("lab99").read_bytes()
    spoil(SOURCE, "import torch\n", "import effdl.absent as torch\n")
    with pytest.raises(SourceError, match=r"does not run: cell 3 .*ModuleNotFoundError: .*absent"):
        build(course, "lab99")
    assert course.solution("lab99").read_bytes() == before


def test_a_source_that_breaks_a_rule_is_not_built(course, spoil):
    spoil(SOURCE, "tiny.row_scales(torch.tensor([[3.0", "row_scales(torch.tensor([[3.0")
    with pytest.raises(SourceError, match=r"write tiny\.row_scales"):
        build(course, "lab99", execute=False)


def test_writing_is_all_or_nothing(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    building.write_atomically(path, "old")

    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr(type(path), "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        building.write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ipynb"]


def test_without_wrong_answers_no_slips_are_written_and_the_build_says_so(course):
    news = []
    shutil.rmtree(course.wrong("lab99"))
    build(course, "lab99", execute=False, say=news.append)
    assert news == ["lab99: no slips are named by its checks: lab99/ is missing"]


FAKE_SLIPS = """
import torch

def build(lab, wrong):
    (sign, scales), _ = wrong["99.1"]
    kinds = [type(answer).__name__ for _, answer in wrong["99.3"]]
    return {lab: sorted(wrong), sign: scales(torch.tensor([[-4.0, 2.0]]), bits=3).tolist(), "kinds": kinds}
"""


def test_slips_come_from_the_wrong_answers_of_the_course(course, monkeypatch):
    checks = course.package / "check"
    (checks / "lab99.py").write_text("", encoding="utf-8")
    (checks / "slips.py").write_text(FAKE_SLIPS, encoding="utf-8")
    build(course, "lab99", execute=False)
    text = (checks / "slips" / "lab99.json").read_text(encoding="utf-8")
    known = json.loads(text)
    assert known["lab99"] == ["99.1", "99.2", "99.3"]
    assert known["the sign is lost: the largest value is not the largest magnitude"] == pytest.approx([2 / 3])
    assert known["kinds"] == ["type", "type"]
    monkeypatch.setattr(building.slips, "slips_text", lambda *_: text)
    assert shared_drift(course) == []
    (checks / "slips" / "lab99.json").write_text("{}", encoding="utf-8")
    assert shared_drift(course) == [
        "lab99.json is not what the wrong answers of lab99 say: run 'autograder build lab99'"
    ]
