"""The seed of an assignment: drawn once, and proven fair on the known answers before any mark made with it counts.

The known answers go to the same workers as the submissions, ahead of them. Marks of submissions that come in before the
last known answer's are held back; with a seed that is refused they are dropped.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import nbformat

from autograder.grade.files import OutputError
from autograder.grade.model import Marked
from autograder.grade.outcome import marked_from_json
from autograder.grade.place import Place
from autograder.run.pool import Job, Reply
from autograder.run.process import GradingImpossible

T = TypeVar("T")
SEED_BITS = 31
DRAWS = 20


def draw(lab: str, accept: Callable[[int], bool]) -> int:
    """A new seed: the first drawn that `accept` takes.

    Raises: OutputError if it takes none of 20
    """
    for _ in range(DRAWS):
        if accept(seed := secrets.randbits(SEED_BITS)):
            return seed
    raise OutputError(f"{lab}: no fair seed in {DRAWS} draws; run 'autograder check {lab}'")


class Known(Protocol):
    """The known answers of a lab, by which a seed is judged."""

    def notebooks(self) -> Sequence[nbformat.NotebookNode]: ...

    def fair(self, seed: int, marks: Sequence[Marked]) -> bool: ...


class Unfair(Exception):
    """This seed was refused: another one is to be drawn."""


class Seeding(Generic[T]):
    """The seed of one lab in one run. Without `known` answers every seed is fair; nothing is kept unless `write`."""

    def __init__(self, place: Place, lab: str, known: Known | None, *, write: bool) -> None:
        self.place, self.lab, self.known, self.write = place, lab, known, write
        self.trials: list[Path] = []
        self.seed, self.seconds = 0, 0.0

    def settle(self, folder: Path, mark: Callable[[int], T]) -> T:
        """What `mark` gives with the assignment's seed: the one that is kept, else the first drawn that is fair.

        The known answers are written into `folder` if they are needed.

        Raises: OutputError if no seed is fair of as many as are drawn
        """
        kept = self.place.seed(self.lab)
        if kept is not None:
            self.seed = kept
            return mark(kept)
        if self.known is not None:
            self.trials = _write(self.known.notebooks(), Path(tempfile.mkdtemp(prefix="known-", dir=folder)))
        draw(self.lab, lambda seed: self._try(mark, seed))
        return self.found

    def _try(self, mark: Callable[[int], T], seed: int) -> bool:
        """Whether marking with a new seed showed that it is fair; then what `mark` gave is kept."""
        self.seed = seed
        try:
            self.found = mark(seed)
        except Unfair:
            return False
        return True

    def jobs(self, names: tuple[str, ...]) -> list[Job]:
        """The known answers, to be marked first."""
        return [Job(str(path), self.lab, names) for path in self.trials]

    def proven(self, replies: Iterable[Reply]) -> Iterator[Reply]:
        """The replies to the submissions, numbered without the known answers', as soon as the seed is proven and kept.

        Raises: Unfair; GradingImpossible if a known answer cannot be marked
        """
        marks: dict[int, Marked] = {}
        held: list[Reply] = []
        count = len(self.trials)
        if not count:
            self._keep()
        for reply in replies:
            if reply.number >= count:
                held.append(replace(reply, number=reply.number - count))
            else:
                marks[reply.number] = self._marked(reply)
                if len(marks) == count:
                    self._judge([marks[number] for number in range(count)])
            if len(marks) == count:
                yield from held
                held.clear()

    def _marked(self, reply: Reply) -> Marked:
        if reply.marked is None:
            raise GradingImpossible(f"{self.lab}: a known answer cannot be marked: {reply.fault}")
        self.seconds += sum(reply.seconds.values())
        return marked_from_json(reply.marked)

    def _judge(self, marks: Sequence[Marked]) -> None:
        if not self.known.fair(self.seed, marks):
            raise Unfair
        self._keep()

    def _keep(self) -> None:
        if self.write:
            self.place.save_seed(self.lab, self.seed)


def _write(notebooks: Sequence[nbformat.NotebookNode], folder: Path) -> list[Path]:
    paths = [folder / f"{number:03d}.ipynb" for number in range(len(notebooks))]
    for path, notebook in zip(paths, notebooks, strict=True):
        nbformat.write(notebook, path)
    return paths
