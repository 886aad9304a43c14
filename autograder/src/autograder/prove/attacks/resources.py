"""Floods, bombs and loops: each must end by a limit, cost its own exercise only, and be reported as what it is."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import attack, body
from autograder.prove.notebooks import solved


@attack
def endless_loop(lab: Lab) -> NotebookNode:
    return body(lab, "while True: pass")


@attack
def endless_sleep(lab: Lab) -> NotebookNode:
    return body(lab, "import time", "time.sleep(10**6)")


@attack
def deadlock(lab: Lab) -> NotebookNode:
    return body(lab, "import threading", "lock = threading.Lock()", "lock.acquire()", "lock.acquire()")


@attack
def stubborn_loop(lab: Lab) -> NotebookNode:
    return body(
        lab,
        "import signal",
        "for s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)",
        "while True:",
        "    try:",
        "        while True: pass",
        "    except BaseException: pass",
    )


@attack
def waits_for_input(lab: Lab) -> NotebookNode:
    return body(lab, "return input('points? ')")


@attack
def memory_bomb(lab: Lab) -> NotebookNode:
    return body(lab, "import torch", "return torch.ones(1 << 31)")


@attack
def shared_memory_bomb(lab: Lab) -> NotebookNode:
    return body(
        lab,
        "import mmap",
        "held = [mmap.mmap(-1, 1 << 28) for _ in range(64)]",
        "[m.write(b'x' * (1 << 28)) for m in held]",
    )


@attack
def fork_bomb(lab: Lab) -> NotebookNode:
    return body(lab, "import os", "while True:", "    try: os.fork()", "    except OSError: pass")


@attack
def thread_bomb(lab: Lab) -> NotebookNode:
    return body(
        lab,
        "import threading, time",
        "for _ in range(5000): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    )


@attack
def disk_fill(lab: Lab) -> NotebookNode:
    return body(
        lab,
        "import itertools, os",
        "for place in (os.environ['TMPDIR'], '/tmp', '/dev/shm', os.getcwd()):",
        "    try:",
        "        for i in itertools.count(): open(f'{place}/{i}', 'wb').write(b'x' * (1 << 24))",
        "    except OSError: pass",
    )


@attack
def small_files(lab: Lab) -> NotebookNode:
    return body(
        lab,
        "import itertools, os",
        "place = os.environ['TMPDIR']",
        "try: os.truncate(os.open(f'{place}/sparse', os.O_CREAT | os.O_WRONLY), 1 << 50)",
        "except OSError: pass",
        "for i in itertools.count(): os.close(os.open(f'{place}/{i}', os.O_CREAT))",
    )


@attack
def descriptors(lab: Lab) -> NotebookNode:
    return body(lab, "import os", "held = []", "while True: held.append(os.dup(0))")


@attack
def hanging_scratch_cell(lab: Lab) -> NotebookNode:
    """The student's own cell hangs; the answers are right and keep their points."""
    return solved(lab, first="while True: pass")


@attack
def killing_scratch_cell(lab: Lab) -> NotebookNode:
    return solved(lab, last="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nos._exit(1)")
