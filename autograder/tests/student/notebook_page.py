"""A notebook in JupyterLab, used as a student uses it: by keyboard, mouse and menu."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import axe
import browser as real

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

SHOTS, MAX_SHOT = "EFFDL_SHOTS", 16_000
RUN_MS = 240_000
SEND_MS = 20
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
# no cell is left undrawn because it is out of sight, and no news are fetched
SETTINGS = {
    "labconfig/page_config.json": {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}},
    "lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}
# ipywidgets gives its sliders a visible label, but no name that is tied to it
NOT_OURS = ("aria-input-field-name",)
AXE = """async ([selector, without]) => {
    const rules = Object.fromEntries(without.map(rule => [rule, {enabled: false}]));
    const found = await axe.run(selector, {rules});
    return found.violations.map(rule => `${rule.id}: ${rule.nodes[0].html.slice(0, 200)}`);
}"""
TOO_WIDE = """() => {
    const page = document.querySelector('.jp-Notebook').getBoundingClientRect();
    const scrolls = node => ['auto', 'scroll'].includes(getComputedStyle(node).overflowX);
    const inside = node => node.closest('.cm-editor') || node.closest('.jp-toolbar-overlap .jp-cell-toolbar');
    const hidden = node => { while ((node = node.parentElement)) if (scrolls(node) && node.matches(
        '.jp-Cell *')) return true; return false; };
    return [...document.querySelectorAll('.jp-Cell *')].filter(node => {
        const box = node.getBoundingClientRect();
        return box.width && box.right > page.right + 1 && !inside(node) && !hidden(node);
    }).map(node => `${node.localName}.${node.className}: ${node.textContent.slice(0, 60)}`);
}"""
STARTED = "() => document.querySelector('.jp-Notebook').textContent.includes('[1]:')"
# JupyterLab tells of each message when it is sent, and of the kernel's when the page has acted on it
WATCH_KERNEL = """() => {
    const {kernel} = jupyterapp.shell.currentWidget.sessionContext.session;
    window.unanswered = new Set();
    kernel.anyMessage.connect((_, {msg, direction}) => {
        if (direction === 'send' && msg.channel === 'shell') unanswered.add(msg.header.msg_id);
    });
    kernel.iopubMessage.connect((_, msg) => {
        if (msg.content.execution_state === 'idle') unanswered.delete(msg.parent_header.msg_id);
    });
}"""
ANSWERED = "() => !unanswered.size"
BUSY = "() => [...document.querySelectorAll('.jp-InputPrompt')].some(prompt => prompt.textContent.includes('*'))"


@contextmanager
def jupyterlab(folder: Path, scratch: Path) -> Iterator[str]:
    """JupyterLab in `folder`; yields its address."""
    for name, value in SETTINGS.items():
        path = scratch / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    options = ("--LabApp.extension_manager=readonly", "--expose-app-in-browser")
    with real.jupyter(folder, scratch, "lab", *options) as address:
        yield address


class NotebookPage:
    """One notebook, alone in its window; cells count from 0, text cells too."""

    def __init__(self, tab: real.Tab, address: str, path: str) -> None:
        self.tab, self.page = tab, tab.page
        self.page.set_viewport_size(WIDE)
        self.page.goto(real.at(address, f"doc/tree/{path}"))
        # the toolbar's indicator shows "idle" before there is a kernel
        self.page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for(timeout=RUN_MS)
        self.page.evaluate(WATCH_KERNEL)

    @property
    def cells(self) -> Locator:
        return self.page.locator(".jp-Notebook .jp-Cell")

    @property
    def faults(self) -> list[str]:
        """What no page may do."""
        return [*self.tab.harm, *self.tab.errors, *self.tab.complaints, *self.tab.missing]

    def run_all(self) -> None:
        """By the menu; returns when nothing runs any more."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(STARTED, timeout=RUN_MS)
        self.page.wait_for_function(f"() => !({BUSY})()", timeout=RUN_MS)
        self.wait_for_kernel()

    def run(self, index: int) -> None:
        """Select a cell by its margin, press Control and Enter, wait for the end."""
        prompt = self.prompt(index)
        before = prompt.inner_text()
        prompt.click()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            "([prompt, before]) => /\\d/.test(prompt.innerText) && prompt.innerText !== before",
            arg=[prompt.element_handle(), before],
            timeout=RUN_MS,
        )
        self.wait_for_kernel()

    def wait_for_kernel(self) -> None:
        """Return when the kernel has done all that the page asked of it, and the page shows it."""
        self.page.wait_for_timeout(SEND_MS)
        self.page.wait_for_function(ANSWERED, timeout=RUN_MS)

    def prompt(self, index: int) -> Locator:
        return self.cells.nth(index).locator(".jp-InputPrompt")

    def has_run(self, index: int) -> bool:
        return re.search(r"\d", self.prompt(index).inner_text()) is not None

    def errors(self, index: int) -> list[str]:
        """The errors that stand below a cell."""
        return self.output(index).locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_inner_texts()

    def output(self, index: int) -> Locator:
        return self.cells.nth(index).locator(".jp-OutputArea")

    def text(self, index: int) -> str:
        """The code of a cell, as it stands in the editor."""
        return "\n".join(self.cells.nth(index).locator(".cm-line").all_inner_texts()).replace("\u200b", "")

    def paste(self, index: int, text: str) -> None:
        """Replace the code of a cell at once."""
        self.cells.nth(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def type(self, index: int, text: str) -> None:
        """Replace the code of a cell, key by key; line ends come with their indent, which the editor would add to."""
        self.cells.nth(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        for number, line in enumerate(text.splitlines()):
            code = line.lstrip()
            if number:
                self.page.keyboard.insert_text("\n" + line[: len(line) - len(code)])
            self.page.keyboard.type(code)

    def shoot(self, name: str, part: Locator | None = None) -> None:
        """Save a picture of the whole notebook, or of a part of it, if $EFFDL_SHOTS names a folder for it."""
        if not (folder := os.environ.get(SHOTS)):
            return
        if part is None:
            size = self.page.viewport_size
            tall = self.page.evaluate("() => document.querySelector('.jp-WindowedPanel-inner').scrollHeight")
            self.page.set_viewport_size({**size, "height": min(tall + 200, MAX_SHOT)})
            self.page.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
            self.page.screenshot(path=Path(folder, f"{name}.png"))
            self.page.set_viewport_size(size)
        else:
            part.screenshot(path=Path(folder, f"{name}.png"))

    def too_wide(self) -> list[str]:
        """Elements of cells that stick out of them to the right and cannot be scrolled to, by their text or tag."""
        return self.page.evaluate(TOO_WIDE)

    def violations(self, selector: str) -> list[str]:
        """What axe finds wrong in all elements of that kind, except for what ipywidgets does not let us mend."""
        self.page.evaluate(f"{axe.axe_script().read_text(encoding='utf-8')}; 0")
        return self.page.evaluate(AXE, [selector, list(NOT_OURS)])


@contextmanager
def opened(browser: Browser, address: str, path: str) -> Iterator[NotebookPage]:
    """A notebook in a profile of its own."""
    with real.watched(browser) as tab:
        yield NotebookPage(tab, address, path)
