"""Time a contestant's command and look at the memory of all its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.prove.memory import watched


@dataclass
class Tally:
    """What one contestant did so far: wall seconds, peak memory, and each submission's score (None: not graded).

    `peak_mib` is that of all its processes together, `own_mib` that of the one that was started.
    """

    title: str
    submissions: int = 0
    seconds: float = 0.0
    peak_mib: float = 0.0
    own_mib: float = 0.0
    scores: dict[str, float | None] = field(default_factory=dict)

    @property
    def each(self) -> float:
        return self.seconds / self.submissions

    def run(self, command: Sequence[str], folder: Path, submissions: int, *, may_fail: bool = False) -> None:
        """Run a command that grades so many submissions, one thread per process; what it tells is shown if it fails.

        Raises: RuntimeError if it fails, unless that says no more than that one of the submissions could not be graded
        """
        binaries = str(Path(sys.executable).parent)
        env = {**os.environ, "OMP_NUM_THREADS": "1", "PATH": os.pathsep.join([binaries, os.environ["PATH"]])}
        folder.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        with tempfile.TemporaryFile("w+", errors="replace") as told:
            with subprocess.Popen(command, cwd=folder, env=env, stdout=told, stderr=told) as process:
                with watched(process) as peak:
                    process.wait()
                self.seconds += time.perf_counter() - start
            if process.returncode and not may_fail:
                told.seek(0)
                raise RuntimeError(f"{' '.join(command[1:4])} failed:\n{told.read()[-4000:]}")
        self.submissions += submissions
        self.peak_mib, self.own_mib = max(self.peak_mib, peak.mib), max(self.own_mib, peak.own_mib)

    def line(self) -> str:
        """One row of the table."""
        ungraded = sum(score is None for score in self.scores.values())
        failed = f"   {ungraded} could not be graded" if ungraded else ""
        spent = f"{self.seconds:7.1f} s {self.each:7.2f} s each {self.peak_mib:6.0f} MiB"
        return f"{self.title:<52} {self.submissions:>4} submissions {spent}{failed}"
