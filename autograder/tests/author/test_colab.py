"""The first cell of each lab, run as Colab would: in a Python without `effdl`, with git and pip for real.

Nothing here reaches a network: git is sent to a folder, and pip to a folder of wheels that hold next to nothing. Among
these stand a newer torch and a newer numpy, which pip would like to take.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from autograder.author import colab
from autograder.course import Course, find_course

CHECKOUT = Path(__file__).resolve().parents[3]
ADDRESS = "https://github.com/someone/labs"
FOUND = "from effdl.place import checkout; print(sorted(p.name for p in checkout().iterdir() if p.name[0] != '.'))"
VERSIONS = "from importlib import metadata; print({d.name: d.version for d in metadata.distributions()})"
KEPT = {"torch": "2.2.0+cu118", "numpy": "1.26.4"}


def pythons() -> list[str]:
    """The Python that runs this, and others that the course supports and that pyenv or the system has."""
    places = [Path.home() / ".pyenv" / "versions" / "x" / "bin", *map(Path, os.get_exec_path())]
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for version in ("3.10", "3.11", "3.12", "3.13"):
        for place in (*places[0].parents[1].glob(f"{version}*/bin"), *places[1:]):
            path = place / f"python{version}"
            if version not in found and path.is_file() and "shims" not in path.parts:
                found[version] = str(path)
    return [found[version] for version in sorted(found)]


def wheel(folder: Path, name: str, version: str) -> None:
    """A wheel with nothing in it but its name and version."""
    stem = f"{name.replace('-', '_')}-{version}"
    texts = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as file:
        for member, text in texts.items():
            file.writestr(f"{stem}.dist-info/{member}", text)


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


@dataclass
class Machine:
    """A Python with a torch and a numpy of its own, in which cells run as in a notebook's folder."""

    folder: Path
    cell: str
    env: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def run(self, then: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Run the cell, and what stands below it, in a process of its own, as after a restart of the kernel."""
        (self.folder / "cell.py").write_text(f"{self.cell}\n{then}\n", encoding="utf-8")
        return subprocess.run(
            [self.python, self.folder / "cell.py"],
            cwd=self.folder / "notebooks",
            env=self.env | env,
            capture_output=True,
            text=True,
            check=False,
        )

    def versions(self) -> dict[str, str]:
        done = subprocess.run([self.python, "-c", VERSIONS], capture_output=True, text=True, check=True)
        return eval(done.stdout)


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
    subprocess.run([request.param, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    site = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    here = Path(importlib.util.find_spec("setuptools").origin).parents[1]
    for pattern in ("pip", "setuptools", "setuptools-*", "_distutils_hack"):
        for path in here.glob(pattern):
            (site / path.name).symlink_to(path)
    for name, version in KEPT.items():
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("")
        (site / f"{name}-{version}.dist-info").mkdir()
        (site / f"{name}-{version}.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
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
