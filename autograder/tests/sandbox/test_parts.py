"""The parts that need no kernel: arguments, places, frames, messages, outputs, the call filter."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from pathlib import Path

import pytest
import zmq
from autograder.sandbox import bwrap
from autograder.sandbox.api import Mount, Policy
from autograder.sandbox.messages import parse, read_json, request
from autograder.sandbox.outputs import TEXT_BYTES, Outputs
from autograder.sandbox.places import INSIDE, MASKED, Places, find_places, readable_parts
from autograder.sandbox.zmtp import COMMAND, LONG, MORE, Channel, ProtocolError, frame

NOTHING = Places((), ())


def pairs(argv: list[str], option: str) -> list[tuple[str, str]]:
    return [(argv[at + 1], argv[at + 2]) for at, word in enumerate(argv) if word == option]


def argv(policy: Policy = Policy(), places: Places = NOTHING, **options) -> list[str]:  # noqa: B008
    return bwrap.bwrap_argv("bwrap", policy, places, **{"as_root": False, **options})


def test_nothing_of_the_host_can_be_written_to():
    assert pairs(argv(), "--bind") == []


def test_every_namespace_is_new_and_every_capability_dropped():
    words = argv()
    assert {"--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-user"} <= set(words)
    assert words[words.index("--cap-drop") + 1] == "ALL"
    assert "--cap-add" not in words
    assert "--die-with-parent" in words
    assert "--clearenv" in words


def test_root_keeps_only_what_changing_the_user_needs():
    words = argv(as_root=True)
    kept = {words[at + 1] for at, word in enumerate(words) if word == "--cap-add"}
    assert kept == {"CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"}


def test_mounts_are_read_only_at_their_place_and_their_parents_come_first():
    words = argv(Policy(mounts=(Mount(Path("/host/copy"), "/course/effdl"),)))
    assert ("/host/copy", "/course/effdl") in pairs(words, "--ro-bind")
    assert words.index("/course") < words.index("/host/copy")


def test_writable_folders_have_a_size():
    words = argv(Policy(tmp_mib=7))
    for at, word in enumerate(words):
        if word == "--tmpfs":
            assert words[at - 2] == "--size"
    assert str(7 << 20) in words


def test_a_hidden_package_is_covered_and_a_shown_tree_inside_a_hidden_one_is_not():
    env, hidden = Path("/opt/env"), Path("/opt/env/lib/effdl")
    words = argv(places=Places((env, Path("/opt/env/course/.venv")), (hidden, Path("/opt/env/course"))))
    order = [word for word in words if word.startswith("/opt/env")]
    assert order.index("/opt/env/course") < order.index("/opt/env/course/.venv")
    assert words[words.index("/opt/env/course", words.index("--ro-bind")) - 1] in ("--tmpfs", "--dir")


def test_a_python_that_lives_below_a_scratch_folder_is_shown_over_it():
    tree = Path("/tmp/env")
    words = argv(places=Places((Path("/opt/env"), tree), ()))
    scratch = next(i for i, word in enumerate(words) if words[i : i + 2] == ["--tmpfs", "/tmp"])
    assert scratch < words.index(str(tree), scratch)
    assert words.index(str(tree)) > scratch
    assert bwrap.trees_in_scratch(Policy(), Places((Path("/opt/env"), tree), ())) == ["/tmp/env"]


def test_a_tree_that_is_closed_to_others_is_shown_piece_by_piece(tmp_path):
    for name in ("bin", "lib"):
        (tmp_path / "env" / name).mkdir(parents=True)
    (tmp_path / "env").chmod(0o755)
    assert bwrap.parts(tmp_path / "env") == [tmp_path / "env"]
    (tmp_path / "env").chmod(0o700)
    assert bwrap.parts(tmp_path / "env") == [tmp_path / "env" / "bin", tmp_path / "env" / "lib"]
    words = argv(places=Places((tmp_path / "env",), ()))
    assert str(tmp_path / "env" / "lib") in words


def test_only_masks_that_would_be_seen_are_kept(tmp_path):
    package = Path(pytest.__file__).parent
    places = find_places([tmp_path, package])
    assert package in places.hidden
    assert tmp_path not in places.hidden
    assert any(Path(sys.executable).is_relative_to(tree) for tree in (*places.shown, Path("/usr")))


def test_what_may_be_read_without_namespaces_leaves_the_hidden_out(tmp_path):
    for name in ("a/secret/file", "a/b/file", "c/file"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    read, listed = readable_parts(Places((tmp_path,), (tmp_path / "a/secret",)))
    assert {str(tmp_path / "a/b"), str(tmp_path / "c")} <= set(read)
    assert {str(tmp_path), str(tmp_path / "a")} <= set(listed)
    assert not any("secret" in path for path in (*read, *listed))


def test_a_hidden_package_says_that_it_does_not_exist(monkeypatch):
    monkeypatch.syspath_prepend(str(MASKED.parent))
    with pytest.raises(ModuleNotFoundError, match="masked"):
        __import__("masked")


@pytest.fixture
def peer(tmp_path):
    """A real ZeroMQ ROUTER, and our channel to it."""
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router, socket.socket(socket.AF_UNIX) as link:
        router.linger = 0
        router.bind(f"ipc://{tmp_path}/s")
        link.connect(f"{tmp_path}/s")
        yield router, Channel(link, "DEALER", max_bytes=100_000)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 70_000])
def test_messages_travel_both_ways_as_zeromq_has_them(peer, size):
    router, channel = peer
    channel.send([b"a", bytes(size)], 1)
    identity, *parts = router.recv_multipart()
    assert parts == [b"a", bytes(size)]
    router.send_multipart([identity, b"reply", bytes(size), b""])
    messages = []
    while not messages:
        messages = channel.receive()
    assert messages == [[b"reply", bytes(size), b""]]


def test_a_message_over_the_limit_is_dropped_and_the_next_one_arrives(peer):
    router, channel = peer
    channel.send([b"hello"], 1)
    identity, _ = router.recv_multipart()
    router.send_multipart([identity, b"x", bytes(3_000_000), b"y"])
    router.send_multipart([identity, bytes(60_000), bytes(60_000)])
    router.send_multipart([identity, *[b"p"] * 100])
    router.send_multipart([identity, b"next"])
    messages = []
    while not messages:
        messages = channel.receive()
    assert messages == [[b"next"]]
    assert channel.lost == 3


def scripted(data: bytes) -> tuple[socket.socket, Channel]:
    """A channel whose other end is ours, after the handshake."""
    ours, theirs = socket.socketpair()
    hello = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48) + frame(b"\x05READY", COMMAND)
    writer = threading.Thread(target=ours.sendall, args=(hello,))
    writer.start()
    channel = Channel(theirs, "SUB", max_bytes=1000)
    writer.join()
    ours.sendall(data)
    return ours, channel


def test_frames_that_never_end_are_not_kept():
    ours, channel = scripted(frame(b"x" * 500, MORE) * 50)
    with ours:
        assert channel.receive() == []
        assert channel._parts == []
    channel.close()


def test_bytes_that_are_no_frames_are_an_error_and_a_closed_end_is_the_end():
    ours, channel = scripted(b"\xf7nonsense")
    with pytest.raises(ProtocolError, match="flags 0xf7"):
        channel.receive()
    ours.close()
    with pytest.raises((EOFError, ProtocolError, ConnectionError)):
        channel.receive()
    channel.close()


def test_a_frame_that_claims_to_be_endless_takes_no_memory():
    ours, channel = scripted(bytes((LONG,)) + struct.pack(">Q", 1 << 62) + bytes(5000))
    with ours:
        assert channel.receive() == []
        assert len(channel._buffer) == 0
        assert channel.lost == 0
    channel.close()


def test_a_request_can_be_read_back_and_junk_is_none():
    identity, frames = request("execute_request", {"code": "1"}, "key")
    message = parse(frames)
    assert (message.kind, message.content) == ("execute_request", {"code": "1"})
    assert len(identity) == 32
    for junk in ([], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"", *[b"[" * 10**5] * 4], [b"<IDS|MSG>", b"", *[b"1"] * 4]):
        assert parse(junk) is None


def test_half_a_surrogate_pair_becomes_a_question_mark():
    assert read_json(b'{"k": "a\\ud800b"}') == {"k": "a?b"}
    assert read_json(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_text_and_values_have_bounds_of_their_own():
    outputs = Outputs(rich_bytes=1000)
    outputs.add("stream", {"name": "stdout", "text": "x" * (TEXT_BYTES + 1)})
    outputs.add("display_data", {"data": {"text/plain": "kept"}})
    outputs.add("display_data", {"data": {"text/plain": "y" * 2000}})
    texts = [output.get("text") or output["data"]["text/plain"] for output in outputs.items]
    assert [len(text) for text in (texts[0], texts[2])] == [TEXT_BYTES, 4]
    assert len(texts) == 3


@pytest.mark.parametrize("content", [{}, {"name": 3, "text": 4}, {"data": []}, {"data": {"text/plain": 3}}])
@pytest.mark.parametrize("message", ["stream", "display_data", "execute_result", "error", "clear_output", "unheard_of"])
def test_content_of_any_shape_is_taken_without_an_error(message, content):
    Outputs(1000).add(message, content)


def refused(steps: list, number: int, argument: int = 0, audit: int = 0xC000003E, second: int = 0) -> bool:
    """Whether a filter refuses a call, found by running it."""
    at, value = 0, 0
    inputs = {0: number, 4: audit, 16: argument, 24: second}
    while True:
        code, yes, no, operand = steps[at]
        at += 1
        if code == 0x20:
            value = inputs[operand]
        elif code == 0x06:
            return operand != 0x7FFF0000
        else:
            hit = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += yes if hit else no


@pytest.fixture(scope="module")
def seccomp():
    sys.path.insert(0, str(INSIDE))
    import seccomp

    sys.path.remove(str(INSIDE))
    return seccomp


@pytest.mark.parametrize(
    ("number", "argument", "verdict"), [(0, 0, False), (101, 0, True), (41, 2, False), (425, 0, True)]
)
def test_the_filter_refuses_what_it_should(seccomp, number, argument, verdict):
    assert refused(seccomp.program("x86_64", bare=False), number, argument) == verdict


def test_the_filter_looks_at_flags_families_and_machines(seccomp):
    steps = seccomp.program("x86_64", bare=True)
    assert not refused(steps, 56, 0x1200011)
    assert refused(steps, 56, 0x10000011)
    assert not refused(steps, 41, 1)
    assert refused(steps, 41, 2)
    assert not refused(steps, 41, 1, second=0x80001)
    assert refused(steps, 41, 1, second=2)
    assert refused(steps, 42)
    assert refused(steps, 0, audit=0x40000003)
    assert refused(steps, 0x40000000)
