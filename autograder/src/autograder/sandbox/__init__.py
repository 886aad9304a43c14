"""Isolation: where strangers' code runs. `open_sandbox` is the door; `api` says what comes through it."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.sandbox import probe
from autograder.sandbox.api import IsolationUnavailable, Kernel, Mount, Policy, Run, Sandbox
from autograder.sandbox.cold import ColdSandbox

__all__ = ["IsolationUnavailable", "Kernel", "Mount", "Policy", "Run", "Sandbox", "open_sandbox"]


def open_sandbox(
    policy: Policy, *, isolation: str = "auto", preload: Sequence[str] = (), fork_server: bool = True
) -> Sandbox:
    """The strongest isolation of this machine, or exactly the one asked for.

    Raises: IsolationUnavailable with the reason and the mend
    """
    tool = probe.bwrap()
    if tool.problem:
        raise IsolationUnavailable(tool.problem)
    return ColdSandbox(policy, tool)
