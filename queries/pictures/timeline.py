"""Time from left to right, with a strip at the right for what nobody dated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ...extract import parse_period
from ...ontology.terms import Term
from .scale import Scale, years
from .svg import Drawing

__all__ = ["Moment", "Timeline", "moment"]

_STRIP = 44  # what a mark without a date takes in the strip


@dataclass(frozen=True, slots=True)
class Moment:
    """When a claim is of, or, where it does not say, when it was made; in years, the middle of 2013 being 2013.0."""

    kind: Literal["of", "said", "undated"]
    text: str = ""
    start: float = 0
    end: float = 0

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    @property
    def words(self) -> str:
        """`2013`, `said 2018-03-15`, or nothing."""
        return f"said {self.text}" if self.kind == "said" else self.text


def moment(of: Term | None, said: Term | None) -> Moment:
    """Return the moment that the two EDTF literals of a claim tell; one that cannot be read is no date."""
    kinds: tuple[tuple[Term | None, Literal["of", "said"]], ...] = ((of, "of"), (said, "said"))
    for term, kind in kinds:
        if term is None:
            continue
        try:
            period = parse_period(term.text)
        except ValueError:
            continue
        first, last = period.start or period.end, period.end or period.start
        if first and last:
            return Moment(kind, term.text, _year(first), _year(last, 1))
    return Moment("undated")


def _year(day: date, after: int = 0) -> float:
    return day.year + (day.timetuple().tm_yday - 1 + after) / 365.25 - 0.5


class Timeline:
    """Where moments stand between two edges of a drawing."""

    def __init__(self, moments: Sequence[Moment], left: float, right: float) -> None:
        dated = [m for m in moments if m.kind != "undated"]
        undated = len(moments) - len(dated)
        strip = min(max(120.0, _STRIP * undated), (right - left) * 0.45) if undated else 0.0
        self.left, self.right = left, right
        self.edge = right - strip if dated else left
        self.scale: Scale | None = None
        if dated:
            ends = [year for m in dated for year in (m.start + 0.5, m.end - 0.5)]
            self.scale = years(ends, left + 8, self.edge - 8 - (4 if undated else 0))
        self._undated = undated
        self._used = 0

    def place(self, moment: Moment) -> float:
        """Return where a moment stands; those without a date take one place after the other in the strip."""
        if self.scale and moment.kind != "undated":
            return self.scale(moment.middle)
        self._used += 1
        return self.edge + (self._used - 0.5) * (self.right - self.edge) / self._undated

    def span(self, moment: Moment) -> tuple[float, float] | None:
        """Return from where to where a moment reaches, if that is more than a year."""
        if self.scale is None or moment.kind == "undated" or moment.end - moment.start < 1.5:
            return None
        return self.scale(moment.start + 0.5), self.scale(moment.end - 0.5)

    def draw(self, drawing: Drawing, top: float, bottom: float) -> None:
        """Draw the years below and the strip, between `top` and `bottom`."""
        if self._undated:
            width = self.right - self.edge
            drawing.add("rect", x=self.edge, y=top - 8, width=width, height=bottom - top + 8, fill="grid", opacity=0.45)
            drawing.text(self.edge + width / 2, bottom + 18, "no date given", fill="soft", anchor="middle")
        for year in self.scale.ticks if self.scale else ():
            x = self.scale(year) if self.scale else 0
            drawing.add("line", x1=x, y1=bottom, x2=x, y2=bottom + 5, stroke="axis")
            drawing.text(x, bottom + 18, f"{year:g}", fill="soft", anchor="middle")
        drawing.add("line", x1=self.left, y1=bottom, x2=self.right, y2=bottom, stroke="axis")
