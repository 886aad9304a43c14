"""The two ends of a hidden case's way into the kernel and back: the code that is sent, the result that is read."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from autograder.lab import Case, Lab

MIME = "application/vnd.autograder.value+json"
# how the harness calls a case that it had to end, and one that ended the copy of the kernel that it ran in
ENDINGS = {"CaseTimeout": ("timeout", "it ran too long"), "CaseDied": ("died", "")}


@dataclass(frozen=True)
class Request:
    """One case as it is sent: `seed` is the case's own, `names` all exercise names of the lab, `needs` this one's."""

    case: Case
    seed: int
    setup: str
    names: tuple[str, ...]
    needs: tuple[str, ...]
    forbid: tuple[str, ...] = ()
    token: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def id(self) -> str:
        return self.case.id

    @property
    def exercise(self) -> str:
        return self.case.exercise

    @property
    def name(self) -> str:
        return self.case.name


@dataclass(frozen=True)
class CaseRun:
    """How a case ran: "shown", or one of "error", "timeout", "died", "not_run", "missing", "forbidden".

    `items` are as strangers' code sent them, not yet decoded; `absent` the exercise's names that nothing defines.
    `joined`: another exercise's cases may have had a part in it, or this one in theirs.
    """

    status: str
    items: list[Any] = field(default_factory=list)
    detail: str = ""
    ename: str = ""
    absent: tuple[str, ...] = ()
    joined: bool = False


def make_requests(lab: Lab, seed: int) -> list[Request]:
    """One request a case, in the order of the exercises."""
    names = tuple(name for exercise in lab.exercises for name in exercise.names)
    return [
        Request(case, case_seed(seed, lab.name, case), lab.hidden.setup, names, exercise.names, exercise.forbid)
        for exercise in lab.exercises
        for case in lab.hidden.of(exercise.id)
    ]


def case_seed(seed: int, lab: str, case: Case) -> int:
    """A case's own seed, drawn from the assignment's: below 2^31 - 8, so that `seed + 1` stays a seed for everybody."""
    digest = hashlib.sha256(f"{seed}/{lab}/{case.id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (2**31 - 8)


@cache
def harness_text() -> str:
    files = (Path(__file__).with_name(name) for name in ("showing.py", "apart.py", "harness.py"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def install_code() -> str:
    """Sent once a kernel, after the set-up cells and before any code of the student. It binds no name."""
    text = harness_text()
    call = f"{text}\ninstall({text!r})\n"
    return f"__import__('builtins').exec({call!r}, {{'__name__': '_autograder_install'}})"


def batch_code(batch: list[Request], wall_s: float) -> str:
    """Code that runs a batch of cases of one exercise; it binds no name and reads none that a notebook may rebind."""
    requests = json.dumps([_sent(request, wall_s) for request in batch])
    names = f"{{'__name__': '_autograder_case', 'REQUESTS': {requests!r}}}"
    return f"__import__('builtins').exec(__import__('sys').modules['_autograder'].code, {names})"


def _sent(request: Request, wall_s: float) -> dict[str, Any]:
    return {
        "token": request.token,
        "code": request.case.code,
        "setup": request.setup,
        "seed": request.seed,
        "names": request.names,
        "needs": request.needs,
        "forbid": request.forbid,
        "wall_s": wall_s,
    }


def read_results(outputs: list[dict[str, Any]], batch: list[Request]) -> tuple[dict[str, CaseRun], bool]:
    """The results among a run's outputs, by case id, and whether there were values that no case of ours sent."""
    wanted = {request.token: request for request in batch}
    found: dict[str, CaseRun] = {}
    forged = False
    for output in outputs:
        data = output.get("data")
        results = data.get(MIME, []) if isinstance(data, dict) else []
        for result in results if isinstance(results, list) else [results]:
            token = result.get("token") if isinstance(result, dict) else None
            request = wanted.get(token) if isinstance(token, str) else None
            if request is None or request.id in found:
                forged = True
            else:
                found[request.id] = _case_run(result, request)
    return found, forged


def _case_run(result: dict[str, Any], request: Request) -> CaseRun:
    items, error, absent = result.get("items"), result.get("error"), result.get("absent")
    items = items if isinstance(items, list) else []
    absent = tuple(name for name in request.needs if isinstance(absent, list) and name in absent)
    run = CaseRun("shown", items, joined=result.get("joined") is not False)
    if not isinstance(error, dict):
        return run
    ename, text, name = (_text(error.get(key)) for key in ("type", "text", "name"))
    if absent and (len(absent) == len(request.needs) or name in absent):
        return replace(run, status="missing", items=[], detail=f"not defined: {', '.join(absent)}", absent=absent)
    if ename in ENDINGS:
        status, detail = ENDINGS[ename]
        return replace(run, status=status, items=[], detail=detail, ename=ename)
    status = "forbidden" if ename == "Forbidden" else "error"
    return replace(run, status=status, items=[], detail=f"{ename}: {text}", ename=ename)


def _text(value: Any) -> str:
    """A stranger's text, short and printable."""
    text = value[:300] if isinstance(value, str) else ""
    return "".join(c if c.isprintable() else " " for c in text)
