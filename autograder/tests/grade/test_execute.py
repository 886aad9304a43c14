"""Running a plan, with a kernel that does as it is told."""

from __future__ import annotations

import contextlib
import re

import pytest
from autograder.grade.budget import Clock, GraderFault, Limits
from autograder.grade.cases import MIME, Request, batch_code, case_seed, install_code, read_results
from autograder.grade.execute import execute
from autograder.grade.sanitize import Plan, Step
from autograder.lab import Case
from autograder.sandbox.api import Run


def request(exercise="1.1", name="a", needs=("f",)):
    return Request(Case(exercise, name, 5.0, "hint", f"case_{name}()"), 1, "", ("f", "g"), needs)


def payload(token, **parts):
    result = {"token": token, "items": [], "error": None, "absent": [], **parts}
    return {"output_type": "display_data", "data": {MIME: [result]}, "metadata": {}}


class FakeSandbox:
    """Answers cells by rule: `rules` maps a text to the status of every run whose code holds it."""

    isolation = "none"

    def __init__(self, **rules):
        self.rules, self.kernels, self.ran = rules, 0, []

    @contextlib.contextmanager
    def kernel(self):
        self.kernels += 1
        yield self

    def run(self, code, *, wall_s=30.0):
        self.ran.append(code)
        sent = re.findall(r'"token": "(\w+)", "code": "case_(\w+)\(\)"', code)
        outputs = []
        for token, name in sent:
            if f"case_{name}" in self.rules:
                return Run(self.rules[f"case_{name}"], outputs)
            outputs.append(payload(token))
        status = next((status for text, status in self.rules.items() if text in code and not sent), "ok")
        return Run(status, outputs)

    def close(self):
        pass


ANSWER = Step("written()", "cell 1", defines=frozenset("f"))


def run(sandbox, steps=(ANSWER,), requests=None, **limits):
    requests = requests or [request(name="a"), request(name="b"), request("1.2", "c", ("g",))]
    done = execute(Plan(("set-up",), tuple(steps)), requests, sandbox, Limits(**limits), Clock())
    return {key.split(": ")[1]: value.status for key, value in done.runs.items()}, done


def test_set_up_comes_first_then_the_harness_then_the_student_then_the_cases():
    sandbox = FakeSandbox()
    statuses, done = run(sandbox)
    assert statuses == {"a": "shown", "b": "shown", "c": "shown"}
    assert [sandbox.ran[0], sandbox.ran[1], sandbox.ran[2]] == ["set-up", install_code(), "written()"]
    assert (len(sandbox.ran), sandbox.kernels, done.events) == (5, 1, [])


def test_a_case_that_ends_the_kernel_costs_the_rest_of_its_exercise():
    sandbox = FakeSandbox(case_a="died")
    statuses, done = run(sandbox)
    assert statuses == {"a": "died", "b": "not_run", "c": "shown"}
    assert sandbox.kernels == 2
    assert done.events[0].kind == "died"


def test_cases_before_one_that_hangs_keep_their_results():
    statuses, _ = run(FakeSandbox(case_b="timeout"))
    assert statuses == {"a": "shown", "b": "timeout", "c": "shown"}


def test_a_cell_that_ends_the_kernel_is_cut_down_then_left_out():
    steps = [Step("boom long", "cell 1", reduced="boom short"), Step("written()", "cell 2", defines=frozenset("f"))]
    sandbox = FakeSandbox(boom="died")
    statuses, done = run(sandbox, steps)
    assert statuses == {"a": "shown", "b": "shown", "c": "shown"}
    assert [event.text for event in done.events] == [
        "cell 1 ended the kernel: only its definitions were kept",
        "cell 1 ended the kernel: it was left out",
    ]
    assert sandbox.kernels == 3


def test_an_answer_whose_cell_was_left_out_is_lost_and_not_missing():
    class Absent(FakeSandbox):
        def run(self, code, *, wall_s=30.0):
            done = super().run(code, wall_s=wall_s)
            for output in done.outputs:
                error = {"type": "NameError", "text": "", "name": "f"}
                output["data"][MIME][0] |= {"error": error, "absent": ["f"]}
            return done

    statuses, done = run(Absent(**{"written()": "timeout"}), requests=[request(name="a")])
    assert statuses == {"a": "timeout"}
    assert "cell 1, which defines f" in done.notes["f"]


def test_results_that_did_not_come_through_together_are_asked_for_one_by_one():
    class Narrow(FakeSandbox):
        def run(self, code, *, wall_s=30.0):
            done = super().run(code, wall_s=wall_s)
            return Run(done.status, done.outputs[:1])

    assert run(Narrow())[0] == {"a": "shown", "b": "shown", "c": "shown"}


def test_a_case_whose_result_never_comes_is_an_error_of_the_answers():
    class Mute(FakeSandbox):
        def run(self, code, *, wall_s=30.0):
            return Run("ok", [])

    assert set(run(Mute())[0].values()) == {"error"}


@pytest.mark.parametrize("status", ["error", "timeout", "died"])
def test_a_set_up_cell_that_fails_is_our_fault_after_two_attempts(status):
    sandbox = FakeSandbox(**{"set-up": status})
    with pytest.raises(GraderFault, match=f"set-up cell of the lab ended with {status}"):
        run(sandbox)
    assert sandbox.kernels == 2


def test_one_fault_is_forgiven():
    class Flaky(FakeSandbox):
        def run(self, code, *, wall_s=30.0):
            if self.kernels == 1:
                raise OSError("connection lost")
            return super().run(code, wall_s=wall_s)

    assert set(run(Flaky())[0].values()) == {"shown"}


def test_without_code_of_the_student_no_kernel_is_started():
    sandbox = FakeSandbox()
    assert set(run(sandbox, steps=())[0].values()) == {"missing"}
    assert sandbox.kernels == 0


def test_the_time_for_a_submission_ends():
    class Slow(FakeSandbox):
        def run(self, code, *, wall_s=30.0):
            return Run("died" if "case_" in code else "ok", [])

    statuses, done = run(Slow(), total_s=-1.0)
    assert set(statuses.values()) == {"not_run"}
    assert done.events[0].kind == "out of time"


@pytest.mark.parametrize(
    "data",
    [
        None,
        3,
        {},
        {MIME: None},
        {MIME: []},
        {MIME: {"token": []}},
        {MIME: [{"token": "other"}, 3]},
        {MIME: {"items": 3}},
    ],
)
def test_outputs_that_no_case_sent_are_no_results(data):
    found, _ = read_results([{"output_type": "display_data", "data": data}, {"output_type": "stream"}], [request()])
    assert not found


def test_a_result_of_the_wrong_form_is_read_as_nothing_shown():
    case = request()
    parts = {"items": "x", "error": {"type": 3, "text": ["\x1b[31m"], "name": {}}, "absent": {"f": 1}}
    found, _ = read_results([payload(case.token, **parts)], [case])
    assert (found[case.id].status, found[case.id].items, found[case.id].detail) == ("error", [], ": ")


def test_control_characters_of_an_exception_do_not_reach_the_records():
    case = request()
    error = {"type": "ValueError", "text": "\x1b[31mred\u202e", "name": ""}
    found, _ = read_results([payload(case.token, error=error)], [case])
    assert found[case.id].detail == "ValueError:  [31mred "


def test_a_second_result_of_a_case_is_a_forgery():
    case = request()
    found, forged = read_results([payload(case.token), payload(case.token, items=[1])], [case])
    assert forged
    assert found[case.id].items == []


def test_seeds_are_of_the_case_alone():
    one, other = request(name="a").case, request(name="b").case
    assert case_seed(7, "lab99", one) == case_seed(7, "lab99", one)
    assert len({case_seed(7, "lab99", one), case_seed(8, "lab99", one), case_seed(7, "lab99", other)}) == 3
    assert 0 <= case_seed(7, "lab99", one) < 2**31 - 8


def test_what_is_sent_is_code_that_binds_no_name():
    for code in (install_code(), batch_code([request()], 1.0)):
        assert code.startswith("__import__('builtins').exec(")
        compile(code, "<sent>", "eval")
    assert "case_a()" in batch_code([request()], 1.0)
