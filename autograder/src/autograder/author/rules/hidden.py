"""Rules on hidden tests and wrong answers: what is shown, what it is worth, and what it must catch."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from autograder.author.rules.draft import Draft, Problem, bound_names, parse
from autograder.lab import Case, Exercise
from autograder.prove.answers import read_answers
from autograder.prove.in_c import texts_of

# calls that end in a verdict or in one number
VERDICTS = {
    "all",
    "any",
    "bool",
    "isinstance",
    "hasattr",
    "equal",
    "allclose",
    "array_equal",
    "isclose",
    "is_floating_point",
}
MENDS = {
    "python": "make the cell Python that defines it",
    "c": 'write its text out in the cell, name = """..."""',
}
SCALARS = {"len", "int", "float", "round", "item", "sum", "min", "max", "abs", "numel", "dim", "mean", "norm"}


def hidden_points_add_up(draft: Draft) -> Iterator[Problem]:
    """The cases of each exercise sum to its points, and no case is of another lab."""
    if draft.hidden is None:
        return
    known = {exercise.id for exercise in draft.source.exercises}
    for exercise in draft.source.exercises:
        total = sum(case.points for case in draft.hidden.of(exercise.id))
        if total != exercise.points:
            yield _problem(
                draft, f"exercise {exercise.id}", f"its cases sum to {total:g} points", f"make them {exercise.points:g}"
            )
    for case in draft.hidden.cases:
        if case.exercise not in known:
            yield _problem(draft, _name(case), "is of no exercise of this lab", "give it the id of an exercise")


def hidden_tests_exist(draft: Draft) -> Iterator[Problem]:
    """A lab without hidden tests cannot be graded."""
    if draft.hidden is None:
        yield _problem(draft, "", "is missing", "write the cases of each exercise")


def cases_show_something(draft: Draft) -> Iterator[Problem]:
    """Each case is Python, calls `show`, and calls the student's function."""
    for case in draft.hidden.cases if draft.hidden else ():
        tree = parse(case.code)
        if tree is None:
            yield _problem(draft, _name(case), "is not Python", "mend its syntax")
        elif not _shows(tree):
            yield _problem(draft, _name(case), "shows nothing", "call show(...) with the raw result")


def cases_have_own_names(draft: Draft) -> Iterator[Problem]:
    """Two cases of one exercise have two names."""
    seen: set[str] = set()
    for case in draft.hidden.cases if draft.hidden else ():
        if case.id in seen:
            yield _problem(draft, _name(case), "is the name of two cases", "give each its own")
        seen.add(case.id)


def cases_show_raw_results(draft: Draft) -> Iterator[Problem]:
    """A verdict, or one number alone, could be guessed: not shown unless a comment on the line says why."""
    for case in draft.hidden.cases if draft.hidden else ():
        tree = parse(case.code)
        for call in _shows(tree) if tree else ():
            last = case.code.splitlines()[(call.end_lineno or 1) - 1]
            if "#" in last[call.end_col_offset or 0 :]:
                continue
            if any(_is_verdict(argument) for argument in call.args):
                yield _problem(draft, _name(case), "shows a verdict", "show the raw result, or say why in a comment")
            elif call.args and all(_is_scalar(argument) for argument in call.args):
                yield _problem(
                    draft, _name(case), "shows a lone number", "show the raw result, or say why in a comment"
                )


def judges_exist(draft: Draft) -> Iterator[Problem]:
    """A case names a judge that the file defines."""
    if draft.hidden is None:
        return
    tree = parse(draft.hidden.judges)
    defined = {name for name, _ in bound_names(tree)} if tree else set()
    for case in draft.hidden.cases:
        if case.judge and case.judge not in defined:
            yield _problem(draft, _name(case), f"names the judge {case.judge}", 'define it in the role="judge" cell')


def every_exercise_has_wrong_answers(draft: Draft) -> Iterator[Problem]:
    """Each exercise has wrong answers and another right one, each of which defines the exercise's names."""
    for exercise in draft.source.exercises:
        path = draft.course.wrong(draft.source.name) / f"ex{exercise.id.split('.')[1]}.py"
        answers = read_answers(path, exercise.id) if path.exists() else []
        where = f"{path.parent.name}/{path.name}"
        for right, kind in ((False, "wrong"), (True, "right")):
            if not any(answer.right == right for answer in answers):
                yield Problem(where, "", f"holds no {kind} answer of {exercise.id}", f'add a cell # %% {kind}="..."')
        for answer in answers:
            absent = set(exercise.names).difference(_bound(exercise, answer.source))
            if absent:
                mend = MENDS[exercise.language]
                yield Problem(where, repr(answer.says), f"does not define {', '.join(sorted(absent))}", mend)


def _bound(exercise: Exercise, source: str) -> Iterable[str]:
    """The names that a known answer defines; those of texts in C only if they are written out."""
    tree = parse(source)
    if exercise.language == "c":
        return texts_of(source) if tree else ()
    return {name for name, _ in bound_names(tree)} if tree else ()


def _shows(tree: ast.Module) -> list[ast.Call]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "show"]


def _is_verdict(node: ast.expr) -> bool:
    """A comparison or a test of one; the elementwise `a > b` counts too, a named tensor of bools does not."""
    if isinstance(node, (ast.Compare, ast.BoolOp)):
        return True
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)
    return isinstance(node, ast.Call) and _called(node) in VERDICTS


def _is_scalar(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Call) and _called(node) in SCALARS:
        # x.sum(0) and x.mean(dim=1) are tensors, sum(x) and x.sum() are numbers
        return isinstance(node.func, ast.Name) or not (node.args or node.keywords)
    return False


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _name(case: Case) -> str:
    return f"{case.exercise} {case.name!r}"


def _problem(draft: Draft, where: str, wrong: str, mend: str) -> Problem:
    return Problem(f"hidden/{draft.source.name}.py", where, wrong, mend)
