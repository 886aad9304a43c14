"""The output folder of a course: where each file stands, who may write to it, and how it is written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.grade.files import UNFINISHED, OutputError, read_json, write_json
from autograder.grade.ids import folders
from autograder.grade.outcome import Outcome
from autograder.grade.results import Results, read_results

MARKER = "course.json"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
KEPT = "what was graded so far is kept"


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
        return self.recorded(lab).outcomes if self.results(lab).exists() else {}

    def recorded(self, lab: str) -> Results:
        """The results of a lab that has some.

        Raises: OutputError if the file was damaged
        """
        return read_results(self.results(lab))

    def folders(self, students: list[str]) -> dict[str, str]:
        """The folder of each student, those of earlier runs included."""
        marker = self.private / MARKER
        return folders(students, read_json(marker)["folders"] if marker.exists() else {})

    def save_folders(self, named: dict[str, str]) -> None:
        write_json(self.private / MARKER, {"written_by": "autograder grade", "folders": dict(sorted(named.items()))})

    def seed(self, lab: str) -> int | None:
        """The seed of an assignment; None if it has none yet."""
        path = self._seed(lab)
        return int(read_json(path)["seed"]) if path.exists() else None

    def save_seed(self, lab: str, seed: int) -> None:
        """Keep the seed of an assignment that has none."""
        if self.seed(lab) is None:
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
