"""Refuse the system calls that no lab needs and that break out of sandboxes, by a filter on each call.

What is refused: new user namespaces, mounts, tracing, io_uring, BPF, keys, file handles; with `unix_only` also every
socket but Unix sockets, where there is no network namespace. A refused call fails; it does not end the caller.
"""

from __future__ import annotations

import ctypes
import platform
import struct

from calls import check, libc

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
EPERM, ENOSYS, EOPNOTSUPP = 1, 38, 95  # libzmq aborts on other errors than the last
AT_NUMBER, AT_MACHINE, AT_FIRST_ARGUMENT = 0, 4, 16
CLONE_NEWUSER, AF_UNIX = 0x10000000, 1
X32 = 0x40000000

EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432)  # io_uring_*, open_tree .. fsmount
CLONE3 = 435
# per machine: audit number, clone, socket, then ptrace, unshare, setns, mount, umount2, pivot_root, bpf, userfaultfd,
# perf_event_open, add_key, request_key, keyctl, open_by_handle_at, process_vm_readv, process_vm_writev
MACHINES = {
    "x86_64": (0xC000003E, 56, 41, (101, 272, 308, 165, 166, 155, 321, 323, 298, 248, 249, 250, 304, 310, 311)),
    "aarch64": (0xC00000B7, 220, 198, (117, 97, 268, 40, 39, 41, 280, 282, 241, 217, 218, 219, 265, 270, 271)),
}


def program(machine: str, unix_only: bool) -> list[tuple[int, int, int, int]]:
    """The filter as (code, jump if true, jump if false, operand)."""
    audit, clone, socket, refused = MACHINES[machine]
    steps = [(LOAD, 0, 0, AT_MACHINE), (JUMP_EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL), (LOAD, 0, 0, AT_NUMBER)]
    if machine == "x86_64":
        steps += [(JUMP_GREATER_EQUAL, 0, 1, X32), (RETURN, 0, 0, ERRNO | ENOSYS)]
    for number in (*refused, *EVERYWHERE):
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ERRNO | EPERM)]
    # the flags of clone3 lie in memory, out of reach; without it libc falls back to clone
    steps += [(JUMP_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ERRNO | ENOSYS)]
    steps += _on_argument(clone, (JUMP_ANY_BIT, 0, 1, CLONE_NEWUSER), EPERM)
    if unix_only:
        steps += _on_argument(socket, (JUMP_EQUAL, 1, 0, AF_UNIX), EOPNOTSUPP)
    return [*steps, (RETURN, 0, 0, ALLOW)]


def install(unix_only: bool = False) -> bool:
    """Put the calling process under the filter, for good; False where the machine's call numbers are not known."""
    machine = platform.machine()
    if machine not in MACHINES:
        return False
    steps = program(machine, unix_only)
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    text = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(text)))
    check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0), "seccomp")
    return True


def _on_argument(number: int, test: tuple[int, int, int, int], code: int) -> list[tuple[int, int, int, int]]:
    """Refuse call `number` with error `code` if `test` on its first argument falls through, else allow it."""
    return [
        (JUMP_EQUAL, 0, 4, number),
        (LOAD, 0, 0, AT_FIRST_ARGUMENT),
        test,
        (RETURN, 0, 0, ERRNO | code),
        (RETURN, 0, 0, ALLOW),
    ]
