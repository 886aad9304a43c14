"""A course in small with an exercise in C: built in a scratch folder, the real `effdl.mcu` put into its package."""

from __future__ import annotations

import shutil
from pathlib import Path

import effdl
import pytest
from autograder.author.build import build
from autograder.course import Course
from autograder.lab import load_lab
from marking import open_marker

LAB = "lab98"


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The course, built and executed."""
    root = tmp_path_factory.mktemp("c") / "course"
    shutil.copytree(Path(__file__).parent / "course", root)
    real, package = Path(effdl.__file__).parent, root / "shared" / "src" / "effdl"
    shutil.copytree(real / "mcu", package / "mcu", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(real / "c" / "mcu_runtime.c", package / "c")
    built = Course(root)
    build(built, LAB)
    return built


@pytest.fixture(scope="session")
def lab(course):
    return load_lab(course, LAB)


@pytest.fixture(scope="session")
def marker(course, lab):
    with open_marker(course, lab, cell_s=5, case_s=5) as marker:
        yield marker
