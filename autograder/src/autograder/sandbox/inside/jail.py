"""Give up everything: limits, user, capabilities, the right to gain any again.

Each step is one system call on the calling process and cannot be undone. The order matters: limits are set while that is
still allowed, the user is changed while `CAP_SETUID` is held, `no_new_privs` comes last.
"""

from __future__ import annotations

import ctypes
import os
import resource
from typing import Any

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 24, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 63
libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> int:
    """`result` of a system call, or the `OSError` that it stands for."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def limit(limits: dict[str, int]) -> None:
    """Set resource limits, {"AS": bytes, "CPU": seconds, ...}; a limit that is lower already stays."""
    for name, value in {**limits, "CORE": 0}.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        _, ceiling = resource.getrlimit(kind)
        hard = value + 1 if name == "CPU" else value
        if ceiling != resource.RLIM_INFINITY:
            value, hard = min(value, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (value, hard))


def become(uid: int) -> None:
    """Change to user and group `uid`, for good; 0 keeps the present one."""
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def renounce() -> None:
    """Drop all capabilities, and the way back to them through set-uid programs."""
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def enter(config: dict[str, Any]) -> None:
    """Lock the calling process in: `limits` and `uid` of `config`, no capability."""
    limit(config["limits"])
    become(config["uid"])
    renounce()
