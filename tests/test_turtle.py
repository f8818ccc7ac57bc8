"""Turtle, TriG and JSON-LD of terms that are hard to write: read back by other parsers they are the same."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld
from wildgraph.graph.grouped import Writer
from wildgraph.graph.jsonld import DatasetWriter
from wildgraph.graph.turtle import TurtleWriter

BASE = "https://example.org/d/"
PREFIXES = {"d": BASE, "taxon": f"{BASE}taxon/", "wg": "https://w3id.org/wildgraph/ns#"}
S, P, G = f"<{BASE}taxon/a>", "<https://w3id.org/wildgraph/ns#text>", f"<{BASE}graph/g>"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

TERMS = [
    f"<{BASE}taxon/a-b_c.d>",
    f"<{BASE}taxon/ends.>",
    f"<{BASE}taxon/-starts>",
    f"<{BASE}taxon/a/b#c>",
    f"<{BASE}taxon/%20>",
    f"<{BASE}taxon/a'b(c)>",
    f"<{BASE}taxon/é>",
    f"<{BASE}>",
    "<urn:x:y>",
    "<https://example.org>",
    '"45"',
    '"two\\nlines and \\"quotes\\" and \\\\ and \\u0001"',
    '"ends in \\" "@en',
    '"a . b ; c , d <x> ."',
    '"Rødgran"@nb',
    f'"45"^^<{XSD}integer>',
    f'"-4.50"^^<{XSD}decimal>',
    f'"4."^^<{XSD}decimal>',
    f'"123456789012345678901234567890"^^<{XSD}integer>',
    f'"true"^^<{XSD}boolean>',
    f'"2013-01-01"^^<{XSD}date>',
]


def canonical(quads: Iterable[ox.Quad]) -> list[str]:
    return sorted(str(quad) for quad in quads)


@dataclass
class Section:
    """Lines of a graph, or of no graph."""

    graph: bytes
    rows: list[str]
    opens: bool = True
    closes: bool = True

    def lines(self) -> list[bytes]:
        return [row.encode() for row in self.rows]


def written(writer: Writer, *sections: Section) -> str:
    body = b"".join(text for section in sections for text in writer.texts(section))
    return (writer.head(writer.used) + body + writer.tail).decode()


def turtle(lines: list[str]) -> str:
    return written(TurtleWriter(PREFIXES), Section(b"", lines))


@pytest.mark.parametrize("term", TERMS)
def test_term_reads_back(term: str) -> None:
    line = f"{S} {P} {term}"
    expected = canonical(ox.parse(f"{line} .", format=ox.RdfFormat.N_TRIPLES))
    text = turtle([line])
    assert canonical(ox.parse(text, format=ox.RdfFormat.TURTLE)) == expected
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == 1


@pytest.mark.parametrize("term", TERMS)
def test_term_reads_back_from_jsonld(term: str) -> None:
    text = written(DatasetWriter(BASE), Section(G.encode(), [f"{S} {P} {term}"]))
    read = jsonld.to_rdf(json.loads(text), {"format": "application/n-quads"})
    expected = canonical(ox.parse(f"{S} {P} {term} {G} .\n", format=ox.RdfFormat.N_QUADS))
    assert canonical(ox.parse(read, format=ox.RdfFormat.N_QUADS)) == expected


def test_turtle_groups_and_abbreviates() -> None:
    lines = [
        f'{S} <http://purl.org/dc/terms/title> "three"',
        f"{S} <{RDF}type> <https://w3id.org/wildgraph/ns#Taxon>",
        f'{S} {P} "one"',
        f'{S} {P} "two"@en',
        f'<{BASE}x#y> {P} "7"^^<{XSD}integer>',
    ]
    assert turtle(lines) == (
        "@prefix d: <https://example.org/d/> .\n"
        "@prefix taxon: <https://example.org/d/taxon/> .\n"
        "@prefix wg: <https://w3id.org/wildgraph/ns#> .\n"
        "\n"
        'taxon:a a wg:Taxon ;\n\t<http://purl.org/dc/terms/title> "three" ;\n\twg:text "one" , "two"@en .\n'
        "\n"
        "d:x\\#y wg:text 7 .\n"
    )


def test_types_come_first_and_together() -> None:
    lines = [f'{S} <x:a> "1"', f"{S} <{RDF}type> <x:A>", f"{S} <{RDF}type> <x:B>", f'{S} <x:z> "1"', f'{S} <x:z> "2"']
    assert turtle(lines).endswith('\ntaxon:a a <x:A> , <x:B> ;\n\t<x:a> "1" ;\n\t<x:z> "1" , "2" .\n')
    node = json.loads(written(DatasetWriter(BASE), Section(G.encode(), lines)))["@graph"][0]["@graph"][0]
    assert list(node.items()) == [("id", "taxon/a"), ("type", ["x:A", "x:B"]), ("x:a", "1"), ("x:z", ["1", "2"])]


@pytest.mark.parametrize("writer", [lambda: TurtleWriter(PREFIXES), lambda: DatasetWriter(BASE)])
def test_parts_of_a_graph_make_the_text_of_the_whole(writer: Callable[[], Writer]) -> None:
    lines = [f'<{BASE}{name}> {P} "{name}"' for name in "abc"]
    graph = G.encode()
    whole = written(writer(), Section(graph, lines))
    parts = [Section(graph, lines[:1], closes=False), Section(graph, lines[1:2], opens=False, closes=False)]
    assert written(writer(), *parts, Section(graph, lines[2:], opens=False)) == whole


def test_no_lines_make_no_statement() -> None:
    assert turtle([]) == ""
