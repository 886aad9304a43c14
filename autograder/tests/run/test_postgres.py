"""A PostgreSQL server keeps the grades: nbgrader reads them there, and the files are those of a run with SQLite."""

from __future__ import annotations

import csv
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from autograder.grade.files import OutputError
from autograder.grade.pipeline import grade
from nbgrader import api

DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
PATH = os.pathsep.join([*map(str, DEBIAN), os.environ["PATH"]])
# the server refuses to run as root: Debian's package makes the first of these users
USERS = ("postgres", "nobody")


def known(user):
    try:
        return pwd.getpwnam(user)
    except KeyError:
        return None


@pytest.fixture(scope="session")
def server():
    """The URL of a server of our own, reached through a socket in a private folder, without a network."""
    if not shutil.which("initdb", path=PATH):
        pytest.skip("no PostgreSQL server here: apt-get install postgresql")
    owner = next(filter(None, map(known, USERS))) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    os.chown(folder, owner.pw_uid, owner.pw_gid)

    def run(*command):
        identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        env = {"PATH": PATH, "LC_ALL": "C.UTF-8"}
        subprocess.run(command, check=True, cwd=folder, env=env, stdout=subprocess.DEVNULL, **identity)

    run("initdb", "-D", "data", "-U", "grader", "--auth=trust", "--encoding=UTF8", "--no-sync")
    log = ("-D", "data", "-l", "log")
    run("pg_ctl", "start", "-w", *log, "-o", f"-F -c listen_addresses='' -c unix_socket_directories={folder}")
    yield f"postgresql://grader:secret@/postgres?host={folder}"
    run("pg_ctl", "stop", "-w", "-m", "immediate", *log)
    shutil.rmtree(folder)


@pytest.fixture
def database(server, tmp_path):
    """A new database on the server."""
    from sqlalchemy import create_engine, text

    name = f"course_{os.getpid()}_{tmp_path.name[-12:].lower()}"
    engine = create_engine(server.replace("postgresql:", "postgresql+psycopg2:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def run(course, inbox):
    def grade_class(out, **options):
        return grade(course, "lab99", inbox, out, marker="fake_marker:open_marker", workers=1, **options)

    return grade_class


def test_a_server_keeps_what_the_file_would_have_kept(run, new_out, database, hand_in):
    hand_in("x" * 200, "1 0 0")  # more than a server's columns take
    file, elsewhere = new_out("file"), new_out("server")
    run(file)
    run(elsewhere, gradebook=database)
    assert not (elsewhere / "gradebook.db").exists()
    for name in ("results/lab99.json", "grades.csv"):
        assert (file / name).read_bytes() == (elsewhere / name).read_bytes()


def test_a_grade_given_by_hand_stays_and_nbgrader_exports_it(run, new_out, database, course):
    out = new_out("server")
    run(out, gradebook=database)
    with api.Gradebook(database.replace("postgresql:", "postgresql+psycopg2:")) as book:
        book.find_grade("lab99-ex3-check", "lab99_tiny", "lab99", "ana").manual_score = 12.0
        book.db.commit()
    rows = {row.student_id: row for row in run(out).rows}
    assert (rows["ana"].score, rows["ana"].message) == ("82", "set by hand: 99.3")
    done = subprocess.run([sys.executable, "-m", "nbgrader", "export"], cwd=out, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with open(out / "nbgrader_grades.csv", newline="", encoding="utf-8") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert (exported["ana"], exported["cy"], len(exported)) == (82.0, 0.0, 5)


def test_a_folder_does_not_change_its_database(run, new_out, database):
    out = new_out("out")
    run(out)
    with pytest.raises(OutputError, match=r"keeps its grades in sqlite:///.*leave --gradebook out"):
        run(out, gradebook=database)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("no url", "is no database URL"),
        ("postgresql://grader:secret@/x?host=/nowhere", r"postgresql\+psycopg2://grader:\*\*\*@/x.*nowhere"),
        ("postgresql+missing://x/y", "missing"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_without_its_password(url, says, run, new_out):
    with pytest.raises(OutputError, match=says) as told:
        run(new_out("out"), gradebook=url)
    assert "secret" not in str(told.value)
