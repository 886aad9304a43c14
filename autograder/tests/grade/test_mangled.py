"""Whatever editors and students do to the cells around the answers, the score stays."""

from __future__ import annotations

import ast
import copy
import json
from dataclasses import dataclass
from typing import Any

import pytest
from autograder.grade.sanitize import make_plan
from autograder.grade.source import read_code
from effdl.student.validate import read_submission
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# a right, a wrong and a half right answer, so that a score that is kept is one that could have changed
WRONG = "def top_mask(scores, n_keep):\n    return scores > 0\n"
PARTLY = """def row_scales(w, *, bits):
    if bits < 2:
        raise ValueError(bits)
    return w.abs().amax(dim=1) / (2 ** (bits - 1) - 1)
"""
EARNED = [32, 0, 30]
ANSWER = ("exercise", "predict", "manual")
KINDS = ("code", "markdown", "raw")
NAMES = ("row_scales", "top_mask", "RunningMean")


def about(cell: dict[str, Any]) -> dict[str, Any]:
    return cell["metadata"].get("effdl", {}) if isinstance(cell.get("metadata"), dict) else {}


def is_answer(cell: dict[str, Any]) -> bool:
    return cell.get("kept", False) or about(cell).get("role") in ANSWER


@dataclass
class Mangler:
    """Applies drawn changes to the cells of a notebook that are no answers."""

    cells: list[dict[str, Any]]

    def others(self) -> list[int]:
        return [i for i, cell in enumerate(self.cells) if not is_answer(cell)]

    def apply(self, change: str, where: int, value: int) -> None:
        others = self.others()
        if others:
            getattr(self, change)(others[where % len(others)], value)

    def delete(self, i: int, value: int) -> None:
        del self.cells[i]

    def double(self, i: int, value: int) -> None:
        self.cells.insert(value % (len(self.cells) + 1), copy.deepcopy(self.cells[i]))

    def move(self, i: int, value: int) -> None:
        self.cells.insert(value % len(self.cells), self.cells.pop(i))

    def split(self, i: int, value: int) -> None:
        """At any line, be it within a statement; the second half keeps the marks, or has none."""
        lines = self.cells[i]["source"].split("\n")
        cut = value % len(lines)
        rest = {**copy.deepcopy(self.cells[i]), "source": "\n".join(lines[cut:])}
        self.cells[i]["source"] = "\n".join(lines[:cut])
        self.cells.insert(i + 1, rest if value % 2 else {**rest, "id": f"half-{value}", "metadata": {}})

    def retype(self, i: int, value: int) -> None:
        self.cells[i]["cell_type"] = KINDS[value % len(KINDS)]

    def retag(self, i: int, value: int) -> None:
        self.cells[i]["metadata"] = copy.deepcopy(TAGS[value % len(TAGS)])

    def swap_ids(self, i: int, value: int) -> None:
        other = self.others()[value % len(self.others())]
        self.cells[i]["id"], self.cells[other]["id"] = self.cells[other].get("id", ""), self.cells[i].get("id", "")


TAGS: list[dict[str, Any]] = [
    {},
    {"tags": ["skip-execution", "remove-cell", "raises-exception"]},
    {"effdl": {"role": "exercise", "id": "99.1", "lab_version": "0" * 12}},
    {"effdl": {"role": "experiment"}, "nbgrader": {"grade": True, "points": 1000, "grade_id": "lab99-ex1-check"}},
    {"nbgrader": {"solution": True, "grade": False, "locked": False, "grade_id": "lab99-ex1", "schema_version": 3}},
    {"colab": {"base_uri": "https://localhost:8080/"}, "id": "q1w2e3", "executionInfo": {"elapsed": 9}},
    {"vscode": {"languageId": "rust"}},
    {"jupyter": {"source_hidden": True, "outputs_hidden": True}, "slideshow": {"slide_type": "skip"}, "trusted": True},
]


def colab(notebook: dict[str, Any]) -> None:
    """Own metadata in place of ids and of everybody else's."""
    notebook["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}, "accelerator": "GPU"}
    for i, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": cell.pop("id", f"c{i}"), "outputId": "x"}


def vscode(notebook: dict[str, Any]) -> None:
    """Lines as lists, fresh ids, language marks."""
    notebook["metadata"]["vscode"] = {"interpreter": {"hash": "0" * 64}}
    for i, cell in enumerate(notebook["cells"]):
        cell["id"], cell["source"] = f"{i:08x}", cell["source"].splitlines(keepends=True)
        cell["metadata"]["vscode"] = {"languageId": "python"}


def windows(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n") + "  \r\n"


def without_ids(notebook: dict[str, Any]) -> None:
    """Notebook format 4.0 to 4.4."""
    notebook["nbformat_minor"] = 0
    for cell in notebook["cells"]:
        cell.pop("id", None)


def without_marks(notebook: dict[str, Any]) -> None:
    """As after a conversion to a script and back."""
    notebook["metadata"] = {}
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def none(notebook: dict[str, Any]) -> None:
    """Handed in as it is."""


EDITORS = {editor.__name__: editor for editor in (none, colab, vscode, windows, without_ids, without_marks)}
CHANGE = st.tuples(
    st.sampled_from(["delete", "double", "move", "split", "retype", "retag", "swap_ids"]),
    st.integers(0, 30),
    st.integers(0, 30),
)
CHANGES = st.lists(CHANGE, max_size=12)
SHARED = {"deadline": None, "derandomize": True, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.fixture(scope="module")
def answered(lab) -> dict[str, Any]:
    """The solution with a half right and a wrong answer in it; its sources are text."""
    notebook = json.loads(lab.solution.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if about(cell).get("role") == "exercise" and about(cell)["id"] != "99.3":
            cell["source"] = {"99.1": PARTLY, "99.2": WRONG}[about(cell)["id"]]
        cell["kept"] = is_answer(cell)
    return notebook


def mangled(answered: dict[str, Any], changes: list[tuple[str, int, int]], editor: str) -> dict[str, Any]:
    notebook = copy.deepcopy(answered)
    mangler = Mangler(notebook["cells"])
    for change in changes:
        mangler.apply(*change)
    EDITORS[editor](notebook)
    for cell in notebook["cells"]:
        cell.pop("kept", None)
    return notebook


def as_handed_in(notebook: dict[str, Any], lab, folder) -> Any:
    path = folder / f"{lab.stem}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return read_submission(path, {lab.name: NAMES})[0]


def last_definitions(plan) -> dict[str, str]:
    """Name -> its definition that counts, as text without layout."""
    found = {}
    for step in plan.steps:
        for node in read_code(step.source).tree.body:
            if getattr(node, "name", "") in NAMES:
                found[node.name] = ast.dump(node)
    return found


@settings(max_examples=150, **SHARED)
@given(changes=CHANGES, editor=st.sampled_from(sorted(EDITORS)))
def test_whatever_is_done_to_other_cells_the_same_answers_are_run(answered, original, lab, tmp_path, changes, editor):
    want = last_definitions(make_plan(mangled(answered, [], "none"), original))
    assert set(want) == set(NAMES)
    notebook = as_handed_in(mangled(answered, changes, editor), lab, tmp_path)
    assert last_definitions(make_plan(notebook, original)) == want


@settings(max_examples=12, **SHARED)
@given(changes=CHANGES, editor=st.sampled_from(sorted(EDITORS)))
def test_whatever_is_done_to_other_cells_the_score_stays(marker, answered, lab, tmp_path, changes, editor):
    notebook = as_handed_in(mangled(answered, changes, editor), lab, tmp_path)
    assert [exercise.earned for exercise in marker.mark(notebook).exercises] == EARNED


@pytest.mark.parametrize("editor", sorted(EDITORS))
def test_what_an_editor_writes_changes_no_score(marker, answered, lab, tmp_path, editor):
    notebook = as_handed_in(mangled(answered, [], editor), lab, tmp_path)
    assert [exercise.earned for exercise in marker.mark(notebook).exercises] == EARNED


@pytest.mark.parametrize(("first", "last", "earned"), [(WRONG, "", 30), ("", WRONG, 0)])
def test_of_two_definitions_the_last_counts(marker, lab, first, last, earned):
    notebook = json.loads(lab.solution.read_text(encoding="utf-8"))
    own = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "id": "own"}
    notebook["cells"] = [{**own, "source": first}, *notebook["cells"], {**own, "source": last, "id": "own2"}]
    assert marker.mark(notebook).exercises[1].earned == earned


def test_a_changed_answer_is_told_apart(answered, original):
    """The property could fail: a cell that is an answer, treated like the others, is missed."""
    notebook = mangled(answered, [], "none")
    notebook["cells"] = [cell for cell in notebook["cells"] if about(cell).get("id") != "99.1"]
    assert "row_scales" not in last_definitions(make_plan(notebook, original))
