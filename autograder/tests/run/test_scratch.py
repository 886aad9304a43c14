"""Temporary folders of a grader that was killed are removed by the next, and nobody else's are."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import pytest
from autograder.scratch import LOCK, Scratch

HOLD = """
import sys, time
from autograder.scratch import Scratch
kept = Scratch("stage-", mode=0o755)
print(kept.path, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("autograder.scratch.YOUNG_S", -1)
    return tmp_path


@pytest.fixture
def held(temporary):
    """A folder that another process holds, and that process."""
    env = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True, env=env) as owner:
        yield temporary / owner.stdout.readline().strip(), owner
        owner.kill()


def test_a_folder_ends_with_its_owner(temporary):
    made = Scratch("stage-", mode=0o711)
    assert made.path.stat().st_mode & 0o777 == 0o711
    made.close()
    assert list(temporary.iterdir()) == []


def test_a_folder_is_left_alone_while_its_owner_lives_and_removed_after_a_kill(held):
    folder, owner = held
    Scratch("stage-", mode=0o755).close()
    assert folder.exists()
    owner.kill()
    owner.wait()
    Scratch("other-", mode=0o755).close()
    assert folder.exists()
    Scratch("stage-", mode=0o755).close()
    assert not folder.exists()


def test_a_young_folder_a_link_and_one_without_a_lock_stay(temporary, monkeypatch):
    target = temporary / "target"
    for folder in (target, temporary / "stage-bare"):
        folder.mkdir()
    (target / LOCK).touch()
    (temporary / "stage-link").symlink_to(target)
    Scratch("stage-", mode=0o755).close()
    assert {path.name for path in temporary.iterdir()} == {"target", "stage-bare", "stage-link"}
    (temporary / "stage-bare" / LOCK).touch()
    monkeypatch.setattr("autograder.scratch.YOUNG_S", 60.0)
    Scratch("stage-", mode=0o755).close()
    assert (temporary / "stage-bare").exists()
    os.utime(temporary / "stage-bare", (time.time() - 99, time.time() - 99))
    Scratch("stage-", mode=0o755).close()
    assert not (temporary / "stage-bare").exists()


def test_another_users_folder_stays(temporary, monkeypatch):
    (temporary / "stage-theirs").mkdir()
    (temporary / "stage-theirs" / LOCK).touch()
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    Scratch("stage-", mode=0o755).close()
    assert (temporary / "stage-theirs").exists()
