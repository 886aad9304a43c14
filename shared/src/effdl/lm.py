"""A small language model of Llama's form: what SmolLM2, Llama and Mistral are, in a hundred lines.

Token ids (B, T) -> logits (B, T, V). Each block adds attention and then a gated feed-forward to the residual stream x:
x + o(attention(q(h), k(h), v(h))) with h = n1(x), then x + down(silu(gate(h)) * up(h)) with h = n2(x). The norms divide
by the root mean square and multiply by a gain; positions enter by rotating q and k; several query heads share one
key-value head; the output layer is the embedding again. With width 128, six blocks and a vocabulary of 1,024 that makes
1.3 M parameters. All linear layers are `nn.Linear` without bias, named blocks.i.q, k, v, o, gate, up and down.

What this leaves out: a cache of keys and values, so that generating T tokens costs T forward passes; dropout; weights
of the output layer apart from the embedding's.

Sources: Touvron et al. 2023, Llama, arXiv:2302.13971; Su et al. 2021, rotary positions, arXiv:2104.09864.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["LM", "SMOL", "TINY", "Block", "Sizes", "linears", "rotate"]


@dataclass(frozen=True)
class Sizes:
    """How large a model is: width of the stream, number of blocks and heads, hidden width, vocabulary."""

    width: int
    blocks: int
    heads: int
    kv_heads: int
    hidden: int
    vocabulary: int
    base: float = 1e4  # of the rotary frequencies
    eps: float = 1e-5

    @property
    def head_width(self) -> int:
        """Numbers in one head of q, k or v."""
        return self.width // self.heads


TINY = Sizes(width=128, blocks=6, heads=4, kv_heads=2, hidden=384, vocabulary=1024)
SMOL = Sizes(width=576, blocks=30, heads=9, kv_heads=3, hidden=1536, vocabulary=49152, base=1e5)


class Block(nn.Module):
    """One layer of the model: (B, T, width) -> (B, T, width). Parts: n1, q, k, v, o, n2, gate, up, down."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        d, kv = sizes.width, sizes.kv_heads * sizes.head_width
        self.sizes = sizes
        self.n1 = nn.RMSNorm(d, eps=sizes.eps)
        self.q, self.k, self.v, self.o = _linear(d, d), _linear(d, kv), _linear(d, kv), _linear(d, d)
        self.n2 = nn.RMSNorm(d, eps=sizes.eps)
        self.gate, self.up = _linear(d, sizes.hidden), _linear(d, sizes.hidden)
        self.down = _linear(sizes.hidden, d)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        x = x + self.o(self.attend(self.n1(x), mask))
        h = self.n2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))

    def attend(self, h: Tensor, mask: Tensor | None = None) -> Tensor:
        """What the heads read, side by side; `mask` (T, T), True = seen, replaces the causal one."""
        q, k, v = self.heads(h)
        repeats = self.sizes.heads // self.sizes.kv_heads
        k, v = k.repeat_interleave(repeats, 1), v.repeat_interleave(repeats, 1)
        read = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None)
        return read.transpose(1, 2).flatten(2)  # (B, H, T, D) -> (B, T, H * D)

    def heads(self, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The rotated queries (B, H, T, D), the rotated keys and the values (B, H_kv, T, D)."""
        q, k, v = (layer(h).unflatten(-1, (-1, self.sizes.head_width)) for layer in (self.q, self.k, self.v))
        return tuple(part.transpose(1, 2) for part in (rotate(q, self.sizes.base), rotate(k, self.sizes.base), v))


class LM(nn.Module):
    """Token ids (B, T) -> logits (B, T, vocabulary). Parts: emb, blocks[i], norm."""

    def __init__(self, sizes: Sizes = TINY, *, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.sizes = sizes
        self.emb = nn.Embedding(sizes.vocabulary, sizes.width)
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(sizes.blocks))
        self.norm = nn.RMSNorm(sizes.width, eps=sizes.eps)
        with torch.no_grad():
            for name, weight in self.named_parameters():
                writes = name.endswith(("o.weight", "down.weight"))  # 2 * blocks of them add up in the stream
                if weight.dim() == 2:
                    weight.normal_(0, 0.02 / math.sqrt(2 * sizes.blocks) if writes else 0.02, generator=generator)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        x = self.emb(ids)
        for block in self.blocks:
            x = block(x, mask)
        return F.linear(self.norm(x), self.emb.weight)


def rotate(x: Tensor, base: float = 1e4) -> Tensor:
    """Turn the pair (x[2i], x[2i+1]) of position t by the angle t * base^(-2i/D).

    Shapes: x (B, T, H, D), D even -> (B, T, H, D)
    Raises: ValueError if D is odd
    Source: Su et al. 2021, eq. 14 and 15 with i from 0, arXiv:2104.09864

    >>> rotate(torch.tensor([[[[1.0, 0.0]], [[1.0, 0.0]]]]))[0, :, 0].mul(100).round().tolist()
    [[100.0, 0.0], [54.0, 84.0]]
    """
    _, length, _, width = x.shape
    if width % 2:
        raise ValueError(f"rotate: pairs need an even width, got x of shape {tuple(x.shape)}")
    frequencies = base ** (-torch.arange(0, width, 2, dtype=torch.float32, device=x.device) / width)
    angles = torch.arange(length, device=x.device)[:, None, None] * frequencies  # (T, 1, D / 2)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)


def linears(net: nn.Module) -> dict[str, nn.Linear]:
    """The linear layers by name, in the order of the forward pass; embedding and norms are left out.

    Source: ours

    >>> list(linears(LM()))[:3]
    ['blocks.0.q', 'blocks.0.k', 'blocks.0.v']
    """
    return {name: layer for name, layer in net.named_modules() if isinstance(layer, nn.Linear)}


def _linear(ci: int, co: int) -> nn.Linear:
    return nn.Linear(ci, co, bias=False)
