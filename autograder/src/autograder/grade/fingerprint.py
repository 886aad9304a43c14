"""What marks depend on beside the submission and the seed, as one hash: equal hashes, equal marks.

It covers the lab's cells, hidden tests and exercises, the helper package and the grader's own code. Comments in the
hidden tests and the outputs of the solution are no part of it: a lab that is built again regrades nobody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import autograder
from autograder.course import Course
from autograder.lab import Lab

# the rooms of the grader in which marks come about
ROOMS = ("grade", "sandbox")


def fingerprint(course: Course, lab: Lab) -> str:
    """The hash, as 64 hex digits.

    One hash stands for a whole submission and not for an exercise: starting a kernel and running a notebook's own
    cells is most of the work, and what befalls one exercise (a dead kernel, spent time) shows in the notes of others.
    """
    digest = hashlib.sha256()
    for part in _parts(course, lab):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _parts(course: Course, lab: Lab) -> Iterator[bytes]:
    solution = json.loads(lab.solution.read_text(encoding="utf-8"))
    cells = [(cell["cell_type"], cell["metadata"], cell["source"]) for cell in solution["cells"]]
    yield repr((lab.name, lab.version, lab.exercises, lab.hidden)).encode()
    yield json.dumps(cells, sort_keys=True).encode()
    grader = Path(autograder.__file__).parent
    for root in (course.root / "shared" / "src", *(grader / room for room in ROOMS)):
        for path in sorted(root.rglob("*.py")):
            yield path.relative_to(root).as_posix().encode()
            yield path.read_bytes()
