"""Look-ups: the distinct values of a column, each normalised once in Python, as a table the queries join."""

from __future__ import annotations

from collections.abc import Iterator

from ...extract.normalise import Normal, normalise
from ...extract.normalise.quantities import Amount
from ...ontology import vocabulary
from ..quads import iri, literal, number
from .cells import PARTS
from .engine import Engine
from .plan import Lookup

__all__ = ["make_lookup"]

_EDTF = "http://id.loc.gov/datatypes/edtf/EDTF-level1"


def make_lookup(engine: Engine, lookup: Lookup) -> None:
    """Make the table of a look-up. A value that is not understood has no result there."""
    columns = ", ".join(f"{name} VARCHAR" for name in ("value", "result", "term", *PARTS))
    engine.run(f"CREATE OR REPLACE TABLE {lookup.name} ({columns})")
    engine.run(f"CREATE OR REPLACE TEMP TABLE lookup_values AS {lookup.values_sql}")
    values = (row[0] for row in engine.stream("SELECT value FROM lookup_values ORDER BY value"))
    engine.fill(lookup.name, (_row(lookup, value) for value in values))


def _row(lookup: Lookup, value: str) -> tuple[str | None, ...]:
    found = normalise(lookup.transform, value, lookup.arguments)
    if found is None:
        return (value, *[None] * (2 + len(PARTS)))
    parts = dict(_parts(found, value))
    return (value, found.text, _term(found), *(parts.get(name) for name in PARTS))


def _term(found: Normal) -> str | None:
    if found.concept is not None:
        return iri(found.concept.iri)
    if found.period is not None:
        return literal(found.period.text, datatype=_EDTF)
    if found.amount is not None:
        return None if found.amount.estimate is None else number(found.amount.estimate)
    return literal(found.text) if found.text else None


def _parts(found: Normal, value: str) -> Iterator[tuple[str, str]]:
    if found.period is not None:
        for name, day in (("start", found.period.start), ("finish", found.period.end)):
            if day:
                yield name, day.isoformat()
    if found.amount is not None:
        yield from _amount_parts(found.amount)
        yield "wording", literal(value)


def _amount_parts(amount: Amount) -> Iterator[tuple[str, str]]:
    if amount.lower is not None:
        yield "lower", number(amount.lower)
    if amount.upper is not None:
        yield "upper", number(amount.upper)
    if amount.hedge:
        yield "hedge", iri(vocabulary().concept("hedge-1.0", amount.hedge).iri)
    yield "flags", "L" * amount.lower_exclusive + "U" * amount.upper_exclusive
