"""The reference engine: pyshacl over rdflib. Right first; the fast engine is held against it."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyshacl
import pyshacl.errors
import rdflib
from rdflib import SH

from ...extract import InputError, Problem
from ...ontology.terms import Term
from ..spool import Spool
from .report import NotChecked, Outcome, Result, joined, severity_of
from .shapes import Shapes

__all__ = ["literals_as_written", "main", "read_data", "run_reference", "validated"]

_SYNTAXES = {"nt": "nt", "nq": "nquads", "ttl": "turtle", "trig": "trig", "rdf": "xml", "jsonld": "json-ld"}


@contextmanager
def literals_as_written() -> Iterator[None]:
    """Keep rdflib from rewriting literals while data or shapes are read: `"05"^^xsd:integer` is not 5 to SHACL."""
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def run_reference(data: Path | bytes, shapes: Shapes, *, timeout: float) -> Outcome:
    """Validate a file of N-Triples or N-Quads, or N-Triples themselves, in a child process.

    When that takes longer than `timeout` seconds, each shape is run by itself for a tenth of it, so that the rest is
    still validated and the one at fault is named. Raises InputError when pyshacl refuses the shapes.
    """
    command = [sys.executable, "-m", __name__]
    given = pickle.dumps((data, shapes))
    try:
        run = subprocess.run(command, input=given, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        if len(shapes.targeted) > 1:
            parts = (shapes.only([shape]) for shape in shapes.targeted)
            return joined(run_reference(data, part, timeout=timeout / 10) for part in parts)
        miss = NotChecked(str(shapes.targeted[0]), f"pyshacl has not finished after {timeout:g} seconds")
        return Outcome(Spool([], Result.order), missed=(miss,))
    if run.returncode:
        words = run.stderr.decode(errors="replace").strip().splitlines()
        raise InputError([Problem("shapes", 0, 0, f"the shapes cannot be used: {words[-1] if words else 'no reason'}")])
    results, ntriples = pickle.loads(run.stdout)
    return Outcome(Spool(results, Result.order), ntriples)


def main() -> None:
    """The child process: read data and shapes from stdin, write results and report to stdout."""
    data, shapes = pickle.load(sys.stdin.buffer)
    with literals_as_written():
        graph = read_data([data]) if isinstance(data, Path) else rdflib.Graph().parse(data=data, format="nt")
        found = validated(graph, shapes)
    pickle.dump(found, sys.stdout.buffer)


def validated(data: rdflib.Graph, shapes: Shapes) -> tuple[list[Result], str]:
    """Return the results of validating a graph, and the standard report as N-Triples.

    Raises InputError when pyshacl refuses the shapes.
    """
    try:
        with literals_as_written():  # pyshacl leaves rdflib's setting changed behind it
            _, report, text = pyshacl.validate(data, shacl_graph=shapes.graph, inference=None, advanced=True)
    except (pyshacl.errors.ReportableRuntimeError, NotImplementedError, re.error) as error:
        raise InputError([Problem("shapes", 0, 0, f"the shapes cannot be used: {error}")]) from error
    if not isinstance(report, rdflib.Graph):
        raise InputError([Problem("shapes", 0, 0, f"the shapes cannot be used: {text}")])
    return list(_results(report, shapes)), report.serialize(format="nt")


def read_data(paths: Sequence[Path]) -> rdflib.Graph:
    """Read files into one graph; quads lose their graph names."""
    graph = rdflib.Graph()
    for path in paths:
        suffix = path.suffix.removeprefix(".")
        if suffix in {"nq", "trig", "jsonld"}:
            dataset = rdflib.Dataset()
            dataset.parse(path, format=_SYNTAXES[suffix])
            for subject, predicate, value, _ in dataset.quads():
                graph.add((subject, predicate, value))
        else:
            graph.parse(path, format=_SYNTAXES.get(suffix))
    return graph


def _results(report: rdflib.Graph, shapes: Shapes) -> Iterator[Result]:
    # Only what the report itself names: results inside others (sh:detail) are explanations.
    for node in report.objects(None, SH.result):
        source, path = report.value(node, SH.sourceShape), report.value(node, SH.resultPath)
        value = report.value(node, SH.value)
        shape = str(source) if isinstance(source, rdflib.URIRef) else ""
        component = str(report.value(node, SH.sourceConstraintComponent) or "")
        named = str(path) if isinstance(path, rdflib.URIRef) else ""
        words = shapes.words(shape, component, named)
        # pyshacl has messages of its own where a shape has none; ours are the same for both engines.
        own = (source, SH.message, None) in shapes.graph or component == str(SH.SPARQLConstraintComponent)
        messages: Iterable[object] = report.objects(node, SH.resultMessage) if own else [words]
        yield Result(
            severity=severity_of(str(report.value(node, SH.resultSeverity))),
            focus=_term(report.value(node, SH.focusNode)),
            path=named,
            value=None if value is None else _term(value),
            component=component,
            shape=shape,
            message="; ".join(sorted(str(message) for message in messages)),
            constraint=words,
            fix=shapes.fix(shape),
        )


def _term(node: object) -> Term:
    if isinstance(node, rdflib.URIRef):
        return Term("iri", str(node))
    if isinstance(node, rdflib.Literal):
        return Term("literal", str(node), str(node.datatype or ""), node.language or "")
    return Term("bnode", str(node))


if __name__ == "__main__":
    main()
