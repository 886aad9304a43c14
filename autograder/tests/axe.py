"""Run axe-core on a page in headless Chromium; no driver is needed, the findings are read from the page itself."""

from __future__ import annotations

import html
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from browser import NAMES

PACKAGES = ("axe_playwright_python", "axe_core_python")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1000,800",
    "--virtual-time-budget=60000",
    "--dump-dom",
)
RUN = """
addEventListener("load", () => axe.run(document).then(found => {
  const box = document.createElement("pre");
  box.id = "axe-found";
  box.textContent = JSON.stringify(found.violations.map(
    rule => [rule.id, rule.help, rule.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]));
  document.body.append(box);
}));
"""


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def axe_script() -> Path | None:
    """axe.min.js: the file that $AXE_JS names, or the one in an installed package."""
    if named := os.environ.get("AXE_JS"):
        return Path(named)
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            return Path(spec.origin).with_name("axe.min.js")
    return None


def violations(page: str, *, dark: bool = False) -> list:
    """What axe finds wrong, [] if nothing; `page` is the text of an HTML file."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    if dark:
        page = page.replace("(prefers-color-scheme: dark)", "all")
    with tempfile.TemporaryDirectory(prefix="axe-") as folder:
        scripts = f"<script>{axe_script().read_text(encoding='utf-8')}</script><script>{RUN}</script></head>"
        copy = Path(folder, "page.html")
        copy.write_text(page.replace("</head>", scripts, 1), encoding="utf-8")
        call = [chromium(), *FLAGS, f"--user-data-dir={folder}/profile", copy.as_uri()]
        dom = subprocess.run(call, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', dom, re.DOTALL)
    assert found, f"axe did not end: {dom[-500:]}"
    return json.loads(html.unescape(found[1]))
