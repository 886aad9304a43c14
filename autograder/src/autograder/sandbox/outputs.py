"""Keep what a cell shows, within bounds: text, pictures, shown values; nothing else."""

from __future__ import annotations

from typing import Any

VALUE_MIME = "application/vnd.autograder.value+json"
KEPT_MIMES = ("text/plain", "image/png", VALUE_MIME)
TEXT_BYTES = 1 << 18
MAX_OUTPUTS = 1000
NOTE = "\n[output cut here: a cell may show no more]\n"


class Outputs:
    """The outputs of one cell in nbformat's form; `rich_bytes` bounds pictures and values, text has its own bound."""

    def __init__(self, rich_bytes: int) -> None:
        self.items: list[dict[str, Any]] = []
        self._rich_left, self._text_left = rich_bytes, TEXT_BYTES
        self._noted = False

    def add(self, kind: str, content: dict[str, Any]) -> None:
        """Take one message; those of other kinds (`clear_output`, `update_display_data`, ...) change nothing."""
        if kind == "stream":
            self.add_text(str(content.get("name")), content.get("text"))
        elif kind in ("display_data", "execute_result"):
            self._add_data(kind, content.get("data"), content.get("execution_count"))
        elif kind == "error":
            self._add_error(content)

    def add_text(self, name: str, text: Any) -> None:
        if not isinstance(text, str) or name not in ("stdout", "stderr"):
            return
        kept = self._cut(text)
        last = self.items[-1] if self.items else {}
        if kept and last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += kept
        elif kept:
            self._append({"output_type": "stream", "name": name, "text": kept})
        if len(kept) < len(text):
            self.note_cut()

    def note_cut(self) -> None:
        """Say once that something was left out."""
        if not self._noted:
            self._noted = True
            self.items.append({"output_type": "stream", "name": "stderr", "text": NOTE})

    def _add_data(self, kind: str, data: Any, count: Any) -> None:
        if not isinstance(data, dict):
            return
        kept = {mime: data[mime] for mime in KEPT_MIMES if isinstance(data.get(mime), (str, dict, list))}
        size = sum(_size(value) for value in kept.values())
        if size > self._rich_left:
            self.note_cut()
            return
        self._rich_left -= size
        output = {"output_type": kind, "data": kept, "metadata": {}}
        if kind == "execute_result":
            output["execution_count"] = count if isinstance(count, int) else None
        self._append(output)

    def _add_error(self, content: dict[str, Any]) -> None:
        lines = content.get("traceback")
        lines = [self._cut(line) for line in lines[:100] if isinstance(line, str)] if isinstance(lines, list) else []
        name, value = bounded(content.get("ename"), 200), bounded(content.get("evalue"), 2000)
        self._append({"output_type": "error", "ename": name, "evalue": value, "traceback": lines})

    def _append(self, output: dict[str, Any]) -> None:
        if len(self.items) < MAX_OUTPUTS:
            self.items.append(output)
        else:
            self.note_cut()

    def _cut(self, text: str) -> str:
        kept = text[: self._text_left]
        self._text_left -= len(kept)
        return kept


def bounded(value: Any, length: int) -> str:
    """`value` as text of at most `length` characters."""
    return value[:length] if isinstance(value, str) else ""


def _size(value: Any) -> int:
    """About the bytes that a JSON value takes here."""
    if isinstance(value, str):
        return len(value) + 50
    if isinstance(value, dict):
        return 64 + sum(_size(key) + _size(item) for key, item in value.items())
    if isinstance(value, list):
        return 64 + sum(map(_size, value))
    return 8
