"""No lab stands on a later one: what it imports, and what the modules that it teaches import, is taught by then."""

import ast
from pathlib import Path

from autograder.author.inline import parse_references
from autograder.author.marks import LabSource, read_lab
from autograder.course import Course, find_course

COURSE = find_course(Path(__file__))


def imports(text: str, package: Path) -> set[str]:
    """The modules of effdl that a text imports: {"pruning", "plots.style", ...}."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package.name:
            base = node.module.split(".")[1:]
            found |= {".".join([*base, alias.name]) for alias in node.names} | {".".join(base)}
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[2] for alias in node.names if alias.name.startswith(f"{package.name}.")}
    return {name for name in found if name and _file(package, name)}


def _file(package: Path, module: str) -> Path | None:
    base = package / module.replace(".", "/")
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.exists()), None)


def reach(lab: LabSource, package: Path) -> set[str]:
    """The modules that a lab imports, and those that the modules it teaches import."""
    texts = [cell.source for cell in lab.cells if cell.kind == "code"]
    own = {reference.module.partition(".")[2] for each in lab.exercises for reference in parse_references(each.source)}
    texts += [_file(package, module).read_text(encoding="utf-8") for module in own if _file(package, module)]
    return set().union(*(imports(text, package) for text in texts))


def taught(course: Course) -> dict[str, str]:
    """Module -> the first lab in which students write a function of it."""
    found: dict[str, str] = {}
    for lab in course.lab_names():
        for exercise in read_lab(course, lab).exercises:
            for reference in parse_references(exercise.source):
                found.setdefault(reference.module.partition(".")[2], lab)
    return found


def from_later(course: Course) -> list[str]:
    first = taught(course)
    return [
        f"{lab} stands on {module}, which {first[module]} teaches"
        for lab in course.lab_names()
        for module in sorted(reach(read_lab(course, lab), course.package))
        if first.get(module, lab) > lab
    ]


def test_no_lab_stands_on_a_later_one():
    assert from_later(COURSE) == []


def test_a_lab_that_imports_what_a_later_one_teaches_is_found(course):
    source = course.source("lab99").read_text(encoding="utf-8").replace("99", "97")
    (course.solutions / "lab97_early.py").write_text(source.replace("effdl.tiny:", "effdl.later:"), encoding="utf-8")
    (course.package / "later.py").write_text("from effdl import tiny\n", encoding="utf-8")
    assert taught(course) == {"later": "lab97", "tiny": "lab99"}
    assert "lab97 stands on tiny, which lab99 teaches" in from_later(course)
