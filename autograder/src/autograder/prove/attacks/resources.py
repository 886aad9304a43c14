"""Floods, bombs and loops: each must end by a limit, cost its own exercise only, and be reported as what it is."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import attack, by_body
from autograder.prove.notebooks import solved

by_body(
    endless_loop="while True: pass",
    endless_sleep="""
        import time
        time.sleep(10**6)
    """,
    deadlock="""
        import threading
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()
    """,
    stubborn_loop="""
        import signal
        for s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)
        while True:
            try:
                while True: pass
            except BaseException: pass
    """,
    waits_for_input="return input('points? ')",
    memory_bomb="""
        import torch
        return torch.ones(1 << 31)
    """,
    shared_memory_bomb="""
        import mmap
        held = [mmap.mmap(-1, 1 << 28) for _ in range(64)]
        [m.write(b'x' * (1 << 28)) for m in held]
    """,
    fork_bomb="""
        import os
        while True:
            try: os.fork()
            except OSError: pass
    """,
    thread_bomb="""
        import threading, time
        for _ in range(5000): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
    """,
    disk_fill="""
        import itertools, os
        for place in (os.environ['TMPDIR'], '/tmp', '/dev/shm', os.getcwd()):
            try:
                for i in itertools.count(): open(f'{place}/{i}', 'wb').write(b'x' * (1 << 24))
            except OSError: pass
    """,
    small_files="""
        import itertools, os
        place = os.environ['TMPDIR']
        try: os.truncate(os.open(f'{place}/sparse', os.O_CREAT | os.O_WRONLY), 1 << 50)
        except OSError: pass
        for i in itertools.count(): os.close(os.open(f'{place}/{i}', os.O_CREAT))
    """,
    descriptors="""
        import os
        held = []
        while True: held.append(os.dup(0))
    """,
)


@attack
def hanging_scratch_cell(lab: Lab) -> NotebookNode:
    """The student's own cell hangs; the answers are right and keep their points."""
    return solved(lab, first="while True: pass")


@attack
def killing_scratch_cell(lab: Lab) -> NotebookNode:
    return solved(lab, last="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nos._exit(1)")
