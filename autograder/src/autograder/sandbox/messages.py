"""Jupyter's wire format: a list of byte frames, and what of it the grader believes.

A student's code holds the same key as the kernel, so that a signature proves nothing and is not looked at; every field
of a message is text from a stranger.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

DELIMITER = b"<IDS|MSG>"


@dataclass(frozen=True)
class Message:
    """What the grader uses of a message; `parent` is the id of the request that it answers."""

    kind: str
    parent: str
    content: dict[str, Any]


def request(kind: str, content: dict[str, Any], key: str) -> tuple[str, list[bytes]]:
    """A signed request: its id and its frames."""
    identity = uuid.uuid4().hex
    header = {
        "msg_id": identity,
        "msg_type": kind,
        "session": "grader",
        "username": "grader",
        "version": "5.3",
        "date": datetime.now(UTC).isoformat(),
    }
    parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
    signature = hmac.new(key.encode(), b"".join(parts), hashlib.sha256).hexdigest().encode()
    return identity, [DELIMITER, signature, *parts]


def read_json(part: bytes) -> Any:
    """A JSON value in which all text can be written as UTF-8 (half a surrogate pair becomes a question mark).

    Raises: ValueError, RecursionError
    """
    value = json.loads(part)
    if rb"\ud" in part.lower():
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def parse(frames: list[bytes]) -> Message | None:
    """Read a message; None if it is not one, whatever is wrong with it."""
    try:
        start = frames.index(DELIMITER)
        header, parent, _, content = map(read_json, frames[start + 2 : start + 6])
        message = Message(header["msg_type"], parent.get("msg_id", ""), content)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return None
    well_typed = isinstance(message.kind, str) and isinstance(message.parent, str) and isinstance(content, dict)
    return message if well_typed else None
