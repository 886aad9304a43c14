"""Read the course's texts, cut them into tokens, and measure how well a language model predicts them.

A tokenizer starts from 96 characters, the newline and the printable ones of ASCII, and merges pairs: the merge
(t, h) -> th comes first if that pair is the most frequent, and so on, 928 times, which gives 1,024 tokens of 2.5
characters on average. Perplexity is exp(mean over tokens of -log p(token | those before it)): a model that hesitates
between 20 equally likely tokens has perplexity 20. Only perplexities over the same tokens can be compared.

What this leaves out: production tokenizers (tiktoken, Hugging Face tokenizers) work on bytes, so that any language
passes; ours turns what is not ASCII into the closest ASCII or "?". They are also a hundred times faster.

Sources: Sennrich et al. 2016, byte pair encoding, arXiv:1508.07909; data/README.md has the origin of each text.
"""

from __future__ import annotations

import itertools
import json
import lzma
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from effdl import data

__all__ = ["ALPHABET", "TEXTS", "Tokenizer", "fold", "load", "perplexity", "split_words", "tokenizer", "windows"]

ALPHABET = "\n" + "".join(map(chr, range(32, 127)))
TEXTS = ("shakespeare_train", "shakespeare_validation", "shakespeare_test", "milton", "britannica")
WORD = re.compile(r" ?[A-Za-z]+| ?[0-9]| ?[^A-Za-z0-9\s]+|\s")  # a word takes the space before it along


class Tokenizer:
    """Text <-> token ids, by the merges of byte pair encoding; made once by `python -m effdl.make.text`."""

    def __init__(self, merges: Iterable[tuple[str, str]]) -> None:
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
        self.tokens = [*ALPHABET, *("".join(pair) for pair in self.ranks)]
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self._known: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, text: str) -> Tensor:
        """The ids (T,), int64, of `text` after `fold`."""
        return torch.tensor([i for word in split_words(fold(text)) for i in self._word(word)], dtype=torch.int64)

    def decode(self, ids: Tensor | Iterable[int]) -> str:
        """The text of the ids; decode(encode(text)) == fold(text)."""
        return "".join(self.tokens[i] for i in ids)

    def _word(self, word: str) -> list[int]:
        if word not in self._known:
            parts = list(word)
            while len(parts) > 1:
                pairs = enumerate(itertools.pairwise(parts))
                rank, i = min((self.ranks.get(pair, len(self)), i) for i, pair in pairs)
                if rank == len(self):
                    break
                parts[i : i + 2] = [parts[i] + parts[i + 1]]
            self._known[word] = [self.ids[part] for part in parts]
        return self._known[word]


def fold(text: str) -> str:
    """Write `text` in the 96 characters of the alphabet: accents go, tabs become spaces, the unknown becomes "?".

    Source: Unicode Standard Annex 15, compatibility decomposition

    >>> fold("Café\\t№ 1 — naïve")
    'Cafe No 1 ? naive'
    """
    plain = unicodedata.normalize("NFKD", text).translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 9: " "})
    kept = (c for c in plain if not unicodedata.combining(c) and c != "\r")
    return "".join(c if c in ALPHABET else "?" for c in kept)


def split_words(text: str) -> list[str]:
    """Cut folded text into the pieces within which characters are merged.

    Source: Radford et al. 2019, GPT-2, section 2.2 (the rule, reduced to ASCII)

    >>> split_words("To be, or 42\\n")
    ['To', ' be', ',', ' or', ' 4', '2', '\\n']
    """
    return WORD.findall(text)


@cache
def tokenizer() -> Tokenizer:
    """The course's tokenizer of 1,024 tokens, learned on the training plays.

    Source: made by `python -m effdl.make.text`

    >>> tokenizer().decode(tokenizer().encode("To be, or not to be"))
    'To be, or not to be'
    """
    return Tokenizer(tuple(pair) for pair in json.loads(data.find("bpe.json").read_text(encoding="ascii")))


def load(name: str = "shakespeare_test") -> str:
    """One of the course's texts, in ASCII.

    The plays are split by whole plays: Macbeth is the validation split, The Tempest the test split, which is for
    reporting only. "milton" is Paradise Lost; "britannica" an article of the encyclopedia of 1911.

    Raises: ValueError if there is no such text; FileNotFoundError if its file is missing
    Source: data/README.md

    >>> load()[:11]
    'THE TEMPEST'
    """
    if name not in TEXTS:
        raise ValueError(f"load: name must be one of {TEXTS}, got {name!r}")
    return lzma.decompress(data.find(f"text/{name}.xz").read_bytes()).decode("ascii")


def windows(ids: Tensor, length: int = 256, *, limit: int | None = None) -> Tensor:
    """Cut tokens into rows of length + 1, evenly spread; each predicts its last `length` tokens from those before.

    Neighboring rows share one token, so that every token but the first is predicted once if there is no limit.

    Shapes: ids (T,) -> (n, length + 1), n = (T - 1) // length, or `limit` if that is less
    Raises: ValueError if there are not length + 1 tokens, or the limit is not positive
    Source: ours

    >>> windows(torch.arange(7), 2)
    tensor([[0, 1, 2],
            [2, 3, 4],
            [4, 5, 6]])
    """
    whole = (len(ids) - 1) // length
    if whole < 1 or (limit is not None and limit < 1):
        raise ValueError(f"windows: {len(ids)} tokens give no row of {length} + 1, or limit {limit} is not positive")
    n = whole if limit is None else min(limit, whole)
    starts = torch.arange(n) * whole // n * length
    return ids[starts[:, None] + torch.arange(length + 1)]


def perplexity(net: Callable[[Tensor], Tensor], rows: Tensor, *, batch_size: int = 8) -> float:
    """The perplexity of `net` over rows of tokens: exp of the mean cross entropy of each row's next tokens.

    Shapes: rows (n, T + 1), int64; net maps ids (B, T) to logits (B, T, V)
    Raises: ValueError if rows is not a matrix of two columns at least
    Source: Jelinek et al. 1977, as torch.nn.functional.cross_entropy computes it

    >>> round(perplexity(lambda ids: torch.zeros(*ids.shape, 20), torch.arange(10).view(2, 5)), 4)
    20.0
    """
    if rows.dim() != 2 or rows.shape[1] < 2:
        raise ValueError(f"perplexity: rows must have the shape (n, T + 1) with T >= 1, got {tuple(rows.shape)}")
    total = 0.0
    with torch.no_grad():
        for part in rows.split(batch_size):
            logits = net(part[:, :-1])
            total += F.cross_entropy(logits.flatten(0, 1), part[:, 1:].flatten(), reduction="sum").item()
    return torch.tensor(total / rows[:, 1:].numel(), dtype=torch.float64).exp().item()
