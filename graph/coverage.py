"""How much each source says of each kind, counted once when a graph is built so that no question counts millions."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..ontology.terms import expand
from .identify import Names
from .quads import Quad, iri, literal, wg
from .tables.engine import Engine

__all__ = ["LINES", "coverage_quads"]

_PREDICATE, _SUBJECT = wg("predicate"), wg("subject")
_SOURCE = iri(expand("prov:hadPrimarySource"))
LINES = (
    "read_csv('{path}', columns={{'line': 'VARCHAR'}}, delim='\x02', quote='', escape='', header=false,"
    " auto_detect=false, max_line_size=33554432, buffer_size=67108864, new_line='\\n')"
)
#: A claim's three lines become a row; lines without a claim's source are those of conflicts and the like.
_COUNT = """
WITH word AS (
    SELECT split_part(line, ' ', 1) AS node, split_part(line, ' ', 2) AS verb, split_part(line, ' ', 3) AS value
    FROM {lines} WHERE contains(line, ' {predicate} ') OR contains(line, ' {source} ') OR contains(line, ' {subject} ')
), claim AS (
    SELECT max(value) FILTER (verb = '{predicate}') AS predicate, max(value) FILTER (verb = '{source}') AS source,
        max(value) FILTER (verb = '{subject}') AS subject
    FROM word GROUP BY node
)
SELECT predicate, source, count(*), count(DISTINCT subject) FROM claim
WHERE predicate IS NOT NULL AND source IS NOT NULL AND subject IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


def coverage_quads(dataset: Path, names: Names) -> Iterator[Quad]:
    """Yield for each predicate and source in a file of N-Quads how many claims there are, about how many things."""
    lines = LINES.format(path=str(dataset).replace("'", "''"))
    sql = _COUNT.format(lines=lines, predicate=_PREDICATE, source=_SOURCE, subject=_SUBJECT)
    graph = iri(names.graph("build"))
    with tempfile.TemporaryDirectory(dir=dataset.parent, prefix="coverage-") as folder, Engine(Path(folder)) as engine:
        for predicate, source, claims, subjects in engine.rows(sql):
            digest = hashlib.sha256(f"{predicate} {source}".encode()).hexdigest()[:24]
            node = iri(f"{names.base}coverage/{digest}")
            yield Quad(node, iri(expand("rdf:type")), wg("Coverage"), graph)
            yield Quad(node, wg("coveredPredicate"), predicate, graph)
            yield Quad(node, wg("coveringSource"), source, graph)
            yield Quad(node, wg("claimCount"), literal(str(claims), datatype="xsd:integer"), graph)
            yield Quad(node, wg("subjectCount"), literal(str(subjects), datatype="xsd:integer"), graph)
