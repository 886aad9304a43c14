"""One fresh kernel process per submission, inside bubblewrap."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence

from autograder.sandbox import bwrap
from autograder.sandbox.api import MIB, Policy
from autograder.sandbox.client import START_S, KernelClient
from autograder.sandbox.places import find_places
from autograder.sandbox.probe import Bwrap
from autograder.sandbox.uids import UidSlot
from autograder.sandbox.zmtp import Channel

END_S = 6.0  # the time that a killed kernel may take to end
CLEAR_UP_S = 24.0  # the time that `inside/cold.py` may take to kill what a kernel leaves running
PYTHON = (sys.executable, "-E", "-s", "-S")


class KernelProcess:
    """A kernel and what was started around it; `pidfd` stands for the kernel itself."""

    def __init__(self, pidfd: int, around: subprocess.Popen | None = None) -> None:
        self.pidfd, self._around = pidfd, around

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        ended = select.poll()
        ended.register(self.pidfd, select.POLLIN)
        ended.poll(END_S * 1000)
        os.close(self.pidfd)
        if self._around:
            stop(self._around, CLEAR_UP_S)


def stop(process: subprocess.Popen, grace_s: float = 0.0) -> None:
    """Wait for a process of ours to end, or kill it after `grace_s`."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace_s)
    process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()


def spawn(argv: Sequence[str], report: socket.socket, env: dict[str, str] | None = None) -> subprocess.Popen:
    """Start a sandbox's first process, with `report` as its only open connection."""
    null = subprocess.DEVNULL
    env = env or {}
    return subprocess.Popen(
        argv, stdin=null, stdout=null, stderr=subprocess.PIPE, env=env, cwd="/", pass_fds=[report.fileno()]
    )


def take_kernel(report: socket.socket, key: str, policy: Policy, around: subprocess.Popen | None) -> KernelClient:
    """Receive a kernel's connections and process handle, and wait until it answers.

    Raises: RuntimeError with what the sandbox said, if it ended instead
    """
    report.settimeout(START_S)
    try:
        said, handles, _, _ = socket.recv_fds(report, 4096, 3)
    except OSError as problem:
        said, handles = str(problem).encode(), []
    if len(handles) != 3:
        for handle in handles:
            os.close(handle)
        raise RuntimeError(f"no kernel could be started: {complaint(said, around)}")
    process = KernelProcess(handles[2], around)
    links = [socket.socket(fileno=handle) for handle in handles[:2]]
    shell, iopub = (
        Channel(link, kind, policy.message_mib * MIB) for link, kind in zip(links, ("DEALER", "SUB"), strict=True)
    )
    kernel = KernelClient(process, shell, iopub, key, policy)
    kernel.wait_ready()
    return kernel


def complaint(said: bytes, around: subprocess.Popen | None) -> str:
    """The last line of what a sandbox that failed has to say."""
    if around and around.stderr:
        around.kill()
        said = said or around.stderr.read(1 << 16)
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:500] if lines else "it ended without a word"


class ColdSandbox:
    """See `api.Sandbox`; each kernel is a Python of its own, started for it."""

    isolation = "bwrap"

    def __init__(self, policy: Policy, tool: Bwrap) -> None:
        self._policy, self._as_root = policy, tool.as_root
        self._argv = bwrap.bwrap_argv(tool.path, policy, find_places(policy.mask), as_root=tool.as_root)

    @contextlib.contextmanager
    def kernel(self) -> Iterator[KernelClient]:
        key = secrets.token_hex(16)
        with contextlib.ExitStack() as stack:
            uid = stack.enter_context(contextlib.closing(UidSlot())).uid if self._as_root else 0
            ours, theirs = map(stack.enter_context, map(contextlib.closing, socket.socketpair()))
            scratch = bwrap.scratch(self._policy)
            config = {
                "namespaces": True,
                "report": theirs.fileno(),
                "folder": bwrap.KERNEL_FOLDER,
                "key": key,
                "uid": uid,
                "limits": bwrap.limits(self._policy),
                "scratch": list(scratch),
                "scratch_bytes": max(scratch.values()) * MIB,
            }
            around = spawn([*self._argv, *PYTHON, f"{bwrap.SCRIPTS}/cold.py", json.dumps(config)], theirs)
            stack.callback(stop, around)
            theirs.close()
            kernel = take_kernel(ours, key, self._policy, around)
            stack.callback(kernel.close)
            yield kernel

    def close(self) -> None:
        """Nothing outlives a kernel here."""
