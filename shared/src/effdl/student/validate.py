"""Read a notebook that is handed in, or say in one line what is wrong with it and how to mend it.

`effdl submit` and the grader's intake use the same function, so that what the one accepts the other does. Standard
library and nbformat only: this also runs on Colab. The notebook comes back rebuilt: current format, unique cell ids,
no outputs, and only the metadata that the course reads.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat

__all__ = ["MAX_BYTES", "MAX_CELLS", "MAX_DEPTH", "InvalidSubmission", "defined_names", "read_submission"]

MAX_BYTES = 50_000_000
MAX_CELLS = 2_000
MAX_DEPTH = 50
MAX_VALUES = 3_000_000
KINDS = ("code", "markdown", "raw")
DEFINITION = re.compile(r"^(?:(?:async\s+)?def|class)\s+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
SAVE_AGAIN = "open it in JupyterLab, save it and hand in the saved .ipynb file"


class InvalidSubmission(ValueError):
    """A file that cannot be graded; the message is one line that names the file, the fault and the mend."""


def read_submission(
    path: Path, exercises: Mapping[str, Iterable[str]] | None = None
) -> tuple[nbformat.NotebookNode, str]:
    """The notebook in `path`, rebuilt, and the name of its lab ("lab03").

    `exercises` maps each lab to the names that it asks for; without it the notebook's own metadata are believed. A
    notebook whose metadata were lost belongs to the lab whose names it defines most of.

    Raises: InvalidSubmission
    """
    name = _printable(path.name)
    try:
        tree = _parse(path)
        _check_depth(tree)
        notebook = _rebuild(tree)
        lab = _lab_of(notebook, {lab: set(names) for lab, names in (exercises or {}).items()})
        nbformat.validate(notebook)
    except InvalidSubmission as fault:
        raise InvalidSubmission(f"{name}: {fault}") from None
    except RecursionError:
        raise InvalidSubmission(f"{name}: is nested too deeply to be a notebook; {SAVE_AGAIN}") from None
    except nbformat.ValidationError as fault:
        reason = _printable(str(fault).splitlines()[0][:120])
        raise InvalidSubmission(f"{name}: is not a valid notebook ({reason}); {SAVE_AGAIN}") from None
    return notebook, lab


def defined_names(notebook: nbformat.NotebookNode) -> set[str]:
    """Every name that a code cell defines at its top level, by `def`, `class` or `=`; cells need not parse."""
    cells = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    return {match[1] or match[2] for source in cells for match in DEFINITION.finditer(source)}


def _parse(path: Path) -> dict[str, Any]:
    text = _read_text(path)
    if sum(map(text.count, "[{,")) > MAX_VALUES:  # they would take gigabytes once parsed
        raise InvalidSubmission(f"holds more than {MAX_VALUES} values; clear all outputs, save it and hand it in again")
    try:
        tree = json.loads(text)
        if "\\ud" in text.lower():  # half of a character pair is legal JSON and cannot be written to any file
            tree = json.loads(json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace"))
    except ValueError:
        raise InvalidSubmission(f"is not a notebook (no valid JSON); {SAVE_AGAIN}") from None
    if not isinstance(tree, dict) or not ("cells" in tree or "worksheets" in tree):
        raise InvalidSubmission(f"is not a notebook (it has no cells); {SAVE_AGAIN}")
    return tree


def _read_text(path: Path) -> str:
    try:
        about = path.lstat()
        if stat.S_ISDIR(about.st_mode):
            raise InvalidSubmission("is a folder; hand in the .ipynb file itself")
        if not stat.S_ISREG(about.st_mode):
            raise InvalidSubmission("is a link or a device; hand in the .ipynb file itself")
        if about.st_size == 0:
            raise InvalidSubmission(f"is empty; {SAVE_AGAIN}")
        if about.st_size > MAX_BYTES:
            raise InvalidSubmission(
                f"has {about.st_size / 1e6:.0f} MB, at most {MAX_BYTES / 1e6:.0f} MB are taken; "
                "clear all outputs, save it and hand it in again"
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidSubmission(f"is not a notebook (no UTF-8 text); {SAVE_AGAIN}") from None
    except OSError as problem:
        raise InvalidSubmission(f"cannot be read ({problem.strerror}); check the name and its permissions") from None


def _check_depth(tree: Any) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise RecursionError
        inner = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, (dict, list)))
        level = [part for parts in inner for part in parts]


def _rebuild(tree: dict[str, Any]) -> nbformat.NotebookNode:
    if tree.get("nbformat") != 4:
        tree = _upgrade(tree)
    cells = tree.get("cells")
    if not isinstance(cells, list) or len(cells) > MAX_CELLS:
        raise InvalidSubmission(f"has no list of at most {MAX_CELLS} cells; start again from 'effdl start'")
    about = tree.get("metadata")
    about = about.get("effdl") if isinstance(about, dict) else None
    taken: set[str] = set()
    made = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"effdl": about} if isinstance(about, dict) else {},
        "cells": [_cell(position, cell, taken) for position, cell in enumerate(cells)],
    }
    return nbformat.from_dict(made)


def _upgrade(tree: dict[str, Any]) -> dict[str, Any]:
    version = tree.get("nbformat")
    if not isinstance(version, int) or not 1 <= version <= 3:
        raise InvalidSubmission(f"has the unknown notebook format {_printable(repr(version))[:20]}; {SAVE_AGAIN}")
    try:
        upgraded = nbformat.convert(nbformat.from_dict(tree), 4)
    except RecursionError:
        raise
    except Exception:  # the converters of old formats raise whatever a malformed cell makes them stumble over
        raise InvalidSubmission(f"cannot be converted from notebook format {version}; {SAVE_AGAIN}") from None
    for cell in upgraded["cells"]:
        cell.pop("id", None)  # drawn at random by the converter
    return upgraded


def _cell(position: int, cell: Any, taken: set[str]) -> dict[str, Any]:
    # nbformat's own makers validate each cell, which takes ten times as long as validating all of them once
    kind = cell.get("cell_type") if isinstance(cell, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidSubmission(f"cell {position + 1} is neither code nor text; {SAVE_AGAIN}")
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise InvalidSubmission(f"cell {position + 1} has a source that is no text; {SAVE_AGAIN}")
    metadata = cell.get("metadata")
    kept = (
        {key: metadata[key] for key in ("effdl", "nbgrader") if key in metadata} if isinstance(metadata, dict) else {}
    )
    if not all(isinstance(value, dict) for value in kept.values()):
        raise InvalidSubmission(f"cell {position + 1} has damaged metadata; {SAVE_AGAIN}")
    made = {"cell_type": kind, "metadata": kept, "source": source}
    made |= {"execution_count": None, "outputs": []} if kind == "code" else {}
    return made | {"id": _unique_id(cell.get("id"), position, source, taken)}


def _unique_id(given: Any, position: int, source: str, taken: set[str]) -> str:
    if not isinstance(given, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given) or given in taken:
        given = hashlib.sha256(f"{position} {source}".encode()).hexdigest()[:12]
    taken.add(given)
    return given


def _lab_of(notebook: nbformat.NotebookNode, exercises: dict[str, set[str]]) -> str:
    names = defined_names(notebook)
    about = notebook.metadata.get("effdl", {})
    lab = about.get("lab")
    if not isinstance(lab, str) or not re.fullmatch(r"lab\d{2}", lab):
        lab = max(exercises, key=lambda known: len(exercises[known] & names), default=None)
        if lab is None or not exercises[lab] & names:
            raise InvalidSubmission("is no lab of this course; hand in the notebook that 'effdl start' made for you")
        return lab
    wanted = exercises.get(lab) or _own_names(about)
    if wanted and not wanted & names:
        raise InvalidSubmission(f"defines none of the exercises of {lab}; start again from 'effdl start {lab}'")
    return lab


def _own_names(about: Mapping[str, Any]) -> set[str]:
    entries = about.get("exercises")
    entries = entries if isinstance(entries, list) else []
    listed = (entry.get("names") for entry in entries if isinstance(entry, dict))
    return {name for names in listed if isinstance(names, list) for name in names if isinstance(name, str)}


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
