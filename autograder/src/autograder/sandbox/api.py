"""What the rest of the grader sees of isolation: a policy goes in, kernels come out.

Nothing here knows of labs or points. `open_sandbox` (in `autograder.sandbox`) picks the strongest isolation that the
machine offers and refuses, with the reason and the mend, where it offers none.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

MIB = 1 << 20


@dataclass(frozen=True)
class Mount:
    """A host folder or file shown read-only at `inside`."""

    host: Path
    inside: str


@dataclass(frozen=True)
class Policy:
    """What code in a sandbox may see and use."""

    memory_mib: int = 2048
    cpu_s: int = 120
    processes: int = 64
    file_mib: int = 64
    tmp_mib: int = 256
    message_mib: int = 8
    mounts: tuple[Mount, ...] = ()
    python_path: tuple[str, ...] = ()
    mask: tuple[Path, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """What one cell did. `status` is "ok", "error" (it raised), "timeout", "died" (the kernel is gone)."""

    status: str
    outputs: list[dict[str, Any]]
    ename: str = ""
    evalue: str = ""


class Kernel(Protocol):
    """One kernel, for one submission. After "timeout" or "died" it is closed and `run` may not be called again."""

    def run(self, code: str, *, wall_s: float = 30.0) -> Run: ...

    @property
    def alive(self) -> bool: ...


class Sandbox(Protocol):
    """Makes kernels that share nothing with each other. `isolation` is "bwrap", "landlock" or "none"."""

    isolation: str

    def kernel(self) -> AbstractContextManager[Kernel]: ...

    def close(self) -> None: ...


class IsolationUnavailable(RuntimeError):
    """This machine cannot isolate as asked; the message says why, and how to mend it."""
