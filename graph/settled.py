"""What is settled: of claims of which one can be true, those that stand, over tables and curated rows together.

Beside them stands what a row of a table says of more than its subject and object: which threat causes which stress, and
that a relation holds the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..ontology.terms import expand
from .contested import Contest
from .derive import standing
from .quads import iri, wg
from .sides import read_period
from .tables.terms import quote

__all__ = ["write_settled"]

#: What is needed of the claims of which one can be true and, of tables, of those that say more than a direct triple.
_COLUMNS = {
    "object": wg("object"), "place": wg("place"), "authority": wg("authority"), "rank": wg("rank"),
    "time": wg("phenomenonTime"), "asserted": iri(expand("dwc:assertionMadeDate")), "stress": wg("causedStress"),
    "cause": wg("causingThreat"),
}  # fmt: skip
_HELD = """
CREATE TABLE held AS SELECT c.*, {names} FROM (
    SELECT * FROM claim WHERE NOT negated
        AND (predicate IN ({single}) OR (predicate IN ({more}) AND source IN ({tables})))
) AS c LEFT JOIN (
    SELECT node, {columns} FROM (SELECT node, verb, value FROM ({words}) WHERE verb IN ({verbs}))
    SEMI JOIN (SELECT node FROM claim WHERE predicate IN ({single}, {more})) USING (node) GROUP BY node
) AS w USING (node) WHERE NOT ends_with(coalesce(rank, ''), '/deprecated>')
"""
#: Claims that hold and are about a thing as a whole; one about a place is about that place.
_HOLDING = """
CREATE TABLE holding AS SELECT subject, predicate, object, authority,
    coalesce(rank, '') AS rank, coalesce(time, '') AS time, coalesce(asserted, published, '') AS asserted
FROM held LEFT JOIN published USING (source) WHERE predicate IN ({single}) AND place IS NULL
"""
_MANY = "string_agg(value, ' ' ORDER BY value)"
_DATES = "SELECT DISTINCT rank, time, asserted FROM holding ORDER BY ALL"
#: Curated claims have the others of these triples from `derive`.
_SETTLED = """
WITH more AS (SELECT * FROM held WHERE source IN ({tables}) AND object IS NOT NULL), triple AS (
    SELECT concat(subject, ' ', property, ' ', object) AS words FROM (
        SELECT *, max(level) OVER (PARTITION BY subject, predicate, authority) AS best
        FROM holding JOIN standing USING (rank, time, asserted) JOIN (VALUES {properties}) AS p(predicate, property)
        USING (predicate) WHERE object IS NOT NULL
    ) WHERE level = best
    UNION ALL SELECT concat(object, ' {causes} ', unnest(string_split(stress, ' '))) FROM more
    UNION ALL SELECT concat(unnest(string_split(cause, ' ')), ' {causes} ', object) FROM more
        WHERE predicate = '{stress}'
    UNION ALL SELECT concat(object, ' ', property, ' ', subject) FROM more
        JOIN (VALUES {symmetric}) AS p(predicate, property) USING (predicate)
)
SELECT DISTINCT concat(words, {graph}) AS line FROM triple ORDER BY line
"""


def write_settled(contest: Contest, target: Path) -> None:
    """Write the direct triples, a line each, sorted. How a claim stands is for `derive` to say."""
    engine, known = contest.claims.engine, contest.assembler.project.vocabulary.predicates
    direct = {iri(p.iri): iri(p.direct_property) for p in known.values() if p.direct_property}
    single = [iri(p.iri) for p in known.values() if p.single_valued and p.direct_property]
    symmetric = [iri(p.iri) for p in known.values() if p.symmetric]
    tables, names = ", ".join(map(quote, contest.sides.tables)), ", ".join(map(quote, single))
    more = ", ".join(map(quote, (*symmetric, *(iri(known[name].iri) for name in ("threat", "stress")))))
    if not engine.number(f"SELECT count(*) FROM claim WHERE predicate IN ({names}, {more})"):
        target.touch()
        return
    engine.run(_held(contest.claims.words, single=names, more=more, tables=tables))
    engine.run("CREATE TABLE published (source VARCHAR, published VARCHAR)")
    dated = [(name, f'"{table.published}"') for name, table in contest.sides.tables.items() if table.published]
    engine.fill("published", dated)
    engine.run(_HOLDING.format(single=names))
    engine.run("CREATE TABLE standing (rank VARCHAR, time VARCHAR, asserted VARCHAR, level VARCHAR)")
    engine.fill("standing", [(*dates, _level(*dates)) for dates in engine.rows(_DATES)])
    sql = _SETTLED.format(
        tables=tables,
        causes=wg("causes"),
        stress=iri(known["stress"].iri),
        properties=_pairs((name, direct[name]) for name in single),
        symmetric=_pairs((name, direct[name]) for name in symmetric),
        graph=quote(f" {iri(contest.assembler.names.graph('derived'))} ."),
    )
    engine.write_blocks(sql, target)


def _held(words: str, *, single: str, more: str, tables: str) -> str:
    many = ("authority", "stress", "cause")
    columns = (
        f"{_MANY if name in many else 'max(value)'} FILTER (verb = '{verb}') AS {name}"
        for name, verb in _COLUMNS.items()
    )
    return _HELD.format(
        names=", ".join(_COLUMNS),
        columns=", ".join(columns),
        verbs=", ".join(map(quote, _COLUMNS.values())),
        words=words,
        single=single,
        more=more,
        tables=tables,
    )


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"({quote(first)}, {quote(second)})" for first, second in rows)


def _level(rank: str, time: str, asserted: str) -> str:
    """Return how a claim of that rank and those dates stands, as a text that sorts."""
    when, made = (read_period(term) if term else None for term in (time, asserted))
    preferred, day = standing(rank.rpartition("/")[2].rstrip(">"), when, made)
    return f"{preferred:d} {day.isoformat()}"
