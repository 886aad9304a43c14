"""Run cells in one kernel and believe nothing that it says.

The kernel is hostile once it has run a cell: it may flood, lie, break off or fall silent. Whatever it does, `run`
returns a `Run` by its deadline, holds a bounded number of bytes, and raises nothing.
"""

from __future__ import annotations

import contextlib
import select
import time
from typing import Protocol

from autograder.sandbox.api import MIB, Policy, Run
from autograder.sandbox.messages import Message, parse, request
from autograder.sandbox.outputs import Outputs, bounded
from autograder.sandbox.zmtp import Channel, ProtocolError

START_S = 60.0
ASK_AGAIN_S = 0.25
TOO_LONG = {"status": "error", "ename": "Exception", "evalue": "[an error message too long to be kept]"}
STRAGGLER_S = 2.0  # after the reply, for an "idle" that the kernel's own queue has dropped


class Process(Protocol):
    """The kernel's process as the client sees it: `pidfd` becomes readable when it ends."""

    pidfd: int

    def kill(self) -> None: ...


class KernelClient:
    """The grader's end of one kernel, see `api.Kernel`; it owns the process and both connections."""

    def __init__(self, process: Process, shell: Channel, iopub: Channel, key: str, policy: Policy) -> None:
        self._process, self._shell, self._iopub, self._key = process, shell, iopub, key
        self._rich_bytes = policy.message_mib * MIB
        self._open = True
        self._poller = select.poll()
        for source in (shell, iopub, process.pidfd):
            self._poller.register(source, select.POLLIN)

    @property
    def alive(self) -> bool:
        if not self._open:
            return False
        poller = select.poll()
        poller.register(self._process.pidfd, select.POLLIN)
        return not poller.poll(0)

    def close(self) -> None:
        """Kill the kernel, if it still runs."""
        if self._open:
            self._open = False
            self._process.kill()
            self._shell.close()
            self._iopub.close()

    def wait_ready(self, wall_s: float = START_S) -> None:
        """Wait until the kernel answers on both connections.

        Raises: RuntimeError if it does not within `wall_s`
        """
        end = time.monotonic() + wall_s
        try:
            while time.monotonic() < end:
                identity, frames = request("kernel_info_request", {}, self._key)
                self._shell.send(frames, wall_s)
                if self._answered(identity, min(end, time.monotonic() + ASK_AGAIN_S)):
                    return
        except (OSError, EOFError, ProtocolError) as problem:
            self.close()
            raise RuntimeError(f"the kernel ended before it was ready ({problem})") from problem
        self.close()
        raise RuntimeError(f"the kernel was not ready within {wall_s:.0f} s")

    def run(self, code: str, *, wall_s: float = 30.0) -> Run:
        """Run one cell. Once this has returned "timeout" or "died" the kernel is gone."""
        if not self._open:
            raise RuntimeError("this kernel is closed")
        outputs = Outputs(self._rich_bytes)
        end = time.monotonic() + wall_s
        before = self._iopub.lost
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": False}
        try:
            identity, frames = request("execute_request", content, self._key)
            self._shell.send(frames, wall_s)
            reply = self._collect(identity, outputs, end)
        except TimeoutError:
            status, reply = "timeout", {}
        except Exception:  # whatever a stranger's bytes have led to
            status, reply = "died", {}
        else:
            status = "error" if reply.get("status") != "ok" else "ok"
        if self._iopub.lost > before:
            outputs.note_cut()
        if status in ("timeout", "died"):
            self.close()
        return Run(status, outputs.items, bounded(reply.get("ename"), 200), bounded(reply.get("evalue"), 2000))

    def _collect(self, identity: str, outputs: Outputs, end: float) -> dict:
        """Read until the cell has ended; the content of its reply.

        Raises: TimeoutError at `end`; EOFError when the kernel is gone; what `Channel.receive` raises
        """
        reply, idle, lost = None, False, self._shell.lost
        while reply is None or not idle:
            for message in self._receive(end):
                if message.parent != identity:
                    continue
                if message.kind == "execute_reply":
                    reply, end = message.content, min(end, time.monotonic() + STRAGGLER_S)
                elif message.kind == "status":
                    idle = idle or message.content.get("execution_state") == "idle"
                else:
                    with contextlib.suppress(RecursionError):
                        outputs.add(message.kind, message.content)
            if reply is None and self._shell.lost > lost:
                reply, end = TOO_LONG, min(end, time.monotonic() + STRAGGLER_S)
            if time.monotonic() >= end:
                break
        if reply is None:
            raise TimeoutError
        return reply

    def _answered(self, identity: str, end: float) -> bool:
        """Whether the kernel says on both connections, before `end`, that it has served request `identity`."""
        seen = set()
        while len(seen) < 2 and time.monotonic() < end:
            for message in self._receive(end):
                idle = message.kind == "status" and message.content.get("execution_state") == "idle"
                if message.parent == identity and (idle or message.kind == "kernel_info_reply"):
                    seen.add(message.kind)
        return len(seen) == 2

    def _receive(self, end: float) -> list[Message]:
        """What can be read now, waiting for it until `end`.

        Raises: EOFError when the kernel is gone
        """
        wait_ms = max(0.0, end - time.monotonic()) * 1000
        ready = {descriptor for descriptor, _ in self._poller.poll(wait_ms)}
        messages = []
        for channel in (self._iopub, self._shell):
            if channel.fileno() in ready:
                messages += [message for message in map(parse, channel.receive()) if message]
        if self._process.pidfd in ready and not messages:
            raise EOFError("the kernel's process has ended")
        return messages
