"""Unpack an archive that strangers filled into a private folder.

Only notebooks and what tells about them are written; every other file leaves an empty one of its name, so that it is
still known who handed in what. Nothing is written outside the folder, no link or device is made, and sizes are counted
while bytes arrive, whatever the archive declares. Archives within archives stay closed.
"""

from __future__ import annotations

import os
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from effdl.student.validate import MAX_BYTES

from autograder.grade.ids import clean
from autograder.intake.archives import ArchiveError, Member, tar_members, zip_members

MIB = 1 << 20
READ = {".ipynb"}
READ_NAMES = {"timestamp.txt", "submission_metadata.yml"}
ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"}
MAX_DEPTH = 8
MAX_PATH = 1_000
CHUNK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """What one archive may hold; a class of a thousand stays far below."""

    members: int = 50_000
    member_bytes: int = MAX_BYTES
    total_bytes: int = 4_000 * MIB
    ratio: int = 200


@dataclass(frozen=True)
class Unpacked:
    """`root` holds the files; `problems` names those that are empty because they were refused, with the reason."""

    root: Path
    problems: dict[str, str] = field(default_factory=dict)
    skipped: tuple[tuple[str, str], ...] = ()


def is_archive(path: Path) -> bool:
    """Whether the name is that of an archive that `unpack` opens."""
    name = path.name.lower()
    return path.is_file() and name.endswith((".zip", ".tar", ".tar.gz", ".tgz"))


def unpack(archive: Path, into: Path, limits: Limits | None = None) -> Unpacked:
    """Write the files of a zip or tar archive below `into`, an empty folder.

    Raises: ArchiveError if it is damaged, or larger than any class
    """
    work = _Unpacker(into, limits or Limits())
    read = zip_members if zipfile.is_zipfile(archive) else tar_members
    try:
        for member in read(archive, work.limits.total_bytes):
            work.take(member)
    except ArchiveError as problem:
        raise ArchiveError(f"{archive.name}: {problem}") from None
    wrapper = _wrapper(into, archive)
    problems = {path.removeprefix(f"{wrapper}/" if wrapper else ""): why for path, why in work.problems.items()}
    return Unpacked(into / wrapper, problems, tuple(work.skipped))


class _Unpacker:
    def __init__(self, root: Path, limits: Limits) -> None:
        self.root, self.limits = root, limits
        self.problems: dict[str, str] = {}
        self.skipped: list[tuple[str, str]] = []
        self.seen: set[str] = set()
        self.left = limits.total_bytes
        self.count = 0

    def take(self, member: Member) -> None:
        self.count += 1
        if self.count > self.limits.members:
            raise ArchiveError(f"holds more than {self.limits.members} files; export the class again, or in parts")
        if member.kind == "folder":
            return
        parts, fault = _safe(member.name)
        fault = fault or ("is a link or a device; it was not unpacked" if member.kind == "special" else "")
        relative = "/".join(parts)
        if not fault and not self._is_new(parts):
            fault = "stands in the archive twice; the first one was taken"
        if fault:
            self.skipped.append((clean(member.name)[:200], fault))
        elif PurePosixPath(relative).suffix.lower() in ARCHIVES:
            self._refuse(relative, "is an archive within the archive and stays closed; ask for the notebook itself")
        else:
            self._file(member, relative)

    def _is_new(self, parts: list[str]) -> bool:
        """Whether neither this file nor a file where it has a folder was seen, on a disk that ignores case too."""
        path = "/".join(parts).casefold()
        folders = {"/".join(parts[:n]).casefold() for n in range(1, len(parts))}
        if path in self.seen or f"{path}/" in self.seen or folders & self.seen:
            return False
        self.seen |= {path} | {f"{folder}/" for folder in folders}
        return True

    def _file(self, member: Member, relative: str) -> None:
        target = self.root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        wanted = target.suffix.lower() in READ or target.name in READ_NAMES
        fault = self._too_large(member) if wanted else ""
        with open(target, "xb") as file:
            if wanted and not fault:
                fault = self._copy(member, file)
                if fault:
                    file.truncate(0)
        os.chmod(target, 0o600)
        os.utime(target, (member.when, member.when))
        if fault:
            self.problems[relative] = fault

    def _refuse(self, relative: str, fault: str) -> None:
        target = self.root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600, exist_ok=False)
        self.problems[relative] = fault

    def _too_large(self, member: Member) -> str:
        if member.kind == "encrypted":
            return "is encrypted; ask for the notebook without a password"
        if member.size > self.limits.member_bytes:
            return f"has {member.size // 1_000_000} MB; clear all outputs, save it and hand it in again"
        if member.size > MIB and member.packed and member.size > self.limits.ratio * member.packed:
            return f"unpacks to more than {self.limits.ratio} times its size; ask for the notebook itself"
        return ""

    def _copy(self, member: Member, target: IO[bytes]) -> str:
        """The bytes of a member, counted as they come; returns what is wrong with them."""
        size = 0
        try:
            with member.open() as source:
                while chunk := source.read(CHUNK):
                    size += len(chunk)
                    self.left -= len(chunk)
                    if self.left < 0:
                        raise ArchiveError("unpacks to more than any class hands in; nothing of it was graded")
                    if size > self.limits.member_bytes:
                        return "has more bytes than the archive says; ask for the notebook itself"
                    target.write(chunk)
        except ArchiveError:
            raise
        except Exception as problem:  # zipfile and zlib raise much for damaged bytes
            return f"is damaged in the archive ({type(problem).__name__}); ask for it again"
        return ""


def _safe(name: str) -> tuple[list[str], str]:
    """The parts of a member's path, and why it is not unpacked."""
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or path[1:2] == ":" or ".." in parts:
        return parts, "points outside the archive; it was not unpacked"
    if not parts or "\0" in name or len(name) > MAX_PATH or any(not 0 < _bytes(part) <= 240 for part in parts):
        return parts, "has a name that no file can have; it was not unpacked"
    if len(parts) > MAX_DEPTH:
        return parts, f"lies more than {MAX_DEPTH} folders deep; it was not unpacked"
    return parts, ""


def _bytes(part: str) -> int:
    """The length of a name on disk, 0 if it has none: half a character pair is no name."""
    try:
        return len(os.fsencode(part))
    except UnicodeEncodeError:
        return 0


def _wrapper(root: Path, archive: Path) -> str:
    """The one folder that some systems wrap all submissions in, else ""."""
    entries = [entry for entry in root.iterdir() if entry.name not in ("__MACOSX", ".DS_Store")]
    if len(entries) != 1 or not stat.S_ISDIR(entries[0].lstat().st_mode):
        return ""
    only, stem = entries[0], archive.name.lower().split(".")[0]
    inside = list(only.iterdir())
    wraps = (
        only.name.lower() in (stem, "submitted", "inbound")
        or (only / "submission_metadata.yml").is_file()
        or (len(inside) > 1 and all(entry.is_dir() for entry in inside))
    )
    return only.name if wraps else ""
