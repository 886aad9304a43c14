"""The members of a zip or tar archive, one by one, without trusting what the archive says about itself."""

from __future__ import annotations

import gzip
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

# one entry of a zip's directory has about 100 bytes: room for more members than a class has
MAX_DIRECTORY = 16 << 20
# tarfile reads extended headers whole
MAX_HEADER = 1 << 20
END, END_64 = b"PK\x05\x06", b"PK\x06\x06"
DAMAGED = "is damaged or is not an archive; download it again"


class ArchiveError(ValueError):
    """An archive that is not opened, or not to its end."""


@dataclass(frozen=True)
class Member:
    """One entry: `kind` is "file", "folder", "special" or "encrypted"; `packed` is 0 where it is not known."""

    name: str
    kind: str
    size: int
    packed: int
    when: float
    open: Callable[[], Any]


def zip_members(path: Path, limit: int) -> Iterator[Member]:
    """The members of a zip archive, in its own order."""
    if _directory_bytes(path) > MAX_DIRECTORY:
        raise ArchiveError("lists more files than any class hands in; export the class again, or in parts")
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                yield Member(
                    info.filename,
                    _zip_kind(info),
                    info.file_size,
                    info.compress_size,
                    _zip_time(info),
                    lambda info=info: archive.open(info),
                )
    except (zipfile.BadZipFile, NotImplementedError, struct.error, UnicodeDecodeError):
        raise ArchiveError(DAMAGED) from None


def _directory_bytes(path: Path) -> int:
    """The size of a zip's directory, which zipfile would read whole: from the record at the end of the file."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        file.seek(max(0, size - (1 << 16) - 200))
        tail = file.read()
    at, wide = tail.rfind(END), tail.rfind(END_64)
    found = struct.unpack_from("<I", tail, at + 12)[0] if 0 <= at <= len(tail) - 22 else 0
    if found == 0xFFFFFFFF:
        return struct.unpack_from("<Q", tail, wide + 40)[0] if 0 <= wide <= len(tail) - 56 else found
    return found


def _zip_kind(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if info.is_dir():
        return "folder"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "special"
    return "encrypted" if info.flag_bits & 1 else "file"


def _zip_time(info: zipfile.ZipInfo) -> float:
    try:
        return datetime(*info.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def tar_members(path: Path, limit: int) -> Iterator[Member]:
    """The members of a tar archive, plain or gzipped; no more than `limit` bytes of it are unpacked."""
    with open(path, "rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream = _Counted(gzip.GzipFile(fileobj=raw) if zipped else raw, limit)
        try:
            with tarfile.open(fileobj=stream, mode="r:") as archive:
                for info in archive:
                    yield Member(
                        info.name,
                        _tar_kind(info),
                        info.size,
                        0,
                        _tar_time(info),
                        lambda info=info: archive.extractfile(info) or nullcontext(),
                    )
        except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as problem:
            if isinstance(problem, ArchiveError):
                raise
            raise ArchiveError(DAMAGED) from None


def _tar_kind(info: tarfile.TarInfo) -> str:
    if info.isdir():
        return "folder"
    return "file" if info.type in (tarfile.REGTYPE, tarfile.AREGTYPE) else "special"


def _tar_time(info: tarfile.TarInfo) -> float:
    return float(info.mtime) if 0 <= info.mtime < 1 << 33 else 0.0


class _Counted:
    """A file that is read forward, up to a limit: a small gzip may hold terabytes of zeros."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self.file, self.limit = file, limit

    def read(self, size: int) -> bytes:
        if size > MAX_HEADER:
            raise ArchiveError("holds a header that no archive of submissions needs; download it again")
        self._allow(self.file.tell() + size)
        return self.file.read(size)

    def seek(self, position: int) -> int:
        self._allow(position)
        return self.file.seek(position)

    def tell(self) -> int:
        return self.file.tell()

    def _allow(self, position: int) -> None:
        if position > self.limit:
            raise ArchiveError("unpacks to more than any class hands in; nothing of it was graded")
