"""A JupyterLab for the tests of this folder; the tests of a lab run in one worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from autograder.course import Course, find_course
from notebook_page import jupyterlab


@pytest.fixture(scope="module")
def course() -> Course:
    return find_course(Path(__file__))


@pytest.fixture(scope="module")
def seat(browser, tmp_path_factory) -> Iterator[tuple[Path, str]]:
    """The folder in which JupyterLab runs, and its address."""
    folder = tmp_path_factory.mktemp("work")
    with jupyterlab(folder, tmp_path_factory.mktemp("jupyterlab")) as address:
        yield folder, address
