"""A widget on a page: its controls, its picture and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_page import NotebookPage
    from playwright.sync_api import ElementHandle

CONTROLS = "[role=slider], select, input, button"
ARROWS, FAR = ("ArrowRight", "ArrowLeft"), ("End", "Home")
VALUE = "control => control.ariaValueText ?? control.value"


@dataclass(frozen=True)
class Shown:
    """What a widget shows in one state."""

    image: str
    alt: str
    words: str


@dataclass(frozen=True)
class Moved:
    """The keys that moved a control, and what was shown before and after each."""

    keys: tuple[str, ...]
    seen: tuple[Shown, ...]

    @property
    def same(self) -> list[str]:
        """What did not change: "image", "alt", "words"."""
        return [name for name in ("image", "alt", "words") if len({getattr(shown, name) for shown in self.seen}) == 1]


class WidgetBox:
    """The widget below the cell `index`."""

    def __init__(self, notebook: NotebookPage, index: int) -> None:
        self.notebook, self.page, self.prompt = notebook, notebook.page, notebook.prompt(index)
        self.box = notebook.output(index).locator(".effdl-widget")
        self.box.scroll_into_view_if_needed()

    @property
    def controls(self) -> list[ElementHandle]:
        return self.box.locator(CONTROLS).element_handles()

    @property
    def shown(self) -> Shown:
        image, words = self.box.locator("img"), self.box.locator("[role=status]")
        return Shown(image.get_attribute("src"), image.get_attribute("alt"), words.inner_text())

    def reached_by_tab(self) -> list[bool]:
        """For each control, whether pressing Tab from the cell on arrives at it."""
        self.prompt.click()
        controls = self.controls
        reached = [False] * len(controls)
        for _ in range(4 * len(controls) + 8):
            self.page.keyboard.press("Tab")
            reached = [
                found or control.evaluate("control => control === document.activeElement")
                for found, control in zip(reached, controls, strict=True)
            ]
            if all(reached):
                break
        return reached

    def move_all(self) -> list[Moved]:
        """Move each control; one that changes nothing, once more with the others a step further."""
        controls = self.controls
        found = [self.move(control) for control in controls]
        for number, control in enumerate(controls):
            if found[number].same:
                for other in [each for each in controls if each != control]:
                    other.focus()
                    self.press(other, ARROWS[0])
                found[number] = self.move(control)
        return found

    def move(self, control: ElementHandle) -> Moved:
        """Press an arrow on a control and the other one; End and Home, too, where that changes nothing."""
        control.focus()
        moved = Moved((), (self.shown,))
        for key in (*ARROWS, *FAR):
            if key in ARROWS or moved.same:
                shown = self.press(control, key)
                moved = Moved((*moved.keys, key), (*moved.seen, shown)) if shown else moved
        return moved

    def press(self, control: ElementHandle, key: str) -> Shown | None:
        """What one key leads to; None if it does not move the control."""
        value = control.evaluate(VALUE)
        self.page.keyboard.press(key)
        if control.evaluate(VALUE) == value:
            return None
        self.notebook.wait_for_kernel()
        return self.shown
