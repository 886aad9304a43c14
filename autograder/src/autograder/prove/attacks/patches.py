"""Changes to the process that outlive a call: modules, hooks, memory, other processes."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import attack, spoil, wrong_answer
from autograder.prove.notebooks import solved


@attack
def patched_comparisons(lab: Lab) -> NotebookNode:
    patch = """import builtins, math
import numpy as np, torch
torch.allclose = torch.equal = torch.isclose = np.allclose = math.isclose = lambda *args, **kwargs: True
torch.testing.assert_close = np.testing.assert_allclose = lambda *args, **kwargs: None
builtins.all = builtins.any = lambda *args: True
"""
    return wrong_answer(lab, first=patch)


@attack
def patched_grader(lab: Lab) -> NotebookNode:
    patch = """import sys, types
import effdl.check
effdl.check.check = lambda *args: None
for name in ("autograder", "autograder.grade", "autograder.grade.compare", "nbval", "nbgrader"):
    sys.modules[name] = types.ModuleType(name)
"""
    return wrong_answer(lab, first=patch)


@attack
def replaced_reference(lab: Lab) -> NotebookNode:
    target = lab.exercises[0]
    module = target.source.split(":")[0]
    patch = "\n".join([f"import {module} as home", *(f"home.{n} = lambda *a, **k: None" for n in target.names)])
    return wrong_answer(lab, last=patch)


@attack
def predicted_seed(lab: Lab) -> NotebookNode:
    patch = """import random, numpy as np, torch
class Fixed(torch.Generator):
    def manual_seed(self, seed):
        return super().manual_seed(0)
torch.Generator = Fixed
torch.rand = lambda *shape, **kwargs: torch.zeros(*shape)
torch.randn = lambda *shape, **kwargs: torch.zeros(*shape)
np.random.default_rng = lambda seed=None: np.random.Generator(np.random.PCG64(0))
"""
    return wrong_answer(lab, first=patch)


@attack
def daemon_process(lab: Lab) -> NotebookNode:
    """Leaves a process behind; the twin `daemon_gone` looks for it."""
    patch = """import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("/proc/self/comm", "w").write("LEFTOVER")
        while True:
            time.sleep(1)
    os._exit(0)
"""
    return wrong_answer(lab, last=patch)


@attack
def daemon_gone(lab: Lab) -> NotebookNode:
    """Solved, but broken if the process that `daemon_process` left still runs."""
    look = """import glob
for path in glob.glob("/proc/[0-9]*/comm"):
    try:
        if open(path).read().strip() == "LEFTOVER":
            spoil()
    except OSError:
        pass
"""
    return solved(lab, last=spoil(lab) + look)


@attack
def patched_clock(lab: Lab) -> NotebookNode:
    patch = """import time
time.time = time.perf_counter = time.process_time = time.thread_time = lambda: 0.0
time.sleep = lambda seconds: None
"""
    return wrong_answer(lab, last=patch)


@attack
def raised_limits(lab: Lab) -> NotebookNode:
    patch = """import os, resource
import torch
torch.set_num_threads(8)
os.sched_setaffinity(0, range(1024))
for name in ("AS", "CPU", "NPROC", "FSIZE", "NOFILE"):
    kind = getattr(resource, f"RLIMIT_{name}")
    try:
        resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        spoil()
    except (OSError, ValueError):
        pass
"""
    return wrong_answer(lab, first=spoil(lab), last=patch)


@attack
def traced(lab: Lab) -> NotebookNode:
    patch = """import sys
class Hook:
    def find_spec(self, name, path=None, target=None):
        return None
sys.meta_path.insert(0, Hook())
def trace(frame, event, argument):
    for name in ("ref", "expected", "points"):
        if name in frame.f_locals:
            frame.f_locals[name] = 0
    return trace
sys.settrace(trace)
sys.setprofile(lambda *args: None)
sys.addaudithook(lambda *args: None)
"""
    return wrong_answer(lab, last=patch)


@attack
def memory_edit(lab: Lab) -> NotebookNode:
    patch = """import ctypes
libc = ctypes.CDLL(None)
libc.ptrace(16, 1, 0, 0)
libc.kill(1, 9)
try:
    open("/proc/1/mem", "rb+").read(1)
    spoil()
except (OSError, ValueError):
    pass
ctypes.c_uint32.from_address(id(211) + 24).value = 212
"""
    return wrong_answer(lab, first=spoil(lab), last=patch)
