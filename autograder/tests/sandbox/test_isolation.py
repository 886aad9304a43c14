"""What code in a sandbox can see and reach, for each kind of isolation that this machine offers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("each_kind")

CONNECT = "import socket; s = socket.socket(socket.AF_INET, socket.{kind}); s.settimeout(2); {act}"


def test_a_mounted_module_is_found_and_cannot_be_changed(tell, kernel):
    assert tell("import withheld; print(withheld.ANSWER)") == "withheld copy"
    run = kernel.run("open(withheld.__file__, 'w')")
    assert run.ename in ("OSError", "PermissionError")


def test_a_mount_named_in_the_environment_is_found(tell):
    assert "withheld.py" in tell("import os; print(os.listdir(os.environ['EFFDL_DATA']))")


@pytest.mark.parametrize("path", ["/etc/shadow", "/etc/hostname", __file__, "/root/.profile"])
def test_files_of_the_host_cannot_be_read(kernel, path):
    assert kernel.run(f"open({path!r}).read()").ename in ("FileNotFoundError", "PermissionError")


def test_a_new_file_of_the_grader_cannot_be_read(kernel, tmp_path):
    secret = tmp_path / "expected.json"
    secret.write_text("42")
    secret.chmod(0o644)
    assert kernel.run(f"open({str(secret)!r})").ename in ("FileNotFoundError", "PermissionError")


def test_the_grader_cannot_be_imported(kernel):
    assert kernel.run("import autograder").ename == "ModuleNotFoundError"


def test_the_course_is_not_importable_from_the_checkout(kernel):
    assert kernel.run("import effdl").ename == "ModuleNotFoundError"


def test_the_user_is_not_root_and_holds_no_capability(tell):
    status = dict(line.split(":", 1) for line in tell("print(open('/proc/self/status').read())").splitlines())
    assert "0" not in status["Uid"].split()
    assert int(status["CapPrm"], 16) & ~4 == 0
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"


def test_the_environment_holds_nothing_of_the_host(tell, monkeypatch):
    found = tell("import os; print(sorted(os.environ))")
    assert "JPY_PARENT_PID" not in found
    assert not {name for name in os.environ if "KEY" in name or "TOKEN" in name} & set(eval(found))


@pytest.mark.parametrize("act", ["s.connect(('1.1.1.1', 80))", "s.connect(('169.254.169.254', 80))"])
def test_there_is_no_tcp(kernel, act):
    assert kernel.run(CONNECT.format(kind="SOCK_STREAM", act=act)).ename == "OSError"


def test_there_is_no_udp(kernel):
    assert kernel.run(CONNECT.format(kind="SOCK_DGRAM", act="s.sendto(b'x', ('1.1.1.1', 53))")).ename == "OSError"


def test_the_graders_abstract_sockets_are_out_of_reach(kernel):
    import socket

    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0autograder-test")
        server.listen()
        run = kernel.run("import socket; socket.socket(socket.AF_UNIX).connect('\\0autograder-test')")
    assert run.ename in ("ConnectionRefusedError", "PermissionError")


@pytest.mark.parametrize("call", ["os.kill({pid}, 9)", "os.kill({pid}, 0)"])
def test_the_grader_cannot_be_signalled(kernel, call):
    run = kernel.run("import os; " + call.format(pid=os.getpid()))
    assert run.ename in ("ProcessLookupError", "PermissionError")


@pytest.mark.parametrize(("name", "arguments"), [("unshare", "0x10000000"), ("ptrace", "0, 0, 0, 0")])
def test_system_calls_that_break_out_are_refused(tell, name, arguments):
    code = f"import ctypes; c = ctypes.CDLL(None, use_errno=True); print(c.{name}({arguments}), ctypes.get_errno())"
    assert tell(code) == "-1 1"


@pytest.mark.parametrize("place", ["os.environ['HOME']", "os.environ['TMPDIR']"])
def test_scratch_folders_can_be_written_and_the_next_kernel_does_not_see_it(sandbox, place):
    for _ in range(2):
        with sandbox.kernel() as kernel:
            run = kernel.run(f"import os; print(os.path.exists(os.path.join({place}, 'left')))")
            assert run.outputs[0]["text"] == "False\n"
            assert kernel.run(f"os.symlink('/etc', os.path.join({place}, 'left'))").status == "ok"


def test_shared_memory_is_not_shared(sandbox, kind):
    if kind == "landlock":
        with sandbox.kernel() as kernel:
            assert kernel.run("open('/dev/shm/left', 'w')").ename == "PermissionError"
        return
    for _ in range(2):
        with sandbox.kernel() as kernel:
            assert kernel.run("open('/dev/shm/left', 'x').close()").status == "ok"
    assert not Path("/dev/shm/left").exists()


def test_a_kernel_cannot_signal_another_that_lives(sandbox):
    with sandbox.kernel() as one, sandbox.kernel() as other:
        pid = int(one.run("import os; print(os.getpid())").outputs[0]["text"])
        run = other.run(f"import os; assert os.getpid() != {pid}; os.kill({pid}, 9)")
        assert run.status in ("error", "ok")
        assert one.run("1 + 1").status == "ok"


def test_the_first_process_shows_nothing_of_the_hosts_environment(kernel, monkeypatch):
    run = kernel.run("print(open('/proc/1/environ').read())")
    assert run.status == "error" or os.environ["PATH"] not in run.outputs[0]["text"]


def test_random_numbers_differ_between_kernels(sandbox):
    drawn = set()
    for _ in range(2):
        with sandbox.kernel() as kernel:
            drawn.add(
                kernel.run("import random, numpy; print(random.random(), numpy.random.rand())").outputs[0]["text"]
            )
    assert len(drawn) == 2
