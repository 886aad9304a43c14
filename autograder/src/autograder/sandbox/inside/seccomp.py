"""Refuse the system calls that no lab needs and that break out of sandboxes, by a filter on each call.

What is refused: new user namespaces, mounts, tracing, io_uring, BPF, keys, file handles. Where there are no namespaces
(`bare`), also every socket but Unix streams, all connecting (a service of the user's, such as a session bus, would run
anything for them; a kernel is only connected to), and limits on other processes: the grader may run under the same
user. Where Landlock is too old to keep signals in (before version 6), also every signal but the kernel's to itself
(`only_signal`). A refused call fails; it does not end the caller.
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
AT_NUMBER, AT_MACHINE, AT_FIRST_ARGUMENT, ARGUMENT = 0, 4, 16, 8
CLONE_NEWUSER, AF_UNIX, SOCK_DGRAM = 0x10000000, 1, 2
X32 = 0x40000000

EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432)  # io_uring_*, open_tree .. fsmount
CLONE3 = 435
# per machine: audit number, clone, socket, then ptrace, unshare, setns, mount, umount2, pivot_root, bpf, userfaultfd,
# perf_event_open, add_key, request_key, keyctl, open_by_handle_at, process_vm_readv, process_vm_writev
MACHINES = {
    "x86_64": (0xC000003E, 56, 41, (101, 272, 308, 165, 166, 155, 321, 323, 298, 248, 249, 250, 304, 310, 311)),
    "aarch64": (0xC00000B7, 220, 198, (117, 97, 268, 40, 39, 41, 280, 282, 241, 217, 218, 219, 265, 270, 271)),
}
# per machine: connect, prlimit64
CONNECT, PRLIMIT = {"x86_64": 42, "aarch64": 203}, {"x86_64": 302, "aarch64": 261}
# per machine: kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo; then fcntl
SIGNALS = {"x86_64": ((62, 200, 234, 129, 297), 72), "aarch64": ((129, 130, 131, 138, 240), 25)}
PIDFD_SEND_SIGNAL = 424
SIGNALLING = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: a file may send signals, too


def program(machine: str, bare: bool, only_signal: int = 0) -> list[tuple[int, int, int, int]]:
    """The filter as (code, jump if true, jump if false, operand); `only_signal`: the one process to be signalled."""
    audit, clone, socket, refused = MACHINES[machine]
    steps = [(LOAD, 0, 0, AT_MACHINE), (JUMP_EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL), (LOAD, 0, 0, AT_NUMBER)]
    if machine == "x86_64":
        steps += [(JUMP_GREATER_EQUAL, 0, 1, X32), (RETURN, 0, 0, ERRNO | ENOSYS)]
    for number in (*refused, *EVERYWHERE):
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, ERRNO | EPERM)]
    # the flags of clone3 lie in memory, out of reach; without it libc falls back to clone
    steps += [(JUMP_EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, ERRNO | ENOSYS)]
    steps += _on_argument(clone, (JUMP_ANY_BIT, 0, 1, CLONE_NEWUSER), EPERM)
    if bare:
        steps += [(JUMP_EQUAL, 0, 1, CONNECT[machine]), (RETURN, 0, 0, ERRNO | EPERM)]
        steps += _unix_streams(socket)
        steps += _on_argument(PRLIMIT[machine], (JUMP_EQUAL, 1, 0, 0), EPERM)
    if only_signal:
        steps += _signals(machine, only_signal)
    return [*steps, (RETURN, 0, 0, ALLOW)]


def install(bare: bool = False, only_signal: int = 0) -> bool:
    """Put the calling process under the filter, for good; False where the machine's call numbers are not known."""
    machine = platform.machine()
    if machine not in MACHINES:
        return False
    steps = program(machine, bare, only_signal)
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    text = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(text)))
    check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0), "seccomp")
    return True


def _unix_streams(number: int) -> list[tuple[int, int, int, int]]:
    """Of sockets, Unix streams alone: a datagram needs no connection."""
    return [
        (JUMP_EQUAL, 0, 6, number),
        (LOAD, 0, 0, AT_FIRST_ARGUMENT),
        (JUMP_EQUAL, 0, 3, AF_UNIX),
        (LOAD, 0, 0, AT_FIRST_ARGUMENT + ARGUMENT),
        (JUMP_ANY_BIT, 1, 0, SOCK_DGRAM),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, ERRNO | EOPNOTSUPP),
    ]


def _signals(machine: str, pid: int) -> list[tuple[int, int, int, int]]:
    """Signals to process `pid` alone, and none by files."""
    numbers, fcntl = SIGNALS[machine]
    steps = [(JUMP_EQUAL, 0, 1, PIDFD_SEND_SIGNAL), (RETURN, 0, 0, ERRNO | EPERM)]
    for number in numbers:
        steps += _on_argument(number, (JUMP_EQUAL, 1, 0, pid), EPERM)
    steps += [(JUMP_EQUAL, 0, 1 + 2 * len(SIGNALLING), fcntl), (LOAD, 0, 0, AT_FIRST_ARGUMENT + ARGUMENT)]
    for command in SIGNALLING:
        steps += [(JUMP_EQUAL, 0, 1, command), (RETURN, 0, 0, ERRNO | EPERM)]
    return [*steps, (RETURN, 0, 0, ALLOW)]


def _on_argument(number: int, test: tuple[int, int, int, int], code: int) -> list[tuple[int, int, int, int]]:
    """Refuse call `number` with error `code` if `test` on its first argument falls through, else allow it."""
    return [
        (JUMP_EQUAL, 0, 4, number),
        (LOAD, 0, 0, AT_FIRST_ARGUMENT),
        test,
        (RETURN, 0, 0, ERRNO | code),
        (RETURN, 0, 0, ALLOW),
    ]
