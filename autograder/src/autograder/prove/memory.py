"""The memory of a program and of everything that it starts, at its peak: shared pages are counted once."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY_S = 0.25
PROC = Path("/proc")


class Peak:
    """The highest sum that was seen, and of the program itself, in MiB; 0 where the system does not tell."""

    mib = 0.0
    own_mib = 0.0


@contextmanager
def watched(process: subprocess.Popen) -> Iterator[Peak]:
    """Look at a running process and its descendants again and again, until the block ends."""
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(EVERY_S):
            own, *others = map(_mib, _family(process.pid))
            peak.mib, peak.own_mib = max(peak.mib, own + sum(others)), max(peak.own_mib, own)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _family(ancestor: int) -> list[int]:
    """A process and its descendants, those included that made a session of their own."""
    children: dict[int, list[int]] = {}
    for entry in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    family = [ancestor]
    for pid in family:
        family += children.get(pid, [])
    return family


def _mib(pid: int) -> float:
    with contextlib.suppress(OSError):  # it ended, or is not ours to look at
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
