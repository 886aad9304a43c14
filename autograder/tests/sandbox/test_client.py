"""What one cell gives back."""

from __future__ import annotations

from autograder.sandbox.outputs import VALUE_MIME


def test_the_last_value_and_the_streams_come_back(kernel):
    run = kernel.run("import sys\nprint('a')\nprint('b', file=sys.stderr)\n6 * 7")
    assert run.status == "ok"
    assert {output.get("name") for output in run.outputs} == {"stdout", "stderr", None}
    assert run.outputs[-1]["data"] == {"text/plain": "42"}


def test_an_error_has_its_name_and_text(kernel):
    run = kernel.run("{}['missing']")
    assert (run.status, run.ename, run.evalue) == ("error", "KeyError", "'missing'")
    assert run.outputs[-1]["output_type"] == "error"


def test_cells_share_their_names_and_survive_an_error(kernel):
    kernel.run("x = 3; 1 / 0")
    assert kernel.run("x").outputs[0]["data"]["text/plain"] == "3"


def test_system_exit_is_an_error_or_an_end_but_does_not_hang(kernel):
    assert kernel.run("raise SystemExit(3)", wall_s=5).status == "error"


def test_an_error_too_long_to_keep_is_an_error_still(kernel):
    assert kernel.run("raise ValueError('e' * (5 << 20))", wall_s=15).status == "error"
    assert kernel.run("1 + 1").status == "ok"


def test_a_syntax_error_is_an_error(kernel):
    assert kernel.run("def f(:").ename == "SyntaxError"


def test_asking_for_input_does_not_hang(kernel):
    assert kernel.run("input('name? ')", wall_s=5).ename == "StdinNotImplementedError"
    assert kernel.run("import getpass; getpass.getpass()", wall_s=5).status == "error"


def test_values_pass_as_data_and_other_kinds_are_dropped(kernel):
    data = {VALUE_MIME: {"a": [1]}, "text/html": "<script>", "text/plain": "t", "application/javascript": "alert()"}
    assert kernel.run(f"from IPython.display import display\ndisplay({data!r}, raw=True)").outputs[0]["data"] == {
        VALUE_MIME: {"a": [1]},
        "text/plain": "t",
    }


def test_updates_and_clearing_are_harmless(kernel):
    code = "from IPython.display import *\nh = display(1, display_id=True); h.update(2); clear_output()\nprint('kept')"
    run = kernel.run(code)
    assert run.status == "ok"
    assert run.outputs[-1]["text"] == "kept\n"


def test_progress_bars_and_warnings_are_plain_output(kernel):
    run = kernel.run("import warnings; warnings.warn('w')\nfrom tqdm import tqdm\nfor _ in tqdm(range(3)): pass")
    assert run.status == "ok"


def test_half_a_surrogate_pair_becomes_text_that_can_be_written(kernel):
    show = f"display({{{VALUE_MIME!r}: {{'k': '\\udfff'}}}}, raw=True)"
    run = kernel.run("from IPython.display import display; print('\\ud800')\n" + show)
    for output in run.outputs:
        for part in (output.get("text", ""), str(output.get("data", ""))):
            part.encode("utf-8")


FORGE = """
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
send = lambda *parts: app.iopub_socket.send_multipart(list(parts))
"""


def test_unparsable_traffic_is_passed_over(kernel):
    junk = "send(b'kernel', b'<IDS|MSG>', b'', b'{', b'[', b'\\xff', b'1')\nsend(b'')\nsend(b'<IDS|MSG>')\n"
    deep = "send(b'<IDS|MSG>', b'', *[b'[' * 100000] * 4)\nsend(b'<IDS|MSG>', b'', b'[]', b'[]', b'[]', b'[]')\n1"
    assert kernel.run(FORGE + junk + deep).status == "ok"
    assert kernel.run("1 + 1").status == "ok"


FORGED_IDLE = """
parent = get_ipython().kernel.get_parent()
for _ in range(3):
    app.kernel.session.send(app.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
"late"
"""


def test_a_forged_end_of_a_cell_does_not_raise_or_hang(kernel):
    assert kernel.run(FORGE + FORGED_IDLE).status == "ok"
    assert kernel.run("1 + 1").status == "ok"
