"""Find and run the one program that is compiler and linker, within limits and without the host's environment.

What this leaves out: limits on memory and processor time where the system cannot set them for another process; there
the clock is the only limit.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import subprocess
from pathlib import Path

from effdl.mcu.errors import CompileError

__all__ = ["run_tool", "tool"]

WALL_S = 8
MEMORY_BYTES = 4 << 30


def run_tool(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Zig's in a folder; its messages come back without the names of the host's folders.

    Raises: CompileError if it is not installed, or not done in time
    """
    # nothing else of the environment: some of its variables change what a compiler does
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    environment = {**kept, "TMPDIR": str(folder), "TMP": str(folder), "LC_ALL": "C"}
    with subprocess.Popen(
        [str(tool()), *command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        try:
            _limit(process.pid)
            _, said = process.communicate(timeout=WALL_S)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise CompileError(f"the compiler was stopped: it was not done after {WALL_S} s") from None
        except BaseException:
            _kill(process)
            raise
    for place in (folder, tool().parent):
        said = said.replace(str(place) + os.sep, "")
    return subprocess.CompletedProcess(command, process.returncode, "", said)


def _limit(pid: int) -> None:
    """Let the system end a process that takes too much, even where nobody may send it a signal."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        for kind, most in ((resource.RLIMIT_CPU, WALL_S), (resource.RLIMIT_AS, MEMORY_BYTES)):
            ceiling = resource.prlimit(pid, kind)[1]
            most = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
            resource.prlimit(pid, kind, (most, most))


def _kill(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(PermissionError):  # a sandbox may refuse every signal
        process.kill()


@functools.cache
def tool() -> Path:
    """The program `zig`, which is clang and lld too.

    Raises: CompileError with the command that installs it
    """
    found = importlib.util.find_spec("ziglang")
    if found is None or found.origin is None:
        raise CompileError('there is no compiler: install it with pip install "effdl[mcu]", or pip install ziglang')
    return Path(found.origin).parent / ("zig.exe" if os.name == "nt" else "zig")
