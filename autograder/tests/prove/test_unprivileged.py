"""Grading as a user without rights, by Landlock alone: attacks end as ever; where nothing confines, nothing runs."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from autograder.course import find_course
from autograder.sandbox import probe
from autograder.sandbox.places import INSIDE
from unprivileged import problem, run_unprivileged

MINICOURSE = find_course().root / "autograder" / "tests" / "minicourse"
ATTACKS = (
    *("hidden_files", "process_list", "gradebook", "reference_from_source", "network", "memory_edit"),
    *("killed_kernel", "fork_bomb", "disk_fill", "small_files", "memory_bomb", "raised_limits"),
    *("left_behind", "found_behind", "daemon_process", "daemon_gone", "system_imports", "own_imports_poisoned"),
)
RUN = f"""
from autograder.course import Course
from autograder.prove.attack import attack
from pathlib import Path
for outcome in attack(Course(Path({str(MINICOURSE)!r})), {ATTACKS!r}, workers=2, isolation="landlock"):
    print(outcome.line())
"""
# a filter like those of containers: no new user namespaces, and Landlock's first call (444) only if it is allowed
CONTAINER = f"""
import os, sys
sys.path.insert(0, {str(INSIDE)!r})
import seccomp
from calls import check, libc
if sys.argv[1] == "nothing":
    seccomp.EVERYWHERE += (444,)
check(libc.prctl(38, 1, 0, 0, 0), "no_new_privs")
seccomp.install()
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
TRY = """
from autograder.sandbox import Policy, open_sandbox
sandbox = open_sandbox(Policy())
with sandbox.kernel() as kernel:
    print(sandbox.isolation, kernel.run("import os; open(os.environ['HOME'] + '/x', 'w')").status)
"""


@pytest.fixture
def run(tmp_path):
    """Runs this Python as a user without rights."""
    if problem():
        pytest.skip(problem())
    tmp_path.chmod(0o755)
    return lambda *arguments: run_unprivileged(tmp_path, sys.executable, *arguments)


@pytest.mark.skipif(bool(probe.landlock_problem()), reason="this machine has no Landlock")
def test_attacks_end_by_landlock_alone_as_they_do_in_namespaces(run):
    done = run("-c", RUN)
    marks = Counter(line[:4].strip() for line in done.stdout.splitlines())
    assert (marks, done.stderr) == ({"ok": len(ATTACKS)}, ""), done.stdout


@pytest.mark.skipif(bool(probe.landlock_problem()), reason="this machine has no Landlock")
def test_landlock_takes_the_place_of_namespaces_that_a_container_refuses(run):
    done = run("-c", CONTAINER, "landlock", "-c", TRY)
    assert done.stdout == "landlock ok\n", done.stderr
    said = run("-c", CONTAINER, "landlock", "-m", "autograder", "doctor").stdout
    assert "user:       unprivileged" in said
    assert "mend:" in said
    assert "landlock, a fresh kernel: holds" in said


def test_where_a_container_refuses_both_nothing_is_run_and_the_mend_is_said(run):
    assert "grading is refused" in run("-c", CONTAINER, "nothing", "-m", "autograder", "doctor").stdout
    done = run("-c", CONTAINER, "nothing", "-c", TRY)
    assert done.stdout == ""
    assert "no isolation: bubblewrap does not work here" in done.stderr
    assert "this kernel has no Landlock" in done.stderr
    assert "--isolation none" in done.stderr
