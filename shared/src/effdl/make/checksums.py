"""Keep `data/checksums.txt`: `python -m effdl.make.checksums` lists every file of `data/` anew."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["DATA", "main", "record"]

DATA = Path(__file__).resolve().parents[4] / "data"
OWN = ("README.md", "checksums.txt")


def record(folder: Path = DATA) -> list[str]:
    """Write `checksums.txt` for the files of `folder`, in the format of sha256sum; returns its lines."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names if name not in OWN]
    (folder / "checksums.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lines


def main() -> None:
    """List the checksums of all data files, on disk and on the screen."""
    print("\n".join(record()))


if __name__ == "__main__":
    main()
