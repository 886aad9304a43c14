"""Predictions keep their form and lose their values."""

import pytest
from autograder.author.predict import blank_prediction


@pytest.mark.parametrize(
    ("source", "blanked"),
    [
        ("guess = 0.93", "guess = None"),
        ("guess = -3  # a comment", "guess = None  # a comment"),
        ("guess = 'Taylor'", "guess = None"),
        ('guess = {"fine": 0.93, "2:4": 0.86}', 'guess = {"fine": None, "2:4": None}'),
        ('guess = {"a": {"µ": 1, "b": [1, 2]}}', 'guess = {"a": {"µ": None, "b": None}}'),
        (
            'guess = {\n    "fine": 1,  # é\n    "row": (\n        2,\n    ),\n}',
            'guess = {\n    "fine": None,  # é\n    "row": None,\n}',
        ),
        ("# first\nguess = 1", "# first\nguess = None"),
    ],
)
def test_every_literal_becomes_none_and_the_rest_stays(source, blanked):
    assert blank_prediction(source) == blanked


@pytest.mark.parametrize(
    "source", ["guess = f(3)", "a = b = 1", "a, b = 1, 2", "guess", "a = 1\nb = 2", "a.b = 1", "a ="]
)
def test_what_is_no_prediction_is_refused(source):
    with pytest.raises(ValueError, match="a prediction"):
        blank_prediction(source)
