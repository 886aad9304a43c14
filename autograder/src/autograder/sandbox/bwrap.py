"""A policy, turned into arguments for bubblewrap. A pure function: nothing is started here.

Root keeps its user until inside (`jail.become`) and needs three capabilities for that; everybody else gets a user
namespace of their own, in which they hold nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autograder.sandbox.api import MIB, Policy
from autograder.sandbox.places import INSIDE, MASKED, Places

SCRIPTS = "/run/inside"
HOME = "/home/student"
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "alternatives", "fonts", "mime.types")
SYSTEM = ("/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32")
TO_CHANGE_USER = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
UNSHARE = ("ipc", "pid", "uts", "net", "cgroup-try")
KERNEL_FOLDER, KERNEL_FOLDER_MIB, SHM_MIB = "/run/kernel", 1, 64


def bwrap_argv(
    bwrap: str,
    policy: Policy,
    places: Places,
    *,
    as_root: bool,
    capabilities: Iterable[str] = (),
    share: Path | None = None,
) -> list[str]:
    """The command line up to and with `--`; what is to run follows it.

    `capabilities` are kept by the first process; `share` is a folder that both sides can write to.
    """
    argv = [bwrap, "--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv", "--cap-drop", "ALL"]
    argv += [f"--unshare-{kind}" for kind in UNSHARE]
    if not as_root:
        argv += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    for capability in (*(TO_CHANGE_USER if as_root else ()), *capabilities):
        argv += ["--cap-add", capability]
    argv += _system() + _scratch(policy) + _trees(places)  # this order: a Python may live below /tmp
    argv += [*_parents(Path(SCRIPTS)), "--ro-bind", str(INSIDE), SCRIPTS]
    for mount in policy.mounts:
        argv += [*_parents(Path(mount.inside)), "--ro-bind", str(mount.host), mount.inside]
    if share:
        argv += [*_parents(share), "--bind", str(share), str(share)]
    for name, value in environment(policy, places).items():
        argv += ["--setenv", name, value]
    return [*argv, "--chdir", HOME, "--"]


def environment(policy: Policy, places: Places, home: str = HOME) -> dict[str, str]:
    """All that code in the sandbox finds in its environment."""
    binaries = [f"{tree}/bin" for tree in places.shown]
    env = {
        "PATH": ":".join((*binaries, "/usr/local/bin", "/usr/bin", "/bin")),
        "HOME": home,
        "USER": "student",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp" if home == HOME else home,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": ":".join(policy.python_path),
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "IPYTHONDIR": f"{home}/.ipython",
        "JUPYTER_RUNTIME_DIR": f"{home}/.jupyter",
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**env, **dict.fromkeys(threads, "1"), **policy.env}


def limits(policy: Policy) -> dict[str, int]:
    """The policy's resource limits under the names of `resource.RLIMIT_*`."""
    return {
        "AS": policy.memory_mib * MIB,
        "CPU": policy.cpu_s,
        "NPROC": policy.processes,
        "FSIZE": policy.file_mib * MIB,
        "NOFILE": 1024,
    }


def scratch(policy: Policy) -> dict[str, int]:
    """The folders that can be written to, with their size in MiB: what lies in them counts as nobody's memory."""
    return {"/tmp": policy.tmp_mib, HOME: policy.tmp_mib, "/dev/shm": SHM_MIB, KERNEL_FOLDER: KERNEL_FOLDER_MIB}


def _system() -> list[str]:
    argv = ["--ro-bind", "/usr", "/usr"]
    for path in map(Path, SYSTEM):
        if path.is_symlink():
            argv += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            argv += ["--ro-bind", str(path), str(path)]
    argv += ["--dir", "/etc"]
    for name in ETC:
        argv += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for name in ("passwd", "group"):
        argv += ["--ro-bind", str(INSIDE / "etc" / name), f"/etc/{name}"]
    return [*argv, "--proc", "/proc", "--dev", "/dev"]


def trees_in_scratch(policy: Policy, places: Places) -> list[str]:
    """The shown trees that fresh scratch folders would cover: a Python that was installed below /tmp, say."""
    covered = [tree for tree in places.shown if any(tree.is_relative_to(folder) for folder in scratch(policy))]
    return [str(part) for tree in covered for part in parts(tree)]


def parts(tree: Path) -> list[Path]:
    """A tree, or, where its top folder is closed to the sandbox's user (as `mktemp -d` makes it), all that is in it."""
    closed = tree.is_dir() and tree.stat().st_mode & 0o005 != 0o005
    return sorted(tree.iterdir()) if closed else [tree]


def _trees(places: Places) -> list[str]:
    """Shown and hidden paths, outer ones first, so that what lies deeper wins."""
    argv = []
    for path in sorted({*places.shown, *places.hidden}, key=lambda path: (len(path.parts), path)):
        if path in places.shown:
            for part in parts(path):
                argv += [*_parents(part), "--ro-bind", str(part), str(part)]
        elif any(tree.is_relative_to(path) for tree in places.shown):
            argv += ["--tmpfs", str(path)]
        elif path.is_dir():
            argv += ["--ro-bind", str(MASKED), str(path)]
        else:
            argv += ["--ro-bind", "/dev/null", str(path)]
    return argv


def _scratch(policy: Policy) -> list[str]:
    argv = []
    for path, mib in scratch(policy).items():
        argv += [*_parents(Path(path)), "--perms", "1777", "--size", str(mib * MIB), "--tmpfs", path]
    return argv


def _parents(path: Path) -> list[str]:
    """Make the folders above `path` first: those that bubblewrap makes by itself only root may enter."""
    argv = []
    for folder in reversed(path.parents):
        if str(folder) not in ("/", "/tmp", "/dev") and not folder.is_relative_to("/usr"):
            argv += ["--dir", str(folder)]
    return argv
