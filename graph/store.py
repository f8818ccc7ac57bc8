"""The graph on disk: an embedded Oxigraph store. No other module knows its types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import pyoxigraph as ox

from ..extract import InputError, MachineError, Problem, UsageError
from ..ontology import vocabulary
from ..ontology.terms import NAMESPACES, Term

if TYPE_CHECKING:
    import rdflib

__all__ = [
    "FORMATS",
    "Graph",
    "Solutions",
    "Triple",
    "bulk_load",
    "load_file",
    "parse_errors",
    "parse_lines",
    "triples_as",
    "write_ntriples",
    "write_rdf",
]

#: RDF syntaxes by the names the command line uses.
FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}

#: How much N-Quads is loaded at once, in bytes. The loader keeps some six times as much in memory; loading a file
#: of 300 MB whole took 1.2 GB and no less time.
_CHUNK = 64 << 20

Triple = tuple[Term, Term, Term]

#: The first line of a subject: in Turtle in column 1, in TriG after one tab; prefix declarations left aside.
_SUBJECT_LINES = {
    "turtle": re.compile(rb"^(?=[^\t\n@])", re.MULTILINE),
    "trig": re.compile(rb"^(?=\t[^\t\n]|<)", re.MULTILINE),
}


@dataclass(frozen=True, slots=True)
class Solutions:
    """What a SELECT query found: one term or None for each column of each row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


class Graph:
    """A built dataset that can be asked. The default graph of a query is the union of all graphs."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    @classmethod
    def open(cls, build: str | Path) -> Graph:
        """Open the store of a build folder for reading. Raises UsageError when there is no build."""
        folder = Path(build) / "store"
        if not folder.is_dir():
            raise UsageError(f"{Path(build).parent} has not been built; try: wildgraph build {Path(build).parent}")
        try:
            return cls(ox.Store.read_only(str(folder)))
        except OSError as error:
            fix = f"try: wildgraph build {Path(build).parent}"
            raise MachineError(f"the store in {folder} cannot be opened ({error}); {fix}") from error

    @classmethod
    def load(cls, *paths: str | Path) -> Graph:
        """Read RDF files into memory. Raises InputError with file, line and column of what does not parse."""
        store = ox.Store()
        for path in map(Path, paths):
            load_file(store, path)
        return cls(store)

    def __len__(self) -> int:
        return len(self._store)

    def select(self, sparql: str, bindings: Mapping[str, Term] | None = None) -> Solutions:
        """Run a SELECT or ASK query with some of its variables bound to terms.

        An ASK answers with the one column `answer`. Raises UsageError when the query does not parse.
        """
        found = self.query(sparql, bindings)
        if not isinstance(found, Solutions):
            raise UsageError("this query makes triples (CONSTRUCT or DESCRIBE), not rows")
        return found

    def construct(self, sparql: str, bindings: Mapping[str, Term] | None = None) -> list[Triple]:
        """Run a CONSTRUCT or DESCRIBE query; the triples are sorted and distinct."""
        found = self.query(sparql, bindings)
        if isinstance(found, Solutions):
            raise UsageError("this query makes rows (SELECT or ASK), not triples")
        return found

    def query(self, sparql: str, bindings: Mapping[str, Term] | None = None) -> Solutions | list[Triple]:
        """Run any query: rows, or the triples that it makes. Raises UsageError when it does not parse."""
        result = self._query(sparql, bindings)
        if isinstance(result, ox.QueryBoolean):
            datatype = NAMESPACES["xsd"] + "boolean"
            return Solutions(("answer",), ((Term("literal", str(bool(result)).lower(), datatype),),))
        if isinstance(result, ox.QueryTriples):
            found = {(_node(t.subject), _node(t.predicate), _node(t.object)) for t in result}
            return sorted(found, key=lambda triple: [(t.kind, t.text, t.datatype, t.language) for t in triple])
        columns = tuple(variable.value for variable in result.variables)
        return Solutions(columns, tuple(tuple(_term(value) for value in row) for row in result))

    def labels(self, iris: Iterable[str], *, language: str = "en") -> dict[str, str]:
        """Return the preferred label of each IRI that has one, in the language if there is a choice."""
        found = {}
        for name in set(iris):
            if label := self._label(name, language):
                found[name] = label
        return found

    def to_rdflib(self) -> rdflib.Dataset:
        """Return a copy as an rdflib Dataset, for everything that speaks rdflib."""
        import rdflib  # slow to import, and only interchange needs it

        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=self._store.dump(format=ox.RdfFormat.N_QUADS), format="nquads")
        return dataset

    def _query(
        self, sparql: str, bindings: Mapping[str, Term] | None
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): _oxigraph(term) for name, term in (bindings or {}).items()
        }
        try:
            return self._store.query(
                sparql, use_default_graph_as_union=True, substitutions=substitutions, prefixes=_prefixes()
            )
        except SyntaxError as error:
            raise UsageError(f"the query does not parse: {error}") from error
        except (RuntimeError, OSError, ValueError) as error:
            raise UsageError(f"the query cannot be answered: {error}") from error

    def _label(self, name: str, language: str) -> str:
        for predicate in ("skos:prefLabel", "rdfs:label", "dcterms:title"):
            prefix, _, local = predicate.partition(":")
            node = ox.NamedNode(NAMESPACES[prefix] + local)
            quads = self._store.quads_for_pattern(ox.NamedNode(name), node, None, None)
            literals = sorted(
                (value.language != language, value.value)
                for value in (quad.object for quad in quads)
                if isinstance(value, ox.Literal)
            )
            if literals:
                return literals[0][1]
        return ""


def bulk_load(folder: Path, nquads: Path) -> None:
    """Make a store in a new folder from a file of N-Quads. Raises OSError when it cannot be written."""
    store = ox.Store(str(folder))
    with nquads.open("rb") as file:
        while chunk := file.read(_CHUNK):
            store.bulk_load(chunk + file.readline(), format=ox.RdfFormat.N_QUADS)
    store.flush()


def load_file(store: ox.Store, path: Path) -> None:
    """Bulk-load an RDF file whose syntax its name tells. Raises InputError."""
    if problems := parse_errors(path):
        raise InputError(problems)
    store.bulk_load(path=str(path), format=_syntax(path), base_iri=path.resolve().as_uri())


def parse_errors(path: Path) -> list[Problem]:
    """Return what keeps an RDF file from being read: at most one problem, with line and column."""
    syntax = _syntax(path)
    if syntax is None:
        known = ", ".join(f".{f.file_extension}" for f in FORMATS.values())
        return [Problem(str(path), 0, 0, "unknown kind of RDF file", path.suffix, f"known: {known}")]
    try:
        for _ in ox.parse(path=str(path), format=syntax, base_iri=path.resolve().as_uri()):
            pass
    except SyntaxError as error:
        return [Problem(str(path), error.lineno or 0, error.offset or 0, error.msg or str(error))]
    except OSError as error:
        return [Problem(str(path), 0, 0, f"cannot be read: {error.strerror or error}")]
    return []


def parse_lines(lines: Iterable[str]) -> Iterator[tuple[Term, str, Term, str]]:
    """Yield the quads of N-Quads lines; the graph is its IRI."""
    for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS):
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        yield _node(quad.subject), quad.predicate.value, _node(quad.object), graph


def write_rdf(lines: Iterable[str], syntax: str, file: BinaryIO, *, prefixes: Mapping[str, str]) -> None:
    """Write N-Triples or N-Quads lines in another syntax, in their order, with a blank line before each subject.

    Only prefixes that the data uses are declared.
    """
    text = "".join(lines)
    used = {prefix: namespace for prefix, namespace in prefixes.items() if f"<{namespace}" in text}
    quads = syntax == "trig"
    parsed = ox.parse(text, format=ox.RdfFormat.N_QUADS if quads else ox.RdfFormat.N_TRIPLES)
    rows = parsed if quads else (quad.triple for quad in parsed)
    target = _Spaced(file, _SUBJECT_LINES[syntax]) if syntax in _SUBJECT_LINES else file
    ox.serialize(rows, cast("IO[bytes]", target), FORMATS[syntax], prefixes=used)
    target.flush()


class _Spaced:
    """Passes Turtle or TriG on, with a blank line before each line that `subject` matches."""

    def __init__(self, file: BinaryIO, subject: re.Pattern[bytes]) -> None:
        self._file = file
        self._subject = subject
        self._rest = b""

    def write(self, data: bytes) -> int:
        whole, newline, self._rest = (self._rest + data).rpartition(b"\n")
        if newline:
            self._file.write(self._subject.sub(rb"\n", whole + newline))
        return len(data)

    def flush(self) -> None:
        self._file.write(self._rest)
        self._rest = b""
        self._file.flush()


def write_ntriples(sources: Iterable[Path], target: Path) -> None:
    """Write the triples of RDF files, which must parse, as one file of N-Triples; quads lose their graphs."""
    with target.open("wb") as file:
        for number, path in enumerate(sources):
            base = path.resolve().as_uri()
            quads = ox.parse(path=str(path), format=_syntax(path), base_iri=base, rename_blank_nodes=number > 0)
            ox.serialize((quad.triple for quad in quads), file, ox.RdfFormat.N_TRIPLES)


def triples_as(triples: Iterable[Triple], syntax: str) -> str:
    """Return triples as text in a syntax of `FORMATS`."""
    # What a CONSTRUCT made has no literal for a subject, which the types of terms cannot say.
    made = (ox.Triple(_oxigraph(s), _oxigraph(p), _oxigraph(o)) for s, p, o in triples)  # type: ignore[arg-type]
    text = ox.serialize(made, format=FORMATS[syntax], prefixes=_prefixes())
    return text.decode() if text else ""


@cache
def _prefixes() -> dict[str, str]:
    """Return the prefixes a query need not declare: the usual ones, and one a scheme: `iucn-threats-3.3:5.1`."""
    return NAMESPACES | {token: f"{scheme.iri}/" for token, scheme in vocabulary().schemes.items()}


def _syntax(path: Path) -> ox.RdfFormat | None:
    return ox.RdfFormat.from_extension(path.suffix.removeprefix("."))


def _term(node: object) -> Term | None:
    return None if node is None else _node(node)


def _node(node: object) -> Term:
    if isinstance(node, ox.NamedNode):
        return Term("iri", node.value)
    if isinstance(node, ox.BlankNode):
        return Term("bnode", node.value)
    if isinstance(node, ox.Literal):
        plain = node.language is not None or node.datatype.value == NAMESPACES["xsd"] + "string"
        return Term("literal", node.value, "" if plain else node.datatype.value, node.language or "")
    raise UsageError(f"triple terms are not supported in answers: {node}")


def _oxigraph(term: Term) -> ox.NamedNode | ox.Literal | ox.BlankNode:
    if term.kind == "iri":
        return ox.NamedNode(term.text)
    if term.kind == "bnode":
        return ox.BlankNode(term.text)
    if term.language:
        return ox.Literal(term.text, language=term.language)
    return ox.Literal(term.text, datatype=ox.NamedNode(term.datatype)) if term.datatype else ox.Literal(term.text)
