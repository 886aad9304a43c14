"""What the instructor sees: a static report on everything that an output folder holds. Nothing is graded here."""

from autograder.report.write import report

__all__ = ["report"]
