"""Opening a sandbox: what is chosen, what is refused, what is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from autograder.sandbox import IsolationUnavailable, Policy, doctor, open_sandbox, probe
from autograder.sandbox.uids import UidSlot

GRADER = """
import sys, time
from autograder.sandbox import Policy, open_sandbox
sandbox = open_sandbox(Policy(env={"MARK": sys.argv[1]}), isolation=sys.argv[2])
with sandbox.kernel() as kernel:
    kernel.run("import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])")
    print("up", flush=True)
    if sys.argv[3] == "stay":
        time.sleep(300)
    sys.exit()
"""


@pytest.fixture
def bare(monkeypatch):
    """A machine that offers nothing."""
    monkeypatch.setattr(probe, "bwrap", lambda: probe.Bwrap(problem="Creating new namespace failed"))
    monkeypatch.setattr(probe, "landlock_abi", lambda: 0)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("isolation", ["auto", "bwrap", "landlock"])
def test_without_isolation_nothing_is_run_and_the_mend_is_said(isolation):
    with pytest.raises(IsolationUnavailable, match=r"no isolation: .*--isolation none"):
        open_sandbox(Policy(), isolation=isolation)


@pytest.mark.usefixtures("bare")
def test_the_doctor_says_what_is_missing():
    text = "\n".join(doctor())
    assert "Creating new namespace failed" in text
    assert "grading is refused" in text


@pytest.mark.usefixtures("bare")
def test_no_isolation_must_be_asked_for_and_still_limits_memory():
    sandbox = open_sandbox(Policy(memory_mib=1024), isolation="none")
    assert sandbox.isolation == "none"
    with sandbox.kernel() as kernel:
        assert kernel.run("6 * 7").outputs[0]["data"]["text/plain"] == "42"
        assert kernel.run("x = bytearray(4 << 30)").ename == "MemoryError"
        assert kernel.run("while True: pass", wall_s=0.5).status == "timeout"


def test_an_unknown_isolation_is_refused():
    with pytest.raises(ValueError, match="not one of auto, bwrap"):
        open_sandbox(Policy(), isolation="docker")


def test_landlock_is_the_fallback_for_bubblewrap(monkeypatch):
    monkeypatch.setattr(probe, "bwrap", lambda: probe.Bwrap(problem="refused"))
    monkeypatch.setattr(probe, "landlock_abi", lambda: 7)
    assert open_sandbox(Policy()).isolation == "landlock"


def test_live_slots_have_different_users_and_a_closed_one_is_free_again():
    one, other = UidSlot(), UidSlot()
    assert one.uid != other.uid
    one.close()
    again = UidSlot()
    assert again.uid == one.uid
    again.close()
    other.close()


def processes_with(mark: str) -> set[int]:
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (path / "environ").read_bytes() + (path / "cmdline").read_bytes():
                found.add(int(path.name))
        except OSError:
            continue
    return found - {os.getpid()}


@pytest.mark.parametrize("isolation", ["bwrap", "landlock"])
@pytest.mark.parametrize("end", ["killed", "exits"])
def test_a_grader_that_ends_leaves_no_process_behind(isolation, end):
    if (isolation == "bwrap" and probe.bwrap().problem) or (isolation == "landlock" and probe.landlock_problem()):
        pytest.skip(f"this machine has no {isolation}")
    mark = f"mark-{os.getpid()}-{isolation}-{end}"
    argv = [sys.executable, "-c", GRADER, mark, isolation, "stay" if end == "killed" else "leave"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as grader:
        assert grader.stdout.readline() == b"up\n"
        if end == "killed":
            assert len(processes_with(mark)) > 1
            grader.kill()
    limit = time.monotonic() + 8
    while processes_with(mark) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not processes_with(mark)
