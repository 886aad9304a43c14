"""Attacks on what is recorded and on who reads it: replays, planted results, forged times, live outputs."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograder.lab import Lab
from autograder.prove.attacks.files import HONEST, put
from autograder.prove.attacks.registry import MAKERS, hand_in
from autograder.prove.notebooks import about, blank, solved

MARK = "alert('SCRIPTED')"
ELSEWHERE = "https://attacker.invalid"
HTML = (
    f"<script>{MARK}</script><img src=x onerror={MARK}><svg onload={MARK}></svg><details open ontoggle={MARK}>"
    f'</details><iframe srcdoc="<script>parent.{MARK}</script>"></iframe>'
    f'<iframe src="javascript:parent.{MARK}"></iframe>'
)
LOADS = (
    f"<img src={ELSEWHERE}/1.png><script src={ELSEWHERE}/2.js></script><link rel=stylesheet href={ELSEWHERE}/3.css>"
    f"<style>@import '{ELSEWHERE}/4.css'; body {{background: url({ELSEWHERE}/5.png)}}</style>"
    f"<object data={ELSEWHERE}/6></object><video src={ELSEWHERE}/7></video>"
    f"<meta http-equiv=refresh content='0; url={ELSEWHERE}/8'>"
)
LINKS = f"[a](javascript:{MARK}) <javascript:{MARK}> [c](data:text/html,{MARK}) [d][d]\n\n[d]: javascript:{MARK}"
PICTURES = f"![b](javascript:{MARK}) ![e]({ELSEWHERE}/9.png) ![f][f]\n\n[f]: {ELSEWHERE}/10.png"
TEX = f"$\\href{{javascript:{MARK}}}{{x}}$ $\\style{{background-image: url({ELSEWHERE}/11.png)}}{{x}}$"


@hand_in
def replay(lab: Lab, folder: Path) -> None:
    """Another student's notebook, byte for byte."""
    put(lab, folder, "replay").write_bytes(put(lab, folder, HONEST).read_bytes())


@hand_in
def outputs_of_another(lab: Lab, folder: Path) -> None:
    """The untouched lab with the outputs of the solution, scores among them."""
    notebook = blank(lab)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("execute_result", {"text/plain": "15.0"}, execution_count=1)]
            cell.execution_count = 1
    put(lab, folder, "outputs", notebook)


@hand_in
def planted_results(lab: Lab, folder: Path) -> None:
    """Results, a journal, a gradebook and a marker of a grading run beside an untouched lab, at every level."""
    path = put(lab, folder, "planted", blank(lab))
    row = {"student": "planted", "file": "", "status": "graded", "message": "", "sha256": "", "key": "", "score": 100}
    for top in (path.parent, path.parent.parent, folder.parent):
        for name, text in {
            f"results/{lab.name}.json": json.dumps({"max_score": 100, "submissions": [row]}),
            f"private/{lab.name}_journal.jsonl": json.dumps(row),
            f"private/{lab.name}_seed.json": '{"seed": 1}',
            "gradebook.db": "",
            "grades.csv": f"student_id,lab,score\nplanted,{lab.name},100\n",
        }.items():
            (top / name).parent.mkdir(exist_ok=True)
            (top / name).write_text(text, encoding="utf-8")


@hand_in
def same_content(lab: Lab, folder: Path) -> None:
    """One untouched lab from two students: each has a row of their own, whatever is kept by content."""
    for student in ("same-one", "same-two"):
        put(lab, folder, student, blank(lab))


@hand_in
def forged_times(lab: Lab, folder: Path) -> None:
    stamps = {
        "time-future": "9999-12-31 23:59:59 UTC",
        "time-past": "0001-01-01 00:00:00 UTC",
        "time-text": "yesterday, I promise",
        "time-long": "2" * 10**6,
    }
    for student, stamp in stamps.items():
        put(lab, folder, student, blank(lab)).with_name("timestamp.txt").write_text(stamp)


@hand_in
def forged_lab(lab: Lab, folder: Path) -> None:
    """Claims to be another lab, worth a thousand points."""
    notebook = blank(lab)
    notebook.metadata.effdl.update(lab="lab98", title="x", points=1000)
    put(lab, folder, "forged", notebook)


@hand_in
def loud_student(lab: Lab, folder: Path) -> None:
    """Prints, raises and draws the hidden inputs; the pages that nbgrader makes are searched for them, too."""
    put(lab, folder, "page-inputs", MAKERS["loud_inputs"](lab))
    put(lab, folder, "page-frames", MAKERS["frames_and_history"](lab))


@hand_in
def live_notebook(lab: Lab, folder: Path) -> None:
    """Scripts, drawings, links and terminal escapes in outputs, text, raw cells, attachments and metadata."""
    notebook = solved(lab)
    html, texts = (
        f"{HTML}{LOADS}",
        [HTML, LOADS, LINKS, PICTURES, TEX, f'```mermaid\nclick A href "javascript:{MARK}"\n```'],
    )
    notebook.cells += [new_markdown_cell(text) for text in texts]
    notebook.cells += [new_raw_cell(html, metadata={"raw_mimetype": "text/html"}), _speaking(html)]
    notebook.cells += [new_markdown_cell("![x](attachment:x.svg)", attachments={"x.svg": {"image/svg+xml": html}})]
    for cell in notebook.cells:
        if about(cell).get("role") == "manual":
            cell.source = "\n\n".join(texts)
        if cell.cell_type == "code" and not cell.outputs:
            cell.outputs = _speaking(html).outputs
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"x": html}}
    put(lab, folder, "page-live", notebook)


def _speaking(html: str) -> NotebookNode:
    data = {"text/html": html, "application/javascript": MARK, "image/svg+xml": html, "text/plain": f"\x1b[2J{MARK}"}
    outputs = [new_output("display_data", data), new_output("stream", text=f"\x1b]0;{MARK}\x07")]
    return new_code_cell(f"# {html}\n'</textarea><script>{MARK}</script>'", outputs=outputs)
