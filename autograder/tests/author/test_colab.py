"""The first cell of each lab, run as Colab would: in a Python without `effdl`, with git and pip for real."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import setuptools
from autograder.author import colab
from autograder.course import Course

CHECKOUT = Path(__file__).resolve().parents[3]
LOOK = "from importlib import metadata; print(metadata.version('effdl'))"
FOUND = "from effdl.place import checkout; print(sorted(p.name for p in checkout().iterdir() if p.name[0] != '.'))"


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


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
def clean(tmp_path: Path) -> Path:
    """A Python in which `effdl` is not installed; setuptools, which Colab has, stands ready."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    site = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    shutil.rmtree(site / "setuptools", ignore_errors=True)
    (site / "setuptools").symlink_to(Path(setuptools.__file__).parent)
    return tmp_path / "venv" / "bin" / "python"


def test_the_first_cell_installs_the_package_and_the_data_and_nothing_else(tmp_path, published, clean):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "course.toml").write_text('repository = "someone/labs"\nbranch = "main"\n')
    (tmp_path / "cell.py").write_text(colab.first_cell(Course(tmp_path), "lab99") + f"\n{FOUND}\n")
    (tmp_path / "colab").mkdir()
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{published}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/someone/labs",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as the value of build isolation
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    run = subprocess.run(
        [clean, str(tmp_path / "cell.py")], cwd=tmp_path / "colab", env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "['data', 'shared']"
    again = subprocess.run([clean, "-c", LOOK], capture_output=True, text=True, check=True)
    assert again.stdout.strip() == "0.1.0"


def test_settings_that_are_missing_are_named(tmp_path):
    (tmp_path / "solutions").mkdir()
    with pytest.raises(ValueError, match=r"course\.toml: write repository"):
        colab.settings(Course(tmp_path))
