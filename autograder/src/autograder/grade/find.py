"""Find the files that students handed in, without opening one.

Layouts, which may be mixed: `student/labNN*.ipynb`, nbgrader's `submitted/student/assignment/notebook.ipynb`, single
files whose name carries the student id, and what learning-management systems export (`intake/layouts.py`). No link is
followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from autograder.course import LAB_NAME
from autograder.grade.ids import clean, copy_number, flat_id
from autograder.intake.disk import entries, file_time, is_folder, stamp
from autograder.intake.layouts import (
    METADATA,
    SUBMISSION,
    Sender,
    flat_sender,
    folder_sender,
    gradescope_senders,
    is_no_file,
)

JUNK = re.compile(r"\..*|__MACOSX|Thumbs\.db|desktop\.ini|timestamp\.txt", re.IGNORECASE)
# what learning-management systems and course staff leave beside submissions
NOT_HANDED_IN = {".csv", ".json", ".log", ".md", ".yml", ".yaml", ".xlsx", ".xls", ".db"}
NO_NOTEBOOK = "is not a notebook (.ipynb); ask for the notebook itself"


@dataclass(frozen=True)
class Found:
    """One candidate. `problem` is set if it need not even be opened; `any_lab` if it lies where all labs may lie.

    `timed` tells whether `when` was recorded by the system that took the file, or is only the file's own time.
    `content` is known once the file has been read.
    """

    student: str
    path: Path
    file: str
    when: float
    copy: int = 0
    problem: str = ""
    any_lab: bool = False
    timed: bool = False
    sender: Sender | None = None
    content: str = ""


def find(
    path: Path, lab: str, lab_stem: str, problems: Mapping[str, str] | None = None
) -> tuple[list[Found], list[tuple[str, str]]]:
    """All candidates below `path` (a folder, an nbgrader course, or one file), and what was passed over, with reasons.

    `problems` are reasons, by path below `path`, why a file is not to be opened.

    Raises: ValueError if there is nothing at `path`, or Gradescope's list of submissions cannot be read
    """
    root = Path(os.path.realpath(path))
    if not root.exists():
        raise ValueError(f"{path}: there is no such folder or file; name the folder that holds the submissions")
    if root.is_file():
        search = _Search(root.parent, lab, lab_stem)
        search.single_file(root)
        return search.found, search.skipped
    inner = next((name for name in ("submitted", "inbound") if is_folder(root / name)), "")
    search = _Search(root / inner, lab, lab_stem)
    within = f"{inner}/" if inner else ""
    search.problems = {clean(path.removeprefix(within)): why for path, why in (problems or {}).items()}
    search.everything()
    return search.found, search.skipped


class _Search:
    def __init__(self, root: Path, lab: str, lab_stem: str) -> None:
        self.root, self.lab, self.lab_stem = root, lab, lab_stem
        self.found: list[Found] = []
        self.skipped: list[tuple[str, str]] = []
        self.problems: Mapping[str, str] = {}

    def everything(self) -> None:
        exported = any(SUBMISSION.fullmatch(entry.name) for entry in entries(self.root))
        together = gradescope_senders(self.root) if exported else {}
        for entry in entries(self.root):
            if JUNK.fullmatch(entry.name):
                self.skip(entry, "is not a submission")
            elif (entry / "private" / "course.json").is_file():
                self.skip(entry, "holds the results of a grading run")
            elif is_no_file(entry.name) or entry.name == METADATA:
                self.skip(entry, "is not a submission")
            elif is_folder(entry) and entry.suffix.lower() != ".ipynb":
                for sender in together.get(entry.name) or [self.sender_of(entry)]:
                    self.student_folder(entry, sender)
            else:
                self.single_file(entry)

    def single_file(self, path: Path) -> None:
        sender = flat_sender(path.stem) or Sender(flat_id(path.stem, self.lab_stem))
        if path.suffix.lower() == ".ipynb":
            self.add(sender, path)
        elif path.suffix.lower() in NOT_HANDED_IN and self.lab not in path.name.lower():
            self.skip(path, "is not a submission")
        else:
            self.add(sender, path, problem=NO_NOTEBOOK)

    def sender_of(self, path: Path) -> Sender:
        name = unquote(path.name) if self.root.name == "submitted" else path.name
        if SUBMISSION.fullmatch(name):
            self.skip(path, f"is named by Gradescope; with {METADATA} beside it the student would be known")
            return Sender(name, system="gradescope")
        return folder_sender(name) or Sender(clean(name))

    def student_folder(self, path: Path, sender: Sender) -> None:
        """A folder of one student, with notebooks in it or in one folder per assignment."""
        before, other_labs = len(self.found), _is_other(sender.lab, self.lab)
        for entry in [] if other_labs else entries(path):
            if JUNK.fullmatch(entry.name):
                continue
            if not is_folder(entry) or entry.suffix.lower() == ".ipynb":
                self.handed_in(sender, entry, any_lab=sender.lab not in ("", self.lab))
            elif _is_other(entry.name.lower(), self.lab):
                other_labs = True
            else:
                self.assignment_folder(sender, entry)
        if len(self.found) == before and not other_labs:
            self.add(sender, path, problem="holds no notebook (.ipynb); ask for the notebook itself")

    def assignment_folder(self, sender: Sender, path: Path) -> None:
        for entry in entries(path):
            if not JUNK.fullmatch(entry.name):
                self.handed_in(sender, entry, any_lab=path.name.lower() != self.lab)

    def handed_in(self, sender: Sender, path: Path, *, any_lab: bool = False) -> None:
        if path.suffix.lower() == ".ipynb":
            self.add(sender, path, any_lab=any_lab)
        else:
            self.skip(path, self.problems.get(self.shown(path), "is not a notebook (.ipynb)"))

    def add(self, sender: Sender, path: Path, *, problem: str = "", any_lab: bool = False) -> None:
        recorded = stamp(path) if sender.when is None and self.is_nbgraders(sender, path) else sender.when
        when = file_time(path) if recorded is None else recorded
        copy = max(copy_number(path.stem), sender.attempt)
        problem = self.problems.get(self.shown(path), problem)
        about = (sender.student or "(no name)", path, self.shown(path), when, copy, problem, any_lab)
        self.found.append(Found(*about, timed=recorded is not None, sender=sender))

    def is_nbgraders(self, sender: Sender, path: Path) -> bool:
        """Whether a file lies as nbgrader lays it: anywhere else a time stamp beside it may be its author's own."""
        return not sender.system and len(path.relative_to(self.root).parts) == 3

    def skip(self, path: Path, reason: str) -> None:
        if (self.shown(path), reason) not in self.skipped:
            self.skipped.append((self.shown(path), reason))

    def shown(self, path: Path) -> str:
        return clean(path.relative_to(self.root).as_posix())


def _is_other(name: str, lab: str) -> bool:
    return bool(LAB_NAME.fullmatch(name)) and name != lab
