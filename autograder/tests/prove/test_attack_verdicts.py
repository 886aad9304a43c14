"""The list of attacks is complete, and what is printed of it is what is run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from autograder.course import find_course
from autograder.prove.attacks import registry
from autograder.prove.attacks.registry import (
    LINES,
    MAKERS,
    WRITERS,
    Limit,
    Outcome,
    Verdict,
    landlock_limits,
    limits,
    verdicts,
)
from autograder.prove.attacks.table import document, unaccounted


@pytest.fixture(scope="module")
def known():
    return verdicts()


def test_every_line_of_the_checklist_has_an_attack_or_a_reason(known):
    assert unaccounted(known.values(), limits()) == []


def test_a_line_without_either_is_found(known):
    without = [replace(verdict, lines=()) if 42 in verdict.lines else verdict for verdict in known.values()]
    assert unaccounted(without, limits()) == [42]
    assert unaccounted(without, [*limits(), Limit(42, "loops", "none known")]) == []


def test_every_verdict_has_its_attack_and_says_what_it_tries(known):
    assert set(known) == set(MAKERS) | set(WRITERS)
    assert all(set(verdict.lines) <= set(LINES) and verdict.tries for verdict in known.values())


def test_honest_twins_keep_their_points(known):
    for verdict in known.values():
        if not verdict.lines:
            assert (verdict.target, verdict.others) == ("full", "full") or set(verdict.rows.values()) == {"full"}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ('lines = [1]\ntries = "x"\nothers = "any"', "needs a reason"),
        ('lines = [1]\ntries = "x"\nothers = "none"', "needs a reason"),
        ('lines = [1]\ntries = "x"\nspeed = 3', "has no"),
        ('lines = [1]\ntries = "x"\nrows = { eve = "full" }', "and no other"),
    ],
)
def test_a_verdict_that_cannot_be_meant_is_an_error(row, complaint, monkeypatch, tmp_path):
    verdicts()  # all attacks are registered before the folder changes
    (tmp_path / "verdicts.toml").write_text(f"[eve]\n{row}\n", encoding="utf-8")
    monkeypatch.setattr(registry, "HERE", tmp_path)
    monkeypatch.setattr(registry, "MAKERS", {"eve": None})
    monkeypatch.setattr(registry, "WRITERS", {})
    with pytest.raises(ValueError, match=complaint):
        verdicts()


def test_an_attack_without_a_verdict_is_an_error(monkeypatch):
    verdicts()
    monkeypatch.setitem(MAKERS, "forgotten", None)
    with pytest.raises(ValueError, match="forgotten"):
        verdicts()


def test_the_table_in_the_repository_is_the_one_that_is_run(known):
    text = (find_course().root / "autograder" / "ATTACKS.md").read_text(encoding="utf-8")
    assert text == document(known.values(), limits(), landlock_limits())
    assert all(f"`{name}`" in text for name in known)


def test_a_line_of_output_shows_the_problem_in_place_of_the_attempt():
    verdict = Verdict("eve", (1, 2), "tries it")
    assert Outcome(verdict, "target 0%", "").line().endswith("tries it")
    failed = Outcome(verdict, "target 100%", "it earned all").line()
    assert failed.startswith("FAIL eve")
    assert failed.endswith("it earned all")
