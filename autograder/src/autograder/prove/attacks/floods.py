"""Too much output, too deep a nest, too long a text: refused or cut, and the rest goes on."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import answer, attack, by_body, wrong_answer

by_body(
    output_flood="while True: print('x' * (1 << 20), end='')",
    message_flood="""
        from IPython.display import display
        while True: display({'text/plain': 'x'}, raw=True)
    """,
    huge_result="""
        import torch
        return torch.rand(1 << 24)
    """,
    invalid_utf8="""
        import os
        os.write(1, bytes(range(128, 256)) * 4096)
        return '\\udcff' * 1000
    """,
    nested_result="""
        deep = []
        for _ in range(10**5): deep = [deep]
        return deep
    """,
    cyclic_result="""
        loop = []
        loop.append(loop)
        return loop
    """,
    regex_bomb="""
        import re
        return re.match('(a+)+$', 'a' * 99 + 'b')
    """,
)


@attack
def parse_bomb(lab: Lab) -> NotebookNode:
    return answer(lab, "x = " + "(" * 50000 + ")" * 50000 + "\ndef {name}(*args):\n    return 0\n")


@attack
def nested_code(lab: Lab) -> NotebookNode:
    return wrong_answer(lab, last="x = " + "-" * 200000 + "1")


@attack
def large_constant(lab: Lab) -> NotebookNode:
    return wrong_answer(lab, last="x = 9**9**9**9")


@attack
def large_cell(lab: Lab) -> NotebookNode:
    return wrong_answer(lab, last="# " + "x" * (20 << 20))
