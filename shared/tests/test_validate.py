"""A notebook that can be graded is read; any other file is refused in one line that names it and the mend."""

import json
import os
from pathlib import Path

import nbformat
import pytest
from effdl.student import validate
from effdl.student.validate import InvalidSubmission, read_submission
from nbformat import v4

WRITTEN = "def f(x):\n    return x\n"
ABOUT = {"lab": "lab03", "exercises": [{"id": "3.1", "names": ["f"]}, {"id": "3.2", "names": ["g", "h"]}]}


def notebook(*sources: str, about: object = ABOUT) -> nbformat.NotebookNode:
    made = v4.new_notebook(metadata={"effdl": about} if about else {})
    made.cells = [v4.new_code_cell(source) for source in sources]
    return made


def saved(path: Path, content: object) -> Path:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(json.dumps(content), encoding="utf-8")
    return path


def fault_of(path: Path, **arguments) -> str:
    """The line that refuses a file: one line, with the file's name before it."""
    with pytest.raises(InvalidSubmission) as caught:
        read_submission(path, **arguments)
    text = str(caught.value)
    assert text.isprintable()
    assert ": " in text
    return text


def test_a_notebook_comes_back_with_its_lab(tmp_path):
    made, lab = read_submission(saved(tmp_path / "x.ipynb", notebook(WRITTEN)))
    assert lab == "lab03"
    assert [cell.source for cell in made.cells] == [WRITTEN]
    assert made.metadata.effdl == ABOUT
    nbformat.validate(made)


def test_outputs_and_foreign_metadata_are_dropped(tmp_path):
    made = notebook(WRITTEN)
    made.cells[0].outputs = [v4.new_output("stream", text="x" * 1000)]
    made.cells[0].metadata = {"effdl": {"role": "exercise"}, "collapsed": "no boolean", "colab": {"x": 1}}
    made.metadata.widgets = {"x": 1}
    read, _ = read_submission(saved(tmp_path / "x.ipynb", made))
    assert read.cells[0].outputs == []
    assert read.cells[0].metadata == {"effdl": {"role": "exercise"}}
    assert list(read.metadata) == ["effdl"]


def test_missing_and_repeated_cell_ids_become_unique_and_the_same_each_time(tmp_path):
    made = notebook(WRITTEN, "1", "1", "1")
    for cell, own in zip(made.cells, ("a", "a", None, 7), strict=True):
        cell["id"] = own
    path = saved(tmp_path / "x.ipynb", made)
    ids = [cell.id for cell in read_submission(path)[0].cells]
    assert len(set(ids)) == 4
    assert ids[0] == "a"
    assert ids == [cell.id for cell in read_submission(path)[0].cells]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\xff", "no UTF-8"),
        (b"# a report", "no valid JSON"),
        (b"[1, 2]", "no cells"),
        (b"{}", "no cells"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cells": ' + b"[" * 60 + b"]" * 60 + b"}", "nested too deeply"),
        (b'{"nbformat": 4, "cells": [' + b"[]," * 3_000_001 + b"[]]}", "values"),
        (b'{"nbformat": 4, "cells": [], "n": ' + b"9" * 5_000 + b"}", "no valid JSON"),
        ({"nbformat": 9, "cells": []}, "unknown notebook format 9"),
        ({"nbformat": "4", "cells": []}, "unknown notebook format"),
        ({"nbformat": 3, "worksheets": [7]}, "cannot be converted"),
        ({"nbformat": 4, "cells": {}}, "no list"),
        ({"nbformat": 4, "cells": [{"cell_type": "raw", "source": ""}] * 2001}, "at most 2000 cells"),
        ({"nbformat": 4, "cells": ["def f(): 1"]}, "cell 1 is neither"),
        ({"nbformat": 4, "cells": [{"cell_type": ["code"], "source": ""}]}, "cell 1 is neither"),
        ({"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}, "no text"),
        ({"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", 1]}]}, "no text"),
        ({"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "metadata": {"effdl": 3}}]}, "metadata"),
        (notebook(WRITTEN, about=None), "no lab of this course"),
        (notebook(WRITTEN, about={"lab": "lab3"}), "no lab of this course"),
        (notebook(WRITTEN, about=["lab03"]), "no lab of this course"),
        (notebook("x = 1"), "none of the exercises of lab03"),
    ],
)
def test_what_is_no_submission_is_refused_with_the_reason(tmp_path, content, says):
    text = fault_of(saved(tmp_path / "it.ipynb", content))
    assert text.startswith("it.ipynb: ")
    assert says in text
    assert len(text) < 300


def test_a_folder_a_link_a_pipe_and_nothing_are_refused(tmp_path):
    saved(tmp_path / "x.ipynb", notebook(WRITTEN))
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "x.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert "is a folder" in fault_of(tmp_path / "folder.ipynb")
    assert "is a link" in fault_of(tmp_path / "link.ipynb")
    assert "a device" in fault_of(tmp_path / "pipe.ipynb")
    assert "cannot be read (No such file or directory)" in fault_of(tmp_path / "gone.ipynb")


def test_a_large_file_is_refused_without_reading_it(tmp_path, monkeypatch):
    path = tmp_path / "x.ipynb"
    with path.open("wb") as sparse:
        sparse.truncate(validate.MAX_BYTES + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    assert "has 50 MB, at most 50 MB" in fault_of(path)


def test_a_file_name_never_breaks_the_line(tmp_path):
    assert fault_of(saved(tmp_path / "a\n\x1b[31m\u202eb 'c\".ipynb", b"")).startswith(
        "a\\n\\x1b[31m\\u202eb 'c\".ipynb: "
    )


def test_half_a_character_is_replaced_and_can_be_written(tmp_path):
    path = saved(tmp_path / "x.ipynb", json.dumps(notebook(WRITTEN + "# \ud800")).encode())
    read, _ = read_submission(path)
    read.cells[0].source.encode("utf-8")
    assert read.cells[0].source.startswith(WRITTEN)


def test_an_old_format_is_upgraded_the_same_way_each_time(tmp_path):
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"effdl": ABOUT},
        "worksheets": [{"cells": [{"cell_type": "code", "input": WRITTEN, "outputs": [], "language": "python"}]}],
    }
    path = saved(tmp_path / "x.ipynb", old)
    one, two = read_submission(path)[0], read_submission(path)[0]
    assert one == two
    assert one.cells[0].source == WRITTEN


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = saved(tmp_path / "x.ipynb", b"\xef\xbb\xbf" + json.dumps(notebook(WRITTEN)).encode())
    assert read_submission(path)[1] == "lab03"


def test_lost_metadata_are_made_up_for_by_the_names_that_are_defined(tmp_path):
    path = saved(tmp_path / "x.ipynb", notebook("f = 1", "def g(): 1", about=None))
    known = {"lab02": ["f"], "lab03": ["f", "g"], "lab04": ["z"]}
    assert read_submission(path, known)[1] == "lab03"
    assert "no lab of this course" in fault_of(path, exercises={"lab04": ["z"]})


def test_the_course_knows_the_exercises_better_than_the_notebook(tmp_path):
    path = saved(tmp_path / "x.ipynb", notebook(WRITTEN))
    assert "none of the exercises" in fault_of(path, exercises={"lab03": ["group_scores"]})


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x): pass", {"f"}),
        ("async def f(x): pass", {"f"}),
        ("class F:\n    def g(self): pass", {"F"}),
        ("f = lambda x: x", {"f"}),
        ("f: object = len", {"f"}),
        ("f == 3\n f = 3\nprint(f)", set()),
        ("%matplotlib inline\n\ndef f(:\n", {"f"}),
    ],
)
def test_names_are_found_at_the_top_level_even_where_python_cannot_parse(source, names):
    assert validate.defined_names(notebook(source)) == names
