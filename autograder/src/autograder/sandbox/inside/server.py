"""The fork server: `python server.py CONTROL MODULES`. Imports the modules once, then forks a kernel for each request.

It is the first process of a bubblewrap sandbox and keeps the right to make namespaces. A request is a JSON object with
one open connection, on which the kernel's sockets and process handle go back (see `channels`). For each request

    server -> keeper (new mount, pid, net, ipc and uts namespaces, fresh tmpfs) -> kernel (pid 1 there, jailed)

The keeper hands the kernel's sockets over and ends when it ends. Nothing is shared with another kernel but memory pages
that neither can change.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import signal
import socket
import stat
import sys

import channels
import jail
from calls import check, libc

NAMESPACES = 0x00020000 | 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000  # mount, uts, ipc, pid, net
NOSUID, NODEV, NOEXEC, BIND, RECURSIVE, PRIVATE = 2, 4, 8, 1 << 12, 1 << 14, 1 << 18
REQUEST_BYTES = 1 << 16
MOST_FILES = 10_000  # in a scratch folder: empty ones take no room there, but a kilobyte of the machine's memory each
KERNEL_MODULES = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger", "matplotlib_inline"),
    *("IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic", "tornado.platform.asyncio"),
    *("faulthandler", "sqlite3"),
)
NOT_NEEDED = "debugpy"  # nobody attaches a debugger, and it is a third of the time in which a kernel starts


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    arguments = (source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    check(libc.mount(*arguments), f"mount {kind or source} on {target}")


def preload(modules: list[str]) -> None:
    """Import what kernels will need. What cannot be imported here fails there too, where it is seen."""
    sys.modules[NOT_NEEDED] = None
    for name in (*KERNEL_MODULES, *modules):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    del sys.modules[NOT_NEEDED]
    gc.collect()
    gc.freeze()


def serve(control: socket.socket) -> None:
    """Fork a keeper for each request until the grader closes the connection."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        text, handles, _, _ = socket.recv_fds(control, REQUEST_BYTES, 1)
        if not text:
            return
        report = socket.socket(fileno=handles[0])
        if os.fork() == 0:
            control.close()
            keep(json.loads(text), report)
        report.close()


def keep(request: dict, report: socket.socket) -> None:
    """Make the namespaces, start the kernel in them, wait for its end. Never returns."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        check(libc.unshare(NAMESPACES), "unshare")
        mount("none", "/", "", RECURSIVE | PRIVATE)
        fresh_scratch(request["scratch"], request["trees"])
        pid = os.fork()
        if pid == 0:
            become_kernel(request, report)
        jail.enter(request)
        channels.hand_over(request["folder"], report, pid)
        report.close()
        os.waitpid(pid, 0)
    except BaseException as problem:
        with contextlib.suppress(OSError):
            report.send(f"{type(problem).__name__}: {problem}".encode())
    finally:
        os._exit(0)


def fresh_scratch(scratch: dict[str, int], trees: list[str]) -> None:
    """Mount an empty folder over each scratch folder, and over it again, read-only, the trees that lie in one."""
    handles = {path: os.open(path, os.O_PATH) for path in trees}
    for path, mib in scratch.items():
        mount("tmpfs", path, "tmpfs", NOSUID | NODEV, f"size={mib}m,nr_inodes={MOST_FILES},mode=1777")
    for path, handle in handles.items():
        if stat.S_ISDIR(os.stat(handle).st_mode):
            os.makedirs(path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "x").close()
        mount(f"/proc/self/fd/{handle}", path, "", BIND | RECURSIVE)
        os.close(handle)


def become_kernel(request: dict, report: socket.socket) -> None:
    """Turn into a locked-in kernel. Never returns."""
    try:
        mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)
        jail.loopback_up()
        os.setsid()  # a signal to its own group must not reach the keeper and the server
        jail.enter(request)
        jail.die_with_parent()
        file = channels.write_connection_file(request["folder"], request["key"])
        os.chdir(os.environ["HOME"])
    except BaseException as problem:
        report.send(f"{type(problem).__name__}: {problem}".encode())
        os._exit(1)
    report.close()
    channels.silence()
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    fresh_random_states()
    sys.argv = ["ipykernel_launcher", "-f", file, "--HistoryManager.enabled=False"]
    from ipykernel.kernelapp import IPKernelApp

    try:
        IPKernelApp.launch_instance(argv=sys.argv[1:])
    finally:
        os._exit(0)


def fresh_random_states() -> None:
    """Seed the generators anew, as a new Python does: all forks start with the server's state otherwise."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    sys.path.pop(0)
    preload(json.loads(sys.argv[2]))
    control.send(json.dumps({"threads": len(os.listdir("/proc/self/task"))}).encode())
    serve(control)


if __name__ == "__main__":
    main()
