"""Where a run took place: processor, memory, system, versions."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numpy", "numba", "llvmlite", "pyarrow", "duckdb", "polars", "starlette", "uvicorn")


BUSY = 0.25
"""Runnable programs a core, before a run, above which times are not the machine's own."""


def facts(load: float) -> dict[str, str]:
    """Return what a reader needs to know to compare figures; ``load`` is that before the run."""
    return {
        "processor": _processor(),
        "cores": str(_cores()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load before the run": f"{load:.1f}",
        "Python": platform.python_version(),
        **{name: _version(name) for name in PACKAGES},
    }


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    return _proc_value("/proc/cpuinfo", "model name") or platform.processor() or "unknown"


def _memory() -> str:
    total = _proc_value("/proc/meminfo", "MemTotal")
    return f"{int(total.split()[0]) / 2**20:.0f} GB" if total else "unknown"


def current_load() -> float:
    """Return how many programs wanted to run in the last minute; 0 where nobody counts."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def is_busy(load: float) -> bool:
    """Return whether others had so much to do that only ratios mean something."""
    return load > BUSY * _cores()


def _proc_value(path: str, name: str) -> str | None:
    """Return the first value of a name in one of the kernel's own files."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    pairs = (line.partition(":") for line in lines)
    return next((value.strip() for key, _, value in pairs if key.strip() == name), None)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
