"""Where things are in a checkout of the course: the one place that knows its folders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

LAB_NAME = re.compile(r"lab\d{2}")


class UnknownLab(ValueError):
    """The course has no lab of that name; the message lists those it has."""


@dataclass(frozen=True)
class Course:
    """A checkout, by its top folder."""

    root: Path

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def labs(self) -> Path:
        return self.root / "labs"

    @property
    def package(self) -> Path:
        """The import folder of `effdl`."""
        return self.root / "shared" / "src" / "effdl"

    @property
    def data(self) -> Path:
        return self.root / "data"

    def lab_names(self) -> list[str]:
        """The labs that have a source, in order: ["lab03", ...]."""
        return sorted(path.name[:5] for path in self.solutions.glob("lab[0-9][0-9]_*.py"))

    def source(self, lab: str) -> Path:
        """`solutions/labNN_slug.py`, the one source of a lab.

        Raises: UnknownLab if there is none
        """
        found = sorted(self.solutions.glob(f"{lab}_*.py")) if LAB_NAME.fullmatch(lab) else []
        if not found:
            known = ", ".join(self.lab_names()) or "none"
            raise UnknownLab(f"there is no lab {lab!r}; this course has: {known}")
        return found[0]

    def solution(self, lab: str) -> Path:
        """`solutions/labNN_slug.ipynb`, built and executed."""
        return self.source(lab).with_suffix(".ipynb")

    def release(self, lab: str) -> Path:
        """`labs/labNN_slug.ipynb`, what students get."""
        return self.labs / self.solution(lab).name

    def hidden(self, lab: str) -> Path:
        return self.root / "autograder" / "hidden" / f"{lab}.py"

    def wrong(self, lab: str) -> Path:
        return self.root / "autograder" / "wrong" / lab


def find_course(start: Path | None = None) -> Course:
    """The checkout around `start` (default: the current folder), else the one this package was installed from.

    Raises: FileNotFoundError naming both places that were searched
    """
    here = (start or Path.cwd()).resolve()
    installed = Path(__file__).resolve()
    for place in (here, *here.parents, *installed.parents):
        if (place / "solutions").is_dir() and (place / "autograder" / "hidden").is_dir():
            return Course(place)
    raise FileNotFoundError(
        f"no course found around {here} nor around {installed.parent}: "
        "run this inside a checkout, or install it with 'pip install -r requirements.txt'"
    )
