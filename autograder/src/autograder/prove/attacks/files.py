"""Files that are no notebooks, or more than one can bear: refused with a clear line, and nobody waits for them."""

from __future__ import annotations

import io
import json
import os
import socket
import stat
import tarfile
import zipfile
from pathlib import Path

from autograder.lab import Lab
from autograder.prove.attacks.registry import hand_in
from autograder.prove.notebooks import blank, solved

HONEST, EXPORT = "honest", "export.zip"


def place(lab: Lab, folder: Path, student: str) -> Path:
    """Where a student's notebook lies; its folder is made."""
    path = folder / student / lab.name / f"{lab.stem}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def put(lab: Lab, folder: Path, student: str, notebook: dict | None = None) -> Path:
    """Hand in a notebook (default: the lab solved) as nbgrader's exchange lays it down."""
    path = place(lab, folder, student)
    path.write_text(json.dumps(notebook or solved(lab)), encoding="utf-8")
    return path


@hand_in
def honest_student(lab: Lab, folder: Path) -> None:
    put(lab, folder, HONEST)


@hand_in
def links(lab: Lab, folder: Path) -> None:
    """Links to another student's notebook, to a system file, to a folder, to nothing and to itself."""
    target = place(lab, folder, HONEST)
    for student, to in (("link-file", target), ("link-system", Path("/etc/passwd")), ("link-nothing", Path("nowhere"))):
        place(lab, folder, student).symlink_to(to)
    own = place(lab, folder, "link-itself")
    own.symlink_to(own)
    (folder / "link-folder").symlink_to(folder / HONEST)


@hand_in
def hard_link(lab: Lab, folder: Path) -> None:
    """A second name of one file: nothing tells it from a copy."""
    target = place(lab, folder, HONEST)
    if not target.exists():
        put(lab, folder, HONEST)
    os.link(target, place(lab, folder, "link-hard"))


@hand_in
def pipes_and_devices(lab: Lab, folder: Path) -> None:
    os.mkfifo(place(lab, folder, "node-pipe"))
    device = place(lab, folder, "node-device")
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        os.mkfifo(device)
    here = Path.cwd()
    os.chdir(place(lab, folder, "node-socket").parent)  # the path of a socket may have some hundred bytes only
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"{lab.stem}.ipynb")
    finally:
        os.chdir(here)


@hand_in
def folders_as_files(lab: Lab, folder: Path) -> None:
    place(lab, folder, "folder-notebook").mkdir()
    (folder / "folder-empty").mkdir(parents=True)


@hand_in
def large_files(lab: Lab, folder: Path) -> None:
    """100 MB, once without content and once in one cell."""
    path = place(lab, folder, "large-sparse")
    path.touch()
    os.truncate(path, 100_000_000)
    notebook = solved(lab)
    notebook.cells[0].source = "x" * 100_000_000
    put(lab, folder, "large-cell", notebook)


@hand_in
def json_bombs(lab: Lab, folder: Path) -> None:
    place(lab, folder, "json-deep").write_text('{"cells": ' + "[" * 10**5 + "]" * 10**5 + "}")
    place(lab, folder, "json-wide").write_text('{"cells": [' + "0," * (5 * 10**6) + "0]}")
    place(lab, folder, "json-number").write_text('{"nbformat": 1' + "0" * 10**6 + ', "cells": []}')
    cells = '{"cell_type": "code", "source": "", "metadata": {}},' * 10**5
    place(lab, folder, "json-cells").write_text('{"nbformat": 4, "metadata": {}, "cells": [' + cells[:-1] + "]}")


@hand_in
def no_notebooks(lab: Lab, folder: Path) -> None:
    """Text, bytes, other encodings, JSON that is no notebook, cells that are none."""
    contents = {
        "text-empty": b"",
        "text-plain": b"I lost my laptop.",
        "text-bytes": bytes(range(256)) * 99,
        "text-utf16": json.dumps(solved(lab)).encode("utf-16"),
        "text-list": b"[1, 2]",
        "text-nan": b'{"nbformat": NaN, "cells": [NaN]}',
        "text-cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}, 7]}',
    }
    for student, content in contents.items():
        place(lab, folder, student).write_bytes(content)


@hand_in
def half_characters(lab: Lab, folder: Path) -> None:
    """Half of a surrogate pair, which JSON may hold and no file may."""
    notebook = solved(lab)
    notebook.cells[0].source += "\ud800"
    notebook.cells[-1].metadata["effdl"]["role"] = "\udfff"
    put(lab, folder, "half", notebook)


@hand_in
def archives(lab: Lab, folder: Path) -> None:
    """Members that climb out of the folder, that are links, and that unpack to far more than they take."""
    (folder / "archive-zip").mkdir(parents=True)
    with zipfile.ZipFile(folder / "archive-zip" / f"{lab.name}.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("../../ESCAPED.ipynb", "/tmp/ESCAPED.ipynb", "C:\\ESCAPED.ipynb"):
            file.writestr(name, "{}")
        file.writestr("bomb.ipynb", b"0" * 10**8)
    (folder / "archive-tar").mkdir()
    with tarfile.open(folder / "archive-tar" / f"{lab.name}.tar.gz", "w:gz") as file:
        link = tarfile.TarInfo("escape")
        link.type, link.linkname = tarfile.SYMTYPE, "/tmp"
        file.addfile(link)
        file.addfile(tarfile.TarInfo("escape/ESCAPED.ipynb"), io.BytesIO())
    (folder / f"archive-flat_{lab.name}.zip").write_bytes(b"PK\x03\x04")


@hand_in
def many_files(lab: Lab, folder: Path) -> None:
    """An untouched lab among thousands of files."""
    path = put(lab, folder, "many", blank(lab))
    for i in range(3000):
        (path.parent / f"{i}.txt").touch()


@hand_in
def class_archive(lab: Lab, folder: Path) -> None:
    """A class's export, graded after the class itself: members that climb out, a link, a bomb, an archive within."""
    name = f"{lab.name}/{lab.stem}.ipynb"
    with zipfile.ZipFile(folder.parent / EXPORT, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{HONEST}/{name}", json.dumps(solved(lab)))
        for outside in ("../../ESCAPED.ipynb", "/tmp/ESCAPED.ipynb", "C:\\ESCAPED.ipynb"):
            file.writestr(outside, "{}")
        link = zipfile.ZipInfo(f"zip-link/{name}")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
        file.writestr(f"zip-bomb/{name}", b"0" * 40_000_000)
        file.writestr(f"zip-within/{lab.name}.zip", b"PK\x03\x04")
