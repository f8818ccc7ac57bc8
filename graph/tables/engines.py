"""The engines that a mapping runs on, by name."""

from __future__ import annotations

from pathlib import Path

from ...extract import UsageError
from .engine import Engine

__all__ = ["EMBEDDED", "engine_for"]

#: The engine that needs nothing else.
EMBEDDED = "duckdb"


def engine_for(name: str, folder: Path) -> Engine:
    """Return the engine of a name, as `build --engine` takes it: `duckdb`, `spark` or the address of a Spark master.

    Raises UsageError for any other name and where Spark is not installed, MachineError where it cannot be reached.
    """
    if name == EMBEDDED:
        return Engine(folder)
    if name not in {"spark", "yarn"} and not name.startswith(("spark://", "local[", "k8s://")):
        raise UsageError(
            f"no engine is called '{name}'; write duckdb, spark or the address of a master, spark://HOST:7077"
        )
    try:
        from .spark import SparkEngine  # an extra, and slow to import
    except ImportError as error:
        raise UsageError("this engine needs Spark; try: pip install 'wildgraph[spark]'") from error
    return SparkEngine(folder, name)
