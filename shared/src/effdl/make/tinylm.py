"""Train `data/tinylm.safetensors` anew: `python -m effdl.make.tinylm` (about 20 minutes on one core).

AdamW, a tenth of weight decay, batches of 24 rows of 256 tokens. The learning rate rises over 48 steps, falls along
half a cosine made for 1,600 steps, leaves it at step 900 and falls in a straight line to 0 at step 1,080, after three
passes over the text. A checkpoint beside the result lets a broken run go on.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn

from effdl import lm, text
from effdl.make import checksums

__all__ = ["main", "rate"]

STEPS, ROWS, LENGTH, LR, SEED = 1080, 24, 256, 3e-3, 0
WARM, COSINE, COOL = 48, 1600, 900  # steps: of the rise, of the whole cosine, at which it is left
REPORT_EVERY = 60


def rate(step: int) -> float:
    """The share of the largest learning rate at a step: up to 1, along a cosine, then straight down to 0."""
    if step > COOL:
        return rate(COOL) * (STEPS - step) / (STEPS - COOL)
    if step < WARM:
        return step / WARM
    return 0.05 + 0.475 * (1 + math.cos(math.pi * (step - WARM) / (COSINE - WARM)))


def main(path: Path) -> None:
    """Train on the training plays, save in half precision, and report the perplexity on the two held-out plays."""
    torch.set_num_threads(1)  # sums in another order give another network
    start = time.process_time()
    ids = {split: text.tokenizer().encode(text.load(f"shakespeare_{split}")) for split in ("train", "validation")}
    held_out = text.windows(ids["validation"], LENGTH, limit=24)
    generator = torch.Generator().manual_seed(SEED)
    net = lm.LM(generator=generator)
    optimizer = torch.optim.AdamW(net.parameters(), lr=LR, betas=(0.9, 0.95), weight_decay=0.1)
    broken_off = path.with_suffix(".training")
    first = _resume(broken_off, net, optimizer, generator)
    for step in range(first, STEPS):
        loss = _step(net, optimizer, _rows(ids["train"], generator), LR * rate(step + 1))
        if (step + 1) % REPORT_EVERY == 0:
            torch.save([step + 1, net.state_dict(), optimizer.state_dict(), generator.get_state()], broken_off)
            seconds = time.process_time() - start
            print(f"{step + 1}: {loss:.3f}, {text.perplexity(net, held_out):.2f}, {seconds:.0f} CPU-s", flush=True)
    checksums.write(path, save({name: weight.half() for name, weight in net.state_dict().items()}))
    broken_off.unlink(missing_ok=True)
    print(f"{path.name}: {time.process_time() - start:.0f} CPU-s")


def _step(net: nn.Module, optimizer: torch.optim.Optimizer, rows: Tensor, lr: float) -> float:
    for group in optimizer.param_groups:
        group["lr"] = lr
    loss = nn.functional.cross_entropy(net(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def _rows(ids: Tensor, generator: torch.Generator) -> Tensor:
    starts = torch.randint(0, len(ids) - LENGTH, (ROWS, 1), generator=generator)
    return ids[starts + torch.arange(LENGTH + 1)]


def _resume(saved: Path, net: nn.Module, optimizer: torch.optim.Optimizer, generator: torch.Generator) -> int:
    if not saved.is_file():
        return 0
    step, weights, moments, state = torch.load(saved, weights_only=True)
    net.load_state_dict(weights)
    optimizer.load_state_dict(moments)
    generator.set_state(state)
    return step


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else checksums.DATA / "tinylm.safetensors")
