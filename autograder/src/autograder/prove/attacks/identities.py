"""Names that spreadsheets, file systems, browsers, terminals or readers take for something else."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

from autograder.lab import Lab
from autograder.prove.attacks.files import put
from autograder.prove.attacks.registry import hand_in
from autograder.prove.notebooks import blank, solved


def _blank_from(lab: Lab, folder: Path, *students: str) -> None:
    for student in students:
        put(lab, folder, student, blank(lab))


@hand_in
def formula_ids(lab: Lab, folder: Path) -> None:
    _blank_from(lab, folder, '=HYPERLINK("x","y")', "+1+1", "-1-1", "@SUM(1)", "\t=1", "\uff1d1")


@hand_in
def quoting_ids(lab: Lab, folder: Path) -> None:
    """A second row of grades.csv by quotes and newlines."""
    _blank_from(lab, folder, '"\nquoted,lab,100,100,graded', "comma,semicolon;'quote\"")


@hand_in
def path_ids(lab: Lab, folder: Path) -> None:
    """What leads out of a folder or means something to Windows; nbgrader's folders have `%2F` for a slash."""
    climbing = ("%2E%2E%2Fescaped", "%2Fetc%2Fescaped", "a%5Cb", "~root", "CON", "nul.txt", "a*b?")
    _blank_from(lab, folder, *climbing, "x" * 200)
    put(lab, folder, "...", blank(lab))


@hand_in
def twin_ids(lab: Lab, folder: Path) -> None:
    """Upper and lower case are two students; composed and decomposed letters are one."""
    put(lab, folder, "Twin")
    put(lab, folder, "twin", blank(lab))
    composed, apart = (unicodedata.normalize(form, "Zo\u00eb") for form in ("NFC", "NFD"))
    os.utime(put(lab, folder, composed, blank(lab)), (1, 1))
    put(lab, folder, apart)


@hand_in
def hidden_characters(lab: Lab, folder: Path) -> None:
    """Bidirectional overrides, zero-width letters, terminal escapes, bytes that are no UTF-8."""
    _blank_from(lab, folder, "ana\u202egnp", "honest\u200b", "\x1b[2J\x1b[31mred", "byte\udcff")


@hand_in
def markup_ids(lab: Lab, folder: Path) -> None:
    _blank_from(lab, folder, "<script>alert('SCRIPTED')<%2Fscript>", "\"><img src=x onerror=alert('SCRIPTED')>")


@hand_in
def two_by_one(lab: Lab, folder: Path) -> None:
    """Two notebooks under one id: the later one counts, and the row says so."""
    os.utime(put(lab, folder, "pair", blank(lab)), (1, 1))
    (folder / f"pair_{lab.name}.ipynb").write_text(json.dumps(solved(lab)), encoding="utf-8")
