"""Record: write a graded class into its output folder, an nbgrader course directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path

import nbformat
from effdl.student.validate import read_submission

from autograder.grade.collect import Skipped, Submission
from autograder.grade.compose import autograded, credit
from autograder.grade.feedback import Page, page
from autograder.grade.files import write_bytes, write_text
from autograder.grade.gradebook import Book, Deadline, Entry
from autograder.grade.manual import Manual
from autograder.grade.outcome import Outcome
from autograder.grade.place import Place
from autograder.grade.policy import Policy
from autograder.grade.results import write_results
from autograder.grade.settle import Settled
from autograder.grade.tables import Row, raw_total, row, to_csv
from autograder.lab import Lab

CONFIG = '''"""An nbgrader course, written by `autograder grade`; made once, yours to edit."""

from pathlib import Path

c = get_config()  # noqa: F821
# the grades stand in gradebook.db, unless `autograder grade --gradebook` named another database
elsewhere = Path(__file__).parent / "private" / "gradebook.url"
if elsewhere.exists():
    c.CourseDirectory.db_url = elsewhere.read_text(encoding="utf-8").strip()
# markup that students wrote is never live in formgrader or in feedback
c.HTMLExporter.sanitize_html = True
# feedback/ and grades.csv are ours; what nbgrader makes of the same grades stands beside them
c.CourseDirectory.feedback_directory = "nbgrader_feedback"
c.CsvExportPlugin.to = "nbgrader_grades.csv"
# `nbgrader autograde` would run student code unconfined and overwrite these grades: it finds no kernel
c.Execute.kernel_name = "use-autograder-grade-instead"
'''


class Recorder:
    """Records one lab; a context manager that holds the gradebook open. The lab is staged on entering."""

    def __init__(self, place: Place, lab: Lab, policy: Policy | None = None) -> None:
        self.place, self.lab, self.policy = place, lab, policy or Policy()
        self.names = {lab.name: [name for exercise in lab.exercises for name in exercise.names]}

    def __enter__(self) -> Recorder:
        self.book = Book(self.place.gradebook).__enter__()
        try:
            self.release = _stage(self.place, self.book, self.lab)
        except BaseException:
            self.book.__exit__()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.book.__exit__(*exc)

    def record(
        self, settled: Settled, submissions: Mapping[str, Submission], skipped: Sequence[Skipped]
    ) -> dict[str, Manual]:
        """Write everything about a class, the results last: what they list is complete. Returns what people graded."""
        lab, final = self.lab.name, settled.final
        named = self.place.folders(list(final))
        self.place.save_folders(named)
        entries = [
            self._store(final[student], submission, named[student])
            for student, submission in sorted(submissions.items())
            if student in settled.fresh or self._is_lost(final[student], submission, named[student])
            if final[student].marked
        ]
        self.book.record(self.lab, entries)
        by_folder = self.book.manual(lab)
        manual = {student: by_folder.get(named[student], Manual()) for student in final}
        rule, deadlines = self.policy.of(lab), {}
        for student, outcome in final.items():
            lateness, total = self.policy.lateness(lab, outcome), raw_total(outcome, manual[student])
            when, lost = rule.when(student, outcome.delivery), round(total - lateness.of(total), 6)
            deadlines[named[student]] = Deadline(when, rule.due_for(student), lost)
            _write_if_new(
                self.place.feedback(named[student], lab),
                page(Page(self.lab.title, outcome, manual[student], lateness)),
            )
        self.book.set_deadlines(self.lab, rule.due, deadlines)
        listed = (final[student] for student in sorted(final))
        write_results(self.place.results(lab), _about(self.lab), listed, skipped)
        write_text(self.place.grades, to_csv(rows(self.place, self.book, self.policy)))
        return manual

    def _is_lost(self, outcome: Outcome, submission: Submission, folder: str) -> bool:
        """Whether the notebook of a recorded grade is gone, and this submission is what was graded."""
        path = self.place.root / "autograded" / folder / self.lab.name / f"{self.lab.stem}.ipynb"
        return outcome.sha256 == submission.sha256 and not path.exists()

    def _store(self, outcome: Outcome, submission: Submission, folder: str) -> Entry:
        """Write a student's submitted and autograded notebooks; returns the scores for the gradebook."""
        submitted, _ = read_submission(submission.path, self.names)
        content = submission.path.read_bytes()
        notebook = autograded(self.lab, self.release, submitted, outcome.marked)
        when = outcome.delivery.when
        for step, data in (("submitted", content), ("autograded", nbformat.writes(notebook).encode("utf-8"))):
            target = self.place.root / step / folder / self.lab.name
            write_bytes(target / f"{self.lab.stem}.ipynb", data)
            # the date of a downloaded file would be taken for one that was recorded
            (target / "timestamp.txt").unlink(missing_ok=True)
            if when:
                write_text(target / "timestamp.txt", when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC"))
        plain = all(char.isalnum() or char in " ._-" for char in outcome.student)
        name = outcome.student if plain and folder != outcome.student else ""
        return Entry(folder, name, *_scores(self.lab, self.release, notebook, outcome))


def rows(place: Place, book: Book, policy: Policy) -> list[Row]:
    """The table of all labs, from what is recorded; grades given by hand are read from the gradebook."""
    table = []
    for lab in place.labs():
        results, manual = place.recorded(lab), book.manual(lab)
        outcomes, top = results.outcomes, results.about["max_score"]
        named = place.folders(list(outcomes))
        table += [
            row(outcomes[s], lab, top, manual.get(named[s], Manual()), policy.lateness(lab, outcomes[s]))
            for s in sorted(outcomes)
        ]
    return table


def _stage(place: Place, book: Book, lab: Lab) -> nbformat.NotebookNode:
    """Put the lab into the course directory and the gradebook; returns the released notebook with checksums."""
    config = place.root / "nbgrader_config.py"
    if not config.exists():
        write_text(config, CONFIG)
    release = book.stage(lab, nbformat.read(lab.release, as_version=4))
    name = f"{lab.stem}.ipynb"
    write_bytes(place.root / "source" / lab.name / name, lab.solution.read_bytes())
    write_text(place.root / "release" / lab.name / name, nbformat.writes(release) + "\n")
    return release


def _scores(
    lab: Lab, release: nbformat.NotebookNode, notebook: nbformat.NotebookNode, outcome: Outcome
) -> tuple[dict[str, float | None], frozenset[str]]:
    """Points by grade cell, None for what a person grades (0 where it is untouched), and the untouched answers."""
    given = {c.metadata.nbgrader.grade_id: c.source for c in release.cells if "nbgrader" in c.metadata}
    own = [c for c in notebook.cells if "nbgrader" in c.metadata and c.metadata.nbgrader.get("solution")]
    blank = frozenset(c.metadata.nbgrader.grade_id for c in own if c.source == given[c.metadata.nbgrader.grade_id])
    by_hand = [c.metadata.nbgrader.grade_id for c in own if c.metadata.nbgrader.get("grade")]
    scores: dict[str, float | None] = {grade_id: 0.0 if grade_id in blank else None for grade_id in by_hand}
    results = {result.exercise: result for result in outcome.marked.exercises}
    return scores | {exercise.check_id: credit(results[exercise.id]) for exercise in lab.exercises}, blank


def _about(lab: Lab) -> dict[str, object]:
    return {"lab": lab.name, "title": lab.title, "version": lab.version, "max_score": lab.max_score}


def _write_if_new(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)
