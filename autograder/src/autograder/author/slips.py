"""Teach the visible checks the known slips: fingerprints of what each wrong answer returns, with its sentence, no code.

The wrong answers run in a process of their own, on the course's own `effdl`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from autograder.author.environment import kernel_environment
from autograder.author.marks import LabSource, SourceError, read_lab
from autograder.course import Course
from autograder.prove.answers import read_answers

PRELUDE = (
    "import copy, math\nimport numpy as np\nimport torch\nimport torch.nn.functional as F\nfrom torch import Tensor, nn"
)


def slips_path(course: Course, lab: str) -> Path:
    """Where the visible checks of a lab look its slips up."""
    return course.package / "check" / "slips" / f"{lab}.json"


def slips_text(course: Course, source: LabSource, say: Callable[[str], None] = lambda line: None) -> str | None:
    """The text of the lab's slips file; None, said through `say`, if there are no wrong answers or no visible cases.

    Raises: SourceError if a wrong answer cannot be defined
    """
    if not course.wrong(source.name).is_dir():
        say(f"{source.name}: no slips are named by its checks: {course.wrong(source.name).name}/ is missing")
        return None
    checks = course.package / "check"
    if not (checks / f"{source.name}.py").exists() or not (checks / "slips.py").exists():
        say(f"{source.name}: no slips are named by its checks: effdl.check has no cases of it")
        return None
    with tempfile.TemporaryDirectory(prefix="effdl-slips-") as folder:
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "autograder.author.slips",
            str(course.root.resolve()),
            source.name,
        ]
        environment = kernel_environment(course, folder) | {"MPLBACKEND": "agg"}
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SourceError(f"{source.name}: its wrong answers cannot be run: {last}")
    return done.stdout


def wrong_functions(course: Course, source: LabSource) -> dict[str, list[tuple[str, Any]]]:
    """Exercise id -> (sentence, what the wrong answer defines): a function, or a tuple where it has several."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for exercise in source.exercises:
        path = course.wrong(source.name) / f"ex{exercise.id.split('.')[1]}.py"
        for answer in read_answers(path, exercise.id):
            if not answer.right:
                defined = tuple(_run(answer.source, path)[name] for name in exercise.names)
                found.setdefault(exercise.id, []).append((answer.says, defined if len(defined) > 1 else defined[0]))
    return found


def _run(source: str, path: Path) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "wrong"}
    exec(PRELUDE, namespace)
    exec(compile(source, path.name, "exec"), namespace)
    return namespace


def main(root: str, lab: str) -> int:
    """Print the slips of a lab as JSON."""
    course = Course(Path(root))
    known = import_module("effdl.check.slips").build(lab, wrong_functions(course, read_lab(course, lab)))
    print(json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
