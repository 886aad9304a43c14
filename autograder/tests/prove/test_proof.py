"""The proof of a grader, on the course in small: it holds there, and each way of spoiling it is found."""

import shutil
from pathlib import Path

import pytest
from autograder.author.inline import parse_references
from autograder.course import Course
from autograder.prove import trials
from autograder.prove.check import Proof, check, lines
from autograder.prove.trials import kept

MINICOURSE = Path(__file__).resolve().parent.parent / "minicourse"
HIDDEN, WRONG = "autograder/hidden/lab99.py", "autograder/wrong/lab99"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    shutil.copytree(MINICOURSE, tmp_path / "course")
    # every public function of the package in place of each answer takes long and is tried on real labs
    monkeypatch.setattr(trials, "public_functions", lambda package: [("torch", "abs")])
    return Course(tmp_path / "course")


def test_the_course_in_small_has_a_right_grader(course):
    proof = check(course, "lab99")
    assert proof.problems == []
    assert proof.mutants > 10
    assert proof.killed + len(proof.equivalent) == proof.mutants - len(proof.survivors)
    assert "no problem found" in lines(proof)[-1]


def test_one_exercise_can_be_proven_alone(course):
    proof = check(course, "lab99", only=["99.2"])
    assert proof.problems == []
    assert 0 < proof.wrong < check(course, "lab99").wrong
    assert all(name.startswith("99.2 ") for name in (*proof.equivalent, *proof.survivors))
    with pytest.raises(ValueError, match=r"lab99 has no exercise 99\.7; it has: 99\.1"):
        check(course, "lab99", only=["99.7"])


@pytest.mark.parametrize(
    ("function", "could"),
    [
        ("pruning:mask_from_scores", True),  # two arguments, a tensor
        ("cost:macs", True),  # two arguments, a number
        ("pruning:saliency_of_nothing", True),  # not there: it cannot be told
        ("zoo:load", False),  # one argument
        ("cost:latency_ms", True),  # a class of its own: it cannot be told
        ("plots.pruning:layer_costs", False),  # a picture
        ("train:reestimate_bn_", False),  # a network
    ],
)
def test_only_functions_that_could_stand_for_an_answer_are_tried(function, could):
    module, _, name = function.partition(":")
    [reference] = parse_references("effdl.pruning:mask_from_scores")
    assert trials.could_stand_for(f"effdl.{module}", name, reference) is could


def test_blind_hidden_tests_and_unfair_answers_are_found(course):
    hidden = course.root / HIDDEN
    cells = hidden.read_text(encoding="utf-8")
    blind = cells.replace("row_scales(", "(lambda *a, **k: torch.ones(3))(")
    assert blind != cells
    hidden.write_text(blind, encoding="utf-8")
    right = '\n# %% right="not right at all"\ndef top_mask(scores, n_keep):\n    return None\n'
    with (course.root / WRONG / "ex2.py").open("a", encoding="utf-8") as file:
        file.write(right)
    (course.root / WRONG / "equivalent.toml").write_text('["99.1"]\n"line 1: a -> b" = "it is not there"\n')
    problems = "\n".join(check(course, "lab99").problems)
    assert "wrong 99.1: " in problems
    assert "right 99.2: not right at all: exercise 99.2 earned 0 of 30 points, expected: full" in problems
    assert "untouched lab" not in problems
    assert "mutation score" in problems
    assert "equivalent.toml lists a mutant that is killed or gone: 99.1 line 1: a -> b" in problems


@pytest.mark.parametrize(
    ("rule", "earned", "holds"),
    [
        ("full", 10, True),
        ("full", 9, False),
        ("loses", 7, True),
        ("loses", 7.5, False),
        ("little", 1, True),
        ("little", 1.5, False),
        ("none", 0, True),
        ("none", 0.5, False),
        ("dies", 9.9, True),
        ("dies", 10, False),
    ],
)
def test_rules_hold_at_their_limits_and_not_beyond(rule, earned, holds):
    assert kept(rule, earned, 10) is holds


def test_equivalent_mutants_count_neither_for_nor_against():
    proof = Proof("lab99", mutants=11, killed=9, equivalent={"99.1 line 3: a -> b": "same"}, survivors=["99.2 c"])
    assert proof.mutation_score == 0.9
