# ruff: noqa: F821 - what is not defined here is `showing.py`'s or `apart.py`'s; REQUESTS is the grader's
"""What runs inside the sandbox around hidden cases. The grader sends this file as text and never imports it.

It is compiled once in a kernel, before any code of the student, and executed into a fresh namespace for each batch of
cases; each case gets a namespace of its own. It shows values and knows no right one: nothing here is a secret.
"""

import contextlib
import functools
import json
import math
import os
import random
import signal
import sys
import time
import types
import warnings

import numpy as np
import numpy.random  # which numpy imports when it is first used: a notebook may have broken imports by then
import torch
from IPython import get_ipython
from torch import nn
from torch.nn import functional as F

MIME = "application/vnd.autograder.value+json"
GRACE_S = 2.0


def install(text):
    """Remember this file and the names of the set-up cells; keep a stray `exit()` or closed stream from ending all."""
    shell, streams = get_ipython(), (sys.stdout, sys.stderr)
    shell.ask_exit = lambda: None
    shell.events.register("post_run_cell", lambda *_: restore(streams))
    module = types.ModuleType("_autograder")
    module.code = compile(text, "<autograder>", "exec")
    ours = {"In", "Out", "exit", "quit", "get_ipython", "open"}
    module.names = {k: v for k, v in shell.user_ns.items() if not k.startswith("_") and k not in ours}
    module.threads = threads()
    sys.modules["_autograder"] = module


def restore(streams):
    """Give the kernel its streams back: without them it never answers again."""
    sys.stdout, sys.stderr = streams


def reset(seed):
    """Put back what notebooks change for the whole process."""
    sys.settrace(None)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    torch.default_generator.manual_seed(seed)  # torch.manual_seed writes down its whole stack for devices not there
    torch.set_default_dtype(torch.float32)
    torch.set_num_threads(1)
    # each of these imports much of torch when called: only where something was changed
    if torch.are_deterministic_algorithms_enabled():
        torch.use_deterministic_algorithms(False)
    torch.autograd.set_detect_anomaly(False)
    if str(torch.get_default_device()) != "cpu":
        torch.set_default_device("cpu")


def draw(kind, case_seed):
    """`rand` or `randn` with a generator of its own, so that no other draw moves it."""

    def sample(*shape, seed=case_seed, dtype=torch.float32):
        generator = torch.Generator().manual_seed(seed)
        return kind(*shape, generator=generator, dtype=dtype)

    return sample


def namespace(request, shown, user):
    """The names of one case: of the set-up cells, then ours, then the student's answers."""
    seed = request["seed"]
    names = dict(sys.modules["_autograder"].names)
    names |= {"show": shown.show, "raises": raises, "seed": seed, "tensor": torch.tensor, "torch": torch, "np": np}
    names |= {"rand": draw(torch.rand, seed), "randn": draw(torch.randn, seed), "nn": nn, "F": F, "math": math}
    for name in request["names"]:
        names.pop(name, None)
        if name in user:
            names[name] = user[name]
    return names | {"__name__": "hidden", "__builtins__": __builtins__}


@contextlib.contextmanager
def forbidding(targets, user):
    """Replace each named function, also under names of the notebook's, by one that refuses all but the case itself."""
    found = []
    for target in targets:
        path, name = target.rsplit(".", 1)
        owner = sys.modules.get(path)
        if owner is not None and hasattr(owner, name):
            found.append((owner, name, getattr(owner, name)))
    for owner, name, original in found:
        setattr(owner, name, refusing(original, name))
    taken = {name: value for name, value in user.items() if any(value is original for _, _, original in found)}
    user.update({name: refusing(value, name) for name, value in taken.items()})
    try:
        yield
    finally:
        user.update(taken)
        for owner, name, original in found:
            setattr(owner, name, original)


def refusing(original, name):
    def guarded(*args, **kwargs):
        if sys._getframe(1).f_code.co_filename == "<hidden>":
            return original(*args, **kwargs)
        raise Forbidden(name)

    return guarded


@contextlib.contextmanager
def deadline(seconds, give_up):
    """Raise CaseTimeout in the running case after so many seconds of wall time; give up on one that catches it."""
    rings = []

    def ring(*_):
        rings.append(1)
        if len(rings) > 1:
            give_up()
        raise CaseTimeout

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, GRACE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_case(request, user, give_up):
    """One case: what it showed and, if it raised, the exception's class and text."""
    shown, problem = Shown(), None
    reset(request["seed"])
    code = compile(request["setup"] + "\n" + request["code"], "<hidden>", "exec")
    names = namespace(request, shown, user)
    try:
        with (
            contextlib.redirect_stdout(Silence()),
            contextlib.redirect_stderr(Silence()),
            warnings.catch_warnings(),
            torch.inference_mode(False),
            torch.enable_grad(),
            forbidding(request["forbid"], user),
            deadline(request["wall_s"], give_up),
        ):
            warnings.simplefilter("ignore")
            exec(code, names)
    except BaseException as raised:
        problem = {"type": type(raised).__name__, "text": describe(raised), "name": str(getattr(raised, "name", ""))}
    absent = [name for name in request["needs"] if name not in user]
    return result(request, shown.items, problem, absent)


def describe(raised):
    try:
        return str(raised)[:300]
    except BaseException:
        return ""


def main(requests):
    """Run a batch of cases of one exercise, in a copy of this process where there can be one."""
    shell, requests = get_ipython(), json.loads(requests)
    if not (copyable() and play_in_a_copy(requests, shell)):
        play(requests, shell, joined=True)


def play(requests, shell, joined=False):
    """Run cases; each publishes its result as it ends. A case that hung is the last."""
    before = files()

    def publish(found):
        shell.display_pub.publish(data={MIME: [found]}, metadata={})

    def give_up(request):
        publish(result(request, [], {"type": "CaseTimeout", "text": "it could not be stopped", "name": ""}))
        time.sleep(0.3)  # for the message to leave
        os._exit(1)

    for request in requests:
        found = run_case(request, shell.user_ns, functools.partial(give_up, request))
        found["joined"] = joined = joined or before is None or files() != before
        publish(found)
        if found["error"] and found["error"]["type"] == "CaseTimeout":
            break


if __name__ == "_autograder_case":
    main(REQUESTS)
