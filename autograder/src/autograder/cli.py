"""The command line: verbs and exit codes, nothing else.

Exit codes: 0 all is well; 1 something was found wrong, or the grader failed on a submission; 2 the call or its input
cannot be used, with one line that says why and how to mend it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from autograder.course import find_course
from autograder.sandbox.api import IsolationUnavailable
from autograder.verbs import authoring, grading, handing_back, proving, trying

ISOLATION = ("auto", "bwrap", "landlock", "none")


def main(argv: list[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(find_course(), arguments)
    except (ValueError, OSError, IsolationUnavailable) as problem:
        print(f"autograder {arguments.verb}: {problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"autograder {arguments.verb}: interrupted; what was recorded so far is kept", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description="Build, prove and grade the labs.")
    add = parser.add_subparsers(dest="verb", required=True, metavar="VERB").add_parser
    for group in (_trying, _authoring, _grading, _handing_back, _proving):
        group(add)
    return parser


def _trying(add) -> None:
    demo = _verb(add, "demo", trying.demo, "grade a small built-in class end to end")
    demo.add_argument("--out", type=Path, default=None, help="folder for the results (default: a new one in grades/)")
    _marking(demo)

    _verb(add, "test", trying.test, "everything that CI runs")
    _verb(add, "doctor", trying.doctor, "what this machine offers for isolation, and what is missing")


def _authoring(add) -> None:
    build = _verb(add, "build", authoring.build, "write the notebooks of a lab (default: of all labs) from its source")
    build.add_argument("lab", nargs="?")
    build.add_argument("--indexes", action="store_true", help="write only the pages that list all labs and techniques")

    site = _verb(
        add, "site", authoring.site, "write labs, index, techniques and glossary as web pages into a new folder"
    )
    site.add_argument("dir", type=Path)

    release = _verb(add, "release", authoring.release, "write what students get, and nothing else, into a new folder")
    release.add_argument("dir", type=Path)


def _grading(add) -> None:
    grade = _verb(add, "grade", grading.grade, "grade a folder of submissions")
    grade.add_argument("lab")
    grade.add_argument("path", type=Path, help="folder of submissions, an exported archive, or one notebook")
    grade.add_argument("--out", type=Path, required=True, help="nbgrader course directory for the results")
    grade.add_argument("--roster", type=Path, help="CSV file of the class: maps ids, shows who is missing")
    grade.add_argument("--keep", choices=("latest", "best"), default="latest", help="which attempt counts")
    grade.add_argument("--gradebook", default="", metavar="URL", help="database for the grades (default: a file)")
    grade.add_argument("--dask", default="", metavar="ADDRESS", help="grade on the workers of this Dask scheduler")
    grade.add_argument("--force", action="store_true", help="replace recorded grades that come out different")
    grade.add_argument("--dry-run", action="store_true", help="list whose score would change; record nothing")
    _marking(grade)

    explain = _verb(add, "explain", grading.explain, "show, case by case, why a submission earned its score")
    explain.add_argument("lab")
    explain.add_argument("student")
    explain.add_argument("exercise", nargs="?")
    explain.add_argument("--out", type=Path, required=True, help="the folder that 'grade' wrote")


def _handing_back(add) -> None:
    report = _verb(add, "report", grading.report, "write the class report of a folder that 'grade' wrote anew")
    report.add_argument("dir", type=Path)

    export = _verb(
        add, "export", handing_back.export, "write recorded grades as Canvas, Moodle, JUnit or JSON read them"
    )
    export.add_argument("dir", type=Path, help="the folder that 'grade' wrote")
    export.add_argument("--format", choices=("canvas", "moodle", "junit", "json"), required=True)
    export.add_argument("--lab", action="append", help="only this lab; may be given several times")
    export.add_argument("--to", type=Path, help="the file to write (default: below DIR/exports)")
    export.add_argument("--column", action="append", default=[], metavar="LAB=TITLE", help="title of a Canvas column")

    gradescope = _verb(
        add, "gradescope", handing_back.gradescope, "build a Gradescope autograder that runs the same core"
    )
    gradescope.add_argument("lab")
    gradescope.add_argument("--out", type=Path, required=True, help="the zip file to write; it holds the hidden tests")
    gradescope.add_argument("--visibility", default="visible", help="when students see their results")
    gradescope.add_argument("--pip", default="", help="further options of pip in the container")
    _marking(gradescope)


def _proving(add) -> None:
    check = _verb(add, "check", proving.check, "prove that the grader of a lab (default: of all labs) is right")
    check.add_argument("lab", nargs="?")
    check.add_argument("--workers", type=int, default=None)
    check.add_argument("--only", nargs="+", default=[], metavar="EXERCISE", help="try the answers of these alone")
    check.add_argument("--record", action="store_true", help="keep the numbers, for the index, if no problem is found")

    attack = _verb(add, "attack", proving.attack, "hand in every attack that we know of and show how each ends")
    attack.add_argument("name", nargs="*", help="attacks by name (default: all)")
    attack.add_argument("--lab", default="", help="the lab to attack (default: lab03)")
    _marking(attack)
    attack.add_argument("--table", action="store_true", help="write autograder/ATTACKS.md if all end as they should")

    bench = _verb(add, "bench", proving.bench, "time the grader against nbgrader and otter-grader, on one class")
    bench.add_argument("lab", nargs="?", default="lab03")
    bench.add_argument("--submissions", type=int, default=16, help="of the class (default: 16)")
    bench.add_argument("--sample", type=int, default=8, help="of these, graded by the others too (default: 8)")
    bench.add_argument("--whole", type=int, default=1, help="of these, graded by nbgrader on every cell (default: 1)")
    bench.add_argument("--growth", type=int, nargs="*", default=[], metavar="N", help="grade classes of N too")
    bench.add_argument(
        "--otter", type=Path, metavar="PYTHON", help="of an environment with otter-grader and this course"
    )


def _verb(add, name: str, run, help: str) -> argparse.ArgumentParser:
    parser = add(name, help=help, description=help[0].upper() + help[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def _marking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=int, default=None, help="worker processes (default: one per core)")
    parser.add_argument("--isolation", choices=ISOLATION, default="auto", help="how student code is confined")
