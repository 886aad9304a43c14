"""The first cell of each lab, run as Colab would: in a Python without `effdl`, with git and pip for real.

Nothing here reaches a network: git is sent to a folder, and pip to a folder of wheels that hold next to nothing. Among
these stand a newer torch and a newer numpy, which pip would like to take.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from autograder.author import colab
from autograder.course import Course, find_course
from bare_python import Machine, git, make_python, pythons, wheel

CHECKOUT = Path(__file__).resolve().parents[3]
ADDRESS = "https://github.com/someone/labs"
FOUND = "from effdl.place import checkout; print(sorted(p.name for p in checkout().iterdir() if p.name[0] != '.'))"
KEPT = {"torch": "2.2.0+cu118", "numpy": "1.26.4"}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A repository with a tag `lab99` that holds the package, a little data, and something that nobody needs."""
    repository = tmp_path / "published"
    package = repository / "shared" / "src" / "effdl"
    package.mkdir(parents=True)
    (repository / "shared" / "pyproject.toml").write_text((CHECKOUT / "shared" / "pyproject.toml").read_text())
    (package / "__init__.py").write_text("")
    (package / "place.py").write_text((CHECKOUT / "shared" / "src" / "effdl" / "place.py").read_text())
    for name in ("data", "autograder"):
        (repository / name).mkdir()
        (repository / name / "file").write_text(name)
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    git(repository, "add", "-A")
    git(repository, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "Publish")
    git(repository, "tag", "lab99")
    git(repository, "config", "uploadpack.allowFilter", "true")
    return repository


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """All that the package asks for, in a version newer than any, as an index would have it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    project = tomllib.loads((CHECKOUT / "shared" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in (*project["dependencies"], *project["optional-dependencies"]["mcu"]):
        wheel(folder, wanted.partition(">=")[0], "999.0")
    return folder


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "course.toml").write_text('repository = "someone/labs"\nbranch = "main"\n')
    (tmp_path / "solutions" / "lab99_tiny.py").write_text("# %%\nfrom effdl import pruning\n")
    return Course(tmp_path)


@pytest.fixture(params=[sys.executable])
def machine(tmp_path: Path, published: Path, wheels: Path, course: Course, request: pytest.FixtureRequest) -> Machine:
    """A Python in which `effdl` is not installed; pip and setuptools, which Colab has, stand ready."""
    make_python(request.param, tmp_path / "venv", KEPT)
    (tmp_path / "notebooks").mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{published}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as the value of build isolation
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    return Machine(tmp_path, colab.first_cell(course, "lab99"), env)


def nowhere(folder: Path) -> dict[str, str]:
    """An environment in which the repository cannot be reached."""
    return {"GIT_CONFIG_KEY_0": f"url.file://{folder}/nowhere.insteadOf"}


def finds_the_data(done: subprocess.CompletedProcess[str]) -> None:
    assert (done.returncode, done.stdout.strip()) == (0, "['data', 'shared']"), done.stderr


@pytest.mark.parametrize("machine", pythons(), indirect=True, ids=lambda path: Path(path).resolve().name)
def test_the_cell_adds_what_is_missing_and_leaves_torch_and_numpy_alone(machine):
    first = machine.run(FOUND)
    finds_the_data(first)
    versions = machine.versions()
    assert {name: versions[name] for name in KEPT} == KEPT
    assert versions["effdl"] == "0.1.0"
    assert versions["safetensors"] == "999.0"
    assert "ziglang" not in versions
    restarted = machine.run(FOUND, PATH="", **nowhere(machine.folder))
    assert (restarted.returncode, restarted.stdout, restarted.stderr) == (0, first.stdout, "")


def test_one_message_says_that_the_repository_cannot_be_reached_and_the_next_run_goes_on(machine):
    failed = machine.run(**nowhere(machine.folder))
    first, *rest = failed.stderr.splitlines()
    assert failed.returncode == 1
    assert first == "The course cannot be fetched. Is the internet on (Kaggle: Settings)?"
    assert rest[0].startswith("fatal: ")
    assert "Traceback" not in failed.stderr
    finds_the_data(machine.run(FOUND))


def test_a_run_that_stopped_after_cloning_goes_on_from_there(machine, published):
    failed = machine.run(PIP_FIND_LINKS=str(machine.folder))
    assert failed.returncode == 1
    assert "No matching distribution" in failed.stderr
    shutil.rmtree(published)
    finds_the_data(machine.run(FOUND))


def test_a_torch_that_is_too_old_is_left_alone_and_named(machine):
    old = next((machine.folder / "venv" / "lib").glob("python*/site-packages/torch-*.dist-info"))
    (old / "METADATA").write_text("Name: torch\nVersion: 1.9.0\n")
    old.rename(old.with_name("torch-1.9.0.dist-info"))
    failed = machine.run()
    assert failed.returncode == 1
    assert "torch==1.9.0" in failed.stderr
    assert machine.versions()["torch"] == "1.9.0"


def test_a_lab_in_c_brings_the_compiler(machine, course):
    (course.solutions / "lab99_tiny.py").write_text('# %% exercise="99.1" source="effdl/c/small.c:small" points=1\n')
    machine.cell = colab.first_cell(course, "lab99")
    assert machine.run().returncode == 0
    assert {"ziglang", "unicorn"} <= set(machine.versions())


def test_students_see_twelve_lines_that_fit_the_page():
    for lab in find_course(CHECKOUT).lab_names():
        lines = [line for line in colab.first_cell(find_course(CHECKOUT), lab).splitlines() if line]
        assert len(lines) <= 12
        assert max(map(len, lines)) <= 120


def test_settings_that_are_missing_are_named(tmp_path):
    (tmp_path / "solutions").mkdir()
    with pytest.raises(ValueError, match=r"course\.toml: write repository"):
        colab.settings(Course(tmp_path))
