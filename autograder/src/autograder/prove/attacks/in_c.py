"""Answers in C that attack the compiler, the emulator or the machine they run on; the target is the first one in C."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import attack
from autograder.prove.in_c import cell_of, texts_of, with_body
from autograder.prove.notebooks import solution_answers, solved_but

HOST_FILE = "/etc/passwd"


def solution(lab: Lab) -> tuple[str, dict[str, str]]:
    """The target's id and the texts of its solution."""
    target = next(exercise for exercise in lab.exercises if exercise.language == "c")
    return target.id, texts_of(solution_answers(lab)[target.id])


def in_c(lab: Lab, body: str, *, before: str = "", **added: str) -> NotebookNode:
    """The lab solved, but with another body in the target's functions, and with text `before` them."""
    target, texts = solution(lab)
    changed = {name: f"{before}\n{with_body(name, text, body)}" for name, text in texts.items()}
    return solved_but(lab, {target: cell_of(changed)}, **added)


@attack
def c_no_code(lab: Lab) -> NotebookNode:
    return in_c(lab, "    return 1 +;")


@attack
def c_endless_loop(lab: Lab) -> NotebookNode:
    return in_c(lab, "    for (;;) ;")


@attack
def c_wild_read(lab: Lab) -> NotebookNode:
    return in_c(lab, "    volatile int *wild = (int *)0x60000000; (void)*wild;")


@attack
def c_wild_write(lab: Lab) -> NotebookNode:
    return in_c(lab, "    volatile int *wild = (int *)0; for (;;) *wild++ = 1;")


@attack
def c_endless_recursion(lab: Lab) -> NotebookNode:
    down = "static int down(int n) { volatile int x[64]; x[0] = n; return down(n + 1) + x[0]; }"
    return in_c(lab, "    volatile int deep = down(0); (void)deep;", before=down)


@attack
def c_whole_memory(lab: Lab) -> NotebookNode:
    """Every word of SRAM becomes one."""
    return in_c(lab, "    for (volatile int *all = (int *)0x20000000; all < (int *)0x20040000; all++) *all = 1;")


@attack
def c_includes_a_file(lab: Lab) -> NotebookNode:
    return in_c(lab, "", before=f'#include "{HOST_FILE}"')


@attack
def c_embeds_a_file(lab: Lab) -> NotebookNode:
    return in_c(lab, "", before=f'static const char taken[] = {{\n#embed "{HOST_FILE}"\n}};')


@attack
def c_assembles_a_file(lab: Lab) -> NotebookNode:
    return in_c(lab, "", before=f'__asm__(".incbin \\"{HOST_FILE}\\"");')


@attack
def c_assembly(lab: Lab) -> NotebookNode:
    return in_c(lab, '    __asm__ volatile("mov r0, #1\\n bkpt 0xAB\\n svc 0\\n wfi");')


@attack
def c_opcodes(lab: Lab) -> NotebookNode:
    """SYS_OPEN of the semihosting interface, by which firmware opens files of the machine that debugs it."""
    code = f'static const char name[] = "{HOST_FILE}"; static const uint16_t code[] = {{0x2001, 0xBEAB, 0x4770}};'
    return in_c(lab, "    ((int (*)(int, const void *))((int)code + 1))(1, name);", before=code)


@attack
def c_system_call(lab: Lab) -> NotebookNode:
    return in_c(
        lab, "    ((void (*)(void))((int)code + 1))();", before="static const uint16_t code[] = {0xDF00, 0x4770};"
    )


@attack
def c_sleeps(lab: Lab) -> NotebookNode:
    return in_c(lab, "    for (;;) __builtin_arm_wfi();")


@attack
def c_rewrites_itself(lab: Lab) -> NotebookNode:
    return in_c(lab, "    *(volatile uint16_t *)0x08000000 = 0x4770;")


@attack
def c_runs_data(lab: Lab) -> NotebookNode:
    code = "static volatile uint16_t code[2];"
    return in_c(lab, "    code[0] = 0x4770; ((void (*)(void))((int)code + 1))();", before=code)


@attack
def c_forges_sections(lab: Lab) -> NotebookNode:
    lies = [".symtab", ".strtab", ".debug_line", ".init_array"]
    before = "".join(
        f'__attribute__((section("{name}"), used)) char lie{i}[64] = "ELF";\n' for i, name in enumerate(lies)
    )
    return in_c(lab, "", before=before)


@attack
def c_macro_bomb(lab: Lab) -> NotebookNode:
    lines = ["#define A0 x+x+x+x+x+x+x+x+x+x", *(f"#define A{i} {'+'.join([f'A{i - 1}'] * 10)}" for i in range(1, 10))]
    return in_c(lab, "    volatile int sum = 1, x = 1; sum = A9;", before="\n".join(lines))


@attack
def c_nested_code(lab: Lab) -> NotebookNode:
    return in_c(lab, f"    volatile int sum = 1; sum = {'- ' * 100_000}sum;")


@attack
def c_huge_array(lab: Lab) -> NotebookNode:
    return in_c(lab, "    huge[0] = 1;", before="static volatile char huge[0x7fffffff];")


@attack
def c_huge_program(lab: Lab) -> NotebookNode:
    return in_c(lab, "    huge[0]++;", before="volatile char huge[0x3fffffff] = {[0 ... 0x3ffffffe] = 1};")


@attack
def c_huge_text(lab: Lab) -> NotebookNode:
    return in_c(lab, "", before="/*" + "x" * 10_000_000 + "*/")


@attack
def c_computed_text(lab: Lab) -> NotebookNode:
    """Python that looks around would have its say in the text if it were run."""
    target, texts = solution(lab)
    cells = "".join(f"{name} = {text!a} + chr(10)\n" for name, text in texts.items())
    return solved_but(lab, {target: cells})


@attack
def c_replaced_emulator(lab: Lab) -> NotebookNode:
    _, texts = solution(lab)
    patch = f"""from effdl import mcu
right, compile_ = {texts!a}, mcu.compile
mcu.compile = lambda source, **how: compile_(max(right.values(), key=len), **how)
mcu.run = lambda *args, **how: None
globals().update(right)
"""
    return in_c(lab, "", last=patch)


@attack
def c_honest(lab: Lab) -> NotebookNode:
    """A helper, a macro, headers, names of files in a comment: as somebody writes C who knows it."""
    target, texts = solution(lab)
    before = "#include <stdint.h>\n#include <stdbool.h>\n#define ONE 1 /* no asm, not /etc/passwd */\n"
    before += "static inline int one(void) { return ONE; }\n"
    cells = "".join(f"{name}: str = r'''{before}{text}'''\n" for name, text in texts.items())
    return solved_but(lab, {target: cells})


@attack
def c_second_attempt(lab: Lab) -> NotebookNode:
    """A first try above, the untouched stub below: the last text that was written counts."""
    target, texts = solution(lab)
    tries = cell_of({name: with_body(name, text, "") for name, text in texts.items()})
    return solved_but(lab, {target: tries + cell_of(texts)})
