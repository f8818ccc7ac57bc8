"""Asking: a question by name, by file or in SPARQL, of a built project."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ..extract import UsageError, parse_period
from ..extract.cells import is_iri
from ..extract.online import online_settings
from ..extract.problems import nearest
from ..graph.build import BUILD, CALLED, read_summary
from ..graph.called import Called, called, things_called
from ..graph.replace import recover
from ..graph.service import mentions_service
from ..graph.store import Graph, Solutions
from ..ontology import vocabulary
from ..ontology.terms import Term, expand
from .answer import Answer
from .order import in_order, without_order
from .question import Parameter, Question, load_questions, read_question

__all__ = ["Asker", "ask", "catalogue"]

_GROUPS = re.compile(r"^GROUP BY", re.MULTILINE)
_NAMES = [expand(name) for name in ("skos:prefLabel", "skos:altLabel", "dwc:scientificName", "dcterms:title")]


def catalogue(project: str | Path | None = None) -> list[Question]:
    """Return the questions that can be asked of a project, by name."""
    return list(load_questions(Path(project) if project is not None else None).values())


def ask(
    project: str | Path,
    question: str | None = None,
    *,
    sparql: str | None = None,
    limit: int | None = None,
    **values: str,
) -> Answer:
    """Answer a question of the catalogue, of a file, or in SPARQL, from a built project.

    `values` are for the question's parameters (`taxon="Amur leopard"`): an id, a label, an IRI or a literal, as the
    type of the parameter asks. With a `limit` a question has at most so many rows, and the answer's `total` says how
    many there are. Raises UsageError for unknown questions, parameters and things, with what may have been meant.
    """
    if (question is None) == (sparql is None):
        raise UsageError("give the name of a question or a SPARQL query, one of the two")
    asker = Asker.open(Path(project))
    if sparql is not None:
        return asker.sparql(sparql)
    return asker.question(_find(Path(project), question or ""), values, limit=limit)


def _find(project: Path, name: str) -> Question:
    if name.endswith(".rq"):
        return read_question(Path(name))
    known = load_questions(project)
    if name not in known:
        raise UsageError(f"no question is called '{name}'; {nearest(name, known) or 'wildgraph query lists them'}")
    return known[name]


class _Labels(Mapping[str, str]):
    """The words for IRIs, looked up when they are shown: CSV and JSON show none, and an answer may have many rows."""

    def __init__(self, graph: Graph, base: str) -> None:
        self._graph = graph
        self._base = base
        self._known: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            short = name.removeprefix(self._base) if name.startswith(self._base) else ""
            self._known[name] = self._graph.labels([name]).get(name, short)
        if not self._known[name]:
            raise KeyError(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


@dataclass(frozen=True)
class Asker:
    """A built graph with what is needed to ask it: the base of its IRIs and the project's defaults."""

    graph: Graph
    base: str
    defaults: Mapping[str, str]
    project: Path | None = None

    @classmethod
    def open(cls, project: Path) -> Asker:
        """Open the build of a project. Raises UsageError when there is none."""
        recover(project / BUILD)
        graph = Graph.open(project / BUILD)
        summary = read_summary(project / BUILD)
        return cls(graph, summary.base, summary.defaults, project)

    def sparql(self, text: str) -> Answer:
        """Run any query; what it makes, rows or triples, is told by the query."""
        text = self._local(text, {})
        found = self.graph.query(text)
        if not isinstance(found, Solutions):
            return Answer(triples=tuple(found))
        return self._answer(found.columns, found.rows, "")

    def question(self, question: Question, values: Mapping[str, str], *, limit: int | None = None) -> Answer:
        """Answer a question with its parameters bound to terms; constant parameter columns are not shown.

        Of more rows than `limit` any so many are given, the first only where rows are groups that must all be made:
        reading all rows, to put them in order, takes most of the time of a big answer.
        """
        bindings = self._bindings(question, values)
        sparql, order = without_order(question.sparql)
        sparql = self._local(sparql, bindings)
        page = limit if order and not _GROUPS.search(sparql) else None
        found = self.graph.query(f"{sparql}\nLIMIT {page + 1}" if page else sparql, bindings)
        labels = self.graph.labels(term.text for term in bindings.values() if term.kind == "iri")
        asked = ", ".join(labels.get(term.text, term.text) for term in bindings.values())
        title = f"{question.title}: {asked}" if asked else question.title
        if not isinstance(found, Solutions):
            return Answer(triples=tuple(found), title=title)
        if not set(order) <= set(found.columns):  # an order by what is not shown is the store's to make
            order, found = (), self.graph.select(self._local(question.sparql, bindings), bindings)
        wanted = [
            i for i, name in enumerate(found.columns) if name in question.columns or name not in question.parameters
        ]
        columns = tuple(found.columns[i] for i in wanted)
        rows = in_order(found.rows[:page], found.columns, order)[:limit]
        answer = self._answer(columns, tuple(tuple(row[i] for i in wanted) for row in rows), title)
        if len(found.rows) == len(rows):
            return answer
        return replace(answer, total=self._count(sparql, bindings) if page else len(found.rows))

    def _bindings(self, question: Question, values: Mapping[str, str]) -> dict[str, Term]:
        for name in values:
            if name not in question.parameters:
                hint = nearest(name, question.parameters) or f"it takes: {', '.join(question.parameters) or 'none'}"
                raise UsageError(f"{question.name} has no parameter '{name}'; {hint}")
        asked_of = [p for p in question.parameters.values() if p.name in values or not p.optional]
        return {p.name: self._bind(question, p, values.get(p.name)) for p in asked_of}

    def _count(self, sparql: str, bindings: Mapping[str, Term]) -> int:
        """Return how many rows a SELECT has, which takes a fraction of the time of reading them."""
        names = " ".join(f"?{name}" for name in bindings)
        grouped = f"GROUP BY {names}" if names else ""
        found = self.graph.select(f"SELECT {names} (COUNT(*) AS ?rows) WHERE {{ {{ {sparql} }} }} {grouped}", bindings)
        count = found.rows[0][-1]
        return int(count.text) if count else 0

    def _local(self, text: str, bindings: Mapping[str, Term]) -> str:
        """Return a query with what its SERVICE clauses answer in their place."""
        if self.project is None or not mentions_service(text):
            return text
        from ..graph.federate import federate  # brings httpx, which few queries need

        done = federate(text, self.graph, online_settings(self.project), bindings)
        for failure in done.failed:
            print(f"left out, as SILENT asks: {failure}", file=sys.stderr)
        return done.query

    def _answer(self, columns: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...], title: str) -> Answer:
        return Answer(columns, rows, labels=_Labels(self.graph, self.base), title=title)

    def _bind(self, question: Question, parameter: Parameter, given: str | None) -> Term:
        text = given if given is not None else self.default(parameter)
        if not text:
            fix = f"write {parameter.name}=..., or set {parameter.type} under [defaults] in wildgraph.toml"
            raise UsageError(f"{question.name} needs {parameter.name} ({parameter.description}); {fix}")
        if parameter.type in {"string", "integer", "decimal", "date"}:
            return _literal(parameter, text)
        if parameter.type == "concept":
            return _concept(parameter, text)
        return self.thing(parameter.type, text)

    def default(self, parameter: Parameter) -> str:
        """Return what the project, or the question, sets for a parameter that is not given; empty for nothing."""
        if parameter.default.startswith("@"):
            return self.defaults.get(parameter.default[1:], "")
        return parameter.default or self.defaults.get(parameter.name) or self.defaults.get(parameter.type, "")

    def thing(self, kind: str, text: str) -> Term:
        """Return the entity or source of a type that an IRI, an id, a label or a scientific name stands for.

        Raises UsageError when there is none or more than one.
        """
        if is_iri(text) and "//" in text:
            return Term("iri", text)
        types = [*vocabulary().entity_types, "source"] if kind == "any" else [kind]
        if kind == "taxon":
            types.append("taxon-group")
        matches = self._by_id(types, text) or self._by_label(types, text) or self._in_any_case(types, text)
        if len(matches) == 1:
            return Term("iri", matches.pop())
        if matches:
            raise UsageError(f"'{text}' is the name of {', '.join(sorted(matches))}; give the IRI")
        hint = nearest(text, (row.name for row in self._called() if row.kind in types))
        what = "nothing" if kind == "any" else f"no {kind}"
        raise UsageError(f"{what} is called '{text}'{'; ' + hint if hint else ''}")

    def _by_id(self, types: Sequence[str], text: str) -> set[str]:
        return {iri for iri in (f"{self.base}{t}/{text}" for t in types) if is_iri(iri) and self.graph.mentions(iri)}

    def _by_label(self, types: Sequence[str], text: str) -> set[str]:
        """Return what is called just so, without a language or in English: a look-up, where `_names` reads all."""
        classes = {vocabulary().entity_types[t].iri if t != "source" else expand("wg:Source") for t in types}
        found: set[str] = set()
        for name in (Term("literal", text), Term("literal", text, language="en")):
            found |= {subject for subject in self.graph.subjects(_NAMES, name) if self.graph.types(subject) & classes}
        return found

    def _in_any_case(self, types: Sequence[str], text: str) -> set[str]:
        return things_called(path, text, types) if (path := self._names()) else set()

    def _called(self) -> Iterator[Called]:
        return called(path) if (path := self._names()) else iter(())

    def _names(self) -> Path | None:
        path = self.project / BUILD / CALLED if self.project else None
        return path if path and path.is_file() else None


def _concept(parameter: Parameter, text: str) -> Term:
    scheme, _, notation = text.partition(":")
    known = vocabulary().schemes
    if scheme not in known or notation not in known[scheme].concepts:
        raise UsageError(f"{parameter.name} takes a code such as iucn-threats-3.3:5.1, not '{text}'")
    return Term("iri", known[scheme].concepts[notation].iri)


def _literal(parameter: Parameter, text: str) -> Term:
    if parameter.type == "string":
        return Term("literal", text)
    try:
        if parameter.type == "integer":
            return Term("literal", str(int(text)), expand("xsd:integer"))
        if parameter.type == "decimal":
            return Term("literal", f"{Decimal(text):f}", expand("xsd:decimal"))
        day = parse_period(text).start
    except (ValueError, InvalidOperation) as error:
        raise UsageError(f"{parameter.name} takes a {parameter.type}, not '{text}'") from error
    return Term("literal", str(day), expand("xsd:date"))
