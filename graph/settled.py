"""What is settled: of claims of which one can be true, those that stand, over tables and curated rows together.

Beside them stands what a row of a table says of more than its subject and object: which threat causes which stress, and
that a relation holds the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .contested import Contest, read_period
from .derive import standing
from .quads import iri, wg
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
#: Curated claims have these triples from `derive`.
_SETTLED = """
WITH affirmed AS (
    SELECT * FROM said WHERE source IN ({tables}) AND coalesce(polarity, '') <> '{negated}'
        AND NOT ends_with(coalesce(rank, ''), '/deprecated>')
), triple AS (
    SELECT concat(subject, ' ', property, ' ', value) AS words FROM (
        SELECT *, max(level) OVER (PARTITION BY subject, predicate, authority) AS best
        FROM holding JOIN standing USING (rank, time, asserted) JOIN (VALUES {properties}) AS p(predicate, property)
        USING (predicate) WHERE value IS NOT NULL
    ) WHERE level = best
    UNION ALL SELECT concat(object, ' {causes} ', unnest(string_split(stress, ' '))) FROM affirmed
    UNION ALL SELECT concat(unnest(string_split(cause, ' ')), ' {causes} ', object) FROM affirmed
        WHERE predicate = '{stress}'
    UNION ALL SELECT concat(object, ' ', property, ' ', subject) FROM affirmed
        JOIN (VALUES {symmetric}) AS p(predicate, property) USING (predicate)
)
SELECT DISTINCT concat(words, {graph}) AS line FROM triple ORDER BY line
"""


def write_settled(contest: Contest, target: Path) -> None:
    """Write the direct triples, a line each, sorted. How a claim stands is for `derive` to say."""
    engine, known = contest.claims.engine, contest.assembler.project.vocabulary.predicates
    direct = {iri(p.iri): iri(p.direct_property) for p in known.values() if p.direct_property}
    single = [iri(p.iri) for p in known.values() if p.single_valued and p.direct_property]
    engine.run("CREATE TABLE published (source VARCHAR, published VARCHAR)")
    tables = contest.tables.items()
    engine.fill("published", [(name, f'"{table.published}"') for name, table in tables if table.published])
    engine.run(_HOLDING.format(predicates=", ".join(map(quote, single)), negated=NEGATED))
    engine.run("CREATE TABLE standing (rank VARCHAR, time VARCHAR, asserted VARCHAR, level VARCHAR)")
    engine.fill("standing", [(*dates, _level(*dates)) for dates in engine.rows(_DATES)])
    sql = _SETTLED.format(
        tables=", ".join(map(quote, contest.tables)),
        negated=NEGATED,
        causes=wg("causes"),
        stress=iri(known["stress"].iri),
        properties=_pairs((name, direct[name]) for name in single),
        symmetric=_pairs((iri(p.iri), direct[iri(p.iri)]) for p in known.values() if p.symmetric),
        graph=quote(f" {iri(contest.assembler.names.graph('derived'))} ."),
    )
    engine.write_blocks(sql, target)


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"({quote(first)}, {quote(second)})" for first, second in rows)


def _level(rank: str, time: str, asserted: str) -> str:
    """Return how a claim of that rank and those dates stands, as a text that sorts."""
    when, made = (read_period(term) if term else None for term in (time, asserted))
    preferred, day = standing(rank.rpartition("/")[2].rstrip(">"), when, made)
    return f"{preferred:d} {day.isoformat()}"
