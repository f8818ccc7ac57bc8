"""What things are called: a file of all names of a build, in which one is found whatever the case of its letters."""

from __future__ import annotations

import mmap
import tempfile
from bisect import bisect_left
from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple

from ..ontology import vocabulary
from ..ontology.terms import expand
from .quads import iri
from .stated import LINES
from .tables.engine import Engine
from .tables.terms import quote

__all__ = ["Called", "called", "things_called", "write_called"]

_TYPE = iri(expand("rdf:type"))
_NAMES = [iri(expand(name)) for name in ("skos:prefLabel", "skos:altLabel", "dwc:scientificName", "dcterms:title")]
#: What stands between the quotes of a literal, as one line of plain text. Few have a backslash, which steps aside
#: while what it escapes is undone.
_TEXT = """CASE WHEN NOT contains(line, chr(92)) THEN split_part(line, chr(34), 2) ELSE
    replace(replace(regexp_replace(
        replace(regexp_extract(line, ' "(.*)"[^" ]* <[^ ]*> [.]$', 1), chr(92) || chr(92), chr(1)),
        '[\\\\](n|r|t|u[0-9A-F]{4})', ' ', 'g'), chr(92) || chr(34), chr(34)), chr(1), chr(92))
END"""
_SQL = """
WITH thing AS MATERIALIZED (
    SELECT split_part(line, ' ', 1) AS node, kind FROM {lines}
    JOIN (VALUES {kinds}) AS k(class, kind) ON split_part(line, ' ', 3) = class WHERE contains(line, ' {type} ')
), name AS (
    SELECT split_part(line, ' ', 1) AS node, {text} AS name FROM {lines}
    WHERE {named}
    UNION ALL SELECT node, url_decode(regexp_extract(node, '([^/]*)>$', 1)) FROM thing
)
SELECT DISTINCT concat_ws(chr(9), lower(name), kind, node[2:-2], name) AS row
FROM name JOIN thing USING (node) WHERE name <> '' ORDER BY row
"""


class Called(NamedTuple):
    """That a thing of a type of entity (or `source`), known by its IRI, is called so."""

    kind: str
    thing: str
    name: str


def write_called(dataset: Path, target: Path) -> None:
    """Write, for a file of N-Quads, each name in lower case, type, IRI and name, tab-separated and sorted by bytes."""
    kinds = {iri(kind.iri): name for name, kind in vocabulary().entity_types.items()}
    kinds[iri(expand("wg:Source"))] = "source"
    sql = _SQL.format(
        lines=LINES.format(path=str(dataset).replace("'", "''")),
        type=_TYPE,
        named=" OR ".join(f"contains(line, ' {name} ')" for name in _NAMES),
        kinds=", ".join(f"({quote(class_)}, {quote(name)})" for class_, name in kinds.items()),
        text=_TEXT,
    )
    with tempfile.TemporaryDirectory(dir=dataset.parent, prefix="called-") as folder, Engine(Path(folder)) as engine:
        engine.write_blocks(sql, target)


def things_called(path: Path, name: str, kinds: Container[str]) -> set[str]:
    """Return the IRIs of the things of some types that are called so, whatever the case of the letters."""
    wanted = "".join(c.lower()[0] for c in name).encode()  # a letter for a letter, as DuckDB has it
    if not path.stat().st_size:
        return set()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:

        def key(place: int) -> bytes:
            start = data.rfind(b"\n", 0, place) + 1
            return data[start : data.find(b"\t", start)]

        found = set()
        data.seek(bisect_left(range(len(data)), wanted, key=key))
        while (row := data.readline()).partition(b"\t")[0] == wanted and row:
            entry = _read(row)
            if entry.kind in kinds:
                found.add(entry.thing)
        return found


def called(path: Path) -> Iterator[Called]:
    """Yield all names."""
    with path.open("rb") as file:
        yield from map(_read, file)


def _read(row: bytes) -> Called:
    _, kind, thing, name = row.decode().rstrip("\n").split("\t")
    return Called(kind, thing, name)
