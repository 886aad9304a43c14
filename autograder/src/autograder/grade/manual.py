"""What people have graded: free text, comments, and automatic scores that they replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # nbgrader takes seconds to import
    from nbgrader import api

# the grade ids that end so are graded by the machine; all others by people
CHECK = "-check"


@dataclass(frozen=True)
class Manual:
    """The part of one submission's grade that people gave. `overrides` are points that they set instead of ours."""

    score: float = 0.0
    max_score: float = 0.0
    needs_manual: bool = False
    comments: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, float] = field(default_factory=dict)


def manual_of(submission: api.SubmittedAssignment) -> Manual:
    """What the gradebook holds of one submission."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    comments = [comment for notebook in submission.notebooks for comment in notebook.comments]
    by_hand = [grade for grade in grades if not grade.name.endswith(CHECK)]
    replaced = [grade for grade in grades if grade.name.endswith(CHECK) and _touched(grade)]
    return Manual(
        score=sum((grade.manual_score or 0.0) + (grade.extra_credit or 0.0) for grade in by_hand),
        max_score=sum(grade.cell.max_score for grade in by_hand),
        needs_manual=any(grade.needs_manual_grade for grade in grades),
        comments={comment.name: comment.manual_comment for comment in comments if comment.manual_comment},
        overrides={grade.name: _total(grade) for grade in replaced},
    )


def _touched(grade: api.Grade) -> bool:
    return grade.manual_score is not None or bool(grade.extra_credit)


def _total(grade: api.Grade) -> float:
    base = grade.auto_score if grade.manual_score is None else grade.manual_score
    return (base or 0.0) + (grade.extra_credit or 0.0)
