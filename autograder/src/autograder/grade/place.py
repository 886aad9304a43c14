"""The output folder of a course: where each file stands, who may write to it, and how it is written."""

from __future__ import annotations

import errno
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.grade.ids import folders
from autograder.grade.outcome import Outcome

SEED_BITS = 31
DRAWS = 20
MARKER = "course.json"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
KEPT = "what was graded so far is kept"
# how the name of a file begins that is being written
UNFINISHED = ".new-"


class OutputError(ValueError):
    """The output folder cannot be used; the message says why and how to mend it."""


def none_was_fair(lab: str) -> OutputError:
    return OutputError(f"{lab}: no fair seed in {DRAWS} draws; run 'autograder check {lab}'")


@dataclass(frozen=True)
class Place:
    """An nbgrader course directory with our own files beside nbgrader's."""

    root: Path

    @property
    def private(self) -> Path:
        return self.root / "private"

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook.db"

    @property
    def grades(self) -> Path:
        return self.root / "grades.csv"

    @property
    def policy(self) -> Path:
        return self.root / "policy.toml"

    def results(self, lab: str) -> Path:
        return self.root / "results" / f"{lab}.json"

    def feedback(self, folder: str, lab: str) -> Path:
        return self.root / "feedback" / folder / lab / f"{lab}.html"

    def labs(self) -> list[str]:
        """The labs that have results, in order."""
        return sorted(path.stem for path in (self.root / "results").glob("*.json"))

    def outcomes(self, lab: str) -> dict[str, Outcome]:
        """What is recorded of a lab, by student.

        Raises: OutputError if the file was damaged
        """
        if not self.results(lab).exists():
            return {}
        data = _read(self.results(lab))
        return {entry["student"]: Outcome.from_json(entry) for entry in data["submissions"]}

    def about(self, lab: str) -> dict[str, Any]:
        """What the results say of the lab itself: its title, version and points.

        Raises: OutputError if the file was damaged
        """
        data = _read(self.results(lab))
        return {name: data[name] for name in ("lab", "title", "version", "max_score")}

    def folders(self, students: list[str]) -> dict[str, str]:
        """The folder of each student, those of earlier runs included."""
        marker = self.private / MARKER
        return folders(students, _read(marker)["folders"] if marker.exists() else {})

    def save_folders(self, named: dict[str, str]) -> None:
        write_json(self.private / MARKER, {"written_by": "autograder grade", "folders": dict(sorted(named.items()))})

    def has_seed(self, lab: str) -> bool:
        return self._seed(lab).exists()

    def seeds(self, lab: str) -> Iterator[int]:
        """The seed of an assignment if it has one, else draws to choose from."""
        if self.has_seed(lab):
            yield int(_read(self._seed(lab))["seed"])
        else:
            yield from (secrets.randbits(SEED_BITS) for _ in range(DRAWS))

    def seed(self, lab: str, accept: Callable[[int], bool] | None = None) -> int:
        """The seed of an assignment, else the first draw that `accept` takes."""
        kept = self.has_seed(lab)
        for seed in self.seeds(lab):
            if kept or accept is None or accept(seed):
                return seed
        raise none_was_fair(lab)

    def save_seed(self, lab: str, seed: int) -> None:
        if not self.has_seed(lab):
            write_json(self._seed(lab), {"seed": seed})

    def _seed(self, lab: str) -> Path:
        return self.private / f"{lab}_seed.json"


@contextmanager
def open_place(root: Path, *, write: bool = True) -> Iterator[Place]:
    """The output folder at `root`, made if missing and locked against a second grader; not touched if not `write`.

    Raises: OutputError if it holds files of others, cannot be written or is in use
    """
    place = Place(Path(os.path.abspath(root)))
    _check_ours(place)
    if not write:
        yield place
        return
    try:
        place.private.mkdir(parents=True, exist_ok=True)
        os.chmod(place.private, 0o700)
        with open(place.private / "lock", "w", encoding="utf-8") as lock:
            _lock(lock, root)
            for path in place.root.rglob(f"{UNFINISHED}*"):  # of a run that was killed
                path.unlink()
            if not (place.private / MARKER).exists():
                place.save_folders({})
            yield place
    except (PermissionError, NotADirectoryError, FileNotFoundError, FileExistsError, IsADirectoryError) as problem:
        if Path(problem.filename or "").is_relative_to(place.root) or place.root.is_relative_to(
            problem.filename or "/-"
        ):
            raise OutputError(f"{root}: cannot be written ({problem.strerror}); choose another --out") from problem
        raise
    except OSError as problem:
        if problem.errno in FULL:
            raise OutputError(
                f"{root}: {problem.strerror}; {KEPT}: make room and run the same command again"
            ) from problem
        raise


def _check_ours(place: Place) -> None:
    if place.root.exists() and not place.root.is_dir():
        raise OutputError(f"{place.root}: is a file; name a folder with --out")
    foreign = place.root.is_dir() and any(path != place.policy for path in place.root.iterdir())
    if foreign and not (place.private / MARKER).exists():
        raise OutputError(
            f"{place.root}: holds files that no grading run wrote; nothing was changed: name an empty or new folder"
        )


def _lock(file: Any, root: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: two graders on one folder are not noticed
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        raise OutputError(f"{root}: another grading run is writing to it; wait for it to end") from problem


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise OutputError(f"{path}: is damaged ({problem}); restore it, or choose another --out") from problem


def write_json(path: Path, data: Any) -> None:
    write_text(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
