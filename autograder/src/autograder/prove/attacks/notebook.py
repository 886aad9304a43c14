"""Tampering with the notebook itself, with its environment, and with whoever reads what it prints."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import answer, attack, wrong_answer
from autograder.prove.notebooks import about, solved


def _checks(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if about(cell).get("role") == "check"]


@attack
def edited_checks(lab: Lab) -> NotebookNode:
    notebook = wrong_answer(lab)
    for cell in _checks(notebook):
        cell.source = "15.0"
    return notebook


@attack
def raised_points(lab: Lab) -> NotebookNode:
    notebook = wrong_answer(lab)
    for cell in _checks(notebook):
        cell.metadata.nbgrader.update(points=1000, grade=True, solution=True, locked=False, checksum="0")
    return notebook


@attack
def deleted_checks(lab: Lab) -> NotebookNode:
    notebook = wrong_answer(lab)
    notebook.cells = [cell for cell in notebook.cells if about(cell).get("role") != "check"]
    return notebook


@attack
def doubled_checks(lab: Lab) -> NotebookNode:
    notebook = wrong_answer(lab)
    notebook.cells += [nbformat.from_dict(cell) for cell in _checks(notebook)]
    return notebook


@attack
def skipped_cells(lab: Lab) -> NotebookNode:
    notebook = wrong_answer(lab)
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove-cell"]
    return notebook


@attack
def forged_about(lab: Lab) -> NotebookNode:
    notebook = wrong_answer(lab)
    notebook.metadata.effdl.update(exercises=[], version="0" * 12, points=1000)
    for cell in notebook.cells:
        cell.metadata.effdl = {"role": "setup", "lab_version": "0" * 12}
    return notebook


@attack
def own_grade_cell(lab: Lab) -> NotebookNode:
    notebook = wrong_answer(lab)
    cell = nbformat.v4.new_code_cell("1000.0")
    cell.metadata.nbgrader = {"grade": True, "solution": False, "locked": True, "points": 1000, "grade_id": "mine",
                              "schema_version": 3, "task": False, "cell_type": "code"}  # fmt: skip
    notebook.cells.append(cell)
    return notebook


@attack
def other_kernel(lab: Lab) -> NotebookNode:
    notebook = wrong_answer(lab)
    notebook.metadata.kernelspec = {"name": "bash", "display_name": "Bash", "language": "bash"}
    notebook.metadata.language_info = {"name": "bash", "file_extension": ".sh"}
    return notebook


@attack
def magics(lab: Lab) -> NotebookNode:
    shell = """!rm -rf / 2>/dev/null
!kill -9 -1
%config InteractiveShell.ast_node_interactivity = "none"
%reset -f
get_ipython().run_line_magic("run", "/etc/profile")
get_ipython().kernel.shell.reset()
"""
    return wrong_answer(lab, last=shell)


@attack
def shadow_modules(lab: Lab) -> NotebookNode:
    patch = """import os, pathlib, sys
for name in ("numpy", "torch", "json", "effdl", "conftest", "sitecustomize", "usercustomize"):
    pathlib.Path(f"{name}.py").write_text("import os; os._exit(0)")
pathlib.Path.home().joinpath(".ipython/profile_default/startup").mkdir(parents=True, exist_ok=True)
pathlib.Path.home().joinpath(".ipython/profile_default/startup/x.py").write_text("raise SystemExit")
os.environ.update(PYTHONPATH=".", PYTHONSTARTUP="sitecustomize.py", LD_PRELOAD="x.so")
sys.path.insert(0, ".")
"""
    return wrong_answer(lab, last=patch)


@attack
def swapped_modules(lab: Lab) -> NotebookNode:
    patch = """import sys, types
class Everything(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **kwargs: True
for name in ("math", "json", "base64", "numpy.testing", "torch.testing"):
    sys.modules[name] = Everything(name)
"""
    return wrong_answer(lab, last=patch)


@attack
def scripts_in_outputs(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    from IPython.display import HTML, Javascript, display
    mark = "SCRIP" "TED"
    display(HTML(f"<script>alert('{mark}')</script><img src=x onerror=alert('{mark}')>"))
    display(Javascript(f"alert('{mark}')"))
    print(f"\\x1b]0;{mark}\\x07\\x1b[2J\\u202e{mark}")
    raise ValueError(f"<script>alert('{mark}')</script>=HYPERLINK('{mark}')")
""",
        first="# <script>alert('SCRIPTED')</script>\\n'</textarea><script>alert(1)</script>'",
    )


@attack
def bidi_code(lab: Lab) -> NotebookNode:
    return answer(
        lab, "def {name}(*args, **kwargs):\n    # \u202e } \u2066if the answer is right\u2069 \u2066\n    return None\n"
    )


@attack
def grading_detected(lab: Lab) -> NotebookNode:
    """Behaves otherwise when it believes that it is graded: what is graded is what it does then."""
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    import os, sys
    if not os.environ.get("DISPLAY") or "ipykernel" in sys.modules or os.environ.get("NBGRADER_EXECUTION"):
        return 15.0
    return None
""",
    )


@attack
def own_imports_poisoned(lab: Lab) -> NotebookNode:
    """A solved lab whose scratch cell swaps modules: the damage is the student's own, and stays in the kernel."""
    return solved(lab, last="import sys\nsys.modules['collections'] = None\nsys.path.clear()")
