"""Read `policy.toml`, which stands in the output folder and is written by people.

timezone = "Europe/Zurich"      # of times without a zone; needed if there are any

[default]                       # for all labs; a lab may say otherwise
grace = "15m"                   # so late costs nothing
penalty = 10                    # percent of the score ...
per = "day"                     # ... for each begun "day" or "hour"
floor = 50                      # at least this percent of the score stays
late_mark = 10                  # percent, where a system only says "late" and not when

[lab03]
due = 2026-03-01T23:59:00

[lab03.extensions]              # by student id: so much later, or a due date of their own
ana = "2d"
"bob@example.org" = 2026-03-05T12:00:00

[lab03.times]                   # when a student handed in, where no system recorded it
cy = 2026-03-02T08:30:00

"""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from autograder.course import LAB_NAME
from autograder.grade.policy import PERIODS, Policy, Rule

UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


class PolicyError(ValueError):
    """A policy that cannot be applied; the message names the entry and the mend."""


def read_policy(path: Path) -> Policy:
    """The policy in `path`; without such a file nothing is late.

    Raises: PolicyError
    """
    if not path.exists():
        return Policy()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise PolicyError(f"{path}: cannot be read: {problem}") from None
    zone = _zone(path, data.pop("timezone", None))
    default = _rule(f"{path}: [default]", data.pop("default", {}), Rule(), zone)
    for name in data:
        if not LAB_NAME.fullmatch(name):
            raise PolicyError(
                f"{path}: knows no entry {name!r}; there are timezone, [default] and one for each [labNN]"
            )
    return Policy({lab: _rule(f"{path}: [{lab}]", table, default, zone) for lab, table in data.items()}, default)


def _zone(path: Path, name: Any) -> tzinfo | None:
    if name is None:
        return None
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError):
        raise PolicyError(
            f"{path}: timezone {name!r} is unknown; write one such as 'Europe/Zurich' (or: pip install tzdata)"
        ) from None


def _rule(where: str, table: Any, default: Rule, zone: tzinfo | None) -> Rule:
    known = [each.name for each in fields(Rule)]
    if not isinstance(table, dict) or table.keys() - set(known):
        odd = ", ".join(sorted(table.keys() - set(known))) if isinstance(table, dict) else repr(table)
        raise PolicyError(f"{where} has {odd}; it may have {', '.join(known)}")
    read = {
        "due": _time,
        "grace": _length,
        "penalty": _percent,
        "per": _period,
        "floor": _percent,
        "late_mark": _percent,
        "extensions": _extensions,
        "times": _times,
    }
    return replace(default, **{key: read[key](f"{where} {key}", value, zone) for key, value in table.items()})


def _time(where: str, value: Any, zone: tzinfo | None) -> datetime:
    if not isinstance(value, datetime):
        raise PolicyError(f"{where} = {value!r} is no time; write 2026-03-01T23:59:00, without quotes")
    if value.tzinfo is None and zone is None:
        raise PolicyError(f"{where} has no time zone; add timezone = 'Europe/Zurich' (or yours) to the top of the file")
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _length(where: str, value: Any, zone: tzinfo | None = None) -> timedelta:
    found = re.fullmatch(r"(\d{1,5}(?:\.\d+)?)\s*([mhdw])", value) if isinstance(value, str) else None
    if not found:
        raise PolicyError(f"{where} = {value!r} is no length of time; write '30m', '12h', '2d' or '1w'")
    return timedelta(seconds=float(found[1]) * UNITS[found[2]])


def _percent(where: str, value: Any, zone: tzinfo | None) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise PolicyError(f"{where} = {value!r} is no percentage; write a number from 0 to 100")
    return float(value)


def _period(where: str, value: Any, zone: tzinfo | None) -> str:
    if value not in PERIODS:
        raise PolicyError(f"{where} = {value!r}; write 'day' or 'hour'")
    return value


def _extensions(where: str, value: Any, zone: tzinfo | None) -> dict[str, datetime | timedelta]:
    return {
        student: (_time if isinstance(given, datetime) else _length)(f"{where}.{student}", given, zone)
        for student, given in _table(where, value).items()
    }


def _times(where: str, value: Any, zone: tzinfo | None) -> dict[str, datetime]:
    return {student: _time(f"{where}.{student}", given, zone) for student, given in _table(where, value).items()}


def _table(where: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PolicyError(f"{where} = {value!r} is no table; below it write one line for each student")
    return value
