"""What marking a submission may take, what it took, and how it says that the fault is its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class GraderFault(RuntimeError):
    """Grading failed through no fault of the submission's: it stays ungraded."""


@dataclass(frozen=True)
class Limits:
    """Wall seconds. CPU seconds and memory are the sandbox's to bound."""

    cell_s: float = 60.0
    case_s: float = 10.0
    setup_s: float = 120.0
    total_s: float = 900.0


class Clock:
    """Seconds spent by phase: "start", "imports", "student", "hidden", "compare"."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, phase: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - began
