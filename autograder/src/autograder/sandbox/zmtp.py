"""Speak to a kernel's ZeroMQ socket over a plain socket, reading no more than asked for.

How: ZMTP 3.0 (rfc.zeromq.org/spec/23) is a greeting of 64 bytes, a READY command, then frames: a byte of flags (1: more
frames follow, 2: long length, 4: a command), the length in 1 or 8 bytes, the body. libzmq itself reads in the
background and keeps frames of an unfinished message without bound, so that a hostile kernel can fill the grader's
memory; here the kernel waits until its bytes are asked for, and frames over the limit are thrown away as they arrive.

What this leaves out: every security mechanism but NULL, heartbeats, reconnecting.
"""

from __future__ import annotations

import socket
import struct

MORE, LONG, COMMAND = 1, 2, 4
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
CHUNK_BYTES = 1 << 18
MAX_FRAMES = 32
HANDSHAKE_S = 30.0


class ProtocolError(Exception):
    """The other side does not speak ZMTP."""


def frame(body: bytes, flags: int = 0) -> bytes:
    """One frame as it travels."""
    if len(body) < 256:
        return bytes((flags, len(body))) + body
    return bytes((flags | LONG,)) + struct.pack(">Q", len(body)) + body


def ready(kind: str) -> bytes:
    """The READY command of a socket of this kind ("DEALER", "SUB")."""
    value = kind.encode("ascii")
    return frame(b"\x05READY\x0bSocket-Type" + struct.pack(">I", len(value)) + value, COMMAND)


class Channel:
    """One connection. `send` and `receive` never block for longer than the socket's own time-out.

    `lost` counts the messages thrown away because they were longer than `max_bytes`.
    """

    def __init__(self, link: socket.socket, kind: str, max_bytes: int) -> None:
        self.link, self.max_bytes, self.lost = link, max_bytes, 0
        self._buffer = bytearray()
        self._skip = self._skip_flags = 0
        self._parts: list[bytes] = []
        self._held = 0
        self._spoiled = False
        self._shake_hands(kind)

    def fileno(self) -> int:
        return self.link.fileno()

    def close(self) -> None:
        self.link.close()

    def send(self, parts: list[bytes], wall_s: float) -> None:
        """Send one message.

        Raises: OSError if it is not taken within `wall_s`
        """
        self.link.settimeout(wall_s)
        last = len(parts) - 1
        self.link.sendall(b"".join(frame(part, MORE if number < last else 0) for number, part in enumerate(parts)))

    def receive(self) -> list[list[bytes]]:
        """The messages that are complete after one read; call it when the socket is readable.

        Raises: EOFError if the kernel has closed it, ProtocolError, OSError
        """
        data = self.link.recv(CHUNK_BYTES)
        if not data:
            raise EOFError("the kernel has closed its socket")
        self._buffer += data
        messages = []
        while (found := self._next_frame()) is not None:
            flags, part = found
            if flags & COMMAND:
                continue
            self._keep(part)
            if not flags & MORE:
                if self._spoiled:
                    self.lost += 1
                else:
                    messages.append(self._parts)
                self._parts, self._held, self._spoiled = [], 0, False
        return messages

    def _shake_hands(self, kind: str) -> None:
        """Greet, and subscribe to everything. Nothing may be sent before the other side is READY: libzmq loses it."""
        self.link.settimeout(HANDSHAKE_S)
        self.link.sendall(GREETING + ready(kind))
        greeting = self._read(len(GREETING))
        if greeting[0] != 0xFF or greeting[10] < 3:
            raise ProtocolError("no ZMTP 3 greeting")
        flags, size = self._read(2)
        if not flags & COMMAND or not self._read(size).startswith(b"\x05READY"):
            raise ProtocolError("no READY command")
        if kind == "SUB":
            self.link.sendall(frame(b"\x01"))

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.link.recv(size - len(data))
            if not more:
                raise EOFError("the kernel has closed its socket")
            data += more
        return data

    def _keep(self, part: bytes | None) -> None:
        """Add a frame to the message that is arriving; None stands for one that was thrown away."""
        self._held += len(part or b"")
        if part is None or self._held > self.max_bytes or len(self._parts) >= MAX_FRAMES:
            self._parts, self._spoiled = [], True
        elif not self._spoiled:
            self._parts.append(part)

    def _next_frame(self) -> tuple[int, bytes | None] | None:
        """The next whole frame's flags and body (None: too long, thrown away); None if it has not all arrived."""
        if self._skip:
            return self._skip_on()
        head = self._head()
        if head is None:
            return None
        flags, start, size = head
        if size > self.max_bytes:
            del self._buffer[:start]
            self._skip, self._skip_flags = size, flags
            return self._skip_on()
        if len(self._buffer) < start + size:
            return None
        part = bytes(self._buffer[start : start + size])
        del self._buffer[: start + size]
        return flags, part

    def _head(self) -> tuple[int, int, int] | None:
        """The coming frame's flags, where its body starts, and its size."""
        buffer = self._buffer
        if not buffer:
            return None
        flags = buffer[0]
        if flags & ~(MORE | LONG | COMMAND):
            raise ProtocolError(f"a frame with flags {flags:#x}")
        start = 9 if flags & LONG else 2
        if len(buffer) < start:
            return None
        return flags, start, int.from_bytes(buffer[1:start], "big")

    def _skip_on(self) -> tuple[int, None] | None:
        gone = min(self._skip, len(self._buffer))
        del self._buffer[:gone]
        self._skip -= gone
        return None if self._skip else (self._skip_flags, None)
