"""Kernels without namespaces: behind Landlock and limits, or, only when asked for, behind limits alone.

What this leaves out, compared with bubblewrap: a mount appears at its own path (the environment is translated), path
names outside can be seen though not opened, there is no /dev/shm, and the scratch folder is on the host's disk, where
its size is watched and not bounded. Whoever grades without being root shares their user with the kernels: Landlock and
seccomp keep these from signalling, tracing and limiting the grader, and no limit is their own but those by process.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autograder.sandbox import bwrap, probe
from autograder.sandbox.api import MIB, Policy
from autograder.sandbox.client import KernelClient
from autograder.sandbox.cold import PYTHON, spawn, stop, take_kernel
from autograder.sandbox.places import INSIDE, Places, find_places, readable_parts
from autograder.sandbox.uids import UidSlot

READ = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"),
    *("/etc/localtime", "/etc/alternatives", "/etc/fonts", "/etc/mime.types", "/proc/self", "/proc/cpuinfo"),
    *("/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random", "/dev/zero"),
)
WRITE = ("/dev/null",)


class PlainSandbox:
    """See `api.Sandbox`; `isolation` is "landlock" or "none"."""

    def __init__(self, policy: Policy, isolation: str) -> None:
        self.isolation = isolation
        self._policy, self._places = on_host(policy), find_places(policy.mask)
        self._drop = isolation == "landlock" and os.geteuid() == 0

    @contextlib.contextmanager
    def kernel(self) -> Iterator[KernelClient]:
        key = secrets.token_hex(16)
        with contextlib.ExitStack() as stack:
            uid = stack.enter_context(contextlib.closing(UidSlot())).uid if self._drop else 0
            folder = tempfile.mkdtemp(prefix="sandbox-", dir="/tmp")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            if uid:
                os.chown(folder, uid, uid)
            ours, theirs = map(stack.enter_context, map(contextlib.closing, socket.socketpair()))
            config = self._config(folder, uid) | {"key": key, "report": theirs.fileno()}
            env = bwrap.environment(self._policy, self._places, home=folder)
            around = spawn([*PYTHON, str(INSIDE / "cold.py"), json.dumps(config)], theirs, env)
            stack.callback(stop, around)
            theirs.close()
            kernel = take_kernel(ours, key, self._policy, around)
            stack.callback(kernel.close)
            yield kernel

    def close(self) -> None:
        """Nothing outlives a kernel here."""

    def _config(self, folder: str, uid: int) -> dict:
        limits = bwrap.limits(self._policy)
        if not uid:
            limits["NPROC"] += threads_of_mine()
        config = {"folder": folder, "uid": uid, "limits": limits, "namespaces": False, "scratch": [folder]}
        config |= {"unprotected": self.isolation == "none", "scratch_bytes": self._policy.tmp_mib * MIB}
        if self.isolation == "landlock":
            read, listed = readable_parts(self._places)
            read += [*READ[1:], *(str(mount.host) for mount in self._policy.mounts)]
            version = probe.landlock_abi()
            config["landlock"] = {"read": read, "write": [folder, *WRITE], "list_only": listed, "version": version}
            config["only_own_signals"] = not uid and version < probe.LANDLOCK_SIGNALS
            config["read_all"] = bool(uid) and not open_to_all(self._places)
        return config


def on_host(policy: Policy) -> Policy:
    """The policy with each mount's inner path replaced by the real one, in its environment and module path."""
    inner = {mount.inside: str(mount.host) for mount in policy.mounts}

    def outer(path: str) -> str:
        for inside, host in inner.items():
            if path == inside or path.startswith(f"{inside}/"):
                return host + path[len(inside) :]
        return path

    env = {name: outer(value) for name, value in policy.env.items()}
    return replace(policy, env=env, python_path=tuple(map(outer, policy.python_path)))


def open_to_all(places: Places) -> bool:
    """Whether every user may enter the folders of this Python (a Python under /root is closed to all but root)."""
    folders = {folder for tree in places.shown for folder in (tree, *tree.parents)}
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in folders)


def threads_of_mine() -> int:
    """How many threads this user has: the limit on processes counts them all where there are no namespaces."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            total += len(os.listdir(folder / "task")) if folder.stat().st_uid == os.getuid() else 0
    return total
