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
