"""The same sandbox for kernels that Jupyter starts: nbclient, nbgrader, nbval and JupyterLab use it without a change.

A kernelspec names the provisioner (`kernels/autograder-sandbox`, found when `JUPYTER_PATH` holds `jupyter_path()`), and
may set its traits. The manager is switched to ipc sockets in a private folder before it writes the connection file. The
spec must interrupt by message: a signal would reach bubblewrap and end the kernel.

What this leaves out: the fork server and the guarded client. Jupyter's own client trusts a kernel with its memory and
time, so that the grader does not use this for submissions. The notebook's folder is not shown; `mounts` are.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Dict, Integer, List, Unicode

from autograder.sandbox import bwrap, probe
from autograder.sandbox.api import IsolationUnavailable, Mount, Policy
from autograder.sandbox.cold import PYTHON
from autograder.sandbox.places import find_places
from autograder.sandbox.uids import UidSlot


def jupyter_path() -> str:
    """What `JUPYTER_PATH` must hold for Jupyter to find the kernelspec."""
    return str(Path(__file__).parent)


class SandboxProvisioner(LocalProvisioner):
    """Starts a kernel inside bubblewrap, by the traits' policy."""

    memory_mib = Integer(Policy.memory_mib, help="address space of a process").tag(config=True)
    cpu_s = Integer(Policy.cpu_s, help="CPU seconds of a process").tag(config=True)
    processes = Integer(Policy.processes, help="processes and threads").tag(config=True)
    tmp_mib = Integer(Policy.tmp_mib, help="size of /tmp and of the home folder").tag(config=True)
    mounts = Dict({}, help="host path -> path inside, shown read-only").tag(config=True)
    python_path = List(Unicode(), [], help="folders inside, first on the module path").tag(config=True)

    _folder: str | None = None
    _slot: UidSlot | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        manager = self.parent
        if self._folder is None:
            # the name of a Unix socket has at most 107 bytes
            self._folder = tempfile.mkdtemp(prefix="sandbox-", dir="/tmp")
            manager.transport, manager.cache_ports = "ipc", False
            manager.connection_file = f"{self._folder}/connection.json"
            manager.ip = f"{self._folder}/s"
        kwargs.pop("transport_encryption", None)  # there is no network to encrypt
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        tool = probe.bwrap()
        if tool.problem:
            raise IsolationUnavailable(probe.why_not("bwrap"))
        uid = self._own_uid() if tool.as_root else 0
        policy = self._policy()
        argv = bwrap.bwrap_argv(
            tool.path, policy, find_places(), as_root=tool.as_root, share=Path(self._folder or "/nonexistent")
        )
        config = json.dumps({"uid": uid, "limits": bwrap.limits(policy)})
        kwargs |= {"cwd": "/", "env": {"PATH": os.environ.get("PATH", "")}}
        return await super().launch_kernel([*argv, *PYTHON, f"{bwrap.SCRIPTS}/run.py", config, *cmd], **kwargs)

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart)
        if not restart:
            if self._slot:
                self._slot.close()
            if self._folder:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._slot = self._folder = None

    def _own_uid(self) -> int:
        """A user for this kernel, who owns the folder of its sockets."""
        self._slot = self._slot or UidSlot()
        for path in (self._folder, f"{self._folder}/connection.json"):
            with contextlib.suppress(FileNotFoundError):
                os.chown(path, self._slot.uid, self._slot.uid)
        return self._slot.uid

    def _policy(self) -> Policy:
        return Policy(
            memory_mib=self.memory_mib,
            cpu_s=self.cpu_s,
            processes=self.processes,
            tmp_mib=self.tmp_mib,
            mounts=tuple(Mount(Path(host), inside) for host, inside in self.mounts.items()),
            python_path=tuple(self.python_path),
        )
