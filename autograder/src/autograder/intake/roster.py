"""Who is in the class, from a CSV file: ids and names of students, and by which of them a submission is known.

Columns are found by their headers, so that besides a plain `student_id,name,email` the files that systems export serve
as they are: Canvas's gradebook, Moodle's grading worksheet, Gradescope's roster.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.grade.ids import clean
from autograder.intake.layouts import Sender

MAX_BYTES = 16 << 20
# by field, the headers that stand for it, the most telling one first; case does not matter
HEADERS = {
    "student": (
        "student_id",
        "student id",
        "sis user id",
        "id number",
        "sid",
        "sis login id",
        "username",
        "netid",
        "id",
    ),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "first_name", "firstname", "given name"),
    "last": ("last name", "last_name", "lastname", "surname", "family name"),
    "email": ("email", "email address", "e-mail", "mail"),
    "lms_id": ("lms_id", "identifier", "canvas_id", "canvas id", "moodle id", "gradescope id", "id"),
    "login": ("sis login id", "login", "username"),
    "section": ("section", "sections"),
}
NO_STUDENT = ("points possible", "student, test")


class RosterError(ValueError):
    """A roster that cannot be used; the message names the file, the line and the mend."""


@dataclass(frozen=True)
class Person:
    """One student of the class; `lms_id` is the id that a learning-management system gave."""

    student: str
    name: str = ""
    email: str = ""
    lms_id: str = ""
    login: str = ""
    section: str = ""


class Roster:
    """The class, and how to find one of it."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = tuple(sorted(people, key=lambda person: person.student))
        self.by_key: dict[str, Person | None] = {}
        for person in self.people:
            for key in {*_keys(person)}:
                # two of one name: the name tells nothing
                self.by_key[key] = None if key in self.by_key else person
        for person in self.people:
            self.by_key[f"id:{_fold(person.student)}"] = person

    def find(self, sender: Sender) -> Person | None:
        """Who sent a file: by student id, the system's id, email or login, at last by a name that only one has."""
        keys = [f"id:{_fold(sender.student)}", f"lms:{_fold(sender.lms_id)}", f"mail:{_fold(sender.email)}"]
        keys += [f"lms:{_fold(sender.student)}", f"mail:{_fold(sender.student)}", f"login:{_fold(sender.student)}"]
        keys += [f"name:{_letters(sender.name)}", f"name:{_letters(sender.student)}"]
        return next((found for key in keys if not key.endswith(":") and (found := self.by_key.get(key))), None)

    def get(self, student: str) -> Person | None:
        return self.by_key.get(f"id:{_fold(student)}")

    def to_json(self) -> list[dict[str, str]]:
        return [asdict(person) for person in self.people]


def read_roster(path: Path) -> Roster:
    """Read a roster.

    Raises: RosterError
    """
    rows = list(_rows(path))
    if not rows:
        raise RosterError(f"{path.name}: is empty; its first line names the columns, such as student_id,name,email")
    columns = _columns(rows[0][1])
    if not columns.keys() & {"student", "email", "lms_id"}:
        raise RosterError(
            f"{path.name}: no column tells who is who; its first line needs one of "
            f"{', '.join(HEADERS['student'][:3])}, email, id (it has: {', '.join(rows[0][1]) or 'none'})"
        )
    people: dict[str, tuple[int, Person]] = {}
    for line, cells in rows[1:]:
        person = _person(path, line, columns, cells)
        if person is None:
            continue
        if person.student in people:
            first = people[person.student][0]
            raise RosterError(f"{path.name}: lines {first} and {line} both have the id {person.student!r}; remove one")
        people[person.student] = line, person
    if not people:
        raise RosterError(f"{path.name}: lists nobody; below the line of column names one line for each student")
    _unique(path, people.values())
    return Roster(person for _, person in people.values())


def _rows(path: Path) -> Iterable[tuple[int, list[str]]]:
    """The rows of a CSV file with their lines, blank ones left out; comma, semicolon or tab, as spreadsheets write."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RosterError(f"{path.name}: has more than {MAX_BYTES >> 20} MiB; is it the roster?")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise RosterError(f"{path}: cannot be read ({problem.strerror}); name the roster's CSV file") from None
    except UnicodeDecodeError:
        raise RosterError(f"{path.name}: is not text in UTF-8; save it as 'CSV UTF-8'") from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for cells in reader:
            shown = [clean(cell.removeprefix("'")) for cell in cells]
            if any(shown):
                rows.append((reader.line_num, shown))
    except csv.Error as problem:
        raise RosterError(f"{path.name}: line {reader.line_num} is no CSV ({problem}); save it again") from None
    return rows


def _columns(header: list[str]) -> dict[str, int]:
    """Where each field stands."""
    named = {name.casefold().strip(): index for index, name in reversed(list(enumerate(header)))}
    found = {field: next((named[name] for name in names if name in named), None) for field, names in HEADERS.items()}
    return {field: index for field, index in found.items() if index is not None}


def _person(path: Path, line: int, columns: dict[str, int], cells: list[str]) -> Person | None:
    """The student of one line; None for lines that systems add for themselves."""
    about = {field: cells[index] if index < len(cells) else "" for field, index in columns.items()}
    name = about.get("name") or " ".join(filter(None, (about.get("first", ""), about.get("last", ""))))
    if name.casefold().strip() in NO_STUDENT:
        return None
    lms_id = re.sub(r"^\D+ (\d+)$", r"\1", about.get("lms_id", ""))  # Moodle's "Participant 123"
    email = about.get("email", "")
    student = about.get("student") or email or lms_id
    if not student:
        if not name:
            return None
        raise RosterError(f"{path.name}: line {line} ({name!r}) has neither id nor email; fill one in")
    return Person(student, name, email, lms_id, about.get("login", ""), about.get("section", ""))


def _unique(path: Path, people: Iterable[tuple[int, Person]]) -> None:
    """Refuse two students with one email or one id of the learning-management system."""
    seen: dict[str, int] = {}
    for line, person in people:
        for what, value in (("id", person.student), ("email", person.email), ("id of the system", person.lms_id)):
            key = f"{what}:{_fold(value)}"
            if value and key in seen:
                raise RosterError(f"{path.name}: lines {seen[key]} and {line} both have the {what} {value!r}; mend one")
            seen[key] = line


def _keys(person: Person) -> Iterable[str]:
    for kind, value in (("lms", person.lms_id), ("mail", person.email), ("login", person.login)):
        if value:
            yield f"{kind}:{_fold(value)}"
    yield from (f"name:{name}" for name in _names(person.name))


def _names(name: str) -> set[str]:
    """A name as systems write it: "Doe, Jane" and "Jane Doe", in lower case without spaces."""
    if "," in name:
        last, _, first = name.partition(",")
        spellings = {f"{last}{first}", f"{first}{last}"}
    else:
        first, _, last = name.rpartition(" ")
        spellings = {name, f"{last}{first}"}
    return {_letters(each) for each in spellings} - {""}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def _fold(text: str) -> str:
    return text.casefold().strip()
