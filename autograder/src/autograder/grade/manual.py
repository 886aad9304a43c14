"""What people have graded: free text, comments, and automatic scores that they replaced."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Manual:
    """The part of one submission's grade that people gave. `overrides` are points that they set instead of ours."""

    score: float = 0.0
    max_score: float = 0.0
    needs_manual: bool = False
    comments: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, float] = field(default_factory=dict)
