"""Write the file that a student hands in: the notebook itself, checked and named."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

from effdl.student.progress import exercises_of
from effdl.student.start import Refused, lab_name, notebooks, released
from effdl.student.validate import InvalidSubmission, read_submission

__all__ = ["asked_names", "check_id", "find_notebook", "hand_in"]

FOLDER = "submissions"
# what the grader would take for a lab's name or for the mark of a second copy
AMBIGUOUS = re.compile(r"^lab\d{2}[_-]|[_-]lab\d{2}(?!\d)|[-_]copy\d*$", re.IGNORECASE)


def check_id(student: str) -> str:
    """A student id that can stand in a file name, in Unicode's composed form.

    Raises: Refused
    """
    composed = unicodedata.normalize("NFC", student.strip())
    if not re.fullmatch(r"\w[\w.@+-]{0,79}", composed):
        raise Refused(
            f"the id {student!r} does not fit: use 1 to 80 letters, digits and . @ + - _, a letter or digit first"
        )
    if AMBIGUOUS.search(composed):
        raise Refused(f"the id {student!r} would be mistaken for the name of a lab or of a copy: leave that part out")
    return composed


def find_notebook(lab: str, work: Path) -> Path:
    """The one notebook of a lab in `work`.

    Raises: Refused if there is none or more than one
    """
    found = sorted(path for path in notebooks(work) if _is_of(path, lab_name(lab)))
    if not found:
        raise Refused(f"there is no notebook of {lab} in {work}: run 'effdl start {lab}', or name the file with --file")
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise Refused(f"{work} has several notebooks of {lab} ({names}): name the one to hand in with --file")
    return found[0]


def hand_in(notebook: Path, lab: str, student: str, out: Path, *, replace: bool = False) -> Path:
    """Copy a notebook that the grader will accept to `out/<lab>_<student>.ipynb`, byte for byte.

    Raises: Refused if it is not of this lab, or would overwrite another file without `replace`; InvalidSubmission
    """
    student, lab = check_id(student), lab_name(lab)
    _, its_lab = read_submission(notebook, asked_names(lab))
    if its_lab != lab:
        raise Refused(f"{notebook.name} is a notebook of {its_lab}, not of {lab}: hand it in as {its_lab}")
    target = out / f"{lab}_{student}.ipynb"
    content = notebook.read_bytes()
    try:
        out.mkdir(parents=True, exist_ok=True)
        if target.exists() and not replace and target.read_bytes() != content:
            raise Refused(f"{target} exists and differs: add --replace to hand in this version instead")
        target.write_bytes(content)
    except OSError as problem:
        raise Refused(f"{target} cannot be written ({problem.strerror}): choose another folder with --out") from None
    return target


def asked_names(lab: str) -> dict[str, list[str]]:
    """The names that a lab of this checkout asks for, {lab: names}: what the grader goes by, whatever a notebook says.

    Empty where there is no checkout, as on Colab; then the notebook's own list counts.
    """
    try:
        about = json.loads(released()[lab].read_text(encoding="utf-8"))
    except (Refused, KeyError, OSError, ValueError):
        return {}
    return {lab: [name for exercise in exercises_of(about) for name in exercise.names]}


def _is_of(path: Path, lab: str) -> bool:
    try:
        return read_submission(path)[1] == lab
    except InvalidSubmission:
        return path.name.startswith(f"{lab}_")  # so that its fault is told, rather than that it is missing
