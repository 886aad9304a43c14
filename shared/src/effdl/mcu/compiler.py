"""From a text of C to a program: clang and lld, as the wheel of Zig brings them, shut off from the host's files.

Each runs as one short process in a folder of its own. A virtual file system shows the compiler this folder and its own
headers, and nothing else, so that `#include` and `#embed` find no file of the host; inline assembly, which could
include files too, is switched off. The text is compiled as it stands, after a forced `#include` of <stdint.h>,
<stddef.h>, <stdbool.h> and <arm_acle.h>, so that its line numbers stay.

What this leaves out: a C library, 64-bit division and `double` where the part has no unit for it.

Sources: the manuals of clang and lld.
"""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path

from effdl.mcu.complaints import compile_error, link_error
from effdl.mcu.errors import CompileError, OutOfSram
from effdl.mcu.image import Program, read_program
from effdl.mcu.parts import Part, part_named
from effdl.mcu.tool import run_tool, tool

__all__ = ["compile"]

MAX_SOURCE_BYTES = 256 * 1024
RUNTIME = Path(__file__).parents[1] / "c" / "mcu_runtime.c"
HEADERS = ("stdint.h", "stddef.h", "stdbool.h", "arm_acle.h")
FLAGS = (
    *("-std=gnu11", "-ffreestanding", "-fno-builtin", "-nostdinc", "-fno-gnu-inline-asm", "-gline-tables-only"),
    *("-gdwarf-4", "-Wall", "-Wno-unused-function", "-ferror-limit=5", "-fno-caret-diagnostics"),
    *("-fno-color-diagnostics", "-fno-crash-diagnostics", "-fno-pic", "-fno-exceptions", "-mfloat-abi=hard"),
)
LINK_FLAGS = (
    "--threads=1",
    "--no-dependent-libraries",
    "--entry=0",
    "--gc-sections",
    "--orphan-handling=error",
    "-T",
    "part.ld",
)
# the regions are larger than the part's: what does not fit is found afterwards, with the exact number of bytes
SCRIPT = """
MEMORY {{
  FLASH (rx) : ORIGIN = {flash_base}, LENGTH = 64M
  RAM (rw) : ORIGIN = {sram_base}, LENGTH = 64M
}}
SECTIONS {{
  .text : {{ KEEP(*answer.o(.text .text.* .rodata .rodata.*)) *(.text .text.* .rodata .rodata.*) }} > FLASH
  .data : {{ KEEP(*(.data .data.*)) }} > RAM AT > FLASH
  .bss : {{ KEEP(*(.bss .bss.*)) *(COMMON) }} > RAM
  .debug_line 0 : {{ *(.debug_line) }}
  .debug_info 0 : {{ *(.debug_info) }}
  .debug_abbrev 0 : {{ *(.debug_abbrev) }}
  .debug_str 0 : {{ *(.debug_str) }}
  .symtab 0 : {{ *(.symtab) }}
  .strtab 0 : {{ *(.strtab) }}
  .shstrtab 0 : {{ *(.shstrtab) }}
  /DISCARD/ : {{ *(.ARM.* .note* .llvm* .comment .debug_*) }}
}}
"""


def compile(source: str, *, part: str = "stm32f412", opt: str = "-O2") -> Program:
    """Compile a text of C for a part; `opt` are the compiler's options on optimization, separated by blanks.

    The same text is compiled once in a process.

    Raises: CompileError naming the line, or that the compiler is not installed; OutOfSram if the static data is too
        large; ValueError for an unknown part
    """
    if not isinstance(source, str):
        raise TypeError(f"mcu.compile: source must be a text of C, got {type(source).__name__}")
    return _compile(source, part_named(part), tuple(opt.split()))


@functools.lru_cache(maxsize=256)
def _compile(source: str, part: Part, opt: tuple[str, ...]) -> Program:
    text = source.encode("utf-8", "replace")
    if len(text) > MAX_SOURCE_BYTES:
        raise CompileError(f"the text has {len(text):,} bytes, at most {MAX_SOURCE_BYTES:,} are compiled")
    with tempfile.TemporaryDirectory(prefix="effdl-mcu-") as name:
        folder = Path(name).resolve()
        (folder / "answer.c").write_bytes(text)
        (folder / "runtime.o").write_bytes(_runtime(part))
        (folder / "part.ld").write_text(SCRIPT.format_map(vars(part)), encoding="utf-8")
        warnings = _clang(folder, part, "answer", opt, source)
        done = run_tool(folder, "ld.lld", *LINK_FLAGS, "answer.o", "runtime.o", "-o", "answer.elf")
        if done.returncode:
            raise link_error(done.stderr)
        program = read_program((folder / "answer.elf").read_bytes(), part, source, warnings)
    if program.flash_bytes > part.flash_bytes:
        raise CompileError(
            f"out of flash: the program needs {program.flash_bytes:,} bytes, the part has {part.flash_bytes:,}"
        )
    if program.static_sram_bytes > part.sram_bytes:
        raise OutOfSram(program.static_sram_bytes, part.sram_bytes, "the program's static arrays and variables")
    return program


@functools.cache
def _runtime(part: Part) -> bytes:
    with tempfile.TemporaryDirectory(prefix="effdl-mcu-") as name:
        folder = Path(name).resolve()
        source = RUNTIME.read_text(encoding="utf-8")
        (folder / "runtime.c").write_text(source, encoding="utf-8")
        _clang(folder, part, "runtime", ("-Os", "-ffunction-sections", "-g0"), source)
        return (folder / "runtime.o").read_bytes()


def _clang(folder: Path, part: Part, stem: str, opt: tuple[str, ...], source: str) -> tuple[str, ...]:
    """Compile `stem.c` to `stem.o`; the compiler's warnings."""
    headers = tool().parent / "lib" / "include"
    shown = [{"type": "directory-remap", "name": str(p), "external-contents": str(p)} for p in (folder, headers)]
    overlay = {"version": 0, "redirecting-with": "redirect-only", "roots": shown}
    (folder / "files.json").write_text(json.dumps(overlay), encoding="utf-8")
    target = ("-target", "thumbv7em-none-eabihf", f"-mcpu={part.core}", f"-mfpu={part.fpu}")
    included = [flag for header in HEADERS for flag in ("-include", header)]
    options = (*target, *FLAGS, *opt, "-isystem", str(headers), "-ivfsoverlay", "files.json", *included)
    done = run_tool(folder, "clang", *options, "-c", f"{stem}.c", "-o", f"{stem}.o")
    if done.returncode:
        raise compile_error(done.stderr, source)
    return tuple(line.partition(":")[2] for line in done.stderr.splitlines() if line.startswith(f"{stem}.c:"))
