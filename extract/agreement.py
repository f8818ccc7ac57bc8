"""Agreement: how far two curators decide alike, beyond what chance would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .ledger import Decision, read_ledger
from .problems import UsageError

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two ledgers say of the candidates that both decided.

    `table` counts pairs of verdicts, first ledger first. `kappa` is Cohen's (1960), None when chance alone would
    agree on everything. `differences` are the pairs with unequal verdicts, or both accepted as different claims.
    """

    both: int
    only_first: int
    only_second: int
    table: Mapping[tuple[str, str], int]
    observed: float | None
    kappa: float | None
    differences: tuple[tuple[Decision, Decision], ...]

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "both": self.both,
            "onlyFirst": self.only_first,
            "onlySecond": self.only_second,
            "table": {f"{first}/{second}": count for (first, second), count in self.table.items()},
            "observed": self.observed,
            "kappa": self.kappa,
            "differences": [
                {"candidate": a.candidate, "first": _told(a), "second": _told(b)} for a, b in self.differences
            ],
        }


def agreement(first: Path, second: Path) -> Agreement:
    """Compare two ledgers. Raises InputError for a broken one and UsageError for one that is not there."""
    for path in (first, second):
        if not path.is_file():
            raise UsageError(f"there is no ledger {path}")
    here, there = ({d.candidate: d for d in read_ledger(path)} for path in (first, second))
    pairs = [(here[name], there[name]) for name in sorted(here.keys() & there.keys())]
    table = Counter((a.verdict, b.verdict) for a, b in pairs)
    observed, kappa = _kappa(table)
    return Agreement(
        both=len(pairs),
        only_first=len(here.keys() - there.keys()),
        only_second=len(there.keys() - here.keys()),
        table=dict(sorted(table.items())),
        observed=observed,
        kappa=kappa,
        differences=tuple((a, b) for a, b in pairs if a.verdict != b.verdict or _claims_differ(a, b)),
    )


def _kappa(table: Mapping[tuple[str, str], int]) -> tuple[float | None, float | None]:
    total = sum(table.values())
    if not total:
        return None, None
    observed = sum(count for (a, b), count in table.items() if a == b) / total
    rows, columns = Counter[str](), Counter[str]()
    for (a, b), count in table.items():
        rows[a] += count
        columns[b] += count
    expected = sum(rows[name] * columns[name] for name in rows) / total**2
    kappa = None if expected == 1 else round((observed - expected) / (1 - expected), 4)
    return round(observed, 4), kappa


def _claims_differ(first: Decision, second: Decision) -> bool:
    return first.accepted and first.statement != second.statement


def _told(decision: Decision) -> dict[str, str]:
    where = f"{decision.origin.path}:{decision.origin.line}"
    return {"decision": decision.verdict, "curator": decision.curator, "where": where, **decision.cells}
