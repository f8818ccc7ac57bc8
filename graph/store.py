"""The graph on disk: an embedded Oxigraph store. No other module knows its types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import pyoxigraph as ox

from ..extract import InputError, MachineError, Problem, UsageError
from ..ontology import vocabulary
from ..ontology.terms import NAMESPACES, Term
from .clauses import has_dataset, with_values
from .rows import Row, read_rows
from .service import mentions_service

if TYPE_CHECKING:
    import rdflib

__all__ = [
    "ANSWER_FORMATS",
    "FORMATS",
    "PIECE",
    "Graph",
    "Solutions",
    "Triple",
    "bulk_load",
    "load_file",
    "load_pieces",
    "parse_errors",
    "parse_lines",
    "query_prefixes",
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

#: Syntaxes of the answers to SELECT and ASK.
ANSWER_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}

#: How much N-Quads is loaded at once, in bytes. The loader keeps some six times as much in memory; loading a file
#: of 300 MB whole took 1.2 GB and no less time.
PIECE = 64 << 20
_LOADERS = 2

#: How many answers to `Graph.nodes` are kept: a page asks for the same several times.
_NODES_KEPT = 8

Triple = tuple[Term, Term, Term]
#: What is said of IRIs: by IRI, the values of each property by its IRI.
Nodes = Mapping[str, Mapping[str, Sequence[Term]]]

#: Where the group of a query begins that its parameters are put in.


@dataclass(frozen=True, slots=True)
class Solutions:
    """What a SELECT query found: one term or None for each column of each row."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Graph:
    """A built dataset that can be asked. The default graph of a query is the union of all graphs."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._nodes: dict[tuple[str, str, str, int], Nodes | None] = {}

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
        text = cast("bytes", result.serialize(format=ox.QueryResultsFormat.TSV)).decode()
        return Solutions(columns, tuple(read_rows(text, len(columns))))

    def write_answer(
        self, sparql: str, file: BinaryIO, *, rows: str, triples: str, default: Sequence[str], named: Sequence[str]
    ) -> str:
        """Run any query and write its answer in the syntax for rows or the one for triples; return which it was.

        `default` and `named` are the graphs of the dataset that a protocol asks for; without any, a query says so
        itself or has the union. An empty syntax means that nobody wants such an answer: nothing is run, and "" is
        returned. Raises UsageError when the query does not parse or cannot be answered.
        """
        result = self._query(sparql, None, (default, named) if default or named else None)
        try:
            if isinstance(result, ox.QueryTriples):
                if triples:
                    result.serialize(cast("IO[bytes]", file), FORMATS[triples])
                return triples
            if rows and isinstance(result, ox.QuerySolutions | ox.QueryBoolean):
                result.serialize(cast("IO[bytes]", file), ANSWER_FORMATS[rows])
        except (RuntimeError, ValueError) as error:
            raise UsageError(f"the query cannot be answered: {error}") from error
        return rows

    def write_graph(self, name: str, file: BinaryIO, syntax: str) -> bool:
        """Write a named graph, or all graphs for an empty name, in a syntax; False when there is no such graph."""
        if name and not self._store.contains_named_graph(ox.NamedNode(name)):
            return False
        graph = ox.NamedNode(name) if name else None
        self._store.dump(cast("IO[bytes]", file), FORMATS[syntax], from_graph=graph, prefixes=query_prefixes())
        return True

    def about(self, subject: str) -> list[tuple[str, Term, str]]:
        """Return what is said of a subject: predicate, value and graph, each statement once for each graph."""
        found = self._store.quads_for_pattern(ox.NamedNode(subject), None, None, None)
        return [(quad.predicate.value, _node(quad.object), _graph_name(quad.graph_name)) for quad in found]

    def nodes(self, predicate: str, value: str, *, type: str = "", most: int = 0) -> Nodes | None:
        """Return what is said of all that have a property with an IRI for its value, and of a type, if it is given.

        By IRI in order, the values of each property, sorted and each once, by the property's IRI. None where there are
        more than `most` of them, if that is given. The last few answers are kept, and are not to be changed.
        """
        key = (predicate, value, type, most)
        if key not in self._nodes:
            while len(self._nodes) >= _NODES_KEPT:
                del self._nodes[next(iter(self._nodes))]
            named = len(self.pointing(predicate, value, limit=most + 1 if most else None))
            self._nodes[key] = None if most and named > most else self._read_nodes(*key[:3]) if named else {}
        return self._nodes[key]

    def _read_nodes(self, predicate: str, value: str, type: str) -> Nodes:
        of_type = f"<{NAMESPACES['rdf']}type> <{type}> ;" if type else ""
        found: dict[str, dict[str, list[Term]]] = {}
        for row in self.select(f"SELECT ?n ?p ?o {{ ?n <{predicate}> <{value}> ; {of_type} ?p ?o }}").rows:
            node, name, term = cast("tuple[Term, Term, Term]", row)
            found.setdefault(node.text, {}).setdefault(name.text, []).append(term)
        for said in found.values():
            for terms in said.values():
                if len(terms) > 1:
                    terms[:] = sorted(set(terms), key=_by_text)
        return dict(sorted(found.items()))

    def pointing(self, predicate: str, value: str, *, limit: int | None = None) -> list[str]:
        """Return the IRIs that have a property with an IRI for its value, in the order of the store."""
        quads = self._store.quads_for_pattern(None, ox.NamedNode(predicate), ox.NamedNode(value), None)
        subjects = dict.fromkeys(q.subject.value for q in islice(quads, limit) if isinstance(q.subject, ox.NamedNode))
        return list(subjects)

    def nquads(self, subjects: Iterable[str]) -> list[str]:
        """Return all that is said of some subjects as lines of N-Quads, sorted and distinct."""
        found = {
            f"{quad} .\n" for name in subjects for quad in self._store.quads_for_pattern(ox.NamedNode(name), None, None)
        }
        return sorted(found)

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(_graph_name(name) for name in self._store.named_graphs())

    def mentions(self, iri: str) -> bool:
        """Say whether something is said of an IRI."""
        return next(self._store.quads_for_pattern(ox.NamedNode(iri), None, None, None), None) is not None

    def subjects(self, predicates: Iterable[str], value: Term) -> set[str]:
        """Return the IRIs that have a value for one of some properties."""
        found = set()
        for predicate in predicates:
            for quad in self._store.quads_for_pattern(None, ox.NamedNode(predicate), _oxigraph(value), None):
                found.add(_node(quad.subject).text)
        return found

    def types(self, iri: str) -> set[str]:
        """Return the classes that an IRI is said to be of."""
        node = ox.NamedNode(NAMESPACES["rdf"] + "type")
        return {_node(quad.object).text for quad in self._store.quads_for_pattern(ox.NamedNode(iri), node, None, None)}

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
        self,
        sparql: str,
        bindings: Mapping[str, Term] | None,
        dataset: tuple[Sequence[str], Sequence[str]] | None = None,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        default, named = dataset or ((), ())
        substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): _oxigraph(term) for name, term in (bindings or {}).items()
        }
        if mentions_service(sparql):
            raise UsageError("SERVICE is answered for a project's own queries only; see docs/links.md, Federation")
        if bindings:
            # Substitution alone comes after the planning: all that a variable could be would be gone through, a
            # thousand times as slow at ten million triples.
            fixed = {name: str(_oxigraph(term)) for name, term in bindings.items() if term.kind != "bnode"}
            sparql = with_values(sparql, fixed)
        try:
            return self._store.query(
                sparql,
                # The union would win over FROM.
                use_default_graph_as_union=dataset is None and not has_dataset(sparql),
                default_graph=[ox.NamedNode(name) for name in default] if dataset else None,
                named_graphs=[ox.NamedNode(name) for name in named] if dataset else None,
                substitutions=substitutions,
                prefixes=_used_prefixes(sparql),
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
    with nquads.open("rb") as file:
        load_pieces(folder, iter(lambda: file.read(PIECE) + file.readline(), b""))


def load_pieces(folder: Path, pieces: Iterator[bytes]) -> None:
    """Make a store in a new folder from pieces of whole lines of N-Quads, best of the size `PIECE`. Raises OSError.

    Of one piece, the loader first reads all and then writes all, on one core; so two pieces are under way at once.
    """
    store, turn = ox.Store(str(folder)), Lock()

    def load() -> None:
        while True:
            with turn:
                piece = next(pieces, b"")
            if not piece:
                return
            store.bulk_load(piece, format=ox.RdfFormat.N_QUADS)

    with ThreadPoolExecutor(_LOADERS) as pool:
        for loader in [pool.submit(load) for _ in range(_LOADERS)]:
            loader.result()
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
        yield _node(quad.subject), quad.predicate.value, _node(quad.object), _graph_name(quad.graph_name)


def write_rdf(lines: Iterable[str], syntax: str, file: BinaryIO, *, prefixes: Mapping[str, str]) -> None:
    """Write N-Triples lines in another syntax, in their order, a line at a time."""
    parsed = ox.parse(cast("IO[bytes]", _Lines(lines)), format=ox.RdfFormat.N_TRIPLES)
    ox.serialize((quad.triple for quad in parsed), cast("IO[bytes]", file), FORMATS[syntax], prefixes=dict(prefixes))


class _Lines:
    """Lines as a file to be read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes, none at the end."""
        if not self._rest:
            self._rest = "".join(islice(self._lines, 1000)).encode()
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


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
    text = ox.serialize(made, format=FORMATS[syntax], prefixes=query_prefixes())
    return text.decode() if text else ""


@cache
def query_prefixes() -> dict[str, str]:
    """Return the prefixes a query need not declare: the usual ones, and one a scheme: `iucn-threats-3.3:5.1`."""
    return NAMESPACES | {token: f"{scheme.iri}/" for token, scheme in vocabulary().schemes.items()}


def _used_prefixes(sparql: str) -> dict[str, str]:
    """Return the known prefixes that a query may use: to hand over all of them takes as long as a point query."""
    if "\\" in sparql:  # a prefix may be written with escapes
        return query_prefixes()
    return {name: iri for name, iri in query_prefixes().items() if f"{name}:" in sparql}


def _syntax(path: Path) -> ox.RdfFormat | None:
    return ox.RdfFormat.from_extension(path.suffix.removeprefix("."))


def _by_text(term: Term) -> tuple[str, str, str, str]:
    return term.text, term.kind, term.datatype, term.language


def _graph_name(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else ""


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
