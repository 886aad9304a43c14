"""One look for every figure: read without color, in small letters, in the words of its widget."""

import io
import re

import matplotlib
import pytest
from effdl.plots import style
from effdl.plots.style import COLORS, GREY, MARKERS, PALE, key, marked, panels, picture
from effdl.plots.widget import Frame, hang_controls
from matplotlib.colors import to_rgb
from PIL import Image, ImageColor

matplotlib.use("agg")


def contrast_with_white(color):
    """WCAG 2.1, "relative luminance" and "contrast ratio", word by word."""
    luminance = 0.0
    for share, channel in zip((0.2126, 0.7152, 0.0722), to_rgb(color), strict=True):
        luminance += share * (channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)
    return (1 + 0.05) / (luminance + 0.05)


def lightness(color):
    return Image.new("RGB", (1, 1), ImageColor.getrgb(color)).convert("L").getpixel((0, 0))


@pytest.mark.parametrize("color", [*COLORS, GREY])
def test_names_in_a_picture_keep_the_contrast_that_small_letters_need(color):
    fig, ax = panels()
    text = ax.text(0.5, 0.5, "a name", color=color)
    picture(fig, "a name")
    assert contrast_with_white(text.get_color()) >= 4.5


def test_a_color_that_is_dark_enough_stays():
    assert to_rgb(style._ink(COLORS[0])) == to_rgb(COLORS[0])
    assert style._ink("black") == "black"
    assert contrast_with_white(GREY) == pytest.approx(4.54, abs=0.01)  # the known value of #767676


@pytest.mark.parametrize("color", [*COLORS[:4], GREY])
def test_a_pale_bar_differs_from_the_others_in_grey(color):
    assert lightness(PALE) - lightness(color) > 50


def test_the_key_names_lines_behind_the_signs_of_their_markers():
    fig, ax = panels()
    key(ax, {"fine": COLORS[0], "kernel": COLORS[1]}, (0.1, 0.9), (0, -0.1))
    assert [text.get_text() for text in ax.texts] == [marked("fine", MARKERS[0]), marked("kernel", MARKERS[1])]
    assert len({marked("", marker) for marker in MARKERS}) == len(MARKERS)
    matplotlib.pyplot.close(fig)


def test_a_picture_has_the_pixels_that_savefig_gives():
    def drawn():
        fig, ax = panels(2)
        ax[0].plot([1, 3, 2])
        ax[1].set(xlabel="x", title="two panels")
        return fig

    fig, expected = drawn(), io.BytesIO()
    with matplotlib.pyplot.style.context(style.SHEET):
        fig.savefig(expected, format="png", dpi=130)
    matplotlib.pyplot.close(fig)
    assert picture(drawn(), "two panels").png == style._few_colors(Image.open(expected).convert("RGB"))


def test_a_widget_describes_its_picture_and_speaks_its_words(monkeypatch):
    shown = []
    monkeypatch.setattr("ipywidgets.VBox", lambda children: shown.extend(children) or Box())
    hang_controls({}, lambda f: Frame(b"png", f()), lambda: 'a "b" < c', lambda: "never")
    _, image, words, _ = shown
    assert 'alt="a &quot;b&quot; &lt; c"' in image.value
    assert re.search(r'<p role="status".*>a &quot;b&quot; &lt; c</p>', words.value)


class Box:
    """Stands for the box of a widget."""

    model_id = "1"

    def add_class(self, name):
        assert name == "effdl-widget"
