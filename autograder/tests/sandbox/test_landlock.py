"""What stands in for namespaces where there are none: a watched scratch folder, filters on limits and on signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest
from autograder.sandbox import IsolationUnavailable, Policy, open_sandbox, probe
from autograder.sandbox.places import INSIDE

WRITE = """import itertools, os
for number in itertools.count():
    with open(f"{os.environ['TMPDIR']}/{number}", "wb") as file:
        file.write(bytes(SIZE))
"""
# in a child, so that its end is seen: under the filter of a Landlock too old to keep signals in
FILTERED = """import os, sys, signal, resource, fcntl
sys.path.insert(0, sys.argv[1])
import seccomp
victim = int(sys.argv[2])
seccomp.install(bare=True, only_signal=os.getpid())
try:
    exec(sys.argv[3])
except PermissionError:
    print("refused")
"""


@pytest.fixture(scope="module")
def sandbox():
    if probe.landlock_problem():
        pytest.skip(probe.landlock_problem())
    opened = open_sandbox(Policy(tmp_mib=16, file_mib=4, cpu_s=60), isolation="landlock")
    yield opened
    opened.close()


@pytest.fixture
def victim():
    """A process of ours that an answer under the same user would like to end."""
    process = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("size", [1 << 20, 0], ids=["bytes", "empty files"])
def test_a_scratch_folder_that_outgrows_its_size_ends_its_kernel(sandbox, size):
    with sandbox.kernel() as kernel:
        assert kernel.run(WRITE.replace("SIZE", str(size)), wall_s=20).status == "died"


@pytest.mark.parametrize("type", ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"])
def test_a_service_that_listens_in_a_folder_cannot_be_asked(sandbox, tmp_path, type):
    """Landlock has no rule for that: a session bus or a container service would run anything for its user."""
    with socket.socket(socket.AF_UNIX, getattr(socket, type)) as server:
        path = tmp_path / "s"
        server.bind(str(path))
        if type != "SOCK_DGRAM":
            server.listen()
        for folder in (path, tmp_path, *tmp_path.parents[:2]):
            folder.chmod(0o777)
        with sandbox.kernel() as kernel:
            run = kernel.run(f"import socket; socket.socket(socket.AF_UNIX, socket.{type}).connect({str(path)!r})")
            assert run.ename in ("PermissionError", "OSError")
            assert kernel.run("a, b = socket.socketpair(); a.send(b'x'); b.recv(1)").status == "ok"


def test_files_within_the_size_are_kept(sandbox):
    with sandbox.kernel() as kernel:
        code = WRITE.replace("SIZE", str(1 << 20)).replace("itertools.count()", "range(8)")
        assert kernel.run(f"{code}import time; time.sleep(1)").status == "ok"


ATTEMPTS = {
    "limit": "resource.prlimit(victim, resource.RLIMIT_CPU, (0, 0))",
    "signal": "os.kill(victim, signal.SIGKILL)",
    "everybody": "os.kill(-1, signal.SIGTERM)",
    "group": "os.killpg(os.getpgrp(), signal.SIGTERM)",
    "handle": "signal.pidfd_send_signal(os.pidfd_open(victim), signal.SIGKILL)",
    "thread": "import ctypes; c = ctypes.CDLL(None, use_errno=True); c.syscall(234, victim, victim, 9) + 1 or refuse()",
    "owner of a file": "fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, victim)",
    "signal of a file": "fcntl.fcntl(os.pipe()[0], 10, signal.SIGKILL)",
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of calls are those of x86_64")
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_the_filter_keeps_signals_and_limits_from_other_processes(victim, attempt):
    attempt = attempt.replace("refuse()", "(_ for _ in ()).throw(PermissionError)")
    argv = [sys.executable, "-c", FILTERED, str(INSIDE), str(victim.pid), attempt]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, start_new_session=True)
    assert done.stdout == "refused\n", done.stderr
    assert victim.poll() is None


OWN = {
    "its own": ("os.kill(os.getpid(), signal.SIGUSR1)", -signal.SIGUSR1),
    "abort": ("os.abort()", -signal.SIGABRT),
    "its own limit": ("resource.prlimit(0, resource.RLIMIT_CPU, (9, 9))", 0),
    "a flag": ("fcntl.fcntl(0, fcntl.F_GETFL)", 0),
}


@pytest.mark.parametrize(("code", "status"), OWN.values(), ids=OWN)
def test_the_filter_lets_a_process_signal_and_limit_itself(victim, code, status):
    argv = [sys.executable, "-c", FILTERED, str(INSIDE), str(victim.pid), code]
    assert subprocess.run(argv, capture_output=True, check=False).returncode == status


def test_a_landlock_that_cannot_keep_files_from_being_emptied_is_for_root_alone(monkeypatch):
    monkeypatch.setattr(probe, "bwrap", lambda: probe.Bwrap(problem="refused"))
    monkeypatch.setattr(probe, "landlock_abi", lambda: 2)
    monkeypatch.setattr(probe, "is_root", lambda: True)
    assert probe.landlock_problem() == ""
    monkeypatch.setattr(probe, "is_root", lambda: False)
    with pytest.raises(IsolationUnavailable, match=r"Landlock 2 lets answers empty files .*Linux 6\.2"):
        open_sandbox(Policy())


@pytest.mark.parametrize("version", [1, 3, 5])
def test_an_older_landlock_still_starts_a_kernel_and_hides_the_host(monkeypatch, version):
    if probe.landlock_abi() < version:
        pytest.skip(f"this kernel has Landlock {probe.landlock_abi()}")
    monkeypatch.setattr(probe, "landlock_abi", lambda: version)
    monkeypatch.setattr(probe, "landlock_problem", lambda: "")
    with open_sandbox(Policy(), isolation="landlock").kernel() as kernel:
        assert kernel.run("6 * 7").status == "ok"
        assert kernel.run("open('/etc/hostname')").ename == "PermissionError"
