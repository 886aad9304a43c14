"""What a run leaves for the next one: marks that are not recorded and, if it was killed, whose grades it replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from autograder.grade.files import write_bytes, write_json
from autograder.grade.outcome import Outcome
from autograder.grade.place import Place


class Journal:
    """The journal of one lab in an output folder; it is gone once all marks are recorded."""

    def __init__(self, place: Place, lab: str) -> None:
        self.path = place.private / f"{lab}_journal.jsonl"
        self.intents = place.private / f"{lab}_recording.json"
        self.open: dict[str, str] = json.loads(_text(self.intents) or "{}")

    def note(self, outcome: Outcome) -> None:
        """Add an outcome, on a line of its own even if the last one was torn."""
        with open(self.path, "a+b") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                file.write(b"\n" * (file.read(1) != b"\n"))
            file.write(_line(outcome))

    def outcomes(self) -> dict[str, Outcome]:
        """What was noted, by key; a torn line is dropped."""
        return {outcome.key: outcome for outcome in self._noted()}

    def _noted(self) -> Iterator[Outcome]:
        """Line by line: a large class's journal is never held as a whole."""
        if not self.path.exists():
            return
        with open(self.path, "rb") as file:
            for line in file:
                try:
                    yield Outcome.from_json(json.loads(line))
                except (ValueError, KeyError, TypeError):
                    continue

    def intend(self, fresh: Iterable[Outcome]) -> None:
        """Say whose grades are about to be recorded: from here on they are decided."""
        write_json(self.intents, self.open | {outcome.student: outcome.key for outcome in fresh})

    def undecided(self, recorded: Mapping[str, Outcome], graded: Iterable[Outcome]) -> dict[str, Outcome]:
        """What is recorded, without the grades that a killed run had begun to replace by those that are there now."""
        decided = {each.student for each in graded if each.key and self.open.get(each.student) == each.key}
        self.open = {student: key for student, key in self.open.items() if student not in decided}
        return {student: outcome for student, outcome in recorded.items() if student not in decided}

    def end(self, outcomes: Iterable[Outcome], final: Mapping[str, Outcome]) -> None:
        """Everything is recorded, but what a killed run had begun with notebooks that were not there this time.

        Marks that do not count (those of other attempts, or where an older grade stays) are kept for the next run.
        """
        if self.open:
            write_json(self.intents, self.open)
        else:
            self.intents.unlink(missing_ok=True)
        counted = {outcome.key for outcome in final.values()}
        kept: dict[tuple[str, str], Outcome | None] = {}
        for each in chain(self._noted(), outcomes):
            kept[each.student, each.file] = each if each.marked and each.key not in counted else None
        lines = [_line(outcome) for _, outcome in sorted(kept.items()) if outcome]
        if lines:
            write_bytes(self.path, b"".join(lines))
        else:
            self.path.unlink(missing_ok=True)


def _line(outcome: Outcome) -> bytes:
    return json.dumps(outcome.to_json()).encode() + b"\n"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
