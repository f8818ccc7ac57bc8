"""Scratch folders: for what is made on the way, gone at the end; what a killed process left goes with the next run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks, and there nothing is swept
    fcntl = None  # type: ignore[assignment]

__all__ = ["scratch"]


@contextmanager
def scratch(prefix: str, folder: Path | None = None) -> Iterator[Path]:
    """Give a new folder `{prefix}…` in a folder, or where the system keeps such things, until the context ends.

    It is locked as long as its process lives, which holds between containers and after `kill -9` where the number of a
    process would not. What dead processes left under the same prefix is removed first.
    """
    parent = Path(folder or tempfile.gettempdir())
    _sweep(prefix, parent)
    # a folder is locked before it has the name by which it may be swept
    made = Path(tempfile.mkdtemp(prefix=f".new{prefix}", dir=parent))
    lock = _lock(made)
    named = made.with_name(made.name.removeprefix(".new"))
    try:
        made.rename(named)
        yield named
    finally:
        shutil.rmtree(named if named.exists() else made, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _sweep(prefix: str, parent: Path) -> None:
    for left in parent.glob(f"{prefix}*"):
        with suppress(OSError):  # of somebody else, or gone already
            lock = _lock(left)
            if lock is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)


def _lock(folder: Path) -> int | None:
    """Lock a folder and return what to close to unlock it; None where it is locked, or locks are unknown."""
    if fcntl is None:
        return None
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened
