"""Matplotlib's list of fonts, which takes seconds to build and is kept for all zygotes."""

import os
import subprocess
import sys
from pathlib import Path


def fonts_folder() -> Path | None:
    """A folder with matplotlib's list of fonts: building it takes seconds, so it is kept.

    None where nothing can be kept, with a home that is read-only or none at all.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(base) / "grader" / "matplotlib"
    try:
        if not folder.is_absolute():
            return None
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not any(folder.glob("fontlist-*.json")):
        subprocess.run(
            [sys.executable, "-c", "import matplotlib.font_manager"],
            env={**os.environ, "MPLCONFIGDIR": str(folder), "MPLBACKEND": "Agg"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    return folder
