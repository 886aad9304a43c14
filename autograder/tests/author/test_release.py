"""Students get labs, package and data, and nothing that grades them."""

import pytest
from autograder.author.marks import SourceError
from autograder.author.release import release, student_requirements


def test_a_release_holds_what_is_needed_and_nothing_that_grades(course, tmp_path):
    (course.root / "data").mkdir()
    (course.root / "data" / "digits.npz").write_bytes(b"1")
    (course.root / "shared" / "tests").mkdir()
    (course.root / "shared" / "tests" / "test_tiny.py").write_text("", encoding="utf-8")
    (course.package / "__pycache__").mkdir(exist_ok=True)
    (course.package / "__pycache__" / "tiny.pyc").write_bytes(b"")
    files = {path.as_posix() for path in release(course, tmp_path / "out")}
    assert files == {
        ".gitignore",
        "README.md",
        "requirements.txt",
        "runtime.txt",
        "data/digits.npz",
        "labs/README.md",
        "labs/lab99_tiny.ipynb",
        "shared/src/effdl/__init__.py",
        "shared/src/effdl/tiny.py",
        "shared/src/effdl/check/__init__.py",
    }
    assert "effdl start lab99" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_an_empty_folder_may_be_filled_and_a_full_one_is_left_alone(course, tmp_path):
    (tmp_path / "out").mkdir()
    release(course, tmp_path / "out")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SourceError, match="not empty"):
        release(course, tmp_path / "out")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_is_no_folder(course, tmp_path):
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(SourceError, match="not empty"):
        release(course, tmp_path / "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_a_lab_with_a_solution_in_it_does_not_get_out(course, tmp_path):
    course.release("lab99").write_bytes(course.solution("lab99").read_bytes())
    with pytest.raises(SourceError, match=r"lab99_tiny\.ipynb holds a marked solution"):
        release(course, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_lab_that_was_not_built_is_named(course, tmp_path):
    course.release("lab99").unlink()
    with pytest.raises(SourceError, match="autograder build lab99"):
        release(course, tmp_path / "out")


def test_links_do_not_lead_out_of_the_tree(course, tmp_path):
    (course.package / "hidden.py").symlink_to(course.hidden("lab99"))
    assert not any(path.name == "hidden.py" for path in release(course, tmp_path / "out"))


def test_requirements_lose_the_tools_of_the_course_and_keep_their_pins():
    tools = "# pinned\nnbgrader==0.9.6\n\npytest-xdist==3\n-e ./autograder\n"
    text = tools + "torch==2.13.0\nuvloop==1; sys_platform == 'linux'\n-e ./shared\n"
    assert student_requirements(text) == "torch==2.13.0\nuvloop==1; sys_platform == 'linux'\n-e ./shared\n"
