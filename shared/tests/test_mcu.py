"""C compiled for a microcontroller does what NumPy does, is counted exactly, and fails with a place and a reason."""

import numpy as np
import pytest

for needed in ("ziglang", "unicorn", "capstone", "elftools"):
    pytest.importorskip(needed)

from effdl import mcu  # noqa: E402
from effdl.mcu import counting, image, machine, tool  # noqa: E402
from effdl.mcu.parts import part_named  # noqa: E402

MATMUL = """
/* c (m, n) = a (m, k) b (k, n) */
void matmul(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            int32_t sum = 0;
            for (int p = 0; p < k; p++) sum += a[i * k + p] * b[p * n + j];
            c[i * n + j] = sum;
        }
}
"""


def matrices(m, n, k):
    rng = np.random.default_rng(m + n + k)
    a, b = (rng.integers(-128, 128, shape, dtype=np.int8) for shape in ((m, k), (k, n)))
    return a, b, np.full((m, n), -1, np.int32)


def refused(source, **how):
    with pytest.raises(mcu.CompileError) as problem:
        mcu.compile(source, **how)
    return problem.value


def fails(source, *arguments, **how):
    with pytest.raises(mcu.McuError) as problem:
        mcu.run(mcu.compile(source), "f", *arguments, **how)
    return problem.value


@pytest.mark.parametrize("part", mcu.PARTS)
@pytest.mark.parametrize("opt", ["-O0", "-O2", "-O3 -fno-unroll-loops"])
def test_a_matrix_product_is_numpys_on_every_part(part, opt):
    a, b, c = matrices(5, 7, 11)
    run = mcu.run(mcu.compile(MATMUL, part=part, opt=opt), "matmul", a, b, c, 5, 7, 11)
    np.testing.assert_array_equal(run.arrays[2], a.astype(np.int32) @ b.astype(np.int32))
    assert (run.arrays[0] == a).all()
    assert (c == -1).all()


@pytest.mark.parametrize("part", mcu.PARTS)
def test_every_part_computes_what_its_compiler_uses(part):
    """Single precision and the DSP instructions: a compiler must not know more of a part than the emulator."""
    source = "float f(float x) { return x / 3.0f - x * x; }\nint g(int x, int y) { return __smlad(x, y, 5); }"
    program = mcu.compile(source, part=part)
    x = np.float32(1.7)
    assert mcu.run(program, "f", x).returned_float == pytest.approx(x / np.float32(3) - x * x, rel=1e-6)
    assert mcu.run(program, "g", 0x0003_0004, 0x0005_FFFE).returned == 3 * 5 + 4 * -2 + 5
    assert "write float" in str(refused("double f(double x) { return x * x; }", part=part))


@pytest.mark.parametrize(
    ("dtype", "ctype"),
    [
        ("int8", "int8_t"), ("uint8", "uint8_t"), ("int16", "int16_t"), ("uint16", "uint16_t"),
        ("int32", "int32_t"), ("uint32", "uint32_t"), ("float32", "float"),
    ],
)  # fmt: skip
def test_arrays_of_every_type_come_and_go_unchanged(dtype, ctype):
    values = (np.random.default_rng(3).standard_normal((4, 6)) * 1e9).astype(np.int64).astype(dtype)
    source = f"void f(const {ctype} *x, {ctype} *y, int n) {{ for (int i = 0; i < n; i++) y[i] = x[i]; }}"
    run = mcu.run(mcu.compile(source), "f", values, np.zeros_like(values), values.size)
    np.testing.assert_array_equal(run.arrays[1], values)
    assert run.arrays[1].dtype == dtype


def test_numbers_follow_the_procedure_call_standard():
    source = (
        "int f(int a, int b, int c, int d, int e, int g) { return a + 10*b + 100*c + 1000*d + 10000*e + 100000*g; }"
    )
    assert mcu.run(mcu.compile(source), "f", 1, 2, 3, 4, 5, 6).returned == 654321
    mixed = "float f(float x, int n, float y, const float *z) { return x * n + y * z[1]; }"
    run = mcu.run(mcu.compile(mixed), "f", 1.5, 4, np.float32(0.25), np.array([0, 8], np.float32))
    assert run.returned_float == 8.0
    many = ", ".join(f"float x{i}" for i in range(18))
    last = mcu.compile(f"float f({many}, int n) {{ return x16 - 2 * x17 + n; }}")
    assert mcu.run(last, "f", *[float(i) for i in range(18)], 7).returned_float == 16 - 34 + 7
    assert mcu.run(mcu.compile("int f(int x) { return x; }"), "f", -5).returned == -5
    assert mcu.run(mcu.compile("int f(unsigned x) { return x >> 31; }"), "f", 2**32 - 1).returned == 1


def test_instructions_are_counted_one_by_one():
    """The oracle is the emulator stepping through the program, an instruction at a time."""
    program = mcu.compile(MATMUL)
    run = mcu.run(program, "matmul", *matrices(3, 4, 5), 3, 4, 5)
    assert run.instructions == sum(run.histogram.values()) == sum(run.line_counts.values())
    stepped = stepping(program, matrices(3, 4, 5), (3, 4, 5))
    assert run.instructions == stepped
    assert run.histogram["multiply"] >= 3 * 4 * 5
    assert run.cycles_estimate > run.instructions


def stepping(program, arrays, sizes):
    """Instructions of a call, by a hook on each."""
    import unicorn
    from effdl.mcu.machine import _Machine
    from effdl.mcu.memory import lay_out

    machine = _Machine(program, lay_out(program, (*arrays, *sizes)), 10**6, False)
    seen = []
    machine.cpu.hook_add(unicorn.UC_HOOK_CODE, lambda cpu, address, size, _: seen.append(address))
    machine.call("matmul")
    return len(seen)


def test_a_loop_costs_as_many_instructions_more_as_it_turns_more():
    program = mcu.compile("int f(int n) { int s = 0; for (int i = 0; i < n; i++) s += i * i; return s; }", opt="-O0")
    counts = [mcu.run(program, "f", n).instructions for n in (10, 20, 30)]
    assert counts[1] - counts[0] == counts[2] - counts[1] > 0


def test_the_lines_that_run_are_told():
    source = "int f(int n) {\n  volatile int s = 0;\n  for (int i = 0; i < n; i++)\n    s += i;\n  return s;\n}\n"
    counts = mcu.run(mcu.compile(source), "f", 50).line_counts
    assert max(counts, key=counts.get) in (3, 4)
    assert set(counts) <= {1, 2, 3, 4, 5}
    assert counts[4] >= 150


def test_peak_sram_is_static_data_arrays_and_the_deepest_stack():
    source = "int8_t kept[1000];\nint f(int8_t *x, int n) {\n  volatile int8_t deep[400];\n"
    source += (
        "  for (int i = 0; i < 400; i++) deep[i] = kept[i] + x[0];\n  return n ? f(x, n - 1) + deep[n] : kept[n];\n}\n"
    )
    program = mcu.compile(source)
    assert program.static_sram_bytes == 1000
    shallow, deeper = (mcu.run(program, "f", np.ones(64, np.int8), n) for n in (0, 4))
    assert shallow.peak_sram_bytes == 1000 + 64 + shallow.stack_bytes
    assert 400 <= shallow.stack_bytes <= 480
    assert 5 * 400 <= deeper.stack_bytes <= 5 * 480


def test_bytes_of_flash_count_code_constants_and_initial_values():
    empty = mcu.compile("int f(void) { return 1; }")
    assert 0 < empty.flash_bytes <= 8
    table = mcu.compile("const int8_t t[500] = {1};\nint f(int i) { return t[i]; }")
    assert 500 <= table.flash_bytes <= 530
    assert table.static_sram_bytes == 0
    variable = mcu.compile("int8_t v[500] = {1};\nint f(int i) { return v[i]++; }")
    assert variable.flash_bytes >= 500
    assert variable.static_sram_bytes == 500
    assert mcu.run(variable, "f", 0).returned == 1


def test_functions_are_those_that_can_be_called():
    program = mcu.compile("static int g(int x) { return x; }\nint f(int x) { return g(x); }\nint h(void) { return 2; }")
    assert program.functions == ("f", "h")
    with pytest.raises(ValueError, match="there is no function 'g'; there are f, h"):
        mcu.run(program, "g", 1)


def test_a_compile_error_shows_the_line_of_the_text():
    error = refused("\nint f(int x) {\n    return x +;\n}\n")
    assert error.line == 3
    assert str(error).startswith("line 3: expected expression\n    " + "    return x +;\n")
    assert "effdl-mcu" not in str(error)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("int f(int x) { return g(x); }", "line 1: call to undeclared function 'g'"),
        ("int g(int);\nint f(int x) { return g(x); }", "line 2: g is used and defined nowhere; there is no C library"),
        ("double f(double x) { return x * x; }", "write float"),
        ("int64_t f(int64_t x, int64_t y) { return x / y; }", "division of 64-bit integers"),
        ('#include "/etc/passwd"\nint f(void) { return 1; }', "line 1: '/etc/passwd' file not found"),
        ("#include <stdio.h>\nint f(void) { return 1; }", "'stdio.h' file not found"),
        ('#include "../../../../../../../etc/passwd"', "file not found"),
        ('%:include "/etc/passwd"', "file not found"),
        ('const char p[] = {\n#embed "/etc/passwd"\n};', "line 2: '/etc/passwd' file not found"),
        ('asm(".incbin \\"/etc/passwd\\"");', "line 1: GNU-style inline assembly is disabled"),
        ("void f(void) {\n  __asm__ volatile(\"svc 0\");\n}", "line 2: GNU-style inline assembly is disabled"),
        ('__attribute__((section(".mine"))) int x = 3;\nint f(void) { return x++; }', "it cannot be linked"),
        ('#if __has_include("/etc/passwd")\n#error "seen"\n#endif\nint f(void) { return }', "line 4"),
        ('/* YOUR CODE HERE */\n#error "not written yet"', 'line 2: "not written yet"'),
        ("int f(int x) { return " + "(" * 9000 + "x" + ")" * 9000 + "; }", "bracket nesting level"),
        ("int f(int x) { return " + "- " * 120_000 + "x; }", "the compiler gave up"),
        ("x" * 300_000, "at most 262,144 are compiled"),
        ('#line 7 "other.c"\nint f(int x) { return }', "expected expression"),
        ("const char x[2000000] = {1};", "out of flash"),
    ],
)  # fmt: skip
def test_what_cannot_be_compiled_says_why(source, says):
    assert says in str(refused(source))


def test_a_bomb_of_macros_is_stopped(monkeypatch):
    monkeypatch.setattr(tool, "WALL_S", 1)
    lines = ["#define A0 x+x+x+x+x+x+x+x+x+x"]
    lines += [f"#define A{i} {'+'.join([f'A{i - 1}'] * 10)}" for i in range(1, 10)]
    error = refused("\n".join(lines) + "\nint f(int x) { return A9; }")
    assert "the compiler was stopped" in str(error)


def test_the_system_ends_a_compiler_that_may_not_be_killed(monkeypatch):
    pytest.importorskip("resource", reason="limits of processes are POSIX's")
    monkeypatch.setattr(tool, "WALL_S", 1)
    monkeypatch.setattr(tool.subprocess.Popen, "kill", lambda self: (_ for _ in ()).throw(PermissionError))
    lines = ["#define A0 x+x+x+x+x+x+x+x+x+x", *(f"#define A{i} {'+'.join([f'A{i - 1}'] * 10)}" for i in range(1, 10))]
    assert "the compiler" in str(refused("\n".join(lines) + "\nint f(int x) { return A9 + 1; }"))


def test_the_environment_cannot_change_what_is_compiled(monkeypatch):
    monkeypatch.setenv("CCC_OVERRIDE_OPTIONS", "+-DSEVEN=8")
    monkeypatch.setenv("CPATH", "/usr/include")
    source = "#ifndef SEVEN\n#define SEVEN 7\n#endif\nint f(void) { return SEVEN; }"
    assert mcu.run(mcu.compile(source), "f").returned == 7


def test_without_the_compiler_the_message_has_the_command(monkeypatch):
    monkeypatch.setattr(tool.importlib.util, "find_spec", lambda name: None)
    tool.tool.cache_clear()
    error = refused("int f(void) { return 90210; }")
    tool.tool.cache_clear()
    assert "pip install" in str(error)


def test_without_the_reader_of_programs_the_message_has_the_command(monkeypatch):
    monkeypatch.setattr(image, "ELFFile", None)
    assert "pip install pyelftools" in str(refused("int f(void) { return 90211; }"))


@pytest.mark.parametrize("missing", ["unicorn", "capstone"])
def test_without_the_emulator_or_the_disassembler_the_message_has_the_command(missing, monkeypatch):
    monkeypatch.setattr({"unicorn": machine, "capstone": counting}[missing], missing, None)
    counting._disassembler.cache_clear()
    counting.decode.cache_clear()
    with pytest.raises(mcu.McuError, match=r"install it with pip install .effdl\[mcu\]"):
        mcu.run(mcu.compile("int f(void) { return 90212; }"), "f")


ONE = np.ones(8, np.int32)


@pytest.mark.parametrize(
    ("source", "kind", "address", "says"),
    [
        ("int f(int *x) {\n  return x[1 << 24];\n}", "READ", 0x24000000, "neither flash nor SRAM"),
        ("void f(int *x) {\n  x[1 << 24] = 1;\n}", "WRITE", 0x24000000, "neither flash nor SRAM"),
        ("int f(int *x) {\n  return *(volatile int *)4;\n}", "READ", 4, "a null pointer?"),
        ("void f(int *x) {\n  *(volatile int *)0x08000000 = 1;\n}", "WRITE", 0x08000000, "flash"),
        ("int f(int *x) {\n  return x[65536];\n}", "READ", 0x20040000, "0 bytes above the SRAM"),
        ("int f(int *x) {\n  return ((int (*)(void))((int)x + 1))();\n}", "FETCH", 0x20000000, "argument 1, int32[8]"),
        ("\nint f(int *x) { return ((int (*)(void))0x40000001)(); }", "FETCH", 0x40000000, "neither flash nor SRAM"),
    ],
)
def test_a_wild_pointer_faults_with_its_place(source, kind, address, says):
    fault = fails(source, ONE)
    assert isinstance(fault, mcu.Fault)
    assert (fault.kind, fault.address, fault.function, fault.line) == (kind, address, "f", 2)
    assert says in str(fault)


def test_a_write_past_the_end_of_an_array_is_found_after_the_call():
    fault = fails("void f(int *x) { x[8] = 3; }", ONE)
    assert (fault.kind, fault.address) == ("WRITE", 0x20000020)
    assert "0 bytes past the end of argument 1, int32[8]" in str(fault)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("__builtin_trap();", "no instruction"),
        ("__builtin_debugtrap();", "a breakpoint"),
        ("__builtin_arm_wfi();", "went to sleep"),
        ("((int (*)(void))0xFFFFFFF1)();", "only interrupts return to"),
        (
            "static const uint16_t code[] = {0xDF00, 0x4770}; ((void (*)(void))((int)code + 1))();",
            "operating system (svc)",
        ),
        ("static const uint16_t code[] = {0xBEAB, 0x4770}; ((void (*)(void))((int)code + 1))();", "a breakpoint"),
    ],
)
def test_what_stops_a_processor_is_named(body, says):
    fault = fails(f"void f(int n) {{ {body} }}", 1)
    assert fault.kind == "STOP"
    assert says in str(fault)


def test_a_program_that_does_not_end_is_stopped_at_its_line():
    error = fails("void f(void) {\n  for (;;)\n    ;\n}", max_instructions=10_000)
    assert isinstance(error, mcu.TooLong)
    assert "stopped after 10,000 instructions without returning; it was in f, line" in str(error)


def test_recursion_without_end_runs_out_of_stack():
    assert "endless recursion" in str(fails("int f(int n) { return f(n + 1) * f(n + 2) + 1; }", 1))


def test_what_does_not_fit_says_how_much_is_needed():
    error = fails("int f(int8_t *x) { return *x; }", np.zeros(262_100, np.int8))
    assert isinstance(error, mcu.OutOfSram)
    assert error.have == 262_144 < error.need
    with pytest.raises(mcu.OutOfSram, match="static arrays and variables need 400,000 bytes, the part has 262,144"):
        mcu.compile("int big[100000];\nint f(int i) { return big[i]++; }")
    larger = mcu.compile("int8_t big[300000];\nint f(int i) { return big[i]++; }", part="stm32f746")
    assert mcu.run(larger, "f", 299_999).returned == 0


@pytest.mark.parametrize(
    ("argument", "error"),
    [(np.zeros(3), TypeError), ("text", TypeError), (None, TypeError), (2**32, ValueError), (-(2**31) - 1, ValueError)],
)
def test_arguments_without_a_type_in_c_are_refused(argument, error):
    with pytest.raises(error, match="argument 1 is"):
        mcu.run(mcu.compile("int f(int x) { return x; }"), "f", argument)


def test_a_trace_holds_every_access_in_its_order():
    source = "void f(const int8_t *x, int16_t *y, int n) { for (int i = 0; i < n; i++) y[i] = x[i]; }"
    run = mcu.run(
        mcu.compile(source, opt="-O1"), "f", np.arange(5, dtype=np.int8), np.zeros(5, np.int16), 5, trace=True
    )
    x, y = run.addresses
    inside = [row for row in run.trace.tolist() if x <= row[0] < y + 10]
    assert inside == [row for i in range(5) for row in ((x + i, 1, False), (y + 2 * i, 2, True))]
    assert run.trace["write"].sum() == run.histogram["store"] or run.trace["write"].sum() >= 5


def test_copies_of_structures_need_no_library():
    source = "struct big { int values[40]; };\nvoid f(struct big *a, struct big *b) { *b = *a; b->values[0]++; }"
    run = mcu.run(mcu.compile(source, opt="-Os"), "f", np.arange(40, dtype=np.int32), np.zeros(40, np.int32))
    assert run.arrays[1].tolist() == [1, *range(1, 40)]


def test_two_runs_are_equal_and_share_nothing():
    program = mcu.compile("static int calls;\nint f(int8_t *x) { x[0]++; return ++calls; }")
    first, second = (mcu.run(program, "f", np.zeros(4, np.int8)) for _ in range(2))
    assert first.returned == second.returned == 1
    assert first.instructions == second.instructions


def test_the_same_text_is_compiled_once():
    assert mcu.compile(MATMUL) is mcu.compile(MATMUL)
    assert mcu.compile(MATMUL) is not mcu.compile(MATMUL, opt="-O1")


def test_warnings_come_with_the_program():
    [warning] = mcu.compile("int f(int n) {\n  int unused;\n  return n;\n}").warnings
    assert warning.startswith("2:")
    assert "unused variable" in warning


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        (b"\x00\xbf", ["other"]),  # nop
        (b"\x08\x68\x08\x60", ["load", "store"]),
        (b"\x48\x43\xfe\xe7", ["multiply", "branch"]),
        (b"\x10\xfb\x01\xf0", ["multiply"]),  # smulbb
        (b"\x70\x47\x10\xb5\x10\xbd", ["branch", "store", "load"]),
        (b"\x20\xee\x20\x0a", ["multiply"]),  # vmul.f32
        (b"\xde\xde", ["other"]),  # undefined
        (b"\x20\xf0\x01\x00", ["other"]),  # bic is no branch
    ],
)
def test_instructions_are_sorted_by_kind(code, kinds):
    assert [kind for _, kind in counting.decode(code)] == kinds


@pytest.mark.parametrize("section", [".debug_line", ".debug_info", ".debug_abbrev", ".debug_str"])
def test_a_hostile_table_of_lines_does_no_harm(section):
    lie = f'__attribute__((section("{section}"))) const char lie[40] = "\\x20\\0\\0\\0\\4\\0zzzzzzzzzzzzzz";'
    text = f"{lie}\nint f(void) {{ return 3; }}"
    run = mcu.run(mcu.compile(text), "f")
    assert run.returned == 3
    assert set(run.line_counts) <= {0, 2}


def test_an_unknown_part_is_an_error_that_lists_the_known():
    with pytest.raises(ValueError, match="there is no part 'z80'; there are stm32f412, stm32f746"):
        part_named("z80")
