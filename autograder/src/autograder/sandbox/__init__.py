"""Isolation: where strangers' code runs. `open_sandbox` is the door; `api` says what comes through it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from autograder.sandbox import probe
from autograder.sandbox.api import IsolationUnavailable, Kernel, Mount, Policy, Run, Sandbox
from autograder.sandbox.cold import ColdSandbox
from autograder.sandbox.doctor import doctor
from autograder.sandbox.forkserver import ForkSandbox
from autograder.sandbox.plain import PlainSandbox

__all__ = [
    "ISOLATIONS",
    "IsolationUnavailable",
    "Kernel",
    "Mount",
    "Policy",
    "Run",
    "Sandbox",
    "doctor",
    "open_sandbox",
]

ISOLATIONS = ("auto", "bwrap", "landlock", "none")


def open_sandbox(
    policy: Policy, *, isolation: str = "auto", preload: Sequence[str] = (), fork_server: bool = True
) -> Sandbox:
    """The strongest isolation of this machine ("auto"), or exactly the one asked for.

    "none" is no isolation, only limits, and never chosen by itself. `preload` are modules that the fork server imports
    once; where it cannot run, and with `fork_server=False`, each kernel is a fresh Python with the same guarantees.

    Raises: IsolationUnavailable with the reason and the mend; ValueError for an unknown `isolation`
    """
    if isolation not in ISOLATIONS:
        raise ValueError(f"open_sandbox: isolation is {isolation!r}, not one of {', '.join(ISOLATIONS)}")
    if isolation == "none":
        return PlainSandbox(policy, "none")
    tool = probe.bwrap()
    if isolation in ("auto", "bwrap") and not tool.problem:
        return _fork_server(policy, tool, preload) if fork_server else ColdSandbox(policy, tool)
    if isolation in ("auto", "landlock") and not probe.landlock_problem():
        return PlainSandbox(policy, "landlock")
    raise IsolationUnavailable(probe.why_not(isolation))


def _fork_server(policy: Policy, tool: probe.Bwrap, preload: Sequence[str]) -> Sandbox:
    """A fork server that has forked one kernel to show that it can, else cold kernels."""
    with contextlib.suppress(RuntimeError):
        sandbox = ForkSandbox(policy, tool, preload)
        try:
            with sandbox.kernel():
                return sandbox
        except RuntimeError:
            sandbox.close()
    return ColdSandbox(policy, tool)
