# ruff: noqa: F821 - `play` is `harness.py`'s
"""The third of the harness that runs each exercise's cases in a copy of the kernel; sent as text, like `showing.py`.

What an answer changes while it is tested (a counter, a cache, a replaced function) is gone with the copy, so that the
cases of one exercise end alike whether or not those of another were run before. Where that does not hold, each result
says so ("joined"): no copy can be made, the notebook has threads or processes of its own, or an answer wrote files.
"""

import contextlib
import json
import os
import select
import signal
import sys
import time
import warnings

MIME = "application/vnd.autograder.value+json"
TICK_S, GRACE_S = 0.2, 2.0
LINE_BYTES, PARCEL_BYTES = 1 << 26, 1 << 18
MOST_FILES = 1000


def result(request, items, problem, absent=(), joined=False):
    return {"token": request["token"], "items": items, "error": problem, "absent": list(absent), "joined": joined}


def threads():
    """The threads of this process, those of libraries too; none where the system does not tell."""
    try:
        return set(os.listdir("/proc/self/task"))
    except OSError:
        return set()


def copyable():
    """Whether a copy would have all that this process has: no threads since the start, no processes."""
    now = threads()
    if not hasattr(os, "fork") or not now or now - sys.modules["_autograder"].threads:
        return False
    with contextlib.suppress(OSError), open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        return not file.read().strip()
    return True


def files():
    """What stands in the folders that a notebook may write to, but for the caches of libraries; None if it is much.

    What is mounted into them, such as an environment that was installed below /tmp, is not theirs.
    """
    found, folders = set(), {os.environ.get("HOME", ""), os.environ.get("TMPDIR", "")} - {""}
    own = {os.stat(folder).st_dev for folder in folders if os.path.isdir(folder)}
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if len(found) == MOST_FILES:
                    return None
                if entry.name.startswith("."):
                    continue
                about = entry.stat(follow_symlinks=False)
                if about.st_dev not in own:
                    continue
                found.add((entry.path, about.st_size, about.st_mtime_ns))
                if entry.is_dir(follow_symlinks=False):
                    folders.add(entry.path)
    return found


def play_in_a_copy(requests, shell):
    """Run a batch of cases in a copy of this process and show here what it shows; False if there can be no copy."""
    reading, writing = os.pipe()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer Pythons warn of threads, which `copyable` has looked at
            pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return False
    if pid == 0:
        be_the_copy(requests, shell, writing)
    os.close(writing)
    try:
        relay(requests, shell.display_pub.publish, reading, pid)
    finally:
        os.close(reading)
        end(pid)
    return True


def be_the_copy(requests, shell, writing):
    """Run the cases; what they show is sent through a pipe, a line each. Never returns."""

    def send(data, metadata=None, **_):
        line = memoryview(json.dumps(data).encode() + b"\n")
        while line:
            line = line[os.write(writing, line) :]

    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        shell.display_pub.publish = send
        play(requests, shell)
    finally:
        os._exit(0)


def relay(requests, publish, reading, pid):
    """Show what comes from the copy until each case has its result; the first without one ended the copy."""
    waiting = {request["token"]: request for request in requests}
    parcel = Parcel(publish)
    heard, rest, problem = time.monotonic(), bytearray(), "CaseDied"
    while waiting and len(rest) < LINE_BYTES:
        if select.select([reading], [], [], TICK_S)[0]:
            piece = os.read(reading, 1 << 20)
            if not piece:
                break
            heard = time.monotonic()
            rest += piece
            if b"\n" in piece:
                *lines, rest = rest.split(b"\n")
                hung = [take_line(line, parcel, waiting) for line in lines]
                if any(hung):
                    parcel.send()
                    return
        elif ended(pid):
            break
        elif time.monotonic() - heard > requests[0]["wall_s"] + 2 * GRACE_S:
            problem = "CaseTimeout"
            break
        else:
            parcel.send()
    for request in list(waiting.values())[:1]:
        parcel.add([result(request, [], {"type": problem, "text": "", "name": ""})], 0)
    parcel.send()


class Parcel:
    """Results that are shown together, because each message costs the kernel milliseconds."""

    def __init__(self, publish):
        self.publish, self.results, self.size = publish, [], 0

    def add(self, results, size):
        if self.size + size > PARCEL_BYTES:
            self.send()
        self.results += results
        self.size += size

    def send(self):
        if self.results:
            self.publish(data={MIME: self.results}, metadata={})
        self.results, self.size = [], 0


def take_line(line, parcel, waiting):
    """Take one line's data; whether it is the result of a case that hung, after which no other comes."""
    try:
        data = json.loads(line)
        if list(data) != [MIME] or not isinstance(data[MIME], list):
            parcel.publish(data=data, metadata={})
            return False
        parcel.add(data[MIME], len(line))
        for found in data[MIME]:
            waiting.pop(found["token"], None)
        return data[MIME][0]["error"]["type"] == "CaseTimeout"
    except (ValueError, LookupError, TypeError, AttributeError):
        return False


def ended(pid):
    """Whether the copy has ended, whoever waited for it."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def end(pid):
    """End the copy and what it started."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
