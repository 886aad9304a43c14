"""Too much output, too deep a nest, too long a text: refused or cut, and the rest goes on."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import answer, attack, body, wrong_answer


@attack
def output_flood(lab: Lab) -> NotebookNode:
    return body(lab, "while True: print('x' * (1 << 20), end='')")


@attack
def message_flood(lab: Lab) -> NotebookNode:
    return body(lab, "from IPython.display import display", "while True: display({'text/plain': 'x'}, raw=True)")


@attack
def huge_result(lab: Lab) -> NotebookNode:
    return body(lab, "import torch", "return torch.rand(1 << 24)")


@attack
def invalid_utf8(lab: Lab) -> NotebookNode:
    return body(lab, "import os", "os.write(1, bytes(range(128, 256)) * 4096)", "return '\\udcff' * 1000")


@attack
def nested_result(lab: Lab) -> NotebookNode:
    return body(lab, "deep = []", "for _ in range(10**5): deep = [deep]", "return deep")


@attack
def cyclic_result(lab: Lab) -> NotebookNode:
    return body(lab, "loop = []", "loop.append(loop)", "return loop")


@attack
def regex_bomb(lab: Lab) -> NotebookNode:
    return body(lab, "import re", "return re.match('(a+)+$', 'a' * 99 + 'b')")


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
