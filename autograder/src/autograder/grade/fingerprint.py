"""What marks depend on beside the submission and the seed, as one hash: equal hashes, equal marks.

It covers the lab's cells, hidden tests and exercises, the helper package and the part of the grader that marks.
Comments in the hidden tests and the outputs of the solution are no part of it: a lab that is built again regrades
nobody.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import autograder
from autograder.course import Course
from autograder.lab import Lab

# what marks: these and all of ours that they import; the last two are sent into the sandbox as text
MARKING = ("autograder.grade.marking", "autograder.grade.harness", "autograder.grade.showing")
PACKAGE = "autograder"


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
    package = sorted(path for path in (course.root / "shared" / "src").rglob("*") if path.suffix in (".py", ".c", ".h"))
    for path in (*package, *_imported(grader), *sorted((grader / "sandbox").rglob("*.py"))):
        yield path.name.encode()
        yield path.read_bytes()


def _imported(grader: Path) -> list[Path]:
    """The files of the modules in `MARKING`, and of those that they import, directly or not."""
    names, found = list(MARKING), {}
    while names:
        name = names.pop()
        path = grader.parent.joinpath(*name.split(".")).with_suffix(".py")
        if name in found or not path.exists():
            continue
        found[name] = path
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
                names.append(node.module)
    return [found[name] for name in sorted(found)]
