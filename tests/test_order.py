"""The order of answers is the one that SPARQL gives."""

from pathlib import Path

import pytest
from wildgraph.graph.store import Graph
from wildgraph.ontology.terms import Term, expand
from wildgraph.queries.order import in_order, without_order

INTEGER, DECIMAL = expand("xsd:integer"), expand("xsd:decimal")


def test_nothing_then_iris_then_numbers_then_texts() -> None:
    ordered = [
        (None,),
        (Term("iri", "https://example.org/a"),),
        (Term("iri", "https://example.org/b"),),
        (Term("literal", "9", INTEGER),),
        (Term("literal", "10.5", DECIMAL),),
        (Term("literal", "11", INTEGER),),
        (Term("literal", "10"),),
        (Term("literal", "a", language="en"),),
    ]
    assert in_order(reversed(ordered), ["x"], ["x"]) == tuple(ordered)


@pytest.mark.parametrize(
    ("sparql", "names"),
    [
        ("SELECT ?a ?b WHERE { ?a ?p ?b }\nORDER BY ?a ?b\n", ("a", "b")),
        ("SELECT ?a WHERE { ?a ?p ?b }\nORDER BY DESC(?a)\n", ()),
        ("SELECT ?a WHERE { ?a ?p ?b }\nORDER BY ?a\nLIMIT 3\n", ()),
        ("SELECT ?a WHERE { { SELECT ?a WHERE { ?a ?p ?b }\nORDER BY ?a\n} }\n", ()),
    ],
)
def test_only_a_plain_order_at_the_end_is_taken_off(sparql: str, names: tuple[str, ...]) -> None:
    assert without_order(sparql)[1] == names


def test_the_order_of_the_store(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("@prefix : <https://example.org/> . :s :p :b, :a, 10, 9, 2.5, 'x', 'b'@en, 'a' .")
    sparql = "SELECT ?x WHERE { ?s ?p ?x }\nORDER BY ?x\n"
    graph = Graph.load(path)
    bare, names = without_order(sparql)
    found = graph.select(bare)
    kinds = [row[0].kind if row[0] else "" for row in graph.select(sparql).rows]
    assert [row[0].kind if row[0] else "" for row in in_order(found.rows, found.columns, names)] == kinds
