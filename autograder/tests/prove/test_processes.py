"""The proofs' worker processes do their work, and end when their parent is killed."""

import os
import signal
import subprocess
import sys
import time

from autograder.prove.processes import processes

PARENT = """
import os, time
from autograder.prove.processes import processes
if __name__ == "__main__":
    with processes(1, str) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


def test_each_process_is_set_up_once_and_works():
    with processes(2, os.chdir, "/") as pool:
        assert list(pool.map(os.path.abspath, ["a", "b"])) == ["/a", "/b"]


def test_processes_end_when_their_parent_is_killed(tmp_path):
    (tmp_path / "parent.py").write_text(PARENT)
    with subprocess.Popen([sys.executable, str(tmp_path / "parent.py")], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while time.monotonic() < end and _runs(child):
        time.sleep(0.05)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    """Whether a process lives; one that has ended and was not waited for does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
