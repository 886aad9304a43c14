"""The benchmark: one class graded by this grader, by stock nbgrader and by otter-grader, in one run on one machine."""

from autograder.prove.bench.race import Size, bench

__all__ = ["Size", "bench"]
