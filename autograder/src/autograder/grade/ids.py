"""Who a student is: ids as text, and the folder names that stand for them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from os import fsencode
from urllib.parse import quote

# control, format (bidi overrides, zero-width), surrogate (undecodable bytes) and line-separator characters
UNSAFE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
LONGEST = 80
COPY = re.compile(r"(?:\s*\((\d+)\)|[-_ ]copy(\d*))$", re.IGNORECASE)
LAB_SUFFIX = re.compile(r"[_-]lab\d{2}(?!\d).*$", re.IGNORECASE | re.DOTALL)
LAB_PREFIX = re.compile(r"lab\d{2}[_-]", re.IGNORECASE)


def clean(text: str) -> str:
    """`text` in NFC without outer spaces; what could hide or reorder text on a screen is percent-encoded."""
    return "".join(_shown(char) for char in unicodedata.normalize("NFC", text).strip())


def _shown(char: str) -> str:
    if unicodedata.category(char) not in UNSAFE:
        return char
    try:
        encoded = fsencode(char)
    except UnicodeEncodeError:  # half of a character pair
        encoded = char.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in encoded)


def flat_id(stem: str, lab_stem: str = "") -> str:
    """The student id that the name of a single file carries.

    It is what stands before `_labNN` or `-labNN`, or behind a leading `labNN_` (as `effdl submit` writes it), else the
    whole stem without a trailing ` (n)` or `-copyN`.
    """
    stem = clean(stem)
    head = LAB_SUFFIX.sub("", stem)
    if head and head != stem:
        return head.strip()
    whole = without_copy(stem)
    if lab_stem and whole.casefold() == lab_stem.casefold():
        return whole
    return LAB_PREFIX.sub("", whole, count=1).strip() or whole


def without_copy(stem: str) -> str:
    """`stem` without the marks that browsers and JupyterLab give to a second copy."""
    while (shorter := COPY.sub("", stem).rstrip()) != stem and shorter:
        stem = shorter
    return stem


def copy_number(stem: str) -> int:
    """1 for "name (1)" and "name-Copy1", 0 for "name"."""
    found = COPY.search(stem)
    return int(found[1] or found[2] or 1) if found else 0


def folder_name(student: str) -> str:
    """`student` as one path component that every file system takes: percent-encoded, bounded, no leading dot."""
    name = quote(student.encode("utf-8", "surrogateescape"), safe="@")
    name = "%2E" + name[1:] if name.startswith(".") else name
    if len(name) > LONGEST:
        name = f"{name[:LONGEST].rstrip('%')}-{_digest(student)}"
    return name


def folders(students: Iterable[str], taken: dict[str, str]) -> dict[str, str]:
    """A folder for each student: `taken` ones are kept; where only the case would differ, a hash is added."""
    named = dict(taken)
    used = {folder.casefold() for folder in named.values()}
    for student in sorted(set(students) - set(named)):
        name = folder_name(student)
        if name.casefold() in used:
            name = f"{name}-{_digest(student)}"
        used.add(name.casefold())
        named[student] = name
    return named


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]
