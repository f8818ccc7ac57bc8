"""Constraints in words: what a shape asks for, said so that somebody who does not read SHACL understands it."""

from __future__ import annotations

import rdflib
from rdflib import RDF, RDFS, SH
from rdflib.collection import Collection

from ...ontology.terms import shorten

__all__ = ["component_words", "page", "path_words", "shape_words"]

#: Parameters of constraint components, as SHACL 1.0 names them, and what they ask of each value.
_WORDS = {
    "class": "is a {}",
    "datatype": "is a literal of type {}",
    "nodeKind": "is {}",
    "minExclusive": "is more than {}",
    "minInclusive": "is at least {}",
    "maxExclusive": "is less than {}",
    "maxInclusive": "is at most {}",
    "minLength": "has at least {} characters",
    "maxLength": "has at most {} characters",
    "pattern": "matches the pattern {}",
    "languageIn": "is in one of the languages {}",
    "equals": "is the same as {}",
    "disjoint": "differs from every {}",
    "lessThan": "is less than {}",
    "lessThanOrEquals": "is at most {}",
    "node": "conforms to {}",
    "hasValue": "has the value {}",
    "in": "is one of {}",
    "not": "does not hold that it {}",
    "and": "all of: it {}",
    "or": "one at least of: it {}",
    "xone": "exactly one of: it {}",
    "minCount": "has at least {}",
    "maxCount": "has at most {}",
    "qualifiedMinCount": "has at least {} of the wanted kind",
    "qualifiedMaxCount": "has at most {} of the wanted kind",
}
_TARGETS = {
    SH.targetClass: "every {}",
    SH.targetNode: "{}",
    SH.targetSubjectsOf: "whatever has {}",
    SH.targetObjectsOf: "every value of {}",
}
_FLAGS = {"uniqueLang": "has one value a language", "closed": "has no other properties"}
_KINDS = {
    "IRI": "an IRI",
    "Literal": "a literal",
    "BlankNode": "a blank node",
    "BlankNodeOrIRI": "a blank node or an IRI",
    "BlankNodeOrLiteral": "a blank node or a literal",
    "IRIOrLiteral": "an IRI or a literal",
}


def shape_words(graph: rdflib.Graph, shape: rdflib.term.Node) -> list[str]:
    """Return what a shape asks of each value (or of the node itself), one phrase a constraint."""
    found = []
    for name, words in _WORDS.items():
        found += [words.format(_value(graph, name, value)) for value in sorted(graph.objects(shape, SH[name]), key=str)]
    found += [words for name, words in _FLAGS.items() if graph.value(shape, SH[name]) == rdflib.Literal(True)]
    return _merged_counts(found)


def component_words(graph: rdflib.Graph, shape: rdflib.term.Node, component: str) -> str:
    """Return what the constraint of a shape that a result names asks for; empty for SPARQL, whose message says it."""
    name = component.rpartition("#")[2].removesuffix("ConstraintComponent")
    name = name[:1].lower() + name[1:]
    if name in _FLAGS:
        return _FLAGS[name]
    if name not in _WORDS:
        return ""
    words = [_WORDS[name].format(_value(graph, name, v)) for v in sorted(graph.objects(shape, SH[name]), key=str)]
    path = graph.value(shape, SH.path)
    return f"{path_words(graph, path)} {' and '.join(words)}" if words and path is not None else " and ".join(words)


def path_words(graph: rdflib.Graph, path: rdflib.term.Node) -> str:
    """Return a property path in SPARQL's notation (SHACL 1.0, 2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return shorten(str(path))
    for predicate, template in (
        (SH.inversePath, "^{}"),
        (SH.zeroOrMorePath, "{}*"),
        (SH.oneOrMorePath, "{}+"),
        (SH.zeroOrOnePath, "{}?"),
    ):
        if (inner := graph.value(path, predicate)) is not None:
            return template.format(path_words(graph, inner))
    alternatives = graph.value(path, SH.alternativePath)
    parts = Collection(graph, path if alternatives is None else alternatives)
    return f"({(' / ' if alternatives is None else ' | ').join(path_words(graph, part) for part in parts)})"


def _value(graph: rdflib.Graph, name: str, value: rdflib.term.Node) -> str:
    if (value, RDF.first, None) in graph:
        parts = [_value(graph, name, part) for part in Collection(graph, value)]
        return ("; it " if name in {"and", "or", "xone"} else ", ").join(parts)
    if name == "nodeKind":
        return _KINDS.get(str(value).rpartition("#")[2], str(value))
    if isinstance(value, rdflib.Literal):
        return str(value)
    if isinstance(value, rdflib.URIRef):
        return shorten(str(value))
    path = graph.value(value, SH.path)
    inner = " and ".join(shape_words(graph, value)) or "conforms to a shape"
    return inner if path is None else f"has a {path_words(graph, path)} that {inner}"


def _merged_counts(words: list[str]) -> list[str]:
    if "has at least 1" in words and "has at most 1" in words:
        rest = [word for word in words if word not in {"has at least 1", "has at most 1"}]
        return ["has exactly one", *rest]
    return words


def page(graph: rdflib.Graph) -> str:
    """Return Markdown that says in words what every shape with a target asks, in order of name."""
    lines = []
    for shape in sorted({s for target in _TARGETS for s in graph.subjects(target)}, key=str):
        lines += [f"## {_name(graph, shape)}", ""]
        lines += [f"{text}\n" for text in sorted(map(str, graph.objects(shape, RDFS.comment)))]
        lines += [f"Of {_aim(graph, shape)}:", ""]
        lines += [f"- {line}" for line in _asked(graph, shape)]
        lines.append("")
    return "\n".join(lines)


def _asked(graph: rdflib.Graph, shape: rdflib.term.Node) -> list[str]:
    own = [f"it {words}" for words in shape_words(graph, shape)]
    nested = []
    for part in sorted(graph.objects(shape, SH.property), key=str):
        path = graph.value(part, SH.path)
        words = "; ".join(shape_words(graph, part))
        said = f": {words}" if words else ""
        severity = str(graph.value(part, SH.severity) or "").rpartition("#")[2].lower()
        level = f" ({severity})" if severity and severity != "violation" else ""
        nested.append(f"`{path_words(graph, path)}`{said}{level}" if path is not None else words)
        nested += _told(graph, part)
    return [*own, *_told(graph, shape), *sorted(nested)]


def _told(graph: rdflib.Graph, shape: rdflib.term.Node) -> list[str]:
    """Return what the SPARQL constraints of a shape say when they are broken: nothing else says it in words."""
    constraints = sorted(graph.objects(shape, SH.sparql), key=lambda node: str(graph.value(node, SH.message)))
    return [f"never: {graph.value(node, SH.message) or graph.value(shape, SH.message)}" for node in constraints]


def _aim(graph: rdflib.Graph, shape: rdflib.term.Node) -> str:
    aims = []
    for target, words in _TARGETS.items():
        aims += [words.format(f"`{shorten(str(value))}`") for value in sorted(graph.objects(shape, target), key=str)]
    return " and ".join(aims)


def _name(graph: rdflib.Graph, shape: rdflib.term.Node) -> str:
    return str(graph.value(shape, SH.name) or shorten(str(shape)).rpartition(":")[2])
