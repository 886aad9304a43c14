"""Floods, bombs and loops: each must end by a limit, cost its own exercise only, and be reported as what it is."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import answer, attack, wrong_answer
from autograder.prove.notebooks import solved


def _body(lab: Lab, *lines: str) -> NotebookNode:
    return answer(lab, "def {name}(*args, **kwargs):\n" + "".join(f"    {line}\n" for line in lines))


@attack
def endless_loop(lab: Lab) -> NotebookNode:
    return _body(lab, "while True: pass")


@attack
def endless_sleep(lab: Lab) -> NotebookNode:
    return _body(lab, "import time", "time.sleep(10**6)")


@attack
def deadlock(lab: Lab) -> NotebookNode:
    return _body(lab, "import threading", "lock = threading.Lock()", "lock.acquire()", "lock.acquire()")


@attack
def stubborn_loop(lab: Lab) -> NotebookNode:
    return _body(
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
    return _body(lab, "return input('points? ')")


@attack
def memory_bomb(lab: Lab) -> NotebookNode:
    return _body(lab, "import torch", "return torch.ones(1 << 31)")


@attack
def shared_memory_bomb(lab: Lab) -> NotebookNode:
    return _body(
        lab,
        "import mmap",
        "held = [mmap.mmap(-1, 1 << 28) for _ in range(64)]",
        "[m.write(b'x' * (1 << 28)) for m in held]",
    )


@attack
def fork_bomb(lab: Lab) -> NotebookNode:
    return _body(lab, "import os", "while True:", "    try: os.fork()", "    except OSError: pass")


@attack
def thread_bomb(lab: Lab) -> NotebookNode:
    return _body(
        lab,
        "import threading, time",
        "for _ in range(5000): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    )


@attack
def disk_fill(lab: Lab) -> NotebookNode:
    return _body(
        lab,
        "import itertools, os",
        "for place in ('/tmp', '/dev/shm', os.getcwd()):",
        "    try:",
        "        for i in itertools.count(): open(f'{place}/{i}', 'wb').write(b'x' * (1 << 24))",
        "    except OSError: pass",
    )


@attack
def descriptors(lab: Lab) -> NotebookNode:
    return _body(lab, "import os", "held = []", "while True: held.append(os.dup(0))")


@attack
def output_flood(lab: Lab) -> NotebookNode:
    return _body(lab, "while True: print('x' * (1 << 20), end='')")


@attack
def message_flood(lab: Lab) -> NotebookNode:
    return _body(lab, "from IPython.display import display", "while True: display({'text/plain': 'x'}, raw=True)")


@attack
def huge_result(lab: Lab) -> NotebookNode:
    return _body(lab, "import torch", "return torch.rand(1 << 24)")


@attack
def invalid_utf8(lab: Lab) -> NotebookNode:
    return _body(lab, "import os", "os.write(1, bytes(range(128, 256)) * 4096)", "return '\\udcff' * 1000")


@attack
def nested_result(lab: Lab) -> NotebookNode:
    return _body(lab, "deep = []", "for _ in range(10**5): deep = [deep]", "return deep")


@attack
def cyclic_result(lab: Lab) -> NotebookNode:
    return _body(lab, "loop = []", "loop.append(loop)", "return loop")


@attack
def parse_bomb(lab: Lab) -> NotebookNode:
    return answer(lab, "x = " + "(" * 50000 + ")" * 50000 + "\ndef {name}(*args):\n    return 0\n")


@attack
def nested_code(lab: Lab) -> NotebookNode:
    return wrong_answer(lab, last="x = " + "-" * 200000 + "1")


@attack
def large_constant(lab: Lab) -> NotebookNode:
    return wrong_answer(lab, last="x = 9**9**9**9")


@attack
def large_cell(lab: Lab) -> NotebookNode:
    return wrong_answer(lab, last="# " + "x" * (20 << 20))


@attack
def hanging_scratch_cell(lab: Lab) -> NotebookNode:
    """The student's own cell hangs; the answers are right and keep their points."""
    return solved(lab, first="while True: pass")


@attack
def killing_scratch_cell(lab: Lab) -> NotebookNode:
    return solved(lab, last="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nos._exit(1)")
