"""The access log: lines on stderr, written by a thread, so that nobody waits for whoever reads them slowly."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from types import TracebackType
from typing import TextIO

__all__ = ["AccessLog"]

#: How many lines may wait to be written; those beyond are counted, and the count is written in their place.
_MOST = 20_000
#: How long lines are gathered, and how long the last are waited for at the end, in seconds.
_GATHER = 0.05
_END = 5.0


class AccessLog:
    """Writes lines while it is open."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = file or sys.stderr
        self._lines: deque[str] = deque()
        self._lost = 0
        self._woken = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="access log", daemon=True)

    def __enter__(self) -> AccessLog:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closed = True
        self._woken.set()
        self._thread.join(_END)

    def __call__(self, line: str) -> None:
        """Take a line to be written."""
        if len(self._lines) >= _MOST:
            self._lost += 1
            return
        self._lines.append(line)
        if not self._woken.is_set():
            self._woken.set()

    def _write(self) -> None:
        while not self._closed or self._lines:
            self._woken.wait()
            if not self._closed:
                time.sleep(_GATHER)
            self._woken.clear()
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            lost, self._lost = self._lost, 0
            if lost:
                lines.append(f"{lost:,} lines were not written: nobody read the log")
            try:
                self._file.write("".join(f"{line}\n" for line in lines))
                self._file.flush()
            except (OSError, ValueError):
                return  # nobody reads it any more
