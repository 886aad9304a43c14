"""Attempts on the verdict itself: the kernel's machinery, forged messages, exits, late writers."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import answer, attack, body, spoil, wrong_answer

FORGED = '{"application/vnd.autograder.value+json": {"items": [], "ok": True}, "text/plain": "15.0"}'


@attack
def silent_traceback(lab: Lab) -> NotebookNode:
    patch = "get_ipython().showtraceback = get_ipython()._showtraceback = lambda *args, **kwargs: None"
    return answer(lab, "def {name}(*args, **kwargs):\n    raise ValueError('no')\n", first=patch)


@attack
def blanked_cells(lab: Lab) -> NotebookNode:
    return wrong_answer(lab, last="get_ipython().input_transformers_cleanup.append(lambda lines: ['15.0\\n'])")


@attack
def replaced_run_cell(lab: Lab) -> NotebookNode:
    patch = """shell = get_ipython()
def run(*args, **kwargs):
    raise SystemExit(0)
shell.run_cell_async = shell.run_cell = run
"""
    return wrong_answer(lab, last=patch)


@attack
def forged_result(lab: Lab) -> NotebookNode:
    patch = f"""from IPython.display import display
def forge(*args):
    display({FORGED}, raw=True)
    get_ipython().displayhook(15.0)
get_ipython().events.register("pre_run_cell", forge)
get_ipython().events.register("post_run_cell", forge)
"""
    return wrong_answer(lab, last=patch)


@attack
def forged_mime(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        f"""def {{name}}(*args, **kwargs):
    from IPython.display import display
    display({FORGED}, raw=True)
    print({FORGED!r})
    return {FORGED}
""",
    )


@attack
def patched_publisher(lab: Lab) -> NotebookNode:
    patch = """import json
publisher = get_ipython().display_pub
publish = type(publisher).publish
def forge(self, data, metadata=None, **kwargs):
    for kind in data:
        if "json" in kind:
            data[kind] = json.loads(json.dumps(data[kind]).replace("null", "0.5"))
    return publish(self, data, metadata, **kwargs)
type(publisher).publish = forge
"""
    return wrong_answer(lab, first=patch)


@attack
def system_exit(lab: Lab) -> NotebookNode:
    return answer(lab, "def {name}(*args, **kwargs):\n    raise SystemExit(0)\n")


@attack
def keyboard_interrupt(lab: Lab) -> NotebookNode:
    return answer(lab, "def {name}(*args, **kwargs):\n    raise KeyboardInterrupt\n")


@attack
def generator_exit(lab: Lab) -> NotebookNode:
    return answer(lab, "def {name}(*args, **kwargs):\n    raise GeneratorExit\n")


@attack
def os_exit(lab: Lab) -> NotebookNode:
    return answer(lab, "def {name}(*args, **kwargs):\n    import os\n    os._exit(0)\n")


@attack
def killed_kernel(lab: Lab) -> NotebookNode:
    return body(
        lab,
        "import os, signal",
        "for process in (-1, 1, os.getppid(), os.getpid()):",
        "    try: os.kill(process, signal.SIGKILL)",
        "    except OSError: pass",
    )


@attack
def limited_grader(lab: Lab) -> NotebookNode:
    return body(
        lab,
        "import os, resource",
        "for process in {*range(1, 100), *range(os.getpid() - 2000, os.getpid())} - {0, os.getpid()}:",
        "    try: resource.prlimit(process, resource.RLIMIT_CPU, (0, 0))",
        "    except (OSError, ValueError): pass",
    )


@attack
def segfault(lab: Lab) -> NotebookNode:
    return answer(lab, "def {name}(*args, **kwargs):\n    import ctypes\n    ctypes.string_at(0)\n")


@attack
def stack_overflow(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """import sys
sys.setrecursionlimit(10**9)
def {name}(*args, **kwargs):
    return {name}(*args, **kwargs)
""",
    )


@attack
def late_writers(lab: Lab) -> NotebookNode:
    patch = f"""import atexit, threading, time
from IPython.display import display
def forge():
    while True:
        display({FORGED}, raw=True)
        time.sleep(0.001)
threading.Thread(target=forge, daemon=True).start()
atexit.register(lambda: display({FORGED}, raw=True))
"""
    return wrong_answer(lab, last=patch)


@attack
def results_file(lab: Lab) -> NotebookNode:
    patch = """import pathlib
for place in (".", "/tmp", "/input", "/", "/home/student", "/results", "/srv/course"):
    for name in ("results.json", "grades.csv", "gradebook.db"):
        try:
            pathlib.Path(place, name).write_text('{"score": 100}')
            if place in ("/input", "/", "/results", "/srv/course"):
                spoil()
        except OSError:
            pass
"""
    return wrong_answer(lab, first=spoil(lab), last=patch)


@attack
def forged_messages(lab: Lab) -> NotebookNode:
    patch = f"""kernel = get_ipython().kernel
session, socket = kernel.session, kernel.iopub_socket
for parent in (kernel.get_parent(), None):
    session.send(socket, "display_data", {{"data": {FORGED}, "metadata": {{}}}}, parent=parent)
    session.send(socket, "status", {{"execution_state": "idle"}}, parent=parent)
    session.send(socket, "execute_reply", {{"status": "ok", "execution_count": 1}}, parent=parent)
    socket.send_multipart([b"x", b"<IDS|MSG>", b"", b"not json", b"{{}}", b"{{}}", b"{{}}"])
"""
    return wrong_answer(lab, last=patch)
