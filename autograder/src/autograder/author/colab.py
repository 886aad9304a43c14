"""What a lab needs to open in Colab: its badge's address, and a first cell that is the same everywhere.

The cell does nothing where `effdl` is installed. On Colab it fetches the package and the data only, at the lab's own
tag, and installs them beside the torch that is there.
"""

from __future__ import annotations

import tomllib

from autograder.course import Course

FIRST_LINE = "# For Colab; where the course is installed this does nothing."
CELL = (
    FIRST_LINE
    + """
import importlib.util, subprocess, sys

if importlib.util.find_spec("effdl") is None:
    for command in (
        "git clone --quiet --depth 1 --filter=blob:none --sparse --branch {lab} https://github.com/{repository} course",
        "git -C course sparse-checkout set shared data",
        f"{{sys.executable}} -m pip install --quiet --editable course/shared",
    ):
        subprocess.run(command.split(), check=True)
    sys.path.append("course/shared/src")"""
)


def settings(course: Course) -> dict[str, str]:
    """`solutions/course.toml`: the repository and the branch that badges point to.

    Raises: ValueError if the file is missing or lacks one of them
    """
    path = course.solutions / "course.toml"
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return {"repository": found["repository"], "branch": found["branch"]}
    except (OSError, KeyError, tomllib.TOMLDecodeError) as problem:
        raise ValueError(
            f'{path.name}: write repository = "owner/name" and branch = "..." there ({problem})'
        ) from problem


def topics(course: Course) -> dict[str, str]:
    """`solutions/course.toml`: lab name -> the topic of the course that it is about; labs without a source included.

    Raises: ValueError if the file cannot be read
    """
    try:
        return tomllib.loads((course.solutions / "course.toml").read_text(encoding="utf-8")).get("topics", {})
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise ValueError(f"course.toml cannot be read: {problem}") from problem


def badge_url(course: Course, stem: str) -> str:
    """Where Colab opens a lab."""
    where = settings(course)
    return f"https://colab.research.google.com/github/{where['repository']}/blob/{where['branch']}/labs/{stem}.ipynb"


def first_cell(course: Course, lab: str) -> str:
    """The first code cell of a lab."""
    return CELL.format(lab=lab, repository=settings(course)["repository"])
