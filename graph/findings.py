"""Findings: what a check has to say, in a form that every output shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from ..extract import Origin

__all__ = ["Finding", "Severity", "worst"]


class Severity(IntEnum):
    """How bad a finding is; the names are SHACL's."""

    INFO = 1
    WARNING = 2
    VIOLATION = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `rule` names the lint or shape, `focus` is the IRI it is about, `origin` its row."""

    severity: Severity
    rule: str
    focus: str
    label: str
    message: str
    value: str = ""
    fix: str = ""
    origin: Origin | None = None

    def sort_key(self) -> tuple[int, str, str, int, str, str]:
        """Worst first, then by rule and place."""
        place = self.origin or Origin("", 0)
        return -self.severity, self.rule, place.path, place.line, self.focus, self.message


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return the highest severity among some findings."""
    return max((finding.severity for finding in findings), default=None)
