"""What is settled: of claims of which one can be true, those that stand, over tables and curated rows together."""

from __future__ import annotations

from pathlib import Path

from .contested import Contest, read_period
from .derive import standing
from .quads import iri
from .stated import NEGATED
from .tables.terms import quote

__all__ = ["write_settled"]

#: Claims that hold and are about a thing as a whole; one about a place is about that place.
_HOLDING = """
CREATE TABLE holding AS SELECT subject, predicate, coalesce(object, text) AS value, authority,
    coalesce(rank, '') AS rank, coalesce(time, '') AS time, coalesce(asserted, published, '') AS asserted
FROM said LEFT JOIN published USING (source)
WHERE predicate IN ({predicates}) AND place IS NULL
    AND coalesce(polarity, '') <> '{negated}' AND NOT ends_with(coalesce(rank, ''), '/deprecated>')
"""
_DATES = "SELECT DISTINCT rank, time, asserted FROM holding ORDER BY ALL"
_STANDING = """
SELECT DISTINCT concat(subject, ' ', property, ' ', value, {graph}) AS line FROM (
    SELECT *, max(level) OVER (PARTITION BY subject, predicate, authority) AS best
    FROM holding JOIN standing USING (rank, time, asserted) JOIN (VALUES {properties}) AS p(predicate, property)
    USING (predicate) WHERE value IS NOT NULL
) WHERE level = best ORDER BY line
"""


def write_settled(contest: Contest, target: Path) -> None:
    """Write the direct triples of claims that stand, a line each, sorted. How they stand is for `derive` to say."""
    assembler, engine = contest.assembler, contest.claims.engine
    known = assembler.project.vocabulary.predicates.values()
    direct = {iri(p.iri): iri(p.direct_property) for p in known if p.single_valued and p.direct_property}
    engine.run("CREATE TABLE published (source VARCHAR, published VARCHAR)")
    tables = contest.tables.items()
    engine.fill("published", [(name, f'"{table.published}"') for name, table in tables if table.published])
    engine.run(_HOLDING.format(predicates=", ".join(map(quote, direct)), negated=NEGATED))
    engine.run("CREATE TABLE standing (rank VARCHAR, time VARCHAR, asserted VARCHAR, level VARCHAR)")
    engine.fill("standing", [(*dates, _level(*dates)) for dates in engine.rows(_DATES)])
    properties = ", ".join(f"({quote(predicate)}, {quote(name)})" for predicate, name in direct.items())
    graph = quote(f" {iri(assembler.names.graph('derived'))} .")
    engine.write_blocks(_STANDING.format(graph=graph, properties=properties), target)


def _level(rank: str, time: str, asserted: str) -> str:
    """Return how a claim of that rank and those dates stands, as a text that sorts."""
    when, made = (read_period(term) if term else None for term in (time, asserted))
    preferred, day = standing(rank.rpartition("/")[2].rstrip(">"), when, made)
    return f"{preferred:d} {day.isoformat()}"
