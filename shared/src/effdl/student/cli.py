"""The command `effdl`: start a lab, see how far it is, hand it in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from effdl.student import progress, start, submit
from effdl.student.validate import InvalidSubmission

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it did what was asked, 1 if not, with one line on standard error that says why."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (start.Refused, InvalidSubmission) as fault:
        print(f"effdl: {fault}", file=sys.stderr)
        return 1


def _start(options: argparse.Namespace) -> int:
    path, is_new = start.copy_lab(options.lab, start.work_folder())
    print(f"{_short(path)} {'is your copy: work in it' if is_new else 'is already there and stays as it is'}")
    if not options.no_open:
        start.open_notebook(path)
    return 0


def _progress(_options: argparse.Namespace) -> int:
    work = start.work_folder()
    notebooks = start.notebooks(work)
    if not notebooks:
        raise start.Refused(f"there is no notebook in {work}: run 'effdl start lab03' first")
    print(progress.table([progress.look(path) for path in notebooks]))
    return 0


def _submit(options: argparse.Namespace) -> int:
    work = start.work_folder()
    notebook = options.file or submit.find_notebook(options.lab, work)
    out = options.out or work / submit.FOLDER
    target = submit.hand_in(notebook, options.lab, options.id, out, replace=options.replace)
    print(
        "\n".join([*progress.missing(progress.look(notebook)), f"{_short(target)} is ready: upload this file as it is"])
    )
    return 0


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="effdl", description="Efficient Deep Learning Labs, for students.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser("start", help="copy a lab to ./work (never overwriting) and open JupyterLab")
    add.add_argument("lab", nargs="?", default="index", help="for example lab03; without it the index of all labs")
    add.add_argument("--no-open", action="store_true", help="only copy")
    add.set_defaults(run=_start)
    add = commands.add_parser(
        "progress", help="list what is written and which checks have passed, for each lab in ./work"
    )
    add.set_defaults(run=_progress)
    add = commands.add_parser("submit", help="check a notebook and write the file to hand in")
    add.add_argument("lab", help="for example lab03")
    add.add_argument("--id", required=True, help="your student id")
    add.add_argument("--file", type=Path, help="the notebook, if it is not the only one of this lab in ./work")
    add.add_argument("--out", type=Path, help="where to write; default: work/submissions")
    add.add_argument("--replace", action="store_true", help="replace a file that was written before")
    add.set_defaults(run=_submit)
    return parser


if __name__ == "__main__":
    sys.exit(main())
