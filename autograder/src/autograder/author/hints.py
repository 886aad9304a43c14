"""Stage the hints of an exercise: each stands inside the one before it, so that hint 2 invites only once 1 is open.

Authors write them beside each other, which is easier to read and to move. Nested `<details>` are plain HTML, which
JupyterLab, Colab, VS Code, GitHub and exported pages all fold, by mouse, by keyboard and for screen readers.
"""

from __future__ import annotations

import re

FOLD = r"<details>(?:(?!</?details>).)*</details>"
RUN = re.compile(rf"{FOLD}(?:\n{FOLD})+", re.DOTALL)
TAGS = re.compile(r"(\n?<details>|</details>)")


def staged(text: str) -> str:
    """`text` with each run of folds, one a line, put into one another."""
    return RUN.sub(_nested, text)


def flat(text: str) -> str:
    """The way back: folds that stand in one another put beside each other."""
    parts, depth = [], 0
    for part in TAGS.split(text):
        if part == "</details>":
            depth -= 1
            parts += [part] if depth == 0 else []
        elif part.endswith("<details>"):
            parts += ["</details>", part] if depth else [part]
            depth += 1
        else:
            parts.append(part)
    return "".join(parts)


def _nested(run: re.Match[str]) -> str:
    folds = run[0].split("</details>")[:-1]
    return "".join(folds) + "</details>" * len(folds)
