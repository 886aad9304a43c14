"""What tests of several parts share: a real browser, started once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import browser as real
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; skips, saying why, where none can be driven."""
    if real.problem():
        pytest.skip(real.problem())
    with real.chromium() as started:
        yield started


@pytest.fixture
def tab(browser: Browser) -> Iterator[real.Tab]:
    """A watched tab in a fresh profile."""
    with real.watched(browser) as opened:
        yield opened
