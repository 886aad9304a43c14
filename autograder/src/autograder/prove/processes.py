"""Worker processes of the proofs: as many as asked for, each set up once, none of which outlives its parent."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any


def processes(count: int, set_up: Callable[..., None], *arguments: Any) -> ProcessPoolExecutor:
    """A pool of `count` fresh processes, in each of which `set_up(*arguments)` runs first."""
    return ProcessPoolExecutor(count, get_context("spawn"), _begin, (set_up, *arguments))


def _begin(set_up: Callable[..., None], *arguments: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    set_up(*arguments)


def _end_with_parent() -> None:
    """A killed parent closes nothing, and its children would wait for jobs forever, their sandboxes with them."""
    wait([parent_process().sentinel])
    os._exit(1)
