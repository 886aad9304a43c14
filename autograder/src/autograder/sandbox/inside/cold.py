"""Start one kernel: `python cold.py CONFIG`. Hands the kernel's sockets over and clears up after it.

With `namespaces` this process is locked in like the kernel, and what is left running ends with the namespace.
Without, it stays outside of the kernel's jail and kills what the kernel leaves. Either way it ends a kernel whose
scratch folders outgrow.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import sys

import channels
import jail

LOOK_MS, MOST_FILES = 250, 10_000


def main(config: dict) -> None:
    report = socket.socket(fileno=config["report"])
    jail.adopt_orphans()
    pid = os.fork()
    if pid == 0:
        become_kernel(config, report)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    jail.die_with_parent(signal.SIGTERM)
    try:
        if config["namespaces"]:
            jail.enter(config)
        channels.hand_over(config["folder"], report, pid)
        report.close()
        watch(pid, config["scratch"], config["scratch_bytes"])
    finally:
        if not config["namespaces"]:
            jail.end_descendants(pid, config["uid"])
            shutil.rmtree(config["folder"], ignore_errors=True)


def watch(pid: int, folders: list[str], most_bytes: int) -> None:
    """Wait for the kernel's end, and bring it about if a scratch folder outgrows.

    Without namespaces that is the host's disk; with them the folders have a size, but empty files have none.
    """
    ended = select.poll()
    ended.register(os.pidfd_open(pid), select.POLLIN)
    while not ended.poll(LOOK_MS):
        if any(outgrown(folder, most_bytes) for folder in folders):
            os.kill(pid, signal.SIGKILL)


def outgrown(folder: str, most_bytes: int) -> bool:
    """Whether there are more than `most_bytes` or `MOST_FILES` in a folder; no more of it is looked at than that."""
    size, number, device = 0, 0, os.stat(folder).st_dev
    for top, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if on_device(f"{top}/{name}", device)]
        number += len(folders) + len(files)
        for name in files if number <= MOST_FILES else ():
            with contextlib.suppress(OSError):
                size += os.lstat(f"{top}/{name}").st_blocks * 512
        if number > MOST_FILES or size > most_bytes:
            return True
    return False


def on_device(path: str, device: int) -> bool:
    """Whether a folder is not mounted from elsewhere, as a Python below /tmp is."""
    try:
        return os.lstat(path).st_dev == device
    except OSError:
        return False


def become_kernel(config: dict, report: socket.socket) -> None:
    """Turn into a locked-in kernel. Never returns."""
    try:
        os.setsid()  # a signal to its own group must reach nobody else, and one to it reaches all of a fork bomb
        jail.enter(config)
        jail.die_with_parent()
        file = channels.write_connection_file(config["folder"], config["key"])
        os.chdir(os.environ["HOME"])
    except BaseException as problem:
        report.send(f"{type(problem).__name__}: {problem}".encode())
        os._exit(1)
    report.close()
    channels.silence()
    os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", "-f", file])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
