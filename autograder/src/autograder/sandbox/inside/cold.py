"""Start one kernel: `python cold.py CONFIG`. Locks itself in, starts ipykernel, hands its sockets over, waits for its end."""

from __future__ import annotations

import json
import os
import socket
import sys

import channels
import jail


def main(config: dict) -> int:
    report = socket.socket(fileno=config["report"])
    folder = config["folder"]
    jail.enter(config)
    file = channels.write_connection_file(folder, config["key"])
    os.chdir(os.environ["HOME"])
    pid = os.fork()
    if pid == 0:
        report.close()
        os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", "-f", file])
    channels.hand_over(folder, report, pid)
    report.close()
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) & 255


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
