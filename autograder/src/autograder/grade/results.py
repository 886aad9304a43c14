"""`results/labNN.json`: one line a student, so that a class is read and written without ever being held as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.grade.collect import Skipped
from autograder.grade.files import damaged, write_parts
from autograder.grade.outcome import Outcome

OPENING, CLOSING = '"submissions": [', "]"


@dataclass(frozen=True)
class Results:
    """What is recorded of a lab; `about` is its title, version and points, `skipped` each file passed over, and why."""

    about: dict[str, Any]
    outcomes: dict[str, Outcome]
    skipped: tuple[tuple[str, str], ...]


def write_results(
    path: Path, about: Mapping[str, Any], outcomes: Iterable[Outcome], skipped: Iterable[Skipped]
) -> None:
    """Write the outcomes of a class in their order."""
    write_parts(path, (line.encode("utf-8") for line in _lines(about, outcomes, skipped)))


def _lines(about: Mapping[str, Any], outcomes: Iterable[Outcome], skipped: Iterable[Skipped]) -> Iterator[str]:
    yield f"{_json(about)[:-1]}, {OPENING}"
    for number, outcome in enumerate(outcomes):
        yield f"{',' if number else ''}\n{_json(outcome.to_json())}"
    yield f'\n{CLOSING}, "skipped": {_json([asdict(each) for each in skipped])}}}\n'


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def read_results(path: Path) -> Results:
    """Read what was written, or the same JSON in another layout.

    Raises: OutputError if the file was damaged
    """
    outcomes: dict[str, Outcome] = {}
    rest: dict[str, Any] = {}
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            for part in _parts(file):
                for entry in part.pop("submissions", ()):
                    outcomes[entry["student"]] = Outcome.from_json(entry)
                rest |= part
        skipped = tuple((each["file"], each["reason"]) for each in rest.pop("skipped"))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise damaged(path, problem) from problem
    return Results(rest, outcomes, skipped)


def _parts(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Objects that together hold what the one in `lines` does."""
    lines = iter(lines)
    first = next(lines, "")
    if not first.endswith(f"{OPENING}\n"):
        yield json.loads(first + "".join(lines))
        return
    yield json.loads(f"{first}]}}")
    for line in lines:
        if line.startswith(CLOSING):
            yield json.loads(f"{{{OPENING}{line}")
        else:
            yield {"submissions": [json.loads(line.rstrip().removesuffix(","))]}
