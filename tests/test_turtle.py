"""Turtle, TriG and JSON-LD of terms that are hard to write: read back by other parsers they are the same."""

import json
from collections.abc import Iterable

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld
from wildgraph.graph.jsonld import DatasetWriter
from wildgraph.graph.turtle import TurtleWriter

BASE = "https://example.org/d/"
PREFIXES = {"d": BASE, "taxon": f"{BASE}taxon/", "wg": "https://w3id.org/wildgraph/ns#"}
S, P, G = f"<{BASE}taxon/a>", "<https://w3id.org/wildgraph/ns#text>", f"<{BASE}graph/g>"
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


def turtle(lines: list[str]) -> str:
    writer = TurtleWriter(PREFIXES)
    body = "".join(writer.turtle(lines))
    return writer.head() + body


@pytest.mark.parametrize("term", TERMS)
def test_term_reads_back(term: str) -> None:
    line = f"{S} {P} {term} .\n"
    expected = canonical(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))
    text = turtle([line])
    assert canonical(ox.parse(text, format=ox.RdfFormat.TURTLE)) == expected
    assert len(rdflib.Graph().parse(data=text, format="turtle")) == 1


@pytest.mark.parametrize("term", TERMS)
def test_term_reads_back_from_jsonld(term: str) -> None:
    writer = DatasetWriter(BASE)
    body = "".join(writer.body([(G, [f"{S} {P} {term} .\n"])]))
    read = jsonld.to_rdf(json.loads(writer.head() + body), {"format": "application/n-quads"})
    expected = canonical(ox.parse(f"{S} {P} {term} {G} .\n", format=ox.RdfFormat.N_QUADS))
    assert canonical(ox.parse(read, format=ox.RdfFormat.N_QUADS)) == expected


def test_turtle_groups_and_abbreviates() -> None:
    lines = [
        f"{S} ! <https://w3id.org/wildgraph/ns#Taxon> .\n",
        f'{S} {P} "one" .\n',
        f'{S} {P} "two"@en .\n',
        f'<{BASE}x#y> {P} "7"^^<{XSD}integer> .\n',
    ]
    assert turtle(lines) == (
        "@prefix d: <https://example.org/d/> .\n"
        "@prefix taxon: <https://example.org/d/taxon/> .\n"
        "@prefix wg: <https://w3id.org/wildgraph/ns#> .\n"
        "\n"
        'taxon:a a wg:Taxon ;\n\twg:text "one" , "two"@en .\n'
        "\n"
        "d:x\\#y wg:text 7 .\n"
    )


def test_no_lines_make_no_statement() -> None:
    assert turtle([]) == ""
