"""Visible checks of the tests' course."""

import torch


class CheckFailed(Exception):
    """The answer is not right yet."""


def _expected(answer, exercise):
    if exercise == "99.1":
        return bool(answer(torch.tensor([[3.0, -6.0]]), bits=3)[0] == 2)
    if exercise == "99.2":
        return answer(torch.tensor([1.0, 3.0, 2.0]), 2).tolist() == [False, True, True]
    mean = answer()
    mean.add(2.0)
    mean.add(4.0)
    return mean.mean() == 3.0


def check(exercise, answer):
    """Print one line if `answer` is right on one example, else raise CheckFailed."""
    try:
        right = _expected(answer, exercise)
    except NotImplementedError:
        raise CheckFailed(f"{exercise} is not written yet") from None
    if not right:
        raise CheckFailed(f"{exercise} differs from the expected result")
    print(f"{exercise}: right on one example")
