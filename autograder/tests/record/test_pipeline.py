"""A class goes in, grades come out: kept, replaced or refused as they should be."""

from __future__ import annotations

import csv
import json


def table(out):
    with open(out / "grades.csv", encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_a_class_is_graded_into_grades_csv(hand_in, run, tmp_path):
    hand_in("ana/lab99_tiny.ipynb")
    hand_in("bob/lab99_tiny.ipynb", "1 0 0.5")
    summary = run()
    rows = table(tmp_path / "out")
    assert summary.exit_code == 0
    assert [(row["score"], row["status"]) for row in rows.values()] == [("100", "graded"), ("55", "graded")]
