"""Run notebooks and tell which of their visible checks pass: `python visible_checks.py work/lab03*.ipynb`.

The exit code is 0 if all do. What a notebook does, it does here: run it only where its author may do as they like.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

CELL_S = 600


def failed_checks(path: Path) -> tuple[list[str], list[str]]:
    """The ids of the checks of a notebook, and of those that do not pass."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=CELL_S, allow_errors=True, resources=where).execute()
    checks = [cell for cell in notebook.cells if cell.metadata.get("effdl", {}).get("role") == "check"]
    failed = [cell for cell in checks if any(output.output_type == "error" for output in cell.outputs)]
    return [cell.metadata.effdl.id for cell in checks], [cell.metadata.effdl.id for cell in failed]


def main(paths: list[str]) -> int:
    bad = 0 if paths else 1
    for path in map(Path, paths):
        checks, failed = failed_checks(path)
        bad += len(failed) or not checks
        for check in checks:
            print(f"{path.name} {check}: {'not yet' if check in failed else 'passes'}")
        if not checks:
            print(f"{path.name}: is no lab, it has no checks")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
