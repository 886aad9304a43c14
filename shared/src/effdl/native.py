"""Compile C for the processor that runs this notebook, and call it from Python.

`build(source)` hands C text to the compiler of the PyPI package `ziglang` (clang inside), keeps the library under a
name made of everything that decides what it holds, and loads it by `ctypes`. The first build of a text takes some
seconds, the next one none: `build("int twice(int x) { return 2 * x; }").twice(21)` is 42.

What this leaves out: types. ctypes knows no prototypes, so that a caller states `argtypes` and `restype`, and passes
arrays by `pointer`, which checks what a wrong pointer would spoil silently. Nor is compiled code held back by
anything: it runs in this process, and a wild pointer ends it.

Sources: `zig cc`, https://ziglang.org/documentation/master/; ctypes, https://docs.python.org/3/library/ctypes.html
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import metadata, resources
from pathlib import Path

import torch
from torch import Tensor

__all__ = ["CompileError", "NotInstalled", "available", "build", "cache", "compile_c", "pointer", "source"]

SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
FLAGS = ("-O3", "-std=c11", "-Wall", "-Wextra", "-fno-sanitize=all")  # zig switches UBSan on in builds of its own
SHARED = {"win32": ("-shared",), "linux": ("-shared", "-fPIC", "-Wl,-z,defs")}.get(sys.platform, ("-shared", "-fPIC"))
FILE = "answer.c"  # what messages call the text
SECONDS = 120  # a compiler that runs longer hangs
LINE = re.compile(rf"^{re.escape(FILE)}:(\d+):\d+: (error|warning|note|fatal error): (.*)$")
TYPES = (torch.float32, torch.float64, torch.uint8, torch.int8, torch.int32, torch.int64)


class NotInstalled(RuntimeError):
    """There is no C compiler here; the text says how to get one."""


class CompileError(ValueError):
    """C text that the compiler refuses; `problems` holds (line number, that line of the text, what is wrong)."""

    def __init__(self, problems: Sequence[tuple[int, str, str]], said: str) -> None:
        self.problems, self.said = tuple(problems), said
        rows = [f"line {number}: {wrong}\n    {line.strip()}" for number, line, wrong in problems]
        super().__init__("the C text does not compile\n" + ("\n".join(rows) or said))


def available() -> bool:
    """Whether the compiler is installed.

    Source: ours
    """
    return importlib.util.find_spec("ziglang") is not None


def source(name: str) -> str:
    """The text of a C file that ships with the package, such as "xnor.c".

    Raises: FileNotFoundError if there is none of this name
    Source: the files of effdl/c
    """
    return (resources.files("effdl") / "c" / name).read_text(encoding="utf-8")


def build(source: str, *, flags: Sequence[str] = ()) -> ctypes.CDLL:
    """Compile C text for this processor into a shared library, or find the one made before, and load it.

    `flags` come after -O3 and so override it.

    Raises: NotInstalled without ziglang; CompileError naming the lines that are refused
    Source: `zig cc`

    >>> build("int twice(int x) { return 2 * x; }").twice(21) if available() else 42
    42
    """
    return ctypes.CDLL(str(compile_c(source, [*FLAGS, *SHARED, *flags], suffix=SUFFIX)))


def compile_c(source: str, arguments: Sequence[str], *, suffix: str) -> Path:
    """Run the compiler on C text with these arguments; the path of what it makes, kept for the next time.

    The name of the kept file is a hash of text, arguments, compiler version and processor. It appears whole or not at
    all, also where several processes compile the same text.

    Raises: NotInstalled without ziglang; CompileError naming the lines that are refused
    Source: `zig cc`
    """
    if not available():
        raise NotInstalled("no C compiler: pip install 'effdl[mcu]' (its part ziglang) brings one, without an account")
    deciding = "\0".join([source, *arguments, suffix, metadata.version("ziglang"), _processor()])
    made = cache() / (hashlib.sha256(deciding.encode()).hexdigest()[:24] + suffix)
    if not made.is_file():
        folder = Path(tempfile.mkdtemp(dir=cache()))
        try:
            (folder / FILE).write_text(source, encoding="utf-8")
            _run([*arguments, "-o", made.name, FILE], folder, source)
            os.replace(folder / made.name, made)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return made


def cache() -> Path:
    """The folder of compiled files: $EFFDL_CACHE, else `effdl` in the user's cache folder, else one in the temporary.

    Source: the XDG base directory specification
    """
    named = os.environ.get("EFFDL_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "effdl"
    spare = Path(tempfile.gettempdir()) / f"effdl-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
    for folder in [Path(named)] if named else [home, spare]:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK) and _is_own(folder):
            return folder
    raise PermissionError("cache: no folder for compiled files can be written: set EFFDL_CACHE to one of your own")


def pointer(array: Tensor) -> ctypes.c_void_p:
    """A C pointer to the first value of a tensor, which must be contiguous and on the CPU; it keeps the tensor alive.

    Shapes: array (...), of float32, float64, uint8, int8, int32 or int64
    Raises: ValueError if it is not contiguous or of another type
    Source: `torch.Tensor.data_ptr`

    >>> ctypes.cast(pointer(torch.tensor([7, 8], dtype=torch.int32)), ctypes.POINTER(ctypes.c_int32))[1]
    8
    """
    if array.dtype not in TYPES or not array.is_contiguous() or array.device.type != "cpu":
        raise ValueError(
            f"pointer: needs a contiguous tensor on the CPU of one of {sorted(map(str, TYPES))}, got {array.dtype}, "
            f"shape {tuple(array.shape)}, strides {array.stride()}, on {array.device}"
        )
    to = ctypes.c_void_p(array.data_ptr())  # not a typed pointer: Python would read beyond the end of one
    to.tensor = array  # or its memory could be freed while C still reads it
    return to


def _run(arguments: Sequence[str], folder: Path, source: str) -> None:
    zig = str(cache() / "zig")
    places = {"ZIG_GLOBAL_CACHE_DIR": zig, "ZIG_LOCAL_CACHE_DIR": zig} | os.environ
    command = [sys.executable, "-m", "ziglang", "cc", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=places, text=True, errors="replace", timeout=SECONDS, capture_output=True, check=False
    )
    if done.returncode:
        raise CompileError(_problems(done.stderr, source), done.stderr.strip())


def _problems(said: str, source: str) -> list[tuple[int, str, str]]:
    lines = source.splitlines()
    found = [LINE.match(line) for line in said.splitlines()]
    errors = [(int(match[1]), match[3]) for match in found if match and match[2].endswith("error")]
    return [(number, lines[number - 1] if number <= len(lines) else "", wrong) for number, wrong in errors]


def _processor() -> str:
    """What tells processors apart: a library made for one may hold instructions that another lacks."""
    try:
        flags = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags"))
    except (OSError, StopIteration):
        flags = platform.processor()
    return f"{sys.platform} {platform.machine()} {flags}"


def _is_own(folder: Path) -> bool:
    """A folder of somebody else's could hold somebody else's library."""
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
