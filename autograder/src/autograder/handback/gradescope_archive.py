"""Build the archive that Gradescope makes an autograder of: scripts, requirements, and what one lab needs.

The archive holds the lab's hidden tests and solution: it is for instructors only. It is the same to the byte for the
same checkout, seed and options.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import autograder
from autograder.course import Course
from autograder.grade.files import write_bytes
from autograder.grade.seeding import draw
from autograder.handback.gradescope import CONFIG
from autograder.lab import load_lab

# what builds, proves and records, and is of no use in the container
NOT_NEEDED = {
    *("alembic", "dask", "distributed", "hypothesis", "jupyterlab", "nbclient", "nbconvert", "nbgrader"),
    *("psycopg2-binary", "pytest-xdist", "ruff", "sqlalchemy"),
}
NOT_NEEDED |= {"distributed", "psycopg2-binary", "sqlalchemy"}
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
SKIPPED = {"__pycache__", "tests", ".ipynb_checkpoints"}
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
SETUP = """#!/usr/bin/env bash
# run once by Gradescope, as root, when the autograder is built
set -euo pipefail
cd /autograder/source
apt-get update
for version in 3.13 3.12 3.11; do
  if apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then break; fi
done
"python$version" -m venv /autograder/venv
/autograder/venv/bin/pip install --no-cache-dir {pip}-r requirements.txt
/autograder/venv/bin/pip install --no-cache-dir --no-deps -e course/shared -e course/autograder
# the sandbox's user sees nothing here, even where only file rights are left to stop it
chmod -R go-rwx /autograder/source
"""
RUN = """#!/usr/bin/env bash
# run once for each submission, in a container of its own
root="${AUTOGRADER_ROOT:-/autograder}"
python="${AUTOGRADER_PYTHON:-/autograder/venv/bin/python}"
OMP_NUM_THREADS=1 exec "$python" -m autograder.handback.gradescope "$root"
"""


@dataclass(frozen=True)
class Choices:
    """How the container grades. `pip` are further options of `pip install`, such as an index with CPU builds."""

    isolation: str = "auto"
    visibility: str = "visible"
    pip: str = ""


def build_archive(
    course: Course, name: str, out: Path, choices: Choices, accept: Callable[[int], bool] | None = None
) -> Path:
    """Write the archive for one lab; its seed is drawn now, and `accept` may refuse it.

    Raises: ValueError if the lab has not been built, or `out` exists
    """
    if choices.visibility not in VISIBILITIES:
        raise ValueError(f"--visibility {choices.visibility!r}: choose one of {', '.join(VISIBILITIES)}")
    if out.exists():
        raise ValueError(f"{out}: exists; name a new file, nothing is overwritten")
    lab = load_lab(course, name)
    seed = draw(name, accept or (lambda seed: True))
    about = {"lab": name, "version": lab.version, "seed": seed}
    about |= {"isolation": choices.isolation, "visibility": choices.visibility}
    pip = f"{choices.pip.strip()} " if choices.pip.strip() else ""
    texts = {
        "setup.sh": SETUP.format(pip=pip),
        "run_autograder": RUN,
        "requirements.txt": requirements(_requirements(course)),
        f"course/{CONFIG}": json.dumps(about, indent=1) + "\n",
    }
    files = {f"course/{path}": content for path, content in _files(course, name)}
    write_bytes(out, _zip({**{path: text.encode() for path, text in texts.items()}, **files}))
    out.chmod(0o600)
    return out


def requirements(text: str) -> str:
    """The pinned requirements that grading needs; the two packages of the course are installed from the archive."""
    kept = []
    for line in text.splitlines():
        found = NAME.match(line.strip())
        if found and found[1].lower() not in NOT_NEEDED:
            kept.append(line.strip())
    return "\n".join(kept) + "\n"


def _requirements(course: Course) -> str:
    return (_checkout(course) / "requirements.txt").read_text(encoding="utf-8")


def _checkout(course: Course) -> Path:
    """The checkout that this code runs from: the course's own, unless the course is a small one for a test."""
    own = course.root / "autograder" / "src"
    return course.root if own.is_dir() else Path(autograder.__file__).resolve().parents[3]


def _files(course: Course, name: str) -> Iterator[tuple[str, bytes]]:
    """What the container needs of the checkout, by path."""
    code, root = _checkout(course), course.root
    chosen = [course.source(name), course.solution(name), course.release(name), course.hidden(name)]
    trees = [(code, code / "autograder" / "src"), (root, root / "shared" / "src"), (root, course.data)]
    singles = [(root, path) for path in chosen]
    singles += [(code, code / "autograder" / "pyproject.toml"), (root, root / "shared" / "pyproject.toml")]
    for base, top in trees:
        singles += [(base, path) for path in sorted(top.rglob("*")) if _wanted(path.relative_to(base))]
    for base, path in singles:
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(base).as_posix(), path.read_bytes()


def _wanted(path: Path) -> bool:
    return not any(part in SKIPPED or part.startswith(".") or part.endswith(".egg-info") for part in path.parts)


def _zip(files: dict[str, bytes]) -> bytes:
    """A zip archive of which equal files make equal bytes; scripts may be executed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            mode = 0o755 if path in ("setup.sh", "run_autograder") else 0o644
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, files[path])
    return stream.getvalue()
