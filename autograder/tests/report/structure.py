"""What makes a page accessible and self-contained, as far as its text alone shows it; no browser is needed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

VOID = {"meta", "br", "link", "img", "rect", "line", "hr", "input"}
LIVE = {"script", "iframe", "object", "embed", "form", "link", "base", "img"}


class Page(HTMLParser):
    """A parsed page: its elements as (tag, attributes), its text, its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.broken: list[str] = []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def faults(text: str, path: Path | None = None) -> list[str]:
    """What is wrong with a page, [] if nothing; with its `path`, links to other files are followed too."""
    page = Page(text)
    checks = (_frame, _headings, _tables, _names, _live)
    found = [fault for check in checks for fault in check(page)]
    return found + _links(page, path)


def _frame(page: Page) -> list[str]:
    tags = [tag for tag, _ in page.elements]
    found = [f"<{tag}> is not closed" for tag in page.open] + [f"</{tag}> closes nothing" for tag in page.broken]
    found += [f"{tags.count(tag)} <{tag}>" for tag in ("html", "title", "main", "h1") if tags.count(tag) != 1]
    return found + ([] if page.all("html")[0].get("lang") == "en" else ["no language"])


def _headings(page: Page) -> list[str]:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    return [f"h{b} follows h{a}" for a, b in zip([0, *levels], levels, strict=False) if b > a + 1]


def _tables(page: Page) -> list[str]:
    tables = len(page.all("table"))
    found = [] if len(page.all("caption")) == tables else ["a table without a caption"]
    return found + ["a header cell without scope" for cell in page.all("th") if cell.get("scope") not in ("col", "row")]


def _names(page: Page) -> list[str]:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    found = [f"two elements with id {name!r}" for name in sorted({name for name in ids if ids.count(name) > 1})]
    roles = [(attributes.get("role", tag), attributes.get("aria-label")) for tag, attributes in page.elements]
    marks = [mark for mark in roles if mark[0] in ("nav", "region")]
    found += [f"two {role} named {name!r}" for role, name in sorted(set(marks)) if marks.count((role, name)) > 1]
    for tag, attributes in page.elements:
        label = attributes.get("aria-label")
        if attributes.get("aria-labelledby", ids[0] if ids else None) not in (*ids, None):
            found.append(f"<{tag}> is labelled by nothing")
        if (tag in ("svg", "nav") or attributes.get("role") in ("img", "region", "group")) and not label:
            found.append(f"<{tag}> has no name")
        if attributes.get("tabindex", "0") != "0":
            found.append(f"<{tag}> changes the order of the keyboard")
    return found


def _live(page: Page) -> list[str]:
    tags = [tag for tag, _ in page.elements]
    found = [f"<{tag}>" for tag in tags if tag in LIVE] + ["two <style>"] * (tags.count("style") > 1)
    found += [f"{name}=" for _, attributes in page.elements for name in attributes if name.startswith("on")]
    targets = [attributes.get("href") or "" for _, attributes in page.elements if "href" in attributes]
    return found + [f"a link to {target}" for target in targets if urlsplit(target).scheme or target.startswith("/")]


def _links(page: Page, path: Path | None) -> list[str]:
    found = []
    for target in (attributes.get("href") or "" for attributes in page.all("a")):
        parts = urlsplit(target)
        there = path.parent / unquote(parts.path) if path and parts.path else path
        if there is None:
            continue
        if not there.is_file():
            found.append(f"a link to {target}, which is not there")
        elif parts.fragment:
            ids = re.findall(r'\bid="([^"]*)"', there.read_text(encoding="utf-8"))
            found += [] if unquote(parts.fragment) in ids else [f"a link to {target}, which has no such place"]
    return found


def contrasts(style: str) -> dict[str, float]:
    """The contrast of each text color with each background, for the light and the dark palette of a style sheet."""
    found = {}
    for number, block in enumerate(re.findall(r":root \{(.*?)\}", style, re.DOTALL)):
        colors = dict(re.findall(r"--(\w+): (#\w+)", block))
        for ink in ("ink", "soft", "good", "part", "bad", "bar"):
            for ground in ("page", "card"):
                found[f"{number} {ink} on {ground}"] = _contrast(colors[ink], colors[ground])
    return found


def _contrast(one: str, other: str) -> float:
    """The ratio of the two relative luminances, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    parts = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
