"""How a class is to be graded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.grade.seeding import Known
from autograder.run.worker import MARKER


@dataclass(frozen=True)
class Options:
    """How to grade. A new seed is proven on the `known` answers; `marker` names what opens the marker in a worker.

    `keep` tells which of a student's attempts counts; `roster` is a CSV file (default: that of an earlier run).
    `gradebook` is the URL of a database instead of the folder's own; `dask` the address of a scheduler to grade with.
    """

    workers: int | None = None
    isolation: str = "auto"
    force: bool = False
    dry_run: bool = False
    progress: Callable[[int, int], None] | None = None
    known: Known | None = None
    marker: str = MARKER
    keep: str = "latest"
    roster: Path | None = None
    gradebook: str = ""
    dask: str = ""
