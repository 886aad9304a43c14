"""The benchmark's memory: a program's children count, and shared pages only once."""

from __future__ import annotations

import subprocess
import sys

from autograder.prove.memory import watched

CHILD = "import time; held = bytearray(b'x' * 60 * 2**20); time.sleep(2)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}], start_new_session=True)"
FORKED = "import os, time; held = bytearray(b'x' * 60 * 2**20); os.fork(); os.fork(); time.sleep(2)"


def peak_of(code):
    with subprocess.Popen([sys.executable, "-S", "-c", code]) as process, watched(process) as peak:
        process.wait()
    return peak


def test_what_a_child_holds_counts():
    peak = peak_of(PARENT)
    assert 60 < peak.mib < 110
    assert 0 < peak.own_mib < 40


def test_what_forked_processes_share_counts_once():
    # four processes hold the same 60 MiB; counted each they would be 240
    assert 60 < peak_of(FORKED).mib < 160
