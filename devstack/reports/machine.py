"""On what a figure was measured; nothing that tells whose machine it is."""

import os
import platform
import re
from pathlib import Path
from typing import Final

_CPU_INFO: Final = Path("/proc/cpuinfo")
_MEMORY_INFO: Final = Path("/proc/meminfo")
_KIB_PER_GIB: Final = 1024 * 1024


def machine() -> dict[str, str | int | float]:
    """The processor, how many cores of it this process may use, memory, system and Python."""
    return {
        "processor": _first(_CPU_INFO, r"model name\s*: (.+)") or platform.machine(),
        "cores": _cores(),
        "memory_gib": round(int(_first(_MEMORY_INFO, r"MemTotal: +(\d+)") or 0) / _KIB_PER_GIB, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _first(path: Path, pattern: str) -> str:
    found = re.search(pattern, path.read_text()) if path.exists() else None
    return found[1].strip() if found else ""
