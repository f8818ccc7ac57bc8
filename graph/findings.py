"""Findings: what a check has to say, in a form that every output shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby

from ..extract import Origin

__all__ = ["SHOWN", "Finding", "Group", "Severity", "counted", "grouped"]

#: How many findings of one rule in one file are shown before the rest is only counted.
SHOWN = 10


class Severity(IntEnum):
    """How bad a finding is; the names are SHACL's."""

    INFO = 1
    WARNING = 2
    VIOLATION = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `rule` names the lint or shape, `focus` is the IRI it is about, `origin` its row.

    `constraint` says in words what a shape asks for; lints have none.
    """

    severity: Severity
    rule: str
    focus: str
    label: str
    message: str
    value: str = ""
    constraint: str = ""
    fix: str = ""
    origin: Origin | None = None

    def sort_key(self) -> tuple[int, str, str, int, str, str]:
        """Worst first, then by rule and place."""
        place = self.origin or Origin("", 0)
        return -self.severity, self.rule, place.path, place.line, self.focus, self.message


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule in one file: how many, and the first `SHOWN` of them by row."""

    count: int
    shown: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The first of the findings, which has what all of them share."""
        return self.shown[0]

    @property
    def path(self) -> str:
        """The file that the findings are in; empty when they stand in none."""
        return self.first.origin.path if self.first.origin else ""


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """Return sorted findings by rule and file, worst first; only a few of each are kept, all are counted."""
    found = []
    for _, group in groupby(findings, key=lambda f: (f.severity, f.rule, f.origin.path if f.origin else "")):
        shown = []
        for count, finding in enumerate(group, 1):
            if count <= SHOWN:
                shown.append(finding)
        found.append(Group(count, tuple(shown)))
    return found


def counted(groups: Iterable[Group]) -> dict[Severity, int]:
    """Return how many findings there are of each severity, worst first."""
    counts = dict.fromkeys(reversed(Severity), 0)
    for group in groups:
        counts[group.first.severity] += group.count
    return counts
