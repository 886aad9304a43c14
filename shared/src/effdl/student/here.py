"""Find the file of the notebook that this kernel belongs to.

Jupyter Server 2 tells a kernel the path that its notebook had when it started, VS Code sets a name, Colab answers with
the notebook itself. Where none does, the one notebook of the lab in the current folder is taken.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from effdl.student import session
from effdl.student.start import Refused
from effdl.student.submit import find_notebook

__all__ = ["from_colab", "own_notebook"]

COLAB_SECONDS = 30


def own_notebook(lab: str) -> Path:
    """The file of this notebook.

    Raises: Refused if it cannot be told
    """
    said = (session.names().get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME"))
    paths = [Path(path) for path in said if isinstance(path, str) and path]
    # some servers tell the path below their own folder, which only its last part helps to find
    for path in [*paths, *(Path.cwd() / path.name for path in paths)]:
        if path.is_file():
            return path
    # renamed since the kernel started, or a front end that tells nothing
    try:
        return find_notebook(lab, Path.cwd())
    except Refused:
        raise Refused(
            f'this cell cannot tell which file is its notebook: write hand_in("{lab}", student_id, file="NAME.ipynb"), '
            "or, where there is no such file, download the notebook and hand in what you get"
        ) from None


def from_colab(lab: str) -> Path | None:
    """On Colab the notebook as it stands in the browser, written to a temporary file; None elsewhere.

    Raises: Refused if Colab does not answer
    """
    try:
        from google.colab import _message
    except ImportError:
        return None
    try:
        answer: Any = _message.blocking_request("get_ipynb", request="", timeout_sec=COLAB_SECONDS)
    except Exception:  # of a class that only Colab has
        answer = None
    if not isinstance(answer, dict) or "ipynb" not in answer:
        raise Refused(
            "Colab did not hand over the notebook: use File > Download > Download .ipynb and upload that file"
        )
    path = Path(tempfile.mkdtemp(prefix="effdl-")) / f"{lab}.ipynb"
    path.write_text(json.dumps(answer["ipynb"]), encoding="utf-8")
    return path
