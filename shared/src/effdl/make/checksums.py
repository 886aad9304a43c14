"""Keep the two lists of `data/`: `python -m effdl.make.checksums` writes checksums.txt and README.md's table anew.

The scripts beside this one write their files with it, so that a new file is listed at once.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

__all__ = ["DATA", "OWN", "main", "record", "table", "write", "write_results"]

DATA = Path(__file__).resolve().parents[4] / "data"
OWN = ("README.md", "checksums.txt")
BEGIN, END = "<!-- files, written by effdl.make.checksums -->", "<!-- end of files -->"


def write(path: Path, content: bytes) -> None:
    """Write a file, and list it if it lies in `data/`."""
    path.write_bytes(content)
    if path.parent == DATA:
        record()


def write_results(lab: str, results: dict[str, Any], folder: Path = DATA) -> None:
    """Write what a lab's experiments gave, for `effdl.data.results(lab)` to read."""
    write(folder / f"{lab}_results.json", (json.dumps(results, indent=1) + "\n").encode())


def known_results(lab: str, folder: Path = DATA) -> dict[str, Any]:
    """What was measured of a lab before; nothing if nothing was."""
    path = folder / f"{lab}_results.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def record(folder: Path = DATA) -> list[str]:
    """Write `checksums.txt` for the files of `folder`, in the format of sha256sum, and the table of its README.

    Returns the lines of checksums.txt.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names if name not in OWN]
    (folder / "checksums.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    readme = folder / "README.md"
    if readme.is_file():
        before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
        readme.write_text(f"{before}{BEGIN}\n{table(folder)}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
    return lines


def table(folder: Path = DATA) -> str:
    """The files that `checksums.txt` lists, as a Markdown table: name, bytes, SHA-256."""
    rows = ["| file | bytes | SHA-256 |", "|---|---:|---|"]
    for line in (folder / "checksums.txt").read_text(encoding="utf-8").splitlines():
        digest, name = line.split(maxsplit=1)
        rows.append(f"| `{name}` | {(folder / name).stat().st_size:,} | `{digest}` |")
    return "\n".join(rows)


def main() -> None:
    """List the checksums of all data files, on disk and on the screen."""
    print("\n".join(record()))


if __name__ == "__main__":
    main()
