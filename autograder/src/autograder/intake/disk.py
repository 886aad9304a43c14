"""Look at files without opening or following anything: folders, times, and nbgrader's time stamps."""

from __future__ import annotations

import stat
from pathlib import Path

from autograder.intake.layouts import timestamp


def entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def is_folder(path: Path) -> bool:
    """A folder itself, not a link to one."""
    return stat.S_ISDIR(mode(path))


def mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def stamp(path: Path) -> float | None:
    """When a file was handed in, by nbgrader's time stamp beside it."""
    beside = path.parent / "timestamp.txt"
    try:
        if stat.S_ISREG(mode(beside)) and beside.stat().st_size < 100:
            return timestamp(beside.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        pass
    return None


def file_time(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
