"""Run a command as a user without rights: `python unprivileged.py HOME COMMAND...`, to be started by root.

How: in a mount namespace of its own, every folder that is closed to others (a Python below /root, an environment made
by `mktemp -d`) is covered by an open one that holds nothing but the trees that the command needs. Nothing outside of
the namespace changes. The user gets `HOME` as home and for temporary files, and an environment without the rest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from autograder.course import find_course
from autograder.sandbox.places import INSIDE
from autograder.sandbox.probe import is_root

NOBODY = 65534
NEW_MOUNT_NAMESPACE, RECURSIVE, PRIVATE = 0x00020000, 1 << 14, 1 << 18
OPEN = 0o005
COVER_MIB = 16


def problem() -> str:
    """Why no command can be run without rights here; "" if one can."""
    if sys.platform != "linux":
        return "unprivileged runs need Linux"
    if not is_root():
        return ""
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True, check=False)
    return done.stderr.strip()


def run_unprivileged(home: Path, *command: str, wall_s: float = 300.0) -> subprocess.CompletedProcess[str]:
    """Run a command of this Python's environment as nobody if we are root, else as ourselves."""
    env = {"HOME": str(home), "TMPDIR": str(home), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    env |= {"OMP_NUM_THREADS": "1", "LANG": "C.UTF-8", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    if is_root():
        os.chown(home, NOBODY, NOBODY)
        command = (sys.executable, __file__, str(home), *command)
    # a new session: no terminal is shared
    return subprocess.run(
        command, env=env, cwd=home, capture_output=True, text=True, timeout=wall_s, check=False, start_new_session=True
    )


def main(home: Path, command: list[str]) -> None:
    """Open the way to what is needed, give up root, become the command."""
    sys.path.insert(0, str(INSIDE))
    import server
    from calls import check, libc

    check(libc.unshare(NEW_MOUNT_NAMESPACE), "unshare")
    server.mount("none", "/", "", RECURSIVE | PRIVATE)
    trees = [Path(sys.prefix), Path(sys.base_prefix).resolve(), find_course().root, home]
    closed = closed_folders(trees)
    kept = [part for tree in trees for part in _parts(tree, closed)]
    server.fresh_scratch(dict.fromkeys(map(str, closed), COVER_MIB), [str(path) for path in kept])
    for folder in closed:
        folder.chmod(0o755)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execvp(command[0], command)


def closed_folders(trees: Iterable[Path]) -> list[Path]:
    """The outermost folders on the way to `trees`, or these themselves, that others may not enter."""
    closed: set[Path] = set()
    for tree in trees:
        way = [*reversed(tree.parents), tree]
        closed |= set([folder for folder in way if folder.stat().st_mode & OPEN != OPEN][:1])
    return sorted(closed)


def _parts(tree: Path, closed: Iterable[Path]) -> list[Path]:
    """What of a tree is to be seen through a cover: the tree, or what is in it if it is itself covered."""
    if tree in closed:
        return sorted(tree.iterdir())
    return [tree] if any(folder in tree.parents for folder in closed) else []


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
