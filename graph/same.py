"""Which things are one: those that links and mappings say are exactly the same, in SQL, whatever their number."""

from __future__ import annotations

from ..ontology.terms import expand
from .quads import iri
from .stated import Stated
from .tables.terms import quote

__all__ = ["make_same"]

_EXACT, _SAME_AS = (iri(expand(name)) for name in ("skos:exactMatch", "owl:sameAs"))
#: Of each thing the first by name of all that are the same: names go to the smallest of their neighbours and on.
_NEXT = """
CREATE OR REPLACE TABLE next AS SELECT s.name, least(any_value(t.stands), min(o.stands)) AS stands
FROM same AS s JOIN edge AS e ON e.name = s.name JOIN same AS o ON o.name = e.other JOIN same AS t ON t.name = s.stands
GROUP BY s.name
"""


def make_same(claims: Stated, ontology: str) -> None:
    """Make the table `same`: of things said to be exactly the same, the one that stands for each.

    What the graph `ontology` says of concepts does not make them one: a code is compared with its scheme.
    """
    engine = claims.engine
    engine.run(
        "CREATE TABLE edge AS WITH said AS (SELECT split_part(line, ' ', 1) AS name, split_part(line, ' ', 3) AS other"
        f" FROM {claims.lines} WHERE (contains(line, ' {_EXACT} ') OR contains(line, ' {_SAME_AS} '))"
        f" AND NOT ends_with(line, {quote(f' {ontology} .')}))"
        " SELECT name, other FROM said UNION SELECT other, name FROM said"
    )
    engine.run("CREATE TABLE same AS SELECT name, least(name, min(other)) AS stands FROM edge GROUP BY name")
    while True:
        engine.run(_NEXT)
        changed = engine.number("SELECT count(*) FROM next JOIN same USING (name) WHERE next.stands <> same.stands")
        if not changed:
            return
        engine.run("CREATE OR REPLACE TABLE same AS SELECT * FROM next")
