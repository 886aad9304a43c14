"""A real browser for tests: Chromium, driven by Playwright, and watched for what no page may do.

    with chromium() as browser, watched(browser) as tab:
        tab.page.goto(url)
        assert tab.harm == []

A request to any host but this machine is refused and noted. MathJax, which nbgrader's pages load from a CDN, is served
from Debian's package where that is installed, else replaced by a stub, so that tests need no network.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Route

NAMES = ("chromium", "chromium-browser", "google-chrome")
LOCAL = ("127.0.0.1", "localhost", "")
MATHJAX_HOST, MATHJAX = "cdnjs.cloudflare.com", Path("/usr/share/javascript/mathjax")
STUB = "MathJax = {Hub: {Config() {}, Queue() {}, Startup: {signal: {Interest(tell) { tell('End') }}}}}"
START_S = 60.0
FLAGS = ("--disable-background-networking", "--disable-component-update", "--disable-sync")


def problem() -> str:
    """Why no browser can be driven here; "" if one can."""
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed: pip install -r requirements.txt"
    return "" if any(map(shutil.which, NAMES)) else "no Chromium is installed: apt-get install chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium without a window."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page in a profile of its own. `dialogs` are texts of alerts, `strangers` the requests to other machines.

    `errors` are what the page's own scripts failed with, `complaints` the errors that its console shows, `missing` the
    requests that this machine did not answer with success.
    """

    page: Page
    dialogs: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def harm(self) -> list[str]:
        return [*(f"dialog: {text}" for text in self.dialogs), *(f"request: {url}" for url in self.strangers)]


@contextmanager
def watched(browser: Browser) -> Iterator[Tab]:
    """A tab that is watched from before its first page, its frames and windows too."""
    context = browser.new_context()
    tab = Tab(context.new_page())
    tab.page.on("dialog", lambda dialog: (tab.dialogs.append(dialog.message), dialog.dismiss()))
    tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.page.on("console", lambda line: tab.complaints.append(line.text) if line.type == "error" else None)
    tab.page.on("response", lambda got: tab.missing.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    context.route("**/*", lambda route, request: _let_through(tab, route, request))
    yield tab
    context.close()


def _let_through(tab: Tab, route: Route, request: Request) -> None:
    place = urlsplit(request.url)
    if (place.hostname or "") in LOCAL:
        route.continue_()
    elif place.hostname == MATHJAX_HOST and "/mathjax/" in place.path:
        _serve_mathjax(route, place.path.split("/mathjax/", 1)[1].partition("/")[2], place.query)
    else:
        tab.strangers.append(request.url)
        route.abort()


def _serve_mathjax(route: Route, name: str, query: str) -> None:
    """Debian's files; `latest.js`, which it lacks, leads to the script of the same version by its real name."""
    path = MATHJAX / name
    if name == "latest.js":
        top = f"https://{MATHJAX_HOST}/ajax/libs/mathjax/2/MathJax.js?{query}"
        body = f"document.write('<script src=\"{top}\"><\\/script>')" if MATHJAX.is_dir() else STUB
        route.fulfill(body=body, content_type="text/javascript")
    elif path.is_file():
        route.fulfill(path=path)
    else:
        route.fulfill(status=404)


@contextmanager
def jupyter(folder: Path, scratch: Path, app: str = "server", *options: str) -> Iterator[str]:
    """A Jupyter server ("server" or "lab") in `folder`; yields its address, to be visited with `?token=` once.

    It reads no settings of this user: they stand below `scratch`, where its log `jupyter.log` is, too.
    """
    token = secrets.token_hex(16)
    kinds = ("CONFIG", "DATA", "RUNTIME")
    env = {**os.environ, **{f"JUPYTER_{kind}_DIR": str(scratch / kind.lower()) for kind in kinds}}
    env["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    command = [sys.executable, "-m", "jupyter", app, "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", *options]
    with open(scratch / "jupyter.log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        yield f"{_address(scratch / 'jupyter.log', process)}?token={token}"
    finally:
        process.terminate()
        process.wait(20)


def at(address: str, path: str) -> str:
    """The address of a page of the server at `address`."""
    top, _, query = address.partition("?")
    return f"{top}{path.lstrip('/')}?{query}"


def _address(log: Path, process: subprocess.Popen) -> str:
    """Where the server answers, which it writes to its log; waits until it does.

    Raises: RuntimeError with the end of the log if it ends or stays silent
    """
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        found = [word for word in log.read_text(errors="replace").split() if word.startswith("http://127.0.0.1:")]
        with suppress(OSError, IndexError):
            top = f"http://{urlsplit(found[0]).netloc}/"
            urllib.request.urlopen(f"{top}api", timeout=2).close()
            return top
        time.sleep(0.1)
    raise RuntimeError(f"jupyter did not start: {log.read_text(errors='replace')[-1000:]}")
