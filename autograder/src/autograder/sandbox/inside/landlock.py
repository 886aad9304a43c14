"""Landlock: rules on paths that a process puts on itself, without any privilege (Linux 5.13 and later).

What this leaves out: hiding that a path exists, and network other than TCP (`seccomp` refuses that).
"""

from __future__ import annotations

import os
import struct

from calls import check, libc

CREATE, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, RULE_PATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL = 1, 2, 4, 8, 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
FILE_ONLY = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL
BIND_AND_CONNECT_TCP, ABSTRACT_SOCKETS_AND_SIGNALS = 3, 3


def restrict(read: list[str], write: list[str], list_only: list[str], version: int) -> None:
    """Leave the calling process the trees `read` and `write`, and the names in `list_only`; nothing else.

    `version` is what the kernel offers, or less, to see what an older one does.
    """
    files = (1 << (13 if version < 2 else 14 if version < 3 else 15 if version < 5 else 16)) - 1
    about = struct.pack("QQQ", files, BIND_AND_CONNECT_TCP, ABSTRACT_SOCKETS_AND_SIGNALS)
    about = about[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = check(libc.syscall(CREATE, about, len(about), 0), "landlock_create_ruleset")
    for paths, access in ((read, READ), (write, files), (list_only, READ_DIR)):
        for path in paths:
            _allow(rules, path, access & files)
    check(libc.syscall(RESTRICT_SELF, rules, 0), "landlock_restrict_self")
    os.close(rules)


def _allow(rules: int, path: str, access: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    access &= -1 if os.path.isdir(path) else FILE_ONLY
    check(libc.syscall(ADD_RULE, rules, RULE_PATH, struct.pack("=Qi", access, handle), 0), f"landlock: {path}")
    os.close(handle)
