"""Collect: from a folder or archive of submissions to notebooks by student, and a reason for everything left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from effdl.student.validate import InvalidSubmission, read_submission

from autograder.grade.find import Found, find
from autograder.grade.ids import clean
from autograder.grade.original import CLOSING, role_of
from autograder.grade.outcome import UNKNOWN, Delivery
from autograder.intake.layouts import Sender
from autograder.intake.roster import Roster
from autograder.intake.unpack import is_archive, unpack
from autograder.lab import Lab

KEEP = ("latest", "best")


@dataclass(frozen=True)
class Submission:
    """A notebook to grade; `file` is its path as shown, `note` names the copies that do not count.

    `content` is a hash of what stands in its cells, whoever saved it where.
    """

    student: str
    path: Path
    file: str
    when: float
    sha256: str
    note: str = ""
    delivery: Delivery = UNKNOWN
    content: str = ""


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
    """All that was found, in the order of students and files; of one student several attempts if the best counts.

    `unlisted` are the students that the roster does not have.
    """

    submissions: tuple[Submission, ...]
    rejections: tuple[Rejection, ...]
    skipped: tuple[Skipped, ...]
    unlisted: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Refused:
    found: Found
    reason: str
    other_lab: bool = False


@dataclass(frozen=True)
class Intaking:
    """How submissions are taken in. An archive is unpacked below `scratch`, which the caller removes after grading."""

    roster: Roster | None = None
    keep: str = "latest"
    scratch: Path | None = None


def collect(path: Path, lab: Lab, how: Intaking | None = None) -> Intake:
    """Every submission of `lab` in the folder, archive or single notebook `path`.

    Of the notebooks of one student the newest that can be graded counts, or all are taken if the best is to be kept.

    Raises: ValueError if there is nothing at `path`, or it is an archive that cannot be unpacked
    """
    how = how or Intaking()
    found, skipped = _find(path, lab, how)
    found, unlisted = _listed(found, how.roster)
    skips = [Skipped(file, reason) for file, reason in skipped]
    names = {lab.name: [name for exercise in lab.exercises for name in exercise.names]}
    submissions, rejections = [], []
    for student in sorted({each.student for each in found}):
        good, refused = _read([each for each in found if each.student == student], lab.name, names)
        if good:
            submissions += _submissions(good, refused, how.keep)
            if how.keep == "latest":
                skips += [Skipped(each.file, f"superseded by {good[0].file}") for each in good[1:]]
        # a folder of all labs may hold another one's notebook; elsewhere it was handed in for this lab
        elif refused := [each for each in refused if not (each.other_lab and each.found.any_lab)]:
            rejections.append(Rejection(student, refused[0].found.file, refused[0].reason))
            refused = refused[1:]
        skips += [Skipped(each.found.file, each.reason) for each in refused]
    skips.sort(key=lambda skip: skip.file)
    return Intake(tuple(submissions), tuple(rejections), tuple(skips), unlisted)


def _find(path: Path, lab: Lab, how: Intaking) -> tuple[list[Found], list[tuple[str, str]]]:
    if how.scratch is None or not is_archive(path):
        return find(path, lab.name, lab.stem)
    unpacked = unpack(path, how.scratch)
    found, skipped = find(unpacked.root, lab.name, lab.stem, unpacked.problems)
    return found, [*skipped, *unpacked.skipped]


def _listed(found: Iterable[Found], roster: Roster | None) -> tuple[list[Found], tuple[str, ...]]:
    """What was found under the ids that the roster has; those that it lacks keep their own."""
    if roster is None:
        return list(found), ()
    known, unlisted = [], set()
    for each in found:
        person = roster.find(each.sender or Sender(each.student))
        if person is None:
            unlisted.add(each.student)
        known.append(each if person is None else replace(each, student=person.student))
    return known, tuple(sorted(unlisted))


def _read(files: Iterable[Found], lab: str, names: Mapping[str, list[str]]) -> tuple[list[Found], list[_Refused]]:
    """The files of one student that can be graded, and those that cannot, each newest first."""
    good, refused = [], []
    for each in sorted(files, key=_age, reverse=True):
        try:
            notebook, its_lab = (None, "") if each.problem else read_submission(each.path, names)
        except InvalidSubmission as problem:
            refused.append(_Refused(each, _with_folder(each, str(problem))))
            continue
        if each.problem:
            refused.append(_Refused(each, f"{each.file}: {each.problem}"))
        elif its_lab != lab:
            reason = f"{each.file}: is a notebook of {its_lab}, not of {lab}; ask for the notebook of {lab}"
            refused.append(_Refused(each, reason, other_lab=True))
        else:
            good.append(replace(each, content=content(notebook)))
    return good, refused


def content(notebook: Mapping[str, Any]) -> str:
    """A hash of what stands in a notebook's cells; outputs, metadata and the student's id in the last do not count."""
    counted = (cell for cell in notebook["cells"] if role_of(cell) != CLOSING)
    cells = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in counted]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _with_folder(found: Found, message: str) -> str:
    """`message`, which begins with the file's own name, with the folder before it."""
    folder = found.file.rpartition("/")[0]
    return clean(f"{folder}/{message}" if folder else message)


def _age(found: Found) -> tuple[int, float, int, str]:
    """What orders the attempts of one student: a recorded time, else the number that the system gave, else the file."""
    attempt = found.sender.attempt if found.sender and not found.timed else 0
    return attempt, found.when, found.copy, found.file


def _submissions(good: list[Found], refused: list[_Refused], keep: str) -> list[Submission]:
    """The notebooks that are graded for one student: the newest, or every one."""
    if keep == "best" and len(good) > 1:
        return [_submission(each, "") for each in good]
    others = [each.file for each in good[1:]] + [each.found.file for each in refused]
    return [_submission(good[0], f"{good[0].file} counts, not {', '.join(others)}" if others else "")]


def _submission(found: Found, note: str) -> Submission:
    digest = hashlib.sha256(found.path.read_bytes()).hexdigest()
    sender = found.sender or Sender(found.student)
    when = datetime.fromtimestamp(found.when, tz=UTC) if found.timed else None
    delivery = Delivery(when, sender.late, sender.attempt, sender.name, sender.email, sender.lms_id)
    return Submission(found.student, found.path, found.file, found.when, digest, note, delivery, found.content)
