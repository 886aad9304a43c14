"""How the files of an output folder are written: whole or not at all; and read: damage is said in one line."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# how the name of a file begins that is being written
UNFINISHED = ".new-"


class OutputError(ValueError):
    """The output folder cannot be used; the message says why and how to mend it."""


def damaged(path: Path, problem: Exception) -> OutputError:
    return OutputError(f"{path}: is damaged ({problem}); restore it, or choose another --out")


def read_json(path: Path) -> Any:
    """What a file holds.

    Raises: OutputError if it was damaged
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise damaged(path, problem) from problem


def write_json(path: Path, data: Any) -> None:
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    write_parts(path, [content])


def write_parts(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file whole or not at all, one part after the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
