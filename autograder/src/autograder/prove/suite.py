"""`autograder test`: everything that CI runs, in one order, each step in a process of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.author.execute import cpu_budget_s
from autograder.course import Course

COURSE_CPU_S = 3600


@dataclass(frozen=True)
class Step:
    """One command; it passes if it ends with 0 and `verdict` (CPU seconds -> complaint or "") has nothing to say."""

    name: str
    command: list[str]
    verdict: Callable[[float], str] = lambda cpu_s: ""


def steps(course: Course) -> list[Step]:
    """Lint, unit tests, drift; per lab its solution under nbval and the proof of its grader; the attacks."""
    python = [sys.executable, "-m"]
    found = [
        Step("lint", [*python, "ruff", "check", "."]),
        Step("format", [*python, "ruff", "format", "--check", "."]),
        Step("labs: sources, marks and drift", [*python, "autograder.author.lint"]),
        Step("unit tests", [*python, "pytest", "-n", _cores(), "--dist", "loadgroup", "--durations", "25"]),
    ]
    for name in course.lab_names():
        found += [
            Step(
                f"{name}: solution under nbval",
                _nbval(python, course.solution(name)),
                _budget(name, cpu_budget_s(name)),
            ),
            Step(f"{name}: proof of its grader", [*python, "autograder", "check", name]),
        ]
    return [*found, Step("attacks", [*python, "autograder", "attack"])]


def _cores() -> str:
    return str(min(2, os.cpu_count() or 1))


def _nbval(python: list[str], notebook: Path) -> list[str]:
    return [*python, "pytest", "--nbval", "--nbval-current-env", "--nbval-cell-timeout", "600", str(notebook)]


def _budget(name: str, limit_s: float) -> Callable[[float], str]:
    def verdict(cpu_s: float) -> str:
        return (
            f"the solution of {name} took {cpu_s:.0f} CPU-seconds, {limit_s:.0f} are allowed" if cpu_s > limit_s else ""
        )

    return verdict


def run_suite(course: Course) -> int:
    """Run every step, the rest too after a failure; prints a closing line that counts them."""
    failed, solutions_cpu_s, all_steps = [], 0.0, steps(course)
    for step in all_steps:
        print(f"\n== {step.name}", flush=True)
        start, before = time.perf_counter(), _children_cpu_s()
        code = subprocess.run(step.command, cwd=course.root, env=_environment(), check=False).returncode
        cpu_s = _children_cpu_s() - before
        solutions_cpu_s += cpu_s if "nbval" in step.name else 0.0
        complaint = step.verdict(cpu_s) or (f"exit code {code}" if code else "")
        print(f"== {step.name}: {complaint or 'passed'} ({time.perf_counter() - start:.0f} s, {cpu_s:.0f} CPU-s)")
        if complaint:
            failed.append(step.name)
    if solutions_cpu_s > COURSE_CPU_S:
        failed.append(f"all solutions together took {solutions_cpu_s:.0f} CPU-seconds, {COURSE_CPU_S} are allowed")
    for name in failed:
        print(f"failed: {name}")
    print(f"{len(all_steps) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _children_cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _environment() -> dict[str, str]:
    """One thread per process: several run side by side, and solutions print the same with any number of cores."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(threads, "1"), "PYTHONHASHSEED": "0"}
