"""Whose a file is, from the name that a learning-management system gave it or its folder.

Canvas         flat   `doejane_LATE_12345_67890_lab03.ipynb`: name, late mark, user id, file id, the file's own name
Moodle         folder `Jane Doe_12345_assignsubmission_file_/` (or the same as a prefix): name, participant of the
               assignment; older versions end in `_file_`, newer ones in `_file`
Gradescope     folder `submission_123/`, explained by `submission_metadata.yml` beside it
Google         flat   `Jane Doe - lab03.ipynb`: a folder of Google Drive, as Classroom fills it
nbgrader       folder `jane+lab03+2026-03-01 10:20:30 UTC+hash` in an exchange's `inbound`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from autograder.grade.ids import clean

CANVAS = re.compile(r"(?P<name>(?!lab\d\d_)\w+?)_(?P<late>late_)?(?P<user>\d+)_\d+_(?P<file>.+)", re.IGNORECASE)
CANVAS_ANONYMOUS = re.compile(r"(?P<late>late_)?(?P<user>anon_[^_]+)_\d+_(?P<file>.+)", re.IGNORECASE)
MOODLE = re.compile(r"(?P<name>.+?)_(?P<user>\d+)_assignsubmission_file(?:_(?P<file>.*))?", re.DOTALL)
MOODLE_TEXT = re.compile(r".+_\d+_assignsubmission_(?!file)[a-z]+_?")
GOOGLE = re.compile(r"(?P<name>.+?) - (?P<file>.+)")
EXCHANGE = re.compile(r"(?P<name>.+)\+(?P<lab>[^+]+)\+(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^+]*)(?:\+[^+]*)?")
SUBMISSION = re.compile(r"submission_\d+")
RESUBMITTED = re.compile(r"-(\d{1,2})$")
STAMPS = ("%Y-%m-%d %H:%M:%S.%f %Z", "%Y-%m-%d %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S")
METADATA = "submission_metadata.yml"
MAX_METADATA = 64 << 20


@dataclass(frozen=True)
class Sender:
    """Who handed a file in and how, as far as a name says it: `when` is None where no time was recorded.

    `attempt` counts from 1, 0 is unknown; `lms_id` is the system's own id of the student; `system` is which one named
    the file or folder, empty where its name is simply the student's id.
    """

    student: str
    name: str = ""
    email: str = ""
    lms_id: str = ""
    late: bool = False
    attempt: int = 0
    when: float | None = None
    lab: str = ""
    system: str = ""


def flat_sender(stem: str) -> Sender | None:
    """The sender of a single file, by its name without the ending; None if no system named it."""
    stem = clean(stem)
    # students name their files as they like, even as if a system had: what stands first was put there by the system
    names = [(each.end("user"), read(each)) for form, read in FLAT if (each := form.fullmatch(stem))]
    if names:
        return min(names, key=lambda named: named[0])[1]
    found = GOOGLE.fullmatch(stem)
    if found and not re.match(r"lab\d\d", stem, re.IGNORECASE) and not re.match("copy", found["file"], re.IGNORECASE):
        return Sender(found["name"].strip(), found["name"].strip(), system="google")
    return None


def folder_sender(name: str) -> Sender | None:
    """The sender of a folder of files, by its name; None if it is simply the student's id."""
    name = clean(name)
    if found := MOODLE.fullmatch(name):
        return _moodle(found)
    if found := EXCHANGE.fullmatch(name):
        return Sender(found["name"], when=timestamp(found["when"]), lab=found["lab"].lower(), system="exchange")
    return None


def is_no_file(name: str) -> bool:
    """Whether a folder holds what Moodle exports beside the files: text that was typed into the browser."""
    return bool(MOODLE_TEXT.fullmatch(name))


def _moodle(found: re.Match[str]) -> Sender:
    name, user = found["name"].strip(), found["user"]
    return Sender(f"{name}_{user}", name, lms_id=user, system="moodle")


def _canvas(found: re.Match[str]) -> Sender:
    name, user, late = found["name"], found["user"], bool(found["late"])
    return Sender(f"{name}_{user}", name, "", user, late, _attempt(found["file"]), system="canvas")


def _canvas_anonymous(found: re.Match[str]) -> Sender:
    user, late = found["user"], bool(found["late"])
    return Sender(user, lms_id=user, late=late, attempt=_attempt(found["file"]), system="canvas")


def _attempt(file: str) -> int:
    """Canvas adds "-1" to the name of the second upload."""
    again = RESUBMITTED.search(file)
    return int(again[1]) + 1 if again else 1


FLAT = ((CANVAS_ANONYMOUS, _canvas_anonymous), (CANVAS, _canvas), (MOODLE, _moodle))


def timestamp(text: str) -> float | None:
    """The time of nbgrader's time stamps; one without a zone is UTC."""
    for form in STAMPS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    return None


def gradescope_senders(folder: Path) -> dict[str, list[Sender]]:
    """By folder (`submission_123`), those who handed it in together, from Gradescope's `submission_metadata.yml`.

    Raises: ValueError if the file cannot be read
    """
    path = folder / METADATA
    if not path.is_file() or path.is_symlink():
        return {}
    try:
        if path.stat().st_size > MAX_METADATA:
            raise ValueError(f"has more than {MAX_METADATA >> 20} MiB")
        data = yaml.load(path.read_bytes(), Loader=_Plain)
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        reason = clean(str(problem).splitlines()[0])[:120]
        raise ValueError(f"{METADATA}: cannot be read ({reason}); export the submissions again") from None
    if not isinstance(data, dict):
        raise ValueError(f"{METADATA}: is not a list of submissions; export the submissions again")
    return {str(key): _submitters(str(key), entry) for key, entry in data.items() if isinstance(entry, dict)}


def _submitters(key: str, entry: dict[str, Any]) -> list[Sender]:
    history = entry.get(":history")
    attempt = len(history) + 1 if isinstance(history, list) else 0
    people = entry.get(":submitters")
    made = entry.get(":created_at")
    senders = []
    for person in people if isinstance(people, list) else []:
        about = {k: clean(str(v)) for k, v in person.items() if v is not None} if isinstance(person, dict) else {}
        sid, name, email = (about.get(f":{field}", "") for field in ("sid", "name", "email"))
        student = sid or email or (f"{name}_{key}" if name else key)
        senders.append(Sender(student, name, email, attempt=attempt, when=_time(made), system="gradescope"))
    return senders


def _time(made: Any) -> float | None:
    if isinstance(made, datetime):
        return (made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp()
    if isinstance(made, date):
        return datetime(made.year, made.month, made.day, tzinfo=UTC).timestamp()
    return timestamp(made) if isinstance(made, str) else None


class _Plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Plain data only: what Ruby tags as an object of its own is read as the map, list or text that it is."""


def _untagged(loader: _Plain, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Plain.add_multi_constructor("!", _untagged)
