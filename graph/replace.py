"""Replacing a folder as a whole: the new one is written beside it and takes its place when complete."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..extract import MachineError, UsageError

__all__ = ["recover", "replacement"]

_ATTEMPTS = 5


@contextmanager
def replacement(folder: Path, *, mark: str) -> Iterator[Path]:
    """Give a fresh folder to write to; when the block ends well, it becomes `folder`.

    `mark` is a file that tells a folder of ours from one that a person filled, which is never replaced. When
    the block fails or the process is killed, `folder` stays as it was. Raises UsageError and MachineError.
    """
    recover(folder)
    if folder.exists() and not (folder / mark).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} was not made by wildgraph; move it away")
    _sweep(folder)
    fresh = folder.with_name(f".{folder.name}-{os.getpid()}")
    try:
        fresh.mkdir()
        yield fresh
        _swap(fresh, folder)
    except OSError as error:
        raise MachineError(_reason(error, folder)) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put the old folder back where a swap was killed between its two renames."""
    previous = _previous(folder)
    if previous.is_dir() and not folder.exists():
        with suppress(OSError):  # another process did it first
            previous.rename(folder)


def _swap(fresh: Path, folder: Path) -> None:
    previous = _previous(folder)
    for attempt in range(_ATTEMPTS):
        shutil.rmtree(previous, ignore_errors=True)
        if folder.exists():
            folder.rename(previous)
        try:
            fresh.rename(folder)
            break
        except OSError:
            # A reader that opened the folder between the two renames has put the old one back.
            if attempt + 1 == _ATTEMPTS or not folder.exists():
                raise
    shutil.rmtree(previous, ignore_errors=True)


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-previous")


def _sweep(folder: Path) -> None:
    """Remove what killed builds left behind; a folder whose process still runs is left alone."""
    for left in folder.parent.glob(f".{folder.name}-[0-9]*"):
        process = left.name.rpartition("-")[2]
        if process.isdigit() and not _running(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return process != os.getpid()


def _reason(error: OSError, folder: Path) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT} or "No space left" in str(error):
        return f"the disk is full; free some space and build again (nothing in {folder} was changed)"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{folder.parent} cannot be written to: {error.strerror}"
    return f"{folder} could not be written: {error}"
