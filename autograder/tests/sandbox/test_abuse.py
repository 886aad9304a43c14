"""What happens to a kernel, its grader and the next kernel when a cell does its worst."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from pathlib import Path

import pytest


def works(sandbox) -> bool:
    with sandbox.kernel() as kernel:
        return kernel.run("print(6 * 7)").outputs[0]["text"] == "42\n"


def rss_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


ENDS = {
    "exit": "import os; os._exit(0)",
    "kill": "import os; os.kill(os.getpid(), 9); import ctypes; ctypes.string_at(0)",
    "segfault": "import ctypes; ctypes.string_at(0)",
    "kill all": "import os\ntry: os.kill(-1, 9)\nfinally: os._exit(1)",
}


@pytest.mark.parametrize("code", ENDS.values(), ids=ENDS)
def test_a_kernel_that_ends_is_noticed_at_once(sandbox, each_kind, code):
    with sandbox.kernel() as kernel:
        start = time.monotonic()
        assert kernel.run(code, wall_s=20).status == "died"
        assert time.monotonic() - start < 5
        assert not kernel.alive
        with pytest.raises(RuntimeError, match="closed"):
            kernel.run("1")
    assert works(sandbox)


LOOPS = {
    "loop": "while True: pass",
    "sleep": "import time; time.sleep(1000)",
    "stubborn": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "deaf": "import signal, os\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n"
    "    except (OSError, ValueError): pass\nimport ctypes\nctypes.CDLL(None).pause()",
}


@pytest.mark.parametrize("code", LOOPS.values(), ids=LOOPS)
def test_a_cell_that_does_not_end_is_killed_at_its_time(sandbox, each_kind, code):
    with sandbox.kernel() as kernel:
        start = time.monotonic()
        assert kernel.run(code, wall_s=1).status == "timeout"
        assert 1 <= time.monotonic() - start < 5
        assert not kernel.alive
    assert works(sandbox)


def test_stopping_itself_is_a_time_out(sandbox, each_kind):
    with sandbox.kernel() as kernel:
        run = kernel.run("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", wall_s=1)
    # the first process of a namespace cannot be stopped
    assert run.status == ("ok" if each_kind == "fork" else "timeout")
    assert works(sandbox)


def test_cpu_time_is_limited(kernel):
    """The sandbox's policy leaves 20 s; a cell may lower its own limit, never raise it."""
    run = kernel.run("import resource; resource.setrlimit(resource.RLIMIT_CPU, (40, 40))")
    assert run.status == "error"
    run = kernel.run("resource.setrlimit(resource.RLIMIT_CPU, (3, 3))\nwhile True: pass", wall_s=15)
    assert run.status == "died"


def test_a_large_allocation_fails_alone(kernel, each_kind):
    assert kernel.run("x = bytearray(8 << 30)").ename == "MemoryError"
    assert kernel.run("import numpy; x = numpy.ones(1 << 30)").status == "error"
    assert kernel.run("1 + 1").status == "ok"


def test_a_fork_bomb_is_limited(sandbox, each_kind):
    bomb = "import os, time\nn = 0\ntry:\n    while n < 500:\n        if os.fork() == 0:\n            time.sleep(60)\n"
    with sandbox.kernel() as kernel:
        run = kernel.run(bomb + "            os._exit(0)\n        n += 1\nexcept OSError: print(n)", wall_s=10)
        assert run.status == "ok"
        assert int(run.outputs[0]["text"]) < 60
    assert works(sandbox)


@pytest.mark.parametrize("each", ["pass", "os.setsid()"], ids=["one group", "a group each"])
def test_a_fork_bomb_that_never_stops_is_gone_with_its_kernel(sandbox, each_kind, each):
    mark = f"bomb-{os.getpid()}"
    bomb = f"import ctypes, os\nctypes.CDLL(None).prctl(15, {mark.encode()!r})\nwhile True:\n    try:\n"
    with sandbox.kernel() as kernel:
        assert (
            kernel.run(f"{bomb}        if os.fork() == 0: {each}\n    except OSError: pass", wall_s=1).status
            == "timeout"
        )
    end = time.monotonic() + 3
    while processes_named(mark) and time.monotonic() < end:
        time.sleep(0.02)
    assert not processes_named(mark)
    assert works(sandbox)


def processes_named(name: str) -> list[Path]:
    found = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):
            found += [path] if path.read_text().strip() == name[:15] else []
    return found


def test_processes_that_detach_themselves_end_with_the_kernel(sandbox, each_kind):
    mark = f"left-{os.getpid()}"
    sleep = "import time; time.sleep(300)"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-S', '-c', {sleep!r}, {mark!r}]"
    with sandbox.kernel() as kernel:
        assert kernel.run(code + ", start_new_session=True)").status == "ok"
        assert commands_with(mark)
    end = time.monotonic() + 3
    while commands_with(mark) and time.monotonic() < end:
        time.sleep(0.02)
    assert not commands_with(mark)


def commands_with(mark: str) -> list[Path]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.parent.name != str(os.getpid()) and mark.encode() in path.read_bytes():
                found.append(path)
        except OSError:
            continue
    return found


FLOODS = {
    "one line": "print('x' * (200 << 20))",
    "many lines": "for i in range(50_000): print(i, 'y' * 50)",
    "many displays": "from IPython.display import display\nfor i in range(3000): display(i)",
    "big display": "from IPython.display import display; display({'text/plain': 'z' * (100 << 20)}, raw=True)",
    "traceback": "raise ValueError('e' * (8 << 20))",
}


@pytest.mark.parametrize("code", FLOODS.values(), ids=FLOODS)
def test_floods_are_cut_and_the_grader_stays_small(sandbox, code):
    with sandbox.kernel() as kernel:
        before = rss_mib()
        run = kernel.run(code, wall_s=20)
        assert rss_mib() - before < 60
        assert run.status in ("ok", "error", "died")
        assert sum(len(str(output)) for output in run.outputs) < 3 << 20
        assert len(run.outputs) < 1100
        assert len(run.evalue) <= 2000


def test_endless_output_ends_at_its_time_and_the_grader_stays_small(sandbox):
    with sandbox.kernel() as kernel:
        before = rss_mib()
        run = kernel.run("while True: print('x' * 100000, flush=True)", wall_s=2)
        assert run.status in ("timeout", "died", "error")
        assert rss_mib() - before < 60
    assert works(sandbox)


RAW_FLOOD = """
import os, socket
body = bytes([3]) + (1 << 20).to_bytes(8, "big") + bytes(1 << 20)  # a frame of a message with more to come
links = []
for number in range(3, 100):
    try:
        link = socket.socket(fileno=os.dup(number))
        if link.family == socket.AF_UNIX and "/s-2" in str(link.getsockname()):
            link.setblocking(True)
            links.append(link)
    except OSError:
        continue
while True:
    for link in links:
        try:
            link.sendall(body)
        except OSError:
            pass
"""


ENDLESS = {
    "displays": "from IPython.display import display\nwhile True: display(1)",
    "strangers": "k = get_ipython().kernel\nfrom ipykernel.kernelapp import IPKernelApp as A\n"
    "while True: k.session.send(A.instance().iopub_socket, 'status', {}, parent={'header': {'msg_id': 'x'}})",
}


@pytest.mark.parametrize("code", ENDLESS.values(), ids=ENDLESS)
def test_endless_messages_do_not_put_off_the_deadline(sandbox, code):
    with sandbox.kernel() as kernel:
        start = time.monotonic()
        assert kernel.run(code, wall_s=1).status in ("timeout", "died")
        assert time.monotonic() - start < 5


def test_an_endless_message_written_past_zeromq_does_not_fill_the_grader(sandbox):
    with sandbox.kernel() as kernel:
        before = rss_mib()
        assert kernel.run(RAW_FLOOD, wall_s=1.5).status in ("timeout", "died")
        assert rss_mib() - before < 60
    assert works(sandbox)


WRITE = "with open(os.environ['TMPDIR'] + '/{name}', 'wb') as f:\n    for _ in range({mib}): f.write(bytes(1 << 20))"


def test_the_disk_is_limited(kernel, each_kind):
    assert kernel.run("import os\n" + WRITE.format(name="a", mib=9)).ename == "OSError"
    if each_kind != "landlock":
        many = "\n".join(WRITE.format(name=name, mib=3) for name in "bcdefgh")
        assert kernel.run(many).ename == "OSError"


EMPTY = "for i in itertools.count(): os.close(os.open(f\"{os.environ['TMPDIR']}/{i}\", os.O_CREAT))"


def test_the_number_of_files_is_limited(sandbox, each_kind):
    """Empty ones take no room on a disk in memory, and would fill the machine's memory, which counts as nobody's."""
    with sandbox.kernel() as kernel:
        run = kernel.run(f"import itertools, os\n{EMPTY}", wall_s=20)
        assert (run.status, run.ename) == (("error", "OSError") if each_kind == "fork" else ("died", ""))
    assert works(sandbox)


def test_open_files_are_limited(kernel):
    assert kernel.run("import os\nkept = [open('/dev/null') for _ in range(5000)]").ename == "OSError"
    assert kernel.run("kept = None; del kept; import gc; gc.collect(); 1").status in ("ok", "error")


def test_closing_all_files_ends_that_kernel_alone(sandbox):
    with sandbox.kernel() as kernel:
        assert kernel.run("import os; os.closerange(0, 1024)", wall_s=2).status in ("died", "timeout", "ok")
    assert works(sandbox)


def test_signals_to_its_own_group_reach_nobody_else(sandbox, each_kind):
    with sandbox.kernel() as kernel:
        status = kernel.run("import os, time\nos.kill(0, 9)\ntime.sleep(1)", wall_s=20).status
        assert status == ("ok" if each_kind == "fork" else "died")
    assert works(sandbox)
