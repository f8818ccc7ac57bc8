"""A file of lines that is read while it is written, so that a store is filled while a build still makes lines."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["growing"]

#: How long a reader waits, in seconds, before it looks again whether there is more.
_PAUSE = 0.05


@contextmanager
def growing(path: Path, read: Callable[[Iterator[bytes]], None], *, piece: int) -> Iterator[BinaryIO]:
    """Give a new file to write lines to; `read` is called, in a thread, with pieces of `piece` bytes or a line more.

    The block's end waits until all was read and raises what `read` raised. When the block fails, the pieces end early.
    What was written counts once it was flushed.
    """
    ended, failed = threading.Event(), threading.Event()
    with path.open("wb") as file, ThreadPoolExecutor(1, thread_name_prefix="reader") as pool:
        reader = pool.submit(lambda: read(_pieces(path, piece, ended, failed)))
        try:
            yield file
            file.flush()
        except BaseException:
            failed.set()
            raise
        finally:
            ended.set()
        reader.result()


def _pieces(path: Path, size: int, ended: threading.Event, failed: threading.Event) -> Iterator[bytes]:
    """Yield whole lines, some `size` bytes at a time, until the writer has ended and all of its lines were read."""
    rest = b""
    with path.open("rb") as file:
        while not failed.is_set():
            whole = ended.is_set()  # asked first: what is written after the question is looked for once more
            if not whole and path.stat().st_size - file.tell() < size:
                ended.wait(_PAUSE)
                continue
            found = file.read(size)
            cut = found.rfind(b"\n") + 1
            if cut:
                yield rest + found[:cut]
            rest = found[cut:] if cut else rest + found
            if not found:
                break
    if rest and not failed.is_set():
        yield rest
