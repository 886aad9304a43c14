"""Temporary folders that do not outlive their owner: what a killed one left is removed when the next is made.

A folder holds a file that its owner has locked. The kernel lets go of the lock when the owner ends, whatever the way;
so a folder of ours whose lock is free has no owner any more. A process id would not tell: it may be another's by now.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import TextIO

LOCK = ".owner"
YOUNG_S = 60.0  # a younger folder may be about to be locked


class Scratch:
    """A folder below the temporary one, its name beginning with `prefix`; `close` removes it.

    Folders of that prefix which others of this user's processes left behind are removed first.
    """

    def __init__(self, prefix: str, mode: int) -> None:
        sweep(prefix)
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        self._lock = open(self.path / LOCK, "x", encoding="ascii")  # noqa: SIM115 (held until close)
        _is_free(self._lock)
        self.path.chmod(mode)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep(prefix: str) -> None:
    """Remove the folders of this prefix that are ours and that nobody holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            about = folder.lstat()
            mine = stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid()
            if mine and about.st_mtime < time.time() - YOUNG_S:
                with open(folder / LOCK, encoding="ascii") as lock:
                    if _is_free(lock):
                        shutil.rmtree(folder, ignore_errors=True)


def _is_free(lock: TextIO) -> bool:
    """Whether nobody holds the lock; it is ours then, until the file is closed."""
    try:
        import fcntl
    except ImportError:  # Windows: nothing is removed there
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
