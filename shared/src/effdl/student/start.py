"""Begin a lab: copy it to `work/` and open it."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

from effdl.place import checkout

__all__ = ["Refused", "copy_lab", "lab_name", "notebooks", "open_notebook", "released", "work_folder"]

FOLDER, INDEX = "work", "index.ipynb"


class Refused(Exception):
    """What was asked for cannot be done; the message is one line that says why and what to do instead."""


def work_folder() -> Path:
    """`work/`, a student's copies, which nothing here ever overwrites.

    It is below the current folder, beside a current `labs/`, or the current folder itself if that is its name.
    """
    here = Path.cwd()
    if here.name == FOLDER:
        return here
    return (here.parent if here.name == "labs" else here) / FOLDER


def notebooks(work: Path) -> list[Path]:
    """The notebooks in a folder, but for the index."""
    return sorted(path for path in work.glob("*.ipynb") if path.name != INDEX)


def released() -> dict[str, Path]:
    """The labs of this course by name, {"lab03": path}, from the checkout's `labs/`.

    Raises: Refused if there are none
    """
    folder = checkout() / "labs"
    found = {path.name[:5]: path for path in sorted(folder.glob("lab[0-9][0-9]_*.ipynb"))}
    if not found:
        raise Refused(f"there are no labs in {folder}: install effdl from a checkout of the course")
    return found


def copy_lab(lab: str, work: Path) -> tuple[Path, bool]:
    """The student's copy of a lab, or of the "index", in `work`, and whether it was made just now.

    An existing one stays as it is.

    Raises: Refused if the course has no such lab, or `work` cannot be written
    """
    labs, name = released(), lab_name(lab)
    index = checkout() / "labs" / INDEX
    source = index if name == index.stem else labs.get(name)
    if source is None or not source.is_file():
        raise Refused(f"there is no lab {lab!r}; this course has: {', '.join(labs)}")
    target = work / source.name
    if work.exists() and not work.is_dir():
        raise Refused(f"{work} is a file: move it elsewhere, the lab goes into a folder of that name")
    try:
        work.mkdir(exist_ok=True)
        with target.open("xb") as copy:
            copy.write(source.read_bytes())
    except FileExistsError:
        if not target.is_file():
            raise Refused(f"{target} is in the way: move it elsewhere") from None
        return target, False
    except OSError as problem:
        raise Refused(f"{target} cannot be written ({problem.strerror}): start in a folder of your own") from None
    return target, True


def lab_name(text: str) -> str:
    """ "3", "03" and "lab3" all mean "lab03"; anything else comes back as it is."""
    number = re.fullmatch(r"(?:lab)?0?(\d{1,2})", text.strip().lower(), re.ASCII)
    return f"lab{int(number[1]):02d}" if number else text


def open_notebook(path: Path) -> None:
    """Open JupyterLab on a notebook and wait until it ends, in the Python that effdl is installed in.

    Raises: Refused if JupyterLab is not installed
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise Refused(f"JupyterLab is not installed: run 'pip install jupyterlab', or open {path} in another editor")
    subprocess.run([sys.executable, "-m", "jupyterlab", os.path.relpath(path)], check=False)
