"""What a worker may read: the interpreter and its packages, less the grader and its project."""

import os
import sys
import sysconfig
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
"""The grader's own package: it holds the checks, so a worker sees none of it but the sandbox."""

_SYSTEM = (
    "/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
    "/etc/localtime", "/etc/fonts", "/etc/ssl/openssl.cnf", "/nix/store",
)  # fmt: skip
_KERNEL = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")


def package_folders() -> list[str]:
    """The folders of installed packages, in import order, without running any `.pth` file."""
    paths = sysconfig.get_paths()
    found = dict.fromkeys([paths["purelib"], paths["platlib"]])
    return [path for path in found if os.path.isdir(path)]


def interpreter_roots() -> list[str]:
    """Existing roots of the system, the interpreter and its packages; the grader's are cut out."""
    roots = [
        *_SYSTEM,
        sys.base_prefix,
        sys.prefix,
        os.path.dirname(os.path.realpath(sys.executable)),
    ]
    roots += package_folders()
    existing = [os.path.realpath(root) for root in roots if os.path.exists(root)]
    hidden = _hidden(PACKAGE)
    # The environment itself may lie in the checkout that is cut out of a root above.
    cut = [path for root in set(existing) for path in _without(Path(root), hidden)]
    return _outermost(cut)


def kernel_files() -> list[str]:
    """Files of the kernel that libraries read to count processors and memory."""
    return [path for path in _KERNEL if os.path.exists(path)]


def _outermost(paths: list[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path == root or path.startswith(root.rstrip("/") + "/") for root in kept):
            kept.append(path)
    return kept


def _hidden(package: Path) -> Path:
    """What a worker must not see: the checkout, or the package alone where it is installed."""
    project = package.parent
    return project if (project / "pyproject.toml").is_file() else package


def _without(root: Path, hidden: Path) -> list[str]:
    """`root`, or its entries less `hidden` where that lies inside."""
    if root == hidden:
        return []
    if root not in hidden.parents:
        return [str(root)]
    return [path for entry in sorted(root.iterdir()) for path in _without(entry, hidden)]
