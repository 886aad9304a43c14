"""Results that are meant to compare equal, and answers that do not solve the task."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.attacks.registry import answer, attack, body
from autograder.prove.attacks.secrets import SEARCH


@attack
def always_equal(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """class Equal:
    shape, dtype, ndim = (), "float32", 0
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __float__ = __len__ = lambda self: 1
    tolist = lambda self: self
def {name}(*args, **kwargs):
    return Equal()
""",
    )


@attack
def tensor_subclass(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """import torch
class Sly(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True
    __array_ufunc__ = lambda self, *args, **kwargs: True
    __format__ = lambda self, spec: "1.0"
    tolist = lambda self: Everything()
class Everything(list):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
def {name}(*args, **kwargs):
    return torch.zeros(3).as_subclass(Sly)
""",
    )


@attack
def nan_everywhere(lab: Lab) -> NotebookNode:
    return answer(lab, "def {name}(x, *args, **kwargs):\n    return x * float('nan')\n")


@attack
def array_subclass(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """import numpy as np
class Sly(np.ndarray):
    __array_ufunc__ = __array_function__ = lambda self, *args, **kwargs: True
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    astype = __array__ = lambda self, *args, **kwargs: np.ones(3)
def {name}(*args, **kwargs):
    return np.zeros(3, dtype=np.float32).view(Sly)
""",
    )


@attack
def forbidden_call(lab: Lab) -> NotebookNode:
    """The name of the forbidden function is put together only when it is called."""
    return body(lab, "import importlib", "return getattr(importlib.import_module('torch'), 'kr' + 'on')(*args[:1] * 2)")


@attack
def broadcasts(lab: Lab) -> NotebookNode:
    return answer(lab, "def {name}(*args, **kwargs):\n    import torch\n    return torch.tensor([]).sum()\n")


@attack
def mutated_inputs(lab: Lab) -> NotebookNode:
    return answer(lab, "def {name}(x, *args, **kwargs):\n    return x.zero_()\n")


@attack
def borrowed_result(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    import gc, torch
    seen = [o for o in gc.get_objects() if isinstance(o, torch.Tensor)]
    return seen[-1] if seen else None
""",
    )


@attack
def forbidden_import(lab: Lab) -> NotebookNode:
    return answer(lab, "from torch import kron as k\ndef {name}(*args, **kwargs):\n    return k(args[0], args[0])\n")


@attack
def visible_example_only(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    import torch
    return torch.tensor([[[5.0, 6.0]]])
""",
    )


@attack
def answer_by_shape(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """TABLE = {(1, 1, 2, 2): 5.0, (4, 4, 3, 3): 1.0}
def {name}(x, *args, **kwargs):
    import torch
    torch.manual_seed(0)
    return torch.full(x.shape[:1], TABLE.get(tuple(x.shape), 0.5))
""",
    )


@attack
def imported_reference(lab: Lab) -> NotebookNode:
    module = lab.exercises[0].source.split(":")[0]
    return answer(
        lab,
        f"""def {{name}}(*args, **kwargs):
    import importlib, sys
    sys.path[:0] = ["/usr/lib/python3/dist-packages", "/srv", "/input", "/home"]
    return getattr(importlib.import_module("{module}"), "{{name}}")(*args, **kwargs)
""",
    )


@attack
def reference_from_source(lab: Lab) -> NotebookNode:
    module = lab.exercises[0].source.split(":")[0]
    name = module.split(".")[-1]
    wanted = f"file.split('.')[0] == '{name}' and file.endswith(('.py', '.pyc'))"
    return answer(
        lab,
        """def {name}(*args, **kwargs):
    import marshal, pathlib
    for copy in FOUND:
        try:
            data, space = pathlib.Path(copy).read_bytes(), {}
            exec(marshal.loads(data[16:]) if copy.endswith("c") else data, space)
            return space["{name}"](*args, **kwargs)
        except BaseException:
            pass
""",
        first=SEARCH.replace("WANTED", wanted),
    )


@attack
def outputs_without_code(lab: Lab) -> NotebookNode:
    from nbformat.v4 import new_output

    notebook = answer(lab, "# see the output\n")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("execute_result", data={"text/plain": "15.0"}, execution_count=1)]
    return notebook


@attack
def pickled_payload(lab: Lab) -> NotebookNode:
    return answer(
        lab,
        """class Payload:
    def __reduce__(self):
        return (__import__("os").system, ("touch /tmp/owned",))
def {name}(*args, **kwargs):
    return Payload()
""",
    )
