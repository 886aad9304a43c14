"""From a submitted notebook to what will be run of it: answers by name, the lab's own cells restored, outputs dropped.

Nothing that a submission says of itself is believed: a cell counts as the lab's only if its text is the lab's. Where a
cell's metadata claims a role, the claim can cost its author something and win nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.grade.model import Event
from autograder.grade.original import OWN_ROLES, Given, Original, marks_of, plain, role_of, text_of, version_of
from autograder.grade.source import Code, Unreadable, is_blank, read_code, reduced, strip_transparent_magic, without
from autograder.grade.texts import Texts

MAX_CELLS = 2000
# characters that show a line in another order than Python reads it
REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
ODD = {
    "changed marks": "points, locks or ids were changed; those of the lab count",
    "own grade cell": "marked as a cell with points, which the lab does not have",
    "reordered text": "holds characters that show code in another order than it runs",
}


@dataclass(frozen=True)
class Step:
    """One cell to run. `reduced` is what is run instead if the cell hangs or kills the kernel; may be empty."""

    source: str
    label: str
    student: bool = True
    defines: frozenset[str] = frozenset()
    reduced: str = ""


@dataclass(frozen=True)
class Plan:
    """What is run of a submission, in order; `texts` in a kernel of its own, for answers in another language.

    `notes` holds, by exercise, what the student should know of a bad cell.
    """

    setup: tuple[str, ...]
    steps: tuple[Step, ...]
    notes: dict[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    texts: tuple[Step, ...] = ()

    @property
    def defined(self) -> frozenset[str]:
        """The exercise names that some cell defines."""
        return frozenset().union(*(step.defines for step in self.steps))


def make_plan(notebook: dict[str, Any], original: Original) -> Plan:
    """The plan of a submission; whatever the notebook holds, this raises nothing."""
    return _Planner(original).plan(notebook)


class _Planner:
    """Walks once over a notebook's cells; holds what it has found so far."""

    def __init__(self, original: Original) -> None:
        self.original = original
        self.entries: list[tuple[Given | None, Step | None, frozenset[str]]] = []
        self.notes: dict[str, str] = {}
        self.events: list[Event] = []
        self.seen: set[int] = set()
        self.odd: dict[str, list[int]] = {}
        self.texts = Texts(original.in_c, original.stubs)

    def plan(self, notebook: dict[str, Any]) -> Plan:
        cells = notebook.get("cells", [])
        cells = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
        if len(cells) > MAX_CELLS:
            self.event("cells skipped", f"only the first {MAX_CELLS} of {len(cells)} cells were looked at")
        for number, cell in enumerate(cells[:MAX_CELLS], start=1):
            self.take(number, cell)
        self.tell_other_versions(cells[:MAX_CELLS])
        self.tell_odd()
        setup, steps = tuple(cell.source for cell in self.original.setup), tuple(self.ordered())
        texts = (Step(self.texts.code, "the texts in C"),) if self.texts.code else ()
        return Plan(setup, steps, self.notes | self.texts.notes(), (*self.events, *self.texts.events()), texts)

    def event(self, kind: str, text: str) -> None:
        self.events.append(Event(kind, text))

    def tell_other_versions(self, cells: Iterable[dict[str, Any]]) -> None:
        other = sorted({version_of(cell) for cell in cells} - {"", self.original.lab.version})
        if other:
            self.event(
                "other version", f"cells of version {', '.join(other)[:80]} of the lab, marked as the current one"
            )

    def tell_odd(self) -> None:
        for kind, numbers in self.odd.items():
            more = " and others" if len(numbers) > 10 else ""
            self.event(kind, f"cell {', '.join(map(str, numbers[:10]))}{more}: {ODD[kind]}")
        gone = [cell for cell in self.original.cells if cell.role == "check" and cell.position not in self.seen]
        if gone:
            self.event("missing checks", f"{len(gone)} check cells of the lab are gone; hidden tests need none of them")

    def look(self, number: int, cell: dict[str, Any], given: Given | None, source: str) -> None:
        """Note what the instructor should know of a cell; nothing of it counts."""
        marks = marks_of(cell)
        changed = given is not None and marks not in ((), given.marks)
        own = given is None and marks[2:3] == (True,) and str(marks[0]) not in self.original.grade_ids
        hidden = cell.get("cell_type") == "code" and REORDERING.search(source) is not None
        for kind, found in zip(ODD, (changed, own, hidden), strict=True):
            if found:
                self.odd.setdefault(kind, []).append(number)
        if given:
            self.seen.add(given.position)

    def take(self, number: int, cell: dict[str, Any]) -> None:
        """Sort one cell: the lab's own, untouched, edited, or the student's."""
        source = text_of(cell)
        given = self.original.match(cell, source)
        self.look(number, cell, given, source)
        role = given.role if given else role_of(cell)
        if cell.get("cell_type") != "code":
            if given is None or role != "exercise":
                return
            self.event("cell type", f"cell {number}: an answer cell that was made text is read as code")
        if given and plain(given.source) == plain(source):
            self.entries.append((given, None, frozenset()))
        elif source.strip():
            self.take_own(number, source, role)

    def take_own(self, number: int, source: str, role: str) -> None:
        label = f"cell {number}"
        try:
            code = read_code(source)
        except Unreadable as problem:
            self.take_unreadable(label, source, str(problem))
            return
        if self.original.is_hand_in(role, code):
            return
        self.texts.look(label, code.tree.body)
        edited = role not in OWN_ROLES
        if edited or role == "setup":
            self.event("edited cell", f"{label}: a {role} cell of the lab was edited; the original stands in its place")
        step = self.step(label, source, code, edited)
        if step:
            self.entries.append((None, step, code.reads))

    def step(self, label: str, source: str, code: Code, edited: bool) -> Step | None:
        """What is run of a readable cell, without untouched stubs; None if nothing is left."""
        blanks = [node for node in code.tree.body if is_blank(node, self.original.stubs)]
        source = strip_transparent_magic(source)
        try:
            if blanks:
                source = without(code, blanks)
                code = read_code(source)
            definitions = reduced(code)
        except (RecursionError, MemoryError, ValueError):
            return None
        source = definitions if edited else source
        if not source.strip():
            return None
        return Step(source, label, defines=code.binds & set(self.original.owner), reduced=definitions)

    def take_unreadable(self, label: str, source: str, reason: str) -> None:
        """Skip a cell that is no Python, and tell the exercises whose answers it seems to hold."""
        self.event("unreadable cell", f"{label}: {reason}")
        for name, exercise in self.original.owner.items():
            if re.search(rf"^\s*((def|class)\s+{name}\b|{name}\s*=)", source[: 1 << 18], re.MULTILINE):
                self.notes[exercise] = f"{label}, which holds {name}, could not be read: {reason}"

    def ordered(self) -> Iterator[Step]:
        """The student's cells in their order and, in their places, those of the lab whose names they read."""
        needed = self.needed()
        present = {given.position for given, _, _ in self.entries if given}
        # a cell that the student deleted is put back before all others
        yield from (_restored(cell) for cell in needed if cell.position not in present)
        wanted = {cell.position for cell in needed}
        for given, step, _ in self.entries:
            if step:
                yield step
            elif given and given.position in wanted:
                wanted.discard(given.position)
                yield _restored(given)

    def needed(self) -> list[Given]:
        """Cells of the lab that bind a name which student code reads, transitively; experiments never."""
        reads = set().union(*(names for _, step, names in self.entries if step))
        free = [cell for cell in self.original.cells if cell.may_be_needed]
        found: list[Given] = []
        while more := [cell for cell in free if cell not in found and cell.binds & reads]:
            found.extend(more)
            reads.update(*(cell.reads for cell in more))
        return sorted(found, key=lambda cell: cell.position)


def _restored(cell: Given) -> Step:
    return Step(cell.source, f"the lab's {cell.role or 'demo'} cell {cell.position + 1}", student=False)
