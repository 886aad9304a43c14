"""Honest notebooks as editors leave them; each keeps all its points."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import attack
from autograder.prove.notebooks import solved


@attack
def colab_notebook(lab: Lab) -> NotebookNode:
    """As Colab writes it: its own metadata, no nbgrader marks, other cell ids."""
    notebook = solved(lab)
    kernel = {"name": "python3", "display_name": "Python 3"}
    about_lab = {"effdl": notebook.metadata.effdl, "kernelspec": kernel, "accelerator": "GPU"}
    notebook.metadata = nbformat.from_dict({"colab": {"provenance": []}, **about_lab})
    for i, cell in enumerate(notebook.cells):
        cell.metadata = nbformat.from_dict(
            {"id": f"A{i}bC", "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "x"}
        )
        cell.id = f"colab-{i}"
    return notebook


@attack
def split_cells(lab: Lab) -> NotebookNode:
    """As VS Code may leave it: every code cell split in two at a top-level line."""
    notebook, cells = solved(lab), []
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        cut = [i for i, line in enumerate(lines) if i and line.startswith(("import ", "from ", "def "))]
        if cell.cell_type == "code" and cut:
            rest = nbformat.v4.new_code_cell("\n".join(lines[cut[0] :]))
            cell.source = "\n".join(lines[: cut[0]])
            cells += [cell, rest]
        else:
            cells.append(cell)
    notebook.cells = cells
    return notebook


@attack
def vscode_notebook(lab: Lab) -> NotebookNode:
    """As VS Code writes it: language marks on every cell, lines as lists, other ids, an interpreter in the metadata."""
    notebook = solved(lab)
    notebook.metadata["vscode"] = {"interpreter": {"hash": "0" * 64}}
    for i, cell in enumerate(notebook.cells):
        cell.metadata["vscode"] = {"languageId": "python" if cell.cell_type == "code" else "markdown"}
        cell.id, cell.source = f"{i:08x}", cell.source.splitlines(keepends=True)
    return notebook


@attack
def old_format(lab: Lab) -> NotebookNode:
    """As nbformat 4.0 has it: no cell ids; and no metadata of the lab's, as after a conversion to a script and back."""
    notebook = solved(lab)
    notebook.nbformat_minor, notebook.metadata = 0, nbformat.from_dict({})
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata = nbformat.from_dict({"collapsed": False})
    return notebook


@attack
def reordered_cells(lab: Lab) -> NotebookNode:
    """Every cell in reverse order: answers are found by name."""
    notebook = solved(lab)
    notebook.cells.reverse()
    return notebook
