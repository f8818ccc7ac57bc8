"""What is stated: the claims in the lines of a dataset as a table that SQL can ask, read once for all who ask."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..ontology.terms import expand
from .identify import Names
from .quads import iri, wg
from .tables.engine import Engine
from .tables.terms import quote

__all__ = ["LINES", "NEGATED", "RECORDS", "SOURCE", "Stated", "stated"]

LINES = (
    "read_csv('{path}', columns={{'line': 'VARCHAR'}}, delim='\x02', quote='', escape='', header=false,"
    " auto_detect=false, max_line_size=33554432, buffer_size=67108864, new_line='\\n')"
)
SOURCE = iri(expand("prov:hadPrimarySource"))
NEGATED = iri(expand("wgv:") + "polarity/1.0/negated")
#: The unit of what only counts records.
RECORDS = iri(expand("wgv:") + "unit/1.0/records")
#: A claim's lines become a row. A claim is known by the end of its IRI.
_CLAIMS = """
CREATE TABLE claim AS SELECT node,
    max(value) FILTER (verb = '{subject}') AS subject, max(value) FILTER (verb = '{predicate}') AS predicate,
    max(value) FILTER (verb = '{source}') AS source,
    coalesce(bool_or(verb = '{polarity}' AND value = '{negated}'), false) AS negated,
    coalesce(bool_or(verb = '{unit}' AND value <> '{records}'), false) AS measured
FROM ({words}) WHERE verb IN ('{subject}', '{predicate}', '{source}', '{polarity}', '{unit}') GROUP BY node
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """A dataset in an engine that has the table `claim`: node, subject, predicate, source, negated, measured.

    A node is what follows `start` in a claim's IRI. `lines` is what stands after FROM for all lines, `words` a query
    for node, verb, value and line of those of claims; the value of a text ends at its first space.
    """

    engine: Engine
    start: str
    lines: str
    words: str

    def covered(self) -> list[tuple[str, str, int, int]]:
        """Return for each predicate and source how many claims there are, about how many things."""
        sql = """SELECT predicate, source, count(*), count(DISTINCT subject) FROM claim
            WHERE predicate IS NOT NULL AND source IS NOT NULL AND subject IS NOT NULL GROUP BY ALL ORDER BY ALL"""
        return [(str(p), str(s), int(claims), int(subjects)) for p, s, claims, subjects in self.engine.rows(sql)]


@contextmanager
def stated(dataset: Path, names: Names) -> Iterator[Stated]:
    """Give the claims of a file of N-Quads until the context ends; what is kept meanwhile is beside the file."""
    start = iri(f"{names.base}claim/")[:-1]
    lines = LINES.format(path=str(dataset).replace("'", "''"))
    words = (
        f"SELECT substr(split_part(line, ' ', 1), {len(start) + 1}) AS node, split_part(line, ' ', 2) AS verb,"
        f" split_part(line, ' ', 3) AS value, line FROM {lines} WHERE starts_with(line, {quote(start)})"
    )
    with tempfile.TemporaryDirectory(dir=dataset.parent, prefix="stated-") as folder, Engine(Path(folder)) as engine:
        verbs = {name: wg(name) for name in ("subject", "predicate", "polarity", "unit")}
        engine.run(_CLAIMS.format(words=words, source=SOURCE, negated=NEGATED, records=RECORDS, **verbs))
        yield Stated(engine, start, lines, words)
