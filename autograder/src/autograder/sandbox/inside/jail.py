"""Give up everything: limits, user, capabilities, the right to gain any again.

Each step is a system call on the calling process and cannot be undone. The order matters: limits are set while that is
still allowed, the user is changed while `CAP_SETUID` is held, the filters on paths and calls come last.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

import landlock
import seccomp
from calls import check, libc

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAPBSET_DROP = 1, 8, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
PR_CAP_AMBIENT_RAISE, PR_CAP_AMBIENT_CLEAR_ALL = 2, 4
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 63
READ_ALL = 1 << 2  # CAP_DAC_READ_SEARCH
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41


def limit(limits: dict[str, int]) -> None:
    """Set resource limits, {"AS": bytes, "CPU": seconds, ...}; a limit that is lower already stays."""
    for name, value in {**limits, "CORE": 0}.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        _, ceiling = resource.getrlimit(kind)
        hard = value + 1 if name == "CPU" else value
        if ceiling != resource.RLIM_INFINITY:
            value, hard = min(value, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (value, hard))


def become(uid: int, keep: int = 0) -> None:
    """Change to user and group `uid`, for good, and drop all capabilities but those of the bit mask `keep`.

    `uid` 0 keeps the present user.
    """
    for capability in range(LAST_CAPABILITY + 1):
        if not keep >> capability & 1:
            libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    if uid:
        check(libc.prctl(PR_SET_KEEPCAPS, int(keep != 0), 0, 0, 0), "keep capabilities")
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    check(libc.capset(header, (ctypes.c_uint32 * 6)(keep, keep, keep)), "capset")
    for capability in range(LAST_CAPABILITY + 1):
        if keep >> capability & 1:
            check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0), "ambient capability")


def enter(config: dict[str, Any]) -> None:
    """Lock the calling process in.

    `config` holds `limits`, `uid`, and, where there are no namespaces, `landlock`: the arguments of
    `landlock.restrict`. `read_all` lets a user read what only root may, within those rules. `only_own_signals`: it may
    signal itself alone. `unprotected`: limits only.
    """
    limit(config["limits"])
    if config.get("unprotected"):
        return
    become(config["uid"], READ_ALL if config.get("read_all") else 0)
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    rules = config.get("landlock")
    if rules:
        landlock.restrict(**rules)
    seccomp.install(bare=bool(rules), only_signal=os.getpid() if config.get("only_own_signals") else 0)


def die_with_parent(sent: int = signal.SIGKILL) -> None:
    """Be sent a signal when the parent ends. To be called last: a change of user clears it."""
    check(libc.prctl(PR_SET_PDEATHSIG, sent, 0, 0, 0), "die with parent")


def loopback_up() -> None:
    """Switch on the one network interface of a fresh network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        fcntl.ioctl(link, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", IFF_UP_RUNNING, b""))


def adopt_orphans() -> None:
    """Become the parent of all descendants whose parent ends, so that none gets away."""
    check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "adopt orphans")


def end_descendants(group: int, uid: int, wall_s: float = 20.0) -> None:
    """Kill what the kernel has left running: its process group, all of user `uid` (if it is not 0), then the rest.

    The first two are one call each, which no fork outruns. The kernel itself must not have been waited for.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    if uid:
        killer = os.fork()
        if killer == 0:
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
            os._exit(0)
        os.waitpid(killer, 0)
    end = time.monotonic() + wall_s
    while (found := _stopped(end)) and time.monotonic() < end:
        for pid in found:
            _signal(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)


def _stopped(end: float) -> set[int]:
    """All descendants, each stopped: one that runs could fork faster than they are killed. Tried until `end`."""
    stopped: set[int] = set()
    while (found := set(_descendants(os.getpid()))) - stopped and time.monotonic() < end:
        for pid in found - stopped:
            _signal(pid, signal.SIGSTOP)
        stopped |= found
    return found


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _descendants(pid: int) -> Iterator[int]:
    """The children of a process, and theirs; those that have ended and are not waited for yet among them."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                children = [int(child) for child in file.read().split()]
            for child in children:
                yield child
                yield from _descendants(child)
