"""One sandbox of each kind that this machine offers, shared by a module's tests: kernels share nothing."""

from __future__ import annotations

import pytest
from autograder.sandbox import Mount, Policy, open_sandbox, probe
from autograder.sandbox.forkserver import ForkSandbox

KINDS = ("fork", "cold", "landlock")


def problem_with(kind: str) -> str:
    """Why this machine does not offer a kind of isolation; "" if it does."""
    if kind == "landlock":
        return probe.landlock_problem()
    return probe.bwrap().problem


def pytest_generate_tests(metafunc):
    """A test that asks for `each_kind` runs for each; one that asks for `sandbox` alone, for the first that works."""
    if "kind" in metafunc.fixturenames:
        first = [kind for kind in KINDS if not problem_with(kind)][:1] or KINDS[:1]
        kinds = KINDS if "each_kind" in metafunc.fixturenames else first
        metafunc.parametrize("kind", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def kind(request):
    """The name of a kind of isolation; skips, saying why, what this machine does not offer."""
    if problem_with(request.param):
        pytest.skip(problem_with(request.param))
    return request.param


@pytest.fixture
def each_kind(kind):
    return kind


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A folder with a module and a data file, as the grader mounts them."""
    folder = tmp_path_factory.mktemp("shown")
    for path in (folder, *folder.parents[:2]):
        path.chmod(0o755)
    (folder / "withheld.py").write_text("ANSWER = 'withheld copy'\n")
    return folder


@pytest.fixture(scope="module")
def sandbox(kind, shown):
    policy = Policy(
        memory_mib=1024,
        cpu_s=20,
        processes=40,
        file_mib=4,
        tmp_mib=16,
        message_mib=2,
        mounts=(Mount(shown, "/course/effdl"),),
        python_path=("/course/effdl",),
        env={"EFFDL_DATA": "/course/effdl"},
    )
    isolation = "landlock" if kind == "landlock" else "bwrap"
    sandbox = open_sandbox(policy, isolation=isolation, preload=["numpy"], fork_server=kind == "fork")
    assert isinstance(sandbox, ForkSandbox) == (kind == "fork")
    yield sandbox
    sandbox.close()


@pytest.fixture
def kernel(sandbox):
    with sandbox.kernel() as kernel:
        yield kernel


@pytest.fixture
def tell(kernel):
    """What an expression is in the kernel, as text; an error there is one here."""

    def value(code: str) -> str:
        run = kernel.run(code, wall_s=20)
        assert run.status == "ok", f"{run.ename}: {run.evalue}"
        return "".join(output.get("text") or output["data"]["text/plain"] for output in run.outputs).strip()

    return value
