"""SHACL validation. No other module knows a SHACL engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..extract import InputError, Problem
from ..ontology.terms import NAMESPACES, Term, expand
from ..ontology.vocabulary import FOLDER
from .findings import Severity
from .store import parse_errors

if TYPE_CHECKING:
    import rdflib

__all__ = ["Report", "Result", "shape_files", "validate"]

_SEVERITIES = {
    expand("sh:Violation"): Severity.VIOLATION,
    expand("sh:Warning"): Severity.WARNING,
    expand("sh:Info"): Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result. `path` is the IRI of the property, empty for a node or a complex path."""

    severity: Severity
    focus: Term
    path: str
    value: Term | None
    component: str
    shape: str
    message: str
    fix: str


@dataclass(frozen=True)
class Report:
    """What a validation found; `graph` is the standard sh:ValidationReport."""

    conforms: bool
    results: tuple[Result, ...]
    graph: rdflib.Graph

    def serialize(self, syntax: str) -> str:
        """Return the standard report in an RDF syntax (a name of `FORMATS`)."""
        names = {"ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
        return self.graph.serialize(format=names.get(syntax, syntax))


def shape_files(project: Path | None = None) -> list[Path]:
    """Return the shapes that wildgraph ships, then those of a project."""
    own = sorted((project / "shapes").glob("*.ttl")) if project else []
    return [*sorted((FOLDER / "shapes").glob("*.ttl")), *own]


def validate(data: Sequence[Path], shapes: Sequence[Path]) -> Report:
    """Validate the union of the graphs in RDF files against the shapes in others, with pyshacl.

    Raises InputError with file, line and column when a file does not parse, or when there is no shape.
    """
    import pyshacl  # takes half a second to import, which only a check should pay
    import rdflib

    if problems := [problem for path in (*data, *shapes) for problem in parse_errors(path)]:
        raise InputError(problems)
    shape_graph = _read(shapes, rdflib.Graph())
    data_graph = _read(data, rdflib.Graph())
    _check_roles(shapes, data_graph, shape_graph)
    _, report, _ = pyshacl.validate(data_graph, shacl_graph=shape_graph, inference=None, advanced=False)
    if not isinstance(report, rdflib.Graph):
        raise InputError([Problem(str(shapes[0]), 0, 0, f"the shapes cannot be used: {report}")])
    results = tuple(sorted(_results(report, shape_graph), key=_order))
    conforms = not any(result.severity is Severity.VIOLATION for result in results)
    for prefix in ("sh", "wg", "wgs", "dwc"):
        report.bind(prefix, NAMESPACES[prefix])
    return Report(conforms, results, report)


def _read(paths: Iterable[Path], graph: rdflib.Graph) -> rdflib.Graph:
    """Read files into one graph; quads lose their graph names."""
    import rdflib

    syntaxes = {
        "nt": "nt",
        "nq": "nquads",
        "ttl": "turtle",
        "trig": "trig",
        "rdf": "xml",
        "jsonld": "json-ld",
    }
    for path in paths:
        suffix = path.suffix.removeprefix(".")
        if suffix in {"nq", "trig", "jsonld"}:
            dataset = rdflib.Dataset()
            dataset.parse(path, format=syntaxes[suffix])
            for subject, predicate, value, _ in dataset.quads():
                graph.add((subject, predicate, value))
        else:
            graph.parse(path, format=syntaxes.get(suffix))
    return graph


def _check_roles(shapes: Sequence[Path], data_graph: rdflib.Graph, shape_graph: rdflib.Graph) -> None:
    import rdflib

    def holds_shapes(graph: rdflib.Graph) -> bool:
        names = ("sh:NodeShape", "sh:PropertyShape", "sh:targetClass", "sh:targetNode", "sh:property")
        terms = [rdflib.URIRef(expand(name)) for name in names]
        return any((None, None, t) in graph or (None, t, None) in graph for t in terms)

    if not holds_shapes(shape_graph):
        swapped = " and the data file does: were they swapped?" if holds_shapes(data_graph) else ""
        where = ", ".join(str(path) for path in shapes) or "(none)"
        message = f"no SHACL shape in it{swapped}"
        raise InputError([Problem(where, 0, 0, message, fix="give a file of shapes with --shapes")])


def _results(report: rdflib.Graph, shapes: rdflib.Graph) -> Iterable[Result]:
    import rdflib

    sh = rdflib.SH
    fix = rdflib.URIRef(expand("wg:fix"))
    for node in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        source = report.value(node, sh.sourceShape)
        path = report.value(node, sh.resultPath)
        focus, value = report.value(node, sh.focusNode), report.value(node, sh.value)
        severity = str(report.value(node, sh.resultSeverity))
        messages = sorted(str(message) for message in report.objects(node, sh.resultMessage))
        yield Result(
            severity=_SEVERITIES.get(severity, Severity.VIOLATION),
            focus=_term(focus),
            path=str(path) if isinstance(path, rdflib.URIRef) else "",
            value=None if value is None else _term(value),
            component=str(report.value(node, sh.sourceConstraintComponent) or ""),
            shape=str(source) if isinstance(source, rdflib.URIRef) else "",
            message="; ".join(messages),
            fix=str(shapes.value(source, fix) or ""),
        )


def _term(node: object) -> Term:
    import rdflib

    if isinstance(node, rdflib.URIRef):
        return Term("iri", str(node))
    if isinstance(node, rdflib.Literal):
        return Term("literal", str(node), str(node.datatype or ""), node.language or "")
    return Term("bnode", str(node))


def _order(result: Result) -> tuple[int, str, str, str, str]:
    value = result.value.text if result.value else ""
    return -result.severity, result.shape, result.focus.text, value, result.message
