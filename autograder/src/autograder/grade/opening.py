"""Open the sandbox that a lab's submissions run in: the withheld package and the data mounted, the lab's limits set."""

from __future__ import annotations

import ast
import importlib.util
import json
from contextlib import AbstractContextManager
from pathlib import Path

from autograder.course import Course
from autograder.grade.original import Original
from autograder.grade.source import read_code
from autograder.grade.withhold import write_data, write_package
from autograder.lab import Lab
from autograder.sandbox import open_sandbox
from autograder.sandbox.api import Kernel, Mount, Policy, Sandbox
from autograder.scratch import Scratch

PACKAGE, DATA = "/srv/course/package", "/srv/course/data"
ALWAYS_LOADED = ("numpy", "torch", "torch.nn.functional")


class LabSandbox:
    """A sandbox with the folders that were staged for it, which end with it."""

    def __init__(self, inner: Sandbox, stage: Scratch) -> None:
        self.inner, self.stage, self.isolation = inner, stage, inner.isolation

    def kernel(self) -> AbstractContextManager[Kernel]:
        return self.inner.kernel()

    def close(self) -> None:
        self.inner.close()
        self.stage.close()


def open_lab_sandbox(course: Course, lab: Lab, *, isolation: str = "auto", fork_server: bool = True) -> LabSandbox:
    """The sandbox for one lab's submissions; close it when done.

    Raises: IsolationUnavailable; ValueError if the lab withholds what the package does not have
    """
    # whoever runs in the sandbox reads these folders under another user
    stage = Scratch("effdl-grade-", mode=0o755)
    try:
        write_package(course, lab, stage.path / "package")
        write_data(course, stage.path / "data")
        policy = lab_policy(course, lab, stage.path)
        inner = open_sandbox(policy, isolation=isolation, preload=preload(course, lab), fork_server=fork_server)
    except BaseException:
        stage.close()
        raise
    return LabSandbox(inner, stage)


def lab_policy(course: Course, lab: Lab, stage: Path) -> Policy:
    """What code of this lab's submissions may see and use. Installed copies of the references are hidden."""
    return Policy(
        mounts=(Mount(stage / "package", PACKAGE), Mount(stage / "data", DATA)),
        python_path=(PACKAGE,),
        mask=(course.root, course.package, *installed(course.package.name)),
        env={"EFFDL_DATA": DATA},
        **(lab.hidden.limits or {}),
    )


def installed(package: str) -> list[Path]:
    """Where this Python would import a package from: a copy among the site packages can be read there as a file."""
    spec = importlib.util.find_spec(package)
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []


def preload(course: Course, lab: Lab) -> tuple[str, ...]:
    """The modules that every submission imports: those of the lab's set-up cells."""
    original = Original(lab, json.loads(lab.release.read_text(encoding="utf-8")))
    names: dict[str, None] = dict.fromkeys(ALWAYS_LOADED)
    for cell in original.setup:
        names |= dict.fromkeys(imports(cell.source))
    return tuple(names)


def imports(source: str) -> list[str]:
    """The modules that a cell imports at its top level; of `from a import b` both a and a.b, which may be a module."""
    found = []
    for node in read_code(source).tree.body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")]
    return found
