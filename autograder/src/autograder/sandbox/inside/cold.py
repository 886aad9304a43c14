"""Start one kernel: `python cold.py CONFIG`. Hands the kernel's sockets over and clears up after it.

With `namespaces` this process is locked in like the kernel, and what is left running ends with the namespace.
Without, it stays outside of the kernel's jail and kills what the kernel leaves.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys

import channels
import jail


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
        os.waitpid(pid, 0)
    finally:
        if not config["namespaces"]:
            jail.end_descendants(config["uid"])
            shutil.rmtree(config["folder"], ignore_errors=True)


def become_kernel(config: dict, report: socket.socket) -> None:
    """Turn into a locked-in kernel. Never returns."""
    try:
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
