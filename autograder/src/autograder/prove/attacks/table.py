"""The table of attacks as Markdown: `autograder/ATTACKS.md`. It is written from the verdicts alone: a test can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograder.prove.attacks.registry import LINES, Limit, Verdict

HEAD = """# Attacks on the grader, and how each ends

Written by `autograder attack --table`, which hands in every one of these to the real grader and writes this file only
if each ends as it stands here. The numbers in the column "line" are those of our checklist of {count} things that a
notebook, a file or an archive can do; what of it is not run stands at the end, with the reason.

Where nothing else is said, the attacked exercise (the first of the lab, or its first in C) earns nothing and the other
exercises, which are solved, earn everything. For every attack, what the student gets back is searched for lines of the
hidden tests, for their names, inputs and expected values, and for whatever the attack printed of them.
"""
LANDLOCK = """
## With Landlock only

Where namespaces are refused, Landlock takes their place, with limits and a filter on system calls. `autograder attack
--isolation landlock` hands in the same submissions, and they end as they stand above, with the grader as root and as a
user without rights; every `autograder test` hands a part of them in. This is weaker:
"""
POINTS = {"none": "nothing", "full": "all points", "any": "what is left"}


def document(verdicts: Iterable[Verdict], limits: Iterable[Limit], landlock: Iterable[Limit]) -> str:
    """The whole file; `landlock` is what is weaker without namespaces."""
    verdicts = list(verdicts)
    hostile = sorted((v for v in verdicts if v.lines), key=lambda verdict: verdict.lines)
    parts = [
        HEAD.format(count=len(LINES)),
        "## Attacks\n",
        *_table(("line", "attack", "what it tries", "how it ends"), map(_attack, hostile)),
        "\n## Honest twins\n\nRight answers that look suspicious. Each keeps all its points.\n",
        *_table(("twin", "what it does"), ((f"`{v.name}`", _plain(v.tries)) for v in verdicts if not v.lines)),
        "\n## Not run, or not in full\n",
        *_table(("line", "what", "why"), map(_limit, limits)),
        LANDLOCK,
        *_table(("line", "what is open", "why"), map(_limit, landlock)),
    ]
    return "\n".join(parts) + "\n"


def unaccounted(verdicts: Iterable[Verdict], limits: Iterable[Limit]) -> list[int]:
    """The lines of the checklist for which there is neither an attack nor a reason."""
    known = {line for verdict in verdicts for line in verdict.lines} | {each.line for each in limits}
    return [line for line in LINES if line not in known]


def _limit(limit: Limit) -> tuple[str, ...]:
    return str(limit.line), limit.what, limit.why


def _attack(verdict: Verdict) -> tuple[str, ...]:
    return ", ".join(map(str, verdict.lines)), f"`{verdict.name}`", _plain(verdict.tries), "; ".join(_ends(verdict))


def _ends(verdict: Verdict) -> Iterator[str]:
    if verdict.rows:
        ends = list(verdict.rows.values())
        words = {"absent": "not graded, and no row", "invalid": "refused with a message"}
        for end in dict.fromkeys(ends):
            count = f"{ends.count(end)} x " if len(ends) > 1 else ""
            yield count + words.get(end, f"graded, {POINTS.get(end, end)}")
    else:
        yield f"earns {POINTS[verdict.target]}"
        if verdict.others != "full":
            yield f"the other exercises earn {POINTS[verdict.others]}"
    if verdict.why:
        yield verdict.why
    if verdict.says and not verdict.rows:
        yield f"the student reads: {' ... '.join(verdict.says)}"
    if verdict.reports:
        yield f"the instructor reads: {' or '.join(verdict.reports)}"


def _plain(tries: str) -> str:
    return tries.removeprefix("honest: ")


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    head = list(head)
    yield _row(head)
    yield _row(["---"] * len(head))
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
