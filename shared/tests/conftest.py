"""What several tests of drawings look at."""

import pytest
from effdl.plots.predictions import HeldBack
from matplotlib.axes import Axes


@pytest.fixture
def diamonds(monkeypatch):
    """Where guesses are drawn while the test runs, in data coordinates."""
    places, plot = [], Axes.plot

    def watched(ax, *args, **kwargs):
        if args[2:] == ("D",) and kwargs.get("mfc") == "none":
            places.append(args[:2])
        return plot(ax, *args, **kwargs)

    monkeypatch.setattr(Axes, "plot", watched)
    return places


@pytest.fixture
def says_the_guess():
    """Asserts that a drawing marks a prediction, ends its words with it, waits for a blank one and needs none."""

    def check(draw, guess, told):
        assert draw(guess).alt.endswith(told)
        assert draw(guess).png != draw(None).png
        assert "guess" not in draw(None).alt
        assert isinstance(draw(dict.fromkeys(guess)), HeldBack)

    return check
