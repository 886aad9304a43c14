"""Find the files that students handed in, without opening one.

Three layouts, which may be mixed: `student/labNN*.ipynb`, nbgrader's `submitted/student/assignment/notebook.ipynb`, and
single files whose name carries the student id. No link is followed.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from autograder.course import LAB_NAME
from autograder.grade.ids import clean, copy_number, flat_id

JUNK = re.compile(r"\..*|__MACOSX|Thumbs\.db|desktop\.ini|timestamp\.txt", re.IGNORECASE)
# what learning-management systems and course staff leave beside submissions
NOT_HANDED_IN = {".csv", ".json", ".log", ".md", ".yml", ".yaml", ".xlsx", ".xls", ".db"}
STAMPS = ("%Y-%m-%d %H:%M:%S.%f %Z", "%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S")
NO_NOTEBOOK = "is not a notebook (.ipynb); ask for the notebook itself"


@dataclass(frozen=True)
class Found:
    """One candidate. `problem` is set if it need not even be opened; `any_lab` if it lies where all labs may lie."""

    student: str
    path: Path
    file: str
    when: float
    copy: int = 0
    problem: str = ""
    any_lab: bool = False


def find(path: Path, lab: str, lab_stem: str) -> tuple[list[Found], list[tuple[str, str]]]:
    """All candidates below `path` (a folder, an nbgrader course, or one file), and what was passed over, with reasons.

    Raises: ValueError if there is nothing at `path`
    """
    root = Path(os.path.realpath(path))
    if not root.exists():
        raise ValueError(f"{path}: there is no such folder or file; name the folder that holds the submissions")
    if root.is_file():
        search = _Search(root.parent, lab, lab_stem)
        search.single_file(root)
        return search.found, search.skipped
    submitted = root / "submitted"
    search = _Search(submitted if _is_folder(submitted) else root, lab, lab_stem)
    search.everything()
    return search.found, search.skipped


class _Search:
    def __init__(self, root: Path, lab: str, lab_stem: str) -> None:
        self.root, self.lab, self.lab_stem = root, lab, lab_stem
        self.found: list[Found] = []
        self.skipped: list[tuple[str, str]] = []

    def everything(self) -> None:
        for entry in _entries(self.root):
            if JUNK.fullmatch(entry.name):
                self.skip(entry, "is not a submission")
            elif (entry / "private" / "course.json").is_file():
                self.skip(entry, "holds the results of a grading run")
            elif _is_folder(entry) and entry.suffix.lower() != ".ipynb":
                self.student_folder(entry)
            else:
                self.single_file(entry)

    def single_file(self, path: Path) -> None:
        student = flat_id(path.stem, self.lab_stem)
        if path.suffix.lower() == ".ipynb":
            self.add(student, path)
        elif path.suffix.lower() in NOT_HANDED_IN and self.lab not in path.name.lower():
            self.skip(path, "is not a submission")
        else:
            self.add(student, path, problem=NO_NOTEBOOK)

    def student_folder(self, path: Path) -> None:
        """A folder named like the student, with notebooks in it or in one folder per assignment."""
        name = unquote(path.name) if self.root.name == "submitted" else path.name
        student, before, other_labs = clean(name), len(self.found), False
        for entry in _entries(path):
            if JUNK.fullmatch(entry.name):
                continue
            if not _is_folder(entry) or entry.suffix.lower() == ".ipynb":
                self.handed_in(student, entry)
            elif LAB_NAME.fullmatch(entry.name.lower()) and entry.name.lower() != self.lab:
                other_labs = True
            else:
                self.assignment_folder(student, entry)
        if len(self.found) == before and not other_labs:
            self.add(student, path, problem="holds no notebook (.ipynb); ask for the notebook itself")

    def assignment_folder(self, student: str, path: Path) -> None:
        for entry in _entries(path):
            if not JUNK.fullmatch(entry.name):
                self.handed_in(student, entry, any_lab=path.name.lower() != self.lab)

    def handed_in(self, student: str, path: Path, *, any_lab: bool = False) -> None:
        if path.suffix.lower() == ".ipynb":
            self.add(student, path, any_lab=any_lab)
        else:
            self.skip(path, "is not a notebook (.ipynb)")

    def add(self, student: str, path: Path, *, problem: str = "", any_lab: bool = False) -> None:
        copy = copy_number(path.stem)
        found = Found(student or "(no name)", path, self.shown(path), _when(path), copy, problem, any_lab)
        self.found.append(found)

    def skip(self, path: Path, reason: str) -> None:
        self.skipped.append((self.shown(path), reason))

    def shown(self, path: Path) -> str:
        return clean(path.relative_to(self.root).as_posix())


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_folder(path: Path) -> bool:
    """A folder itself, not a link to one."""
    return stat.S_ISDIR(_mode(path))


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def _when(path: Path) -> float:
    """When a file was handed in: by nbgrader's time stamp beside it, else by its modification time."""
    stamp, text = path.parent / "timestamp.txt", ""
    try:
        if stat.S_ISREG(_mode(stamp)) and stamp.stat().st_size < 100:
            text = stamp.read_text(encoding="utf-8").strip()
        for form in STAMPS if text else ():
            try:
                return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
            except ValueError:
                continue
        return path.lstat().st_mtime
    except (OSError, UnicodeDecodeError):
        return 0.0
