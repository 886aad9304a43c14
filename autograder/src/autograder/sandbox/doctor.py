"""Say what this machine offers for isolation, and try it."""

from __future__ import annotations

import time

from autograder.sandbox import probe
from autograder.sandbox.api import Policy

SELF_TEST = """
import os, socket
assert os.getuid() != 0, "runs as root"
for path in ("/etc/shadow", {secret!r}):
    try:
        open(path).close()
    except OSError:
        continue
    raise AssertionError(f"can read {{path}}")
try:
    socket.create_connection(("192.0.2.1", 9), timeout=0.2)
except OSError:
    pass
else:
    raise AssertionError("has a network")
"""


def doctor() -> list[str]:
    """Lines for a person: what there is, what is missing and its mend, and a trial of each kind of isolation."""
    from autograder.sandbox import open_sandbox

    tool, unfit = probe.bwrap(), probe.landlock_problem()
    lines = [
        f"bubblewrap: {tool.problem or 'works, ' + tool.path}",
        f"Landlock:   {unfit or f'version {probe.landlock_abi()}'}",
        f"user:       {'root; each kernel gets a user id of its own' if probe.is_root() else 'unprivileged'}",
    ]
    if tool.problem:
        lines.append(f"mend:       {probe.mend(tool.problem)}")
    kinds = [("bwrap", True), ("bwrap", False)] if not tool.problem else []
    kinds += [("landlock", False)] if not unfit else []
    for isolation, fork_server in kinds:
        sandbox = open_sandbox(Policy(), isolation=isolation, fork_server=fork_server)
        try:
            lines.append(f"trial:      {_label(sandbox, isolation, fork_server)}: {_try(sandbox)}")
        finally:
            sandbox.close()
    if not kinds:
        lines.append("Nothing here can isolate: grading is refused unless '--isolation none' is given.")
    return lines


def _label(sandbox, isolation: str, fork_server: bool) -> str:
    from autograder.sandbox.forkserver import ForkSandbox

    if not fork_server:
        return f"{isolation}, a fresh kernel"
    return f"{isolation}, fork server" + ("" if isinstance(sandbox, ForkSandbox) else " (refused here; fresh kernels)")


def _try(sandbox) -> str:
    start = time.perf_counter()
    try:
        with sandbox.kernel() as kernel:
            run = kernel.run(SELF_TEST.format(secret=__file__))
    except RuntimeError as problem:
        return f"FAILED, {problem}"
    if run.status != "ok":
        return f"FAILED, {run.status} {run.evalue}"
    return f"holds, {time.perf_counter() - start:.2f} s a kernel"
