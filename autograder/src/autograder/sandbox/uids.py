"""One user id for each live kernel: process limits count by user, so that two kernels must not share one.

A slot is held by a listening name in Linux' abstract socket space: the kernel frees it when its holder dies, whatever
the way, so that nothing is left to clean up.
"""

from __future__ import annotations

import socket

FIRST_UID = 200_000
SLOTS = 4096


class UidSlot:
    """A user id that no other process of this machine's graders uses; `close` gives it back."""

    def __init__(self) -> None:
        self._lock = socket.socket(socket.AF_UNIX)
        for uid in range(FIRST_UID, FIRST_UID + SLOTS):
            try:
                self._lock.bind(f"\0autograder-uid-{uid}")
            except OSError:
                continue
            self.uid = uid
            return
        self._lock.close()
        raise RuntimeError(f"all {SLOTS} user ids for sandboxes are in use")

    def close(self) -> None:
        self._lock.close()
