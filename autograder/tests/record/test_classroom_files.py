"""GitHub Classroom: the workflows parse, hold no hidden thing in students' hands, and the visible checks are told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

GITHUB = Path(__file__).resolve().parents[3] / ".github"
SCRIPT = GITHUB / "classroom" / "visible_checks.py"


def steps(path):
    return [step for job in yaml.safe_load(path.read_text())["jobs"].values() for step in job["steps"]]


def test_the_students_workflow_knows_no_secret_and_no_hidden_test():
    text = (GITHUB / "classroom" / "visible_checks.yml").read_text()
    assert "secrets." not in text
    assert "autograder grade" not in text
    assert any(SCRIPT.name in str(step) for step in steps(GITHUB / "classroom" / "visible_checks.yml"))


def test_the_graders_workflow_starts_by_hand_and_gives_its_token_to_one_step():
    path = GITHUB / "workflows" / "classroom.yml"
    # YAML 1.1 reads the key `on` as true
    assert list(yaml.safe_load(path.read_text())[True]) == ["workflow_dispatch"]
    holders = [step for step in steps(path) if "secrets." in str(step)]
    assert [step["run"].split()[0] for step in holders] == [".github/classroom/fetch.sh"]
    # what people type reaches a shell through the environment only
    assert not any("inputs." in step.get("run", "") for step in steps(path))


def test_fetching_wants_a_number_and_a_lab():
    for arguments in (["12;ls", "lab03"], ["12", "../x"]):
        done = subprocess.run(
            ["bash", GITHUB / "classroom" / "fetch.sh", *arguments, "out"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "usage" in done.stderr


@pytest.mark.parametrize(("kind", "code"), [("solution", 0), ("release", 1)])
def test_visible_checks_tell_the_solution_from_the_blank_lab(kind, code, course):
    path = getattr(course, kind)("lab99")
    env = {**os.environ, "PYTHONPATH": str(course.package.parent)}
    done = subprocess.run([sys.executable, SCRIPT, path], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "lab99_tiny.ipynb 99.1: " + ("passes" if code == 0 else "not yet") in done.stdout
