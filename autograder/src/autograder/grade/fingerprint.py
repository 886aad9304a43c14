"""What marks depend on, as hashes: equal hashes, equal marks.

How the cases of an exercise end depends on what all exercises have in common (the lab's cells, the helper package, the
part of the grader that marks, the seed, the submission) and on its own hidden tests. Hints and points decide only what
the endings are worth. Remarks in the hidden tests and the outputs of the solution are no part of anything: a lab that
is built again regrades nobody.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import autograder
from autograder.course import Course
from autograder.lab import Lab

# what marks: these and all of ours that they import; the last three are sent into the sandbox as text
MARKING = (
    *("autograder.grade.marking", "autograder.grade.harness"),
    *("autograder.grade.showing", "autograder.grade.apart"),
)
PACKAGE = "autograder"
SOURCES = (".py", ".c", ".h")


class Keys:
    """The hashes of one lab's marks with one seed, for submissions that are known by the hash of their bytes."""

    def __init__(self, course: Course, lab: Lab, seed: int) -> None:
        self.common = _hash(*_common(course, lab), seed)
        self.tests = {exercise.id: _hash(*_tests(lab, exercise.id)) for exercise in lab.exercises}
        self.every = _hash(self.common, *self.tests.values())
        self.worth = _hash(
            *((exercise.title, exercise.points) for exercise in lab.exercises),
            *((case.points, case.hint) for case in lab.hidden.cases),
        )

    def whole(self, sha256: str) -> str:
        """What all marks of a submission depend on."""
        return _hash(self.every, self.worth, sha256)

    def of(self, sha256: str, exercise: str, *, joined: bool = False) -> str:
        """What the endings of one exercise depend on; `joined`: on the hidden tests of the others too."""
        return _hash(self.every if joined else self.common, self.tests[exercise], exercise, sha256)


def fingerprint(course: Course, lab: Lab) -> str:
    """What marking depends on beside the seed and the submission, as 64 hex digits."""
    keys = Keys(course, lab, 0)
    return _hash(keys.every, keys.worth)


def _hash(*parts: object) -> str:
    """One hash of several parts, each told by its text or bytes."""
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _common(course: Course, lab: Lab) -> Iterator[object]:
    solution = json.loads(lab.solution.read_text(encoding="utf-8"))
    cells = [(cell["cell_type"], cell["metadata"], cell["source"]) for cell in solution["cells"]]
    yield json.dumps(cells, sort_keys=True)
    yield lab.name, lab.version, lab.hidden.setup, lab.hidden.limits, lab.hidden.withhold
    yield [(exercise.id, exercise.names, exercise.source, exercise.forbid) for exercise in lab.exercises]
    grader = Path(autograder.__file__).parent
    package = sorted(path for path in (course.root / "shared" / "src").rglob("*") if path.suffix in SOURCES)
    for path in (*package, *_imported(grader), *sorted((grader / "sandbox").rglob("*.py"))):
        yield path.name
        yield path.read_bytes()


def _tests(lab: Lab, exercise: str) -> Iterator[object]:
    """The hidden tests of one exercise, in order, without what is said of them and what they are worth."""
    for case in lab.hidden.of(exercise):
        yield case.name, case.code, case.rtol, case.dtype, case.judge
        yield from judge_code(lab.hidden.judges, case.judge) if case.judge else ()


def judge_code(judges: str, name: str) -> list[str]:
    """What the judge `name` consists of: its function, those that it names in turn, and all that is no function."""
    body = ast.parse(judges).body
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    rest = [node for node in body if not isinstance(node, ast.FunctionDef)]
    wanted, found = {name, *_names(rest)}, set()
    while new := sorted((wanted & functions.keys()) - found):
        found.update(new)
        wanted |= _names(functions[each] for each in new)
    return [ast.unparse(node) for node in (*rest, *(functions[each] for each in sorted(found)))]


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {each.id for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name)}


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
