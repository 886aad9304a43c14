"""The Gradescope archive: built twice the same, and its run_autograder grades on a copy of Gradescope's folders."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile

import nbformat
import pytest
from autograder.handback.gradescope_archive import NOT_NEEDED, Choices, build_archive, requirements
from autograder.sandbox import IsolationUnavailable, open_sandbox
from autograder.sandbox.api import Policy


@pytest.fixture(scope="module")
def isolation():
    """What this machine offers; "none" where it offers nothing, as many containers do."""
    try:
        open_sandbox(Policy(), fork_server=False).close()
    except IsolationUnavailable:
        return "none"
    return "auto"


@pytest.fixture
def root(course, tmp_path, isolation):
    """Gradescope's `/autograder`, with the archive unpacked and nothing handed in."""
    archive = build_archive(course, "lab99", tmp_path / "lab99.zip", Choices(isolation))
    root = tmp_path / "autograder"
    with zipfile.ZipFile(archive) as file:
        file.extractall(root / "source")
    (root / "submission").mkdir()
    (root / "results").mkdir()
    return root


def run(root, *blocked):
    """`run_autograder`'s Python part, from the archive's own code; no process can import what is `blocked`."""
    source = root / "source" / "course" / "autograder" / "src"
    block = root / "blocked"
    block.mkdir()
    (block / "sitecustomize.py").write_text(f"import sys; sys.modules.update(dict.fromkeys({list(blocked)!r}))")
    env = {**os.environ, "PYTHONPATH": f"{block}:{source}", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "autograder.handback.gradescope", str(root)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    path = root / "results" / "results.json"
    return done, json.loads(path.read_text()) if path.exists() else None


def test_the_archive_is_what_gradescope_expects_and_repeatable(course, tmp_path):
    accepted = []
    paths = [
        build_archive(course, "lab99", tmp_path / f"{n}.zip", Choices(pip="--index-url URL"), accept=lambda seed: seed)
        for n in "ab"
    ]
    for path in paths:
        with zipfile.ZipFile(path) as file:
            names = set(file.namelist())
            accepted.append(json.loads(file.read("course/gradescope.json"))["seed"])
            setup = file.read("setup.sh").decode()
            mode = file.getinfo("run_autograder").external_attr >> 16
            files = {name: file.read(name) for name in names if name != "course/gradescope.json"}
        assert {"setup.sh", "run_autograder", "requirements.txt", "course/autograder/hidden/lab99.py"} <= names
        assert not any("wrong" in name or "__pycache__" in name or name.startswith("/") for name in names)
        assert "install --no-cache-dir --index-url URL -r requirements.txt" in setup
        assert stat.S_IMODE(mode) == 0o755
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert accepted[0] != accepted[1]
    with zipfile.ZipFile(paths[0]) as first:
        assert files == {name: first.read(name) for name in files}


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_the_scripts_are_valid_shell(script, root):
    subprocess.run(["bash", "-n", root / "source" / script], check=True)


def test_requirements_keep_what_grading_needs():
    text = "torch==2.1\nnbgrader==0.9\nruff==9\nbubblewrap-bin==0.11; sys_platform == 'linux'\n# c\n-e ./shared\n"
    assert requirements(text) == "torch==2.1\nbubblewrap-bin==0.11; sys_platform == 'linux'\n"


def test_a_submission_is_graded_without_the_packages_that_are_left_out(root, course):
    notebook = nbformat.read(course.solution("lab99"), as_version=4)
    answer = next(cell for cell in notebook.cells if cell.metadata.effdl.role == "exercise")
    answer.source = "def row_scales(w, bits):\n    return w.sum(dim=1)"
    check = next(cell for cell in notebook.cells if cell.metadata.effdl.role == "check")
    check.source = "print('all is well')"
    nbformat.write(notebook, root / "submission" / "my lab.ipynb")
    (root / "submission" / "notes.txt").write_text("hello")
    done, results = run(root, *sorted(NOT_NEEDED), "xdist")
    assert done.returncode == 0, done.stdout + done.stderr
    assert results["score"] == 60.0
    assert results["stdout_visibility"] == "hidden"
    first = results["tests"][0]
    assert (first["number"], first["score"], first["max_score"], first["status"]) == ("99.1", 0.0, 40.0, "failed")
    assert sum(test["score"] for test in results["tests"]) == results["score"]
    assert {test["visibility"] for test in results["tests"]} == {"visible"}
    hidden = (course.hidden("lab99")).read_text()
    told = json.dumps(results)
    assert "edited" in done.stdout
    assert "restored" not in told
    assert not any(line.strip() in told for line in hidden.splitlines() if "show(" in line)


def test_the_shell_script_runs_the_same(root, course):
    nbformat.write(nbformat.read(course.release("lab99"), as_version=4), root / "submission" / "lab99.ipynb")
    env = {**os.environ, "AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": sys.executable}
    subprocess.run(["bash", root / "source" / "run_autograder"], env=env, check=True)
    assert json.loads((root / "results" / "results.json").read_text())["score"] == 0.0


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("lab99.ipynb", b"", "lab99.ipynb: is empty"), ("essay.pdf", b"%PDF", "no notebook"), (None, b"", "no notebook")],
)
def test_what_is_no_notebook_gets_a_line_and_no_points(name, content, says, root):
    if name:
        (root / "submission" / name).write_bytes(content)
    done, results = run(root)
    assert done.returncode == 0
    assert (results["score"], results["tests"]) == (0.0, [])
    assert says in results["output"]


def test_a_link_in_a_submission_is_not_followed(root, course):
    (root / "submission" / "lab99.ipynb").symlink_to(course.solution("lab99"))
    assert run(root)[1]["score"] == 0.0


def test_a_failure_of_the_grader_is_no_score(root, course):
    nbformat.write(nbformat.read(course.solution("lab99"), as_version=4), root / "submission" / "lab99.ipynb")
    config = root / "source" / "course" / "gradescope.json"
    config.write_text(config.read_text().replace('"lab99"', '"lab42"'))
    done, results = run(root)
    assert (done.returncode, results) == (1, None)
    assert "the autograder failed, the submission is not graded" in done.stdout


def test_nothing_is_overwritten_and_choices_are_checked(course, tmp_path):
    (tmp_path / "a.zip").write_text("mine")
    with pytest.raises(ValueError, match="nothing is overwritten"):
        build_archive(course, "lab99", tmp_path / "a.zip", Choices())
    with pytest.raises(ValueError, match="choose one of visible"):
        build_archive(course, "lab99", tmp_path / "b.zip", Choices(visibility="never"))
