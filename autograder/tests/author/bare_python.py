"""A Python without the course, as Colab has it: what tests of the first cell need to make one and run cells in it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

VERSIONS = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"


def pythons() -> list[str]:
    """The Python that runs this, and others that the course supports and that pyenv or the system has."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for version in ("3.10", "3.11", "3.12", "3.13"):
        pyenv = (Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin")
        for folder in (*pyenv, *map(Path, os.get_exec_path())):
            path = folder / f"python{version}"
            if path.is_file() and "shims" not in path.parts:
                found.setdefault(version, str(path))
    return [found[version] for version in sorted(found)]


def wheel(folder: Path, name: str, version: str) -> None:
    """A wheel with nothing in it but its name and version."""
    stem = f"{name.replace('-', '_')}-{version}"
    texts = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as file:
        for member, text in texts.items():
            file.writestr(f"{stem}.dist-info/{member}", text)


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


@dataclass
class Machine:
    """A Python with a torch and a numpy of its own, in which cells run as in a notebook's folder."""

    folder: Path
    cell: str
    env: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def run(self, then: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Run the cell, and what stands below it, in a process of its own, as after a restart of the kernel."""
        (self.folder / "cell.py").write_text(f"{self.cell}\n{then}\n", encoding="utf-8")
        return subprocess.run(
            [self.python, self.folder / "cell.py"],
            cwd=self.folder / "notebooks",
            env=self.env | env,
            capture_output=True,
            text=True,
            check=False,
        )

    def versions(self) -> dict[str, str]:
        done = subprocess.run([self.python, "-c", VERSIONS], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def make_python(python: str, folder: Path, installed: dict[str, str]) -> None:
    """A virtual environment with pip and setuptools, and packages that are no more than a name and a version."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    here = Path(importlib.util.find_spec("setuptools").origin).parents[1]
    for pattern in ("pip", "setuptools", "setuptools-*", "_distutils_hack"):
        for path in here.glob(pattern):
            (site / path.name).symlink_to(path)
    for name, version in installed.items():
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("")
        (site / f"{name}-{version}.dist-info").mkdir()
        (site / f"{name}-{version}.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
