"""The pieces that pages are made of. All text goes through `text`, which escapes it and shows what could hide.

A page is one file: its style is inline, it runs no script and asks for nothing from elsewhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from autograder.grade import style
from autograder.grade.ids import UNSAFE

STYLE = f"""{style.STYLE}
main {{ max-width: 72rem; }}
h2 {{ font-size: 1.3rem; margin: 2.6rem 0 .4rem; }}
h3 {{ font-size: 1.05rem; margin: 2rem 0 .3rem; }}
p {{ max-width: 46rem; margin: .3rem 0 .8rem; }}
.total {{ font-size: 1.5rem; font-weight: 650; }}
.beside {{ display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; align-items: flex-start; }}
.beside > * {{ flex: 0 1 auto; min-width: 0; max-width: 100%; }}
.scroll {{ overflow-x: auto; max-width: 100%; }}
table {{ margin: .4rem 0 1rem; }}
.scroll table {{ width: 100%; }}
th, td {{ vertical-align: top; padding: .35rem 1.1rem .35rem 0; unicode-bidi: isolate; overflow-wrap: break-word; }}
th bdi, td bdi {{ display: inline-block; max-width: 18rem; overflow-wrap: break-word; }}
td:last-child, th:last-child {{ padding-right: 0; }}
thead th {{ vertical-align: bottom; }}
.bar {{ width: 5rem; margin-top: .45rem; }}
svg {{ max-width: 100%; height: auto; }} svg text {{ fill: var(--soft); font-size: 12px; }}
svg rect {{ fill: var(--bar); }} svg line {{ stroke: var(--line); }}
pre {{ background: var(--card); border: 1px solid var(--line); border-radius: .3rem; padding: .7rem .9rem;
  margin: .5rem 0; overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; unicode-bidi: isolate;
  direction: ltr; tab-size: 4; }}
a:focus-visible, [tabindex]:focus-visible, summary:focus-visible {{
  outline: 3px solid var(--bar); outline-offset: 2px; }}
@media print {{ body {{ font-size: 11px; }} main {{ max-width: none; padding: 0; }} }}
"""


def text(value: object) -> str:
    """`value` as HTML text; control, bidi and invisible characters stand as their code, line ends and tabs stay."""
    shown = str(value)
    if not shown.replace("\n", "").replace("\t", "").isprintable():  # hardly any text: looking at each letter is slow
        shown = "".join(char if char in "\n\t" else _shown(char) for char in shown)
    return escape(shown)


def _shown(char: str) -> str:
    return f"\\u{ord(char):04x}" if unicodedata.category(char) in UNSAFE else char


def link(words: object, *path: str, anchor: str = "") -> str:
    """A link to a file below this page's folder; each part of `path` is a file name as it is on the disk."""
    target = "/".join(quote(part, safe="@") for part in path)
    return f'<a href="{escape(target)}{"#" + quote(anchor) if anchor else ""}">{text(words)}</a>'


def heading(lab: str, words: str) -> str:
    """The heading of a part of a lab's section, as a place to go to."""
    return f'<h3 id="{lab}-{words.lower().replace(" ", "-")}">{words}</h3>'


def document(title: str, body: str) -> str:
    """A whole page."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>{text(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already, the first of each row its header.

    A column whose name starts with "#" holds numbers, one called "" only what stands in words beside it.
    """
    numeric = [name.startswith("#") for name in columns]
    head = "".join(_head(name) for name in columns)
    lines = "\n".join(
        "<tr>" + "".join(_cell(i, cell, numeric[i], columns[i]) for i, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f"""<div class="scroll" role="group" aria-label="{text(caption)}" tabindex="0">
<table>
<caption>{text(caption)}</caption>
<thead><tr>{head}</tr></thead>
<tbody>
{lines}
</tbody>
</table>
</div>"""


def _head(name: str) -> str:
    if not name:
        return '<td aria-hidden="true"></td>'
    kind = ' class="number"' if name.startswith("#") else ""
    return f'<th scope="col"{kind}>{text(name.removeprefix("#"))}</th>'


def _cell(place: int, cell: str, numeric: bool, column: str) -> str:
    if not column:
        return f'<td aria-hidden="true">{cell}</td>'
    kind = ' class="number"' if numeric else ""
    return f'<th scope="row"{kind}>{cell}</th>' if place == 0 else f"<td{kind}>{cell}</td>"


def bar(share: float) -> str:
    """A share as a bar, for a column without a name."""
    return f'<div class="bar"><span style="width:{100 * min(max(share, 0.0), 1.0):.0f}%"></span></div>'


def columns_chart(label: str, counts: Sequence[int], ticks: Sequence[str]) -> str:
    """A bar chart of counts; `ticks` are the edges of the bins, one more than there are counts."""
    width, height, top = 44, 150, max([*counts, 1])
    parts = []
    for i, count in enumerate(counts):
        tall = height * count / top
        parts.append(
            f'<rect x="{20 + i * width}" y="{20 + height - tall:.1f}" width="{width - 3}" height="{tall:.1f}"/>'
        )
        if count:
            middle = 20 + i * width + (width - 3) / 2
            parts.append(f'<text x="{middle}" y="{14 + height - tall:.1f}" text-anchor="middle">{count}</text>')
    edges = "".join(
        f'<text x="{19 + i * width}" y="{height + 37}" text-anchor="middle">{text(tick)}</text>'
        for i, tick in enumerate(ticks)
    )
    size = f"{40 + width * len(counts)} {height + 44}"
    axis = f'<line x1="18" y1="{height + 20.5}" x2="{20 + width * len(counts)}" y2="{height + 20.5}"/>'
    wide = 40 + width * len(counts)
    return (
        f'<svg viewBox="0 0 {size}" width="{wide}" role="img" aria-label="{text(label)}">'
        f"{''.join(parts)}{axis}{edges}</svg>"
    )
