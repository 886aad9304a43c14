"""Which database keeps an output folder's grades: its own SQLite file, or the server that a URL names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from nbgrader import api, dbutil
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from autograder.grade.files import OutputError, write_text
from autograder.grade.place import KEPT, Place

# SQLAlchemy's default driver differs between its versions; this one is in requirements.txt
DRIVERS = {"postgresql": "postgresql+psycopg2", "postgres": "postgresql+psycopg2"}


def url_of(file: Path) -> str:
    """The URL of the gradebook whose SQLite file would be `file`."""
    kept = _kept(file.parent)
    return kept.read_text(encoding="utf-8").strip() if kept.exists() else f"sqlite:///{file}"


def is_there(file: Path) -> bool:
    """Whether the gradebook whose SQLite file would be `file` was made."""
    return file.exists() or _kept(file.parent).exists()


def choose(place: Place, url: str) -> None:
    """Keep the grades of an output folder in the database at `url`, in this run and all later ones.

    Raises: OutputError if it is no URL, or the folder keeps its grades elsewhere already
    """
    wanted, kept = _complete(url), _kept(place.root)
    if is_there(place.gradebook):
        if wanted != url_of(place.gradebook):
            raise OutputError(
                f"{place.root}: keeps its grades in {shown(url_of(place.gradebook))}; leave --gradebook out, "
                "or name a new --out"
            )
        return
    write_text(kept, wanted + "\n")
    kept.chmod(0o600)  # it may hold a password


def shown(url: str) -> str:
    """`url` without its password."""
    return make_url(url).render_as_string(hide_password=True)


def _complete(url: str) -> str:
    try:
        parsed = make_url(url)
    except SQLAlchemyError:
        raise OutputError(
            f"--gradebook {url!r}: is no database URL; write it as postgresql://user:password@host/database"
        ) from None
    return parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername)).render_as_string(
        hide_password=False
    )


def _kept(root: Path) -> Path:
    return root / "private" / "gradebook.url"


@contextmanager
def revision_in_process() -> Iterator[None]:
    """Spare nbgrader its call of the program `alembic`: 2 s of processor time, and it must be found on the PATH."""
    before, api.get_alembic_version = api.get_alembic_version, newest_revision
    try:
        yield
    finally:
        api.get_alembic_version = before


def newest_revision() -> str:
    """The version of nbgrader's tables, which it notes in a new database."""
    config = Config()
    config.set_main_option("script_location", dbutil.ALEMBIC_DIR)
    return ScriptDirectory.from_config(config).get_current_head()


def explained(method: Callable[..., Any]) -> Callable[..., Any]:
    """What is wrong with the database, said in a line of ours: as an OutputError."""

    @wraps(method)
    def guarded(book: Any, *args: Any) -> Any:
        try:
            return method(book, *args)
        except (SQLAlchemyError, ImportError) as problem:
            reason = str(getattr(problem, "orig", None) or problem).strip().splitlines()[0]
            raise OutputError(
                f"gradebook {shown(book.url)}: {reason}; {KEPT}: mend this and run the same command again"
            ) from problem

    return guarded
