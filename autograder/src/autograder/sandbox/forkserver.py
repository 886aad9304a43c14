"""Kernels from a fork server: a Python inside bubblewrap that has imported everything, and forks a kernel a request.

A kernel is ready in a tenth of a second instead of seconds, and has the same guarantees as a cold one: its own
namespaces, user, scratch folders and limits (`inside/server.py` makes them).
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence

from autograder.sandbox import bwrap
from autograder.sandbox.api import Policy
from autograder.sandbox.client import KernelClient
from autograder.sandbox.cold import complaint, spawn, stop, take_kernel
from autograder.sandbox.places import find_places
from autograder.sandbox.probe import Bwrap
from autograder.sandbox.uids import UidSlot

CAPABILITIES = ("CAP_SYS_ADMIN", "CAP_NET_ADMIN")
BOOT_S = 120.0


class ForkSandbox:
    """See `api.Sandbox`; a server that has died is started again at the next kernel."""

    isolation = "bwrap"

    def __init__(self, policy: Policy, tool: Bwrap, preload: Sequence[str] = ()) -> None:
        self._policy, self._tool, self._modules = policy, tool, list(preload)
        self._server: subprocess.Popen | None = None
        self._boot()

    @contextlib.contextmanager
    def kernel(self) -> Iterator[KernelClient]:
        if self._server is None or self._server.poll() is not None:
            self._boot()
        with contextlib.ExitStack() as stack:
            uid = stack.enter_context(contextlib.closing(UidSlot())).uid if self._tool.as_root else 0
            ours, theirs = map(stack.enter_context, map(contextlib.closing, socket.socketpair()))
            key = secrets.token_hex(16)
            request = {
                "folder": bwrap.KERNEL_FOLDER,
                "key": key,
                "uid": uid,
                "limits": bwrap.limits(self._policy),
                "scratch": bwrap.scratch(self._policy),
                "trees": self._trees,
            }
            socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno()])
            theirs.close()
            kernel = take_kernel(ours, key, self._policy, None)
            stack.callback(kernel.close)
            yield kernel

    def close(self) -> None:
        """End the server and with it all that it forked."""
        if self._server is not None:
            self._control.close()
            stop(self._server)
            self._server = None

    def _boot(self) -> None:
        """Start the server and wait until it has imported its modules.

        Raises: RuntimeError with what it said, if it ended instead
        """
        self.close()
        places = find_places(self._policy.mask)
        self._trees = bwrap.trees_in_scratch(self._policy, places)
        argv = bwrap.bwrap_argv(
            self._tool.path, self._policy, places, as_root=self._tool.as_root, capabilities=CAPABILITIES
        )
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = (sys.executable, "-s", f"{bwrap.SCRIPTS}/server.py", str(theirs.fileno()), json.dumps(self._modules))
        self._server = spawn([*argv, *command], theirs)
        theirs.close()
        self._control.settimeout(BOOT_S)
        try:
            hello = self._control.recv(4096)
        except OSError:
            hello = b""
        if not hello:
            said = complaint(b"", self._server)
            self.close()
            raise RuntimeError(f"the fork server could not be started: {said}")
