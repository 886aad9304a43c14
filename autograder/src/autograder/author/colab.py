"""What a lab needs to open in Colab or Kaggle: its badge's address, and a first cell that is the same everywhere.

The cell does nothing where `effdl` is installed. Elsewhere it fetches the package and the data only, at the lab's own
tag, and installs them: it adds what is missing and leaves torch and numpy as they are. If that fails, one message says
so; run again, it goes on from there.
"""

from __future__ import annotations

import re
import tomllib

from autograder.course import Course

FIRST_LINE = "# For Colab; where the course is installed this does nothing."
CELL = (
    FIRST_LINE
    + """
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b {lab} https://github.com/{repository} course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{{name}}=={{found.version(name)}}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{{sys.executable}}" -m pip install -q -e {package} {{" ".join(keep)}}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))"""
)
PACKAGE, WITH_COMPILER = "course/shared", "course/shared[mcu]"
NEEDS_COMPILER = re.compile(r"\beffdl\.(?:mcu|native)\b|^from effdl import .*\b(?:mcu|native)\b|source=.*\.c:", re.M)


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
    """The first code cell of a lab; where the lab compiles C, it also brings the compiler and the emulator."""
    compiles = NEEDS_COMPILER.search(course.source(lab).read_text(encoding="utf-8"))
    package = WITH_COMPILER if compiles else PACKAGE
    return CELL.format(lab=lab, repository=settings(course)["repository"], package=package)
