"""The visible checks of lab 04: references pass, each kind of slip is found and said."""

import math

import pytest
import torch
from effdl import admm, amc, grasp, masking, metapruning, netadapt, pruning, sensitivity, tickets
from effdl.check import CheckFailed, check
from effdl.check.lab04 import plans

ANSWERS = {
    "4.1": (sensitivity.sensitivity_scan, sensitivity.ratios_within),
    "4.2": (amc.bounded_action, amc.reward),
    "4.3": (amc.cross_entropy_search,),
    "4.4": (netadapt.netadapt_step,),
    "4.5": (metapruning.generate_weights,),
    "4.6": (admm.admm_step,),
    "4.7": (tickets.imp_round,),
    "4.8": (grasp.grasp_scores,),
}


def failure(exercise, *functions):
    with pytest.raises(CheckFailed) as caught:
        check(exercise, *functions)
    return str(caught.value)


@pytest.mark.parametrize("exercise", ANSWERS)
def test_references_pass_with_one_line(exercise, capfd):
    before = torch.get_rng_state()
    check(exercise, *ANSWERS[exercise])
    said = capfd.readouterr()
    assert said.err == ""
    assert said.out.startswith(f"{exercise}: ")
    assert said.out.count("\n") == 1
    assert torch.equal(before, torch.get_rng_state())


def test_every_exercise_has_a_check():
    assert plans().keys() == ANSWERS.keys()


def test_a_scan_that_does_not_restore_is_found():
    def careless(net, evaluate, ratios):
        found = {}
        for name, weight in masking.prunable(net).items():
            found[name] = []
            for ratio in ratios:
                weight.mul_(pruning.mask_from_scores(weight.abs(), ratio))
                found[name].append(evaluate(net))
        return found

    assert "sensitivity_scan(" in failure("4.1", careless, sensitivity.ratios_within)


def test_a_reward_of_the_wrong_sign_is_found():
    wrong = lambda error, cost, budget=None: error if budget is None or cost <= budget else -math.inf
    assert "reward(12.0, 900, 1000)" in failure("4.2", amc.bounded_action, wrong)


def test_a_search_that_returns_one_result_is_told_of_two():
    wrong = lambda value, draw, mean, std, *, rounds, n_elite: mean
    assert "two results: mean and best" in failure("4.3", wrong)


def test_a_step_that_returns_none_is_told_of_a_dict():
    assert "asked for is a dict" in failure("4.4", lambda *_: None)


def test_weights_that_are_no_list_are_told_so():
    assert "a list of tensors, one for each layer" in failure("4.5", lambda *_: torch.zeros(3))


@pytest.mark.parametrize(("exercise", "part"), [("4.6", "U"), ("4.7", "weights"), ("4.8", "fc")])
def test_the_part_that_differs_is_named(exercise, part):
    wrong = {
        "4.6": lambda w, u, sparsity: (admm.admm_step(w, u, sparsity)[0], u + 1),
        "4.7": lambda trained, start, masks, rate: (tickets.imp_round(trained, start, masks, rate)[0], trained),
        "4.8": lambda loss, weights: {name: -score for name, score in grasp.grasp_scores(loss, weights).items()},
    }
    assert f": {part}" in failure(exercise, wrong[exercise])
