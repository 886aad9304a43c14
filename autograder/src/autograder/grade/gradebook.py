"""nbgrader's gradebook: a lab is staged once, then a whole class is recorded in one transaction.

The result is what `nbgrader autograde` would have stored for the same notebooks, so that formgrader, `nbgrader
generate_feedback` and `nbgrader export` work on it. Grades given by hand are read, never written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import api
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from sqlalchemy import inspect, text
from sqlalchemy.orm import selectinload

from autograder.grade.database import explained, newest_revision, revision_in_process, url_of
from autograder.grade.files import OutputError
from autograder.grade.manual import Manual, manual_of
from autograder.lab import Lab

# what nbgrader's column of names holds; SQLite does not mind, PostgreSQL does
NAME_LIMIT = 128
# how many submissions are held in memory at a time
BATCH = 50


@dataclass(frozen=True)
class Entry:
    """One student's scores: by grade cell, None where a person has to grade; `blank` names untouched answers."""

    folder: str
    name: str
    scores: dict[str, float | None]
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deadline:
    """What nbgrader keeps of lateness: when a notebook came in, if known, when it was due, and the points lost."""

    when: datetime | None
    due: datetime | None
    points: float


class Book:
    """A gradebook that is open; use it as a context manager.

    `database` is a URL, or the SQLite file of an output folder, which may keep its grades elsewhere.
    """

    def __init__(self, database: Path | str) -> None:
        self.url = database if isinstance(database, str) else url_of(database)

    @explained
    def __enter__(self) -> Book:
        with revision_in_process():
            self.gradebook = api.Gradebook(self.url)
        self._complete()
        return self

    def __exit__(self, *exc: object) -> None:
        self.gradebook.close()

    def _complete(self) -> None:
        """Note the version in a database whose making was interrupted before that."""
        session = self.gradebook.db
        if "alembic_version" not in inspect(self.gradebook.engine).get_table_names():
            session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        if session.execute(text("SELECT version_num FROM alembic_version")).first() is None:
            session.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": newest_revision()})
        session.commit()

    @explained
    def stage(self, lab: Lab, release: NotebookNode) -> NotebookNode:
        """Enter the lab's cells and points; returns `release` with nbgrader's checksums.

        Raises: OutputError if exercises came or went after submissions were recorded
        """
        about = {"nbgrader": {"notebook": lab.stem, "assignment": lab.name, "db_url": self.url}}
        self.gradebook.update_or_create_assignment(lab.name)
        release, _ = ComputeChecksums().preprocess(release, about)
        try:
            SaveCells().preprocess(release, about)
        except RuntimeError as problem:
            raise OutputError(
                f"{lab.name}: its exercises are not those that submissions were recorded for; choose another --out"
            ) from problem
        self.gradebook.db.expire_all()
        return release

    @explained
    def record(self, lab: Lab, entries: Sequence[Entry]) -> None:
        """Store the automatic scores of many students, all or none."""
        session = self.gradebook.db
        notebook = self.gradebook.find_notebook(lab.stem, lab.name)
        cells = {cell.id: (cell.name, type(cell)) for cell in notebook._base_cells}
        names = {cell_id: name for cell_id, (name, _) in cells.items()}
        ids = notebook.assignment.id, notebook.id
        try:
            for number, entry in enumerate(entries, start=1):
                _fill(self._submitted(ids, cells, entry), names, entry)
                if number % BATCH == 0:
                    self._let_go()
            session.commit()
        except BaseException:
            session.rollback()
            raise

    @explained
    def set_deadlines(self, lab: Lab, due: datetime | None, deadlines: Mapping[str, Deadline]) -> None:
        """Store the due date, and by the students' folders times, extensions and late submission penalties."""
        self.gradebook.find_assignment(lab.name).duedate = _plain(due)
        for found in self._submissions(lab.name):
            own = deadlines.get(found.student_id)
            if own is None:
                continue
            found.timestamp = _plain(own.when)
            found.extension = None if due is None or own.due in (None, due) else _plain(own.due) - _plain(due)
            for submitted in found.notebooks:
                if own.points != (submitted.late_submission_penalty or 0.0):
                    submitted.late_submission_penalty = own.points
        self.gradebook.db.commit()

    @explained
    def manual(self, lab: str) -> dict[str, Manual]:
        """What people have graded of a lab, by the students' folders."""
        return {found.student_id: manual_of(found) for found in self._submissions(lab)}

    def _submissions(self, lab: str) -> Iterator[api.SubmittedAssignment]:
        """Every submission of a lab; a few at a time are held, with all that belongs to them."""
        session, found = self.gradebook.db, api.SubmittedAssignment
        ids = [each for (each,) in session.query(found.id).join(api.Assignment).filter(api.Assignment.name == lab)]
        parts = selectinload(found.notebooks)
        grades, comments = parts.selectinload(api.SubmittedNotebook.grades), api.SubmittedNotebook.comments
        whole = (grades.joinedload(api.Grade.cell), parts.selectinload(comments))
        for start in range(0, len(ids), BATCH):
            yield from session.query(found).options(*whole).filter(found.id.in_(ids[start : start + BATCH])).all()
            self._let_go()

    def _let_go(self) -> None:
        """Send what changed to the database, within the transaction, and hold no more of it."""
        self.gradebook.db.flush()
        self.gradebook.db.expunge_all()

    def _submitted(
        self, ids: tuple[str, str], cells: Mapping[str, tuple[str, type]], entry: Entry
    ) -> api.SubmittedNotebook:
        session, (assignment, notebook) = self.gradebook.db, ids
        if session.get(api.Student, entry.folder) is None:
            session.add(api.Student(id=entry.folder, last_name=entry.name[:NAME_LIMIT] or None))
            session.flush()
        of_student = {"assignment_id": assignment, "student_id": entry.folder}
        found = session.query(api.SubmittedAssignment).filter_by(**of_student).one_or_none()
        if found is not None:
            return next(each for each in found.notebooks if each.notebook_id == notebook)
        submission = api.SubmittedAssignment(**of_student)
        submitted = api.SubmittedNotebook(notebook_id=notebook, assignment=submission)
        for cell_id, (_, kind) in cells.items():
            if issubclass(kind, api.GradeCell):
                api.Grade(cell_id=cell_id, notebook=submitted)
            elif issubclass(kind, api.SolutionCell):
                api.Comment(cell_id=cell_id, notebook=submitted)
        session.add(submission)
        return submitted


def _plain(when: datetime | None) -> datetime | None:
    """A time as nbgrader keeps it: in UTC, without saying so."""
    return when.astimezone(UTC).replace(tzinfo=None) if when else None


def _fill(submitted: api.SubmittedNotebook, names: dict[str, str], entry: Entry) -> None:
    """The scores of one submission, by the rules of nbgrader's own SaveAutoGrades."""
    for grade in submitted.grades:
        score = entry.scores.get(names[grade.cell_id])
        grade.auto_score = score
        grade.needs_manual_grade = grade.manual_score is not None or score is None
    for comment in submitted.comments:
        comment.auto_comment = "No response." if names[comment.cell_id] in entry.blank else None
