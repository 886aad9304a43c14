"""Hang controls on a drawing function, safely for whatever function of a student's is in it.

A widget is a pure function from functions and settings to a `Frame`, a picture and its words. `hang_controls` shows it;
where the student's function fails, the frame of the reference appears, with a line that says why: a slider on an
unwritten `mask_from_scores` shows the expected picture and "Write mask_from_scores first".

This leaves out anything graded: a widget sets no variable that a later cell reads.

Source: ours
"""

from __future__ import annotations

import base64
import html
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from IPython.display import display

__all__ = ["WIDGET_DPI", "Frame", "frame_or_note", "hang_controls"]

WIDGET_DPI = 96  # redrawn in half the time of a printed figure
WIDGET_WIDTH = "624px"  # 6.5 in of it
CLASS = "effdl-widget"
# ipywidgets cuts the chosen word of a slider off
STYLE = f"<style>.{CLASS} .widget-readout {{ max-width: none; white-space: nowrap; overflow: visible }}</style>"
# written out here, because ipywidgets 7, which Colab has, knows no `_repr_mimebundle_`
VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Frame:
    """What a widget shows in one state: a PNG and the same in words."""

    png: bytes
    words: str


def frame_or_note(
    draw: Callable[..., Frame], yours: Any, reference: Any, values: Mapping[str, Any]
) -> tuple[Frame, str]:
    """The frame of the student's functions; if they fail, that of the references and a line that says why.

    Shapes: none
    Source: ours
    """
    try:
        return draw(yours, **values), ""
    except NotImplementedError as problem:
        *_, last = traceback.walk_tb(problem.__traceback__)
        note = f"Write {last[0].f_code.co_name} first. This is the expected picture."
    except Exception as problem:  # any fault of the student's function is theirs to see, not a traceback in a callback
        note = f"Your function raised {type(problem).__name__}: {problem}. This is the expected picture."
    return draw(reference, **values), note


def hang_controls(controls: dict[str, Any], draw: Callable[..., Frame], yours: Any, reference: Any) -> None:
    """Show `controls`, and below them what `draw(functions, **values)` gives for their values, anew on every change.

    `yours` are the student's functions, `reference` those that step in when they fail.

    Shapes: none
    Source: ours
    """
    import ipywidgets as widgets

    # ipywidgets' own Image takes no alternative text
    image, words = widgets.HTML(), widgets.HTML()

    def update(*_: Any) -> None:
        values = {name: control.value for name, control in controls.items()}
        frame, note = frame_or_note(draw, yours, reference, values)
        image.value, words.value = _as_html(frame, note)

    for control in controls.values():
        control.style.description_width = "initial"
        control.observe(update, names="value")
    update()
    row = widgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"})
    box = widgets.VBox([row, image, words, widgets.HTML(STYLE, layout={"display": "none"})])
    box.add_class(CLASS)
    settings = ", ".join(f"{control.description}: {control.value}" for control in controls.values())
    view = {
        "version_major": 2,
        "version_minor": 0,
        "model_id": box.model_id,
    }
    display({VIEW: view, "text/plain": f"Widget ({settings}); it needs a running kernel."}, raw=True)


def _as_html(frame: Frame, note: str) -> tuple[str, str]:
    """The picture, described, and below it the note and the words, which a screen reader speaks when they change."""
    source, said = base64.b64encode(frame.png).decode("ascii"), html.escape(frame.words)
    image = f'<img src="data:image/png;base64,{source}" alt="{said}" style="width: {WIDGET_WIDTH}; max-width: 100%">'
    strong = f"<strong>{html.escape(note)}</strong> " if note else ""
    return image, f'<p role="status" style="max-width: {WIDGET_WIDTH}; line-height: 1.4">{strong}{said}</p>'
