"""Grades as JUnit XML, for CI systems: a suite for each submission, a test case for each hidden case.

It tells hints and points, never a hidden value.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from autograder.grade.ids import clean
from autograder.grade.words import CASE_WORDS, number, points
from autograder.handback.grades import Grade, GradedLab


def junit(labs: list[GradedLab]) -> str:
    """The XML text."""
    root = ET.Element("testsuites", name="autograder")
    for lab in labs:
        for grade in lab.grades:
            _suite(root, grade)
    for total in ("tests", "failures", "errors"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, grade: Grade) -> None:
    suite = ET.SubElement(root, "testsuite", name=_text(f"{grade.lab}.{grade.outcome.student}"))
    properties = ET.SubElement(suite, "properties")
    shown = "" if grade.score is None else number(grade.score)
    for name, value in (("score", shown), ("max_score", number(grade.max_score)), ("message", grade.message)):
        ET.SubElement(properties, "property", name=name, value=_text(value))
    if grade.outcome.marked is None:
        case = ET.SubElement(suite, "testcase", name="submission", classname=grade.lab)
        kind = "error" if grade.outcome.status == "error" else "failure"
        ET.SubElement(case, kind, type=grade.outcome.status, message=_text(grade.outcome.message))
    for result, _ in grade.exercises:
        for each in result.cases:
            name = _text(f"{each.case} ({points(each.earned, each.points)})")
            case = ET.SubElement(suite, "testcase", name=name, classname=f"{grade.lab}.{result.exercise}")
            if each.status != "pass":
                words = f"{CASE_WORDS.get(each.status, each.status)}: {each.hint}"
                ET.SubElement(case, "failure", type=each.status, message=_text(words))
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))


def _text(value: str) -> str:
    """`value` without the characters that XML cannot hold."""
    return clean(value)
