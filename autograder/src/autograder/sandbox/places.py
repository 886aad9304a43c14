"""Which of the machine's folders a sandbox needs, and what in them must be hidden."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

INSIDE = Path(__file__).parent / "inside"
MASKED = INSIDE / "masked"
PACKAGE = Path(__file__).parents[1]
ALWAYS_HIDDEN = (Path("/usr/src"), Path("/usr/local/src"))


@dataclass(frozen=True)
class Places:
    """`shown` are the trees that hold this Python, `hidden` what lies within them (or within /usr) and is masked."""

    shown: tuple[Path, ...]
    hidden: tuple[Path, ...]


def find_places(mask: Iterable[Path] = ()) -> Places:
    """The trees of the running Python, without the grader's own package and without `mask`.

    A mask that none of the trees contains is left out: it is not seen anyway.
    """
    real = Path(sys.executable).resolve()
    trees = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.base_prefix).resolve()}
    if not any(real.is_relative_to(tree) for tree in (*trees, Path("/usr"))):
        trees.add(real.parent.parent)
    shown = tuple(sorted(tree for tree in trees if not tree.is_relative_to("/usr")))
    own = [PACKAGE, *PACKAGE.parent.glob("autograder-*.dist-info")]
    wanted = [path.absolute() for path in (*mask, *own, *ALWAYS_HIDDEN) if path.exists()]
    seen = (*shown, Path("/usr"))
    hidden = {path for path in wanted if any(path.is_relative_to(tree) for tree in seen) and path not in seen}
    return Places(shown, tuple(sorted(hidden)))


def readable_parts(places: Places) -> tuple[list[str], list[str]]:
    """The shown trees and /usr as paths that hold nothing hidden, and the folders on the way (to be listed only).

    For Landlock, whose rules cannot take out of a tree what they have let in.
    """
    read: list[str] = []
    listed: list[str] = []
    todo = [Path("/usr"), *places.shown]
    while todo:
        path = todo.pop()
        if path in places.hidden and path not in places.shown:
            continue
        if any(hidden.is_relative_to(path) for hidden in places.hidden):
            listed.append(str(path))
            todo += [child for child in path.iterdir() if not child.is_symlink()]
        else:
            read.append(str(path))
    return read, listed
