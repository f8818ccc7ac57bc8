"""The pace of long work in words: rows a second and the time that is left."""

from __future__ import annotations

__all__ = ["Pace"]

#: Steps of less than so many parts are not counted in rows, but in tables or files.
_ROWS = 1000


class Pace:
    """Measures a step from when its total is first told; a new total is a new step."""

    def __init__(self) -> None:
        self._total = 0
        self._done = 0
        self._began = (0, 0.0)

    def words(self, done: int, total: int, now: float) -> str:
        """Return `12,000 rows/s, 0:07 left`, or nothing while there is nothing to go by. `now` is in seconds."""
        if total != self._total or done < self._done:
            self._total, self._began = total, (done, now)
        self._done = done
        rows, seconds = done - self._began[0], now - self._began[1]
        if total < _ROWS or rows <= 0 or seconds < 1:  # the first moments say little
            return ""
        minutes, rest = divmod(round((total - done) * seconds / rows), 60)
        return f"{rows / seconds:,.0f} rows/s, {minutes}:{rest:02} left"
