"""Collect: from a folder of submissions to one notebook per student, and a reason for everything left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from effdl.student.validate import InvalidSubmission, read_submission

from autograder.grade.find import Found, find
from autograder.grade.ids import clean
from autograder.lab import Lab


@dataclass(frozen=True)
class Submission:
    """The notebook that counts for a student; `file` is its path as shown, `note` names the copies that do not."""

    student: str
    path: Path
    file: str
    when: float
    sha256: str
    note: str = ""


@dataclass(frozen=True)
class Rejection:
    """A submission that cannot be graded, with one line that names the file and the mend."""

    student: str
    file: str
    message: str


@dataclass(frozen=True)
class Skipped:
    """A file that is nobody's submission, or that another one supersedes."""

    file: str
    reason: str


@dataclass(frozen=True)
class Intake:
    """All that was found, in the order of students and files."""

    submissions: tuple[Submission, ...]
    rejections: tuple[Rejection, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class _Refused:
    found: Found
    reason: str
    other_lab: bool = False


def collect(path: Path, lab: Lab) -> Intake:
    """Every submission of `lab` in the folder (or single notebook) `path`.

    Of the notebooks of one student the newest that can be graded counts.

    Raises: ValueError if there is nothing at `path`
    """
    found, skipped = find(path, lab.name, lab.stem)
    skips = [Skipped(file, reason) for file, reason in skipped]
    names = {lab.name: [name for exercise in lab.exercises for name in exercise.names]}
    submissions, rejections = [], []
    for student in sorted({each.student for each in found}):
        good, refused = _read([each for each in found if each.student == student], lab.name, names)
        if good:
            submissions.append(_submission(good, refused))
            skips += [Skipped(each.file, f"superseded by {good[0].file}") for each in good[1:]]
        # a folder of all labs may hold another one's notebook; elsewhere it was handed in for this lab
        elif refused := [each for each in refused if not (each.other_lab and each.found.any_lab)]:
            rejections.append(Rejection(student, refused[0].found.file, refused[0].reason))
            refused = refused[1:]
        skips += [Skipped(each.found.file, each.reason) for each in refused]
    return Intake(tuple(submissions), tuple(rejections), tuple(sorted(skips, key=lambda skip: skip.file)))


def _read(files: Iterable[Found], lab: str, names: Mapping[str, list[str]]) -> tuple[list[Found], list[_Refused]]:
    """The files of one student that can be graded, and those that cannot, each newest first."""
    good, refused = [], []
    for each in sorted(files, key=lambda each: (each.when, each.copy, each.file), reverse=True):
        try:
            its_lab = "" if each.problem else read_submission(each.path, names)[1]
        except InvalidSubmission as problem:
            refused.append(_Refused(each, _with_folder(each, str(problem))))
            continue
        if each.problem:
            refused.append(_Refused(each, f"{each.file}: {each.problem}"))
        elif its_lab != lab:
            reason = f"{each.file}: is a notebook of {its_lab}, not of {lab}; ask for the notebook of {lab}"
            refused.append(_Refused(each, reason, other_lab=True))
        else:
            good.append(each)
    return good, refused


def _with_folder(found: Found, message: str) -> str:
    """`message`, which begins with the file's own name, with the folder before it."""
    folder = found.file.rpartition("/")[0]
    return clean(f"{folder}/{message}" if folder else message)


def _submission(good: list[Found], refused: list[_Refused]) -> Submission:
    newest = good[0]
    others = [each.file for each in good[1:]] + [each.found.file for each in refused]
    note = f"{newest.file} counts, not {', '.join(others)}" if others else ""
    digest = hashlib.sha256(newest.path.read_bytes()).hexdigest()
    return Submission(newest.student, newest.path, newest.file, newest.when, digest, note)
