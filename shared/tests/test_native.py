"""C compiled for this processor: the results are Python's own, mistakes are named by line, nothing is made twice."""

import ctypes
import doctest
import subprocess

import pytest
import torch
from effdl import native

pytest.importorskip("ziglang")

ADD = "void add(const float *x, const float *y, float *z, int n) { for (int i = 0; i < n; i++) z[i] = x[i] + y[i]; }"


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """A cache of the test's own that shares what the compiler itself keeps."""
    shared = native.cache() / "zig"
    monkeypatch.setenv("EFFDL_CACHE", str(tmp_path))
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(shared))
    monkeypatch.setenv("ZIG_LOCAL_CACHE_DIR", str(shared))
    return tmp_path


def test_examples_in_docstrings_hold():
    assert doctest.testmod(native).failed == 0


def test_a_c_loop_adds_as_torch_does():
    x, y = torch.randn(2, 37, generator=torch.Generator().manual_seed(0))
    z = torch.zeros(37)
    native.build(ADD).add(native.pointer(x), native.pointer(y), native.pointer(z), 37)
    assert torch.equal(z, x + y)


NUMBERS = {torch.float64: ctypes.c_double, torch.uint8: ctypes.c_uint8, torch.int64: ctypes.c_int64}


@pytest.mark.parametrize("dtype", NUMBERS)
def test_a_pointer_reads_what_the_tensor_holds(dtype):
    values = torch.tensor([[3, 1], [4, 1]]).to(dtype)
    assert ctypes.cast(native.pointer(values), ctypes.POINTER(NUMBERS[dtype]))[:4] == [3, 1, 4, 1]


def test_a_pointer_cannot_be_walked_off_its_end_from_python():
    with pytest.raises(TypeError):
        list(native.pointer(torch.ones(3)))


def test_a_pointer_keeps_a_tensor_without_another_name_alive():
    to = native.pointer(torch.arange(1000, dtype=torch.int32))
    spoil = [torch.zeros(1000, dtype=torch.int32) for _ in range(20)]
    assert ctypes.cast(to, ctypes.POINTER(ctypes.c_int32))[999] == 999
    assert len(spoil) == 20


@pytest.mark.parametrize("bad", [torch.ones(2, 3).t(), torch.ones(4)[::2], torch.ones(2, dtype=torch.bfloat16)])
def test_a_pointer_to_what_c_would_misread_is_refused(bad):
    with pytest.raises(ValueError, match="contiguous"):
        native.pointer(bad)


def test_an_error_names_the_line_and_shows_it():
    with pytest.raises(native.CompileError, match=r"line 2: .*undeclared.*'y'\n    return y;") as caught:
        native.build("int f(int x) {\n  return y;\n}\n")
    ((number, line, _),) = caught.value.problems
    assert (number, line) == (2, "  return y;")


def test_every_wrong_line_is_named_not_the_first_alone():
    with pytest.raises(native.CompileError) as caught:
        native.build("int f(void) { return a; }\nint g(void) { return 1; }\nint h(void) { return b; }\n")
    assert [number for number, _, _ in caught.value.problems] == [1, 3]


def test_a_function_that_nobody_wrote_is_refused_with_the_linkers_words():
    with pytest.raises(native.CompileError, match=r"undefined.*nobody"):
        native.build("int nobody(int); int f(int x) { return nobody(x); }")


def test_the_same_text_is_compiled_once(own_cache, monkeypatch):
    text = "int one(void) { return 1; }"
    assert native.build(text).one() == 1
    kept = {path.name for path in own_cache.glob("*.*")}
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("compiled again"))
    assert native.build(text).one() == 1
    assert {path.name for path in own_cache.glob("*.*")} == kept
    assert len(kept) == 1


def test_other_flags_make_another_library(own_cache):
    text = "int size(void) { return N; }"
    assert [native.build(text, flags=[f"-DN={n}"]).size() for n in (3, 4)] == [3, 4]


def test_a_text_that_is_refused_leaves_nothing_behind(own_cache):
    with pytest.raises(native.CompileError):
        native.build("int f( {")
    assert list(own_cache.iterdir()) == []


def test_without_the_compiler_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(native, "available", lambda: False)
    with pytest.raises(native.NotInstalled, match="pip install"):
        native.build("int never_compiled(void) { return 0; }")


def test_a_cache_that_cannot_be_written_is_replaced_by_one_that_can(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.delenv("EFFDL_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert native.cache().parent == tmp_path
    monkeypatch.setenv("EFFDL_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(PermissionError, match="EFFDL_CACHE"):
        native.cache()


def test_the_files_that_ship_can_be_read_by_name():
    assert "popcount" in native.source("xnor.c")
    with pytest.raises(FileNotFoundError):
        native.source("nothing.c")


def test_what_is_loaded_is_a_ctypes_library():
    assert isinstance(native.build(ADD), ctypes.CDLL)
