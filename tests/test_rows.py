"""Rows of answers: every kind of term comes out as it went in."""

from pathlib import Path

import pytest
import wildgraph
from wildgraph.ontology.terms import Term

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture
def graph(tmp_path: Path) -> wildgraph.Graph:
    file = tmp_path / "none.nt"
    file.write_text("")
    return wildgraph.Graph.load(file)


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("<http://e.org/é>", Term("iri", "http://e.org/é")),
        ('"léopard 豹"', Term("literal", "léopard 豹")),
        ('""', Term("literal", "")),
        (r'"a\tb\nc\r\"d\" \\t"', Term("literal", 'a\tb\nc\r"d" \\t')),
        ('"x"@fr', Term("literal", "x", "", "fr")),
        ('"a\\"@en"', Term("literal", 'a"@en')),
        ('"x"^^<http://e.org/type>', Term("literal", "x", "http://e.org/type")),
        ("5", Term("literal", "5", f"{XSD}integer")),
        ("-0.5", Term("literal", "-0.5", f"{XSD}decimal")),
        ("1.5e3", Term("literal", "1500", f"{XSD}double")),
        ('"INF"^^xsd:double', Term("literal", "INF", f"{XSD}double")),
        ("true", Term("literal", "true", f"{XSD}boolean")),
        ('"2020-01-01"^^xsd:date', Term("literal", "2020-01-01", f"{XSD}date")),
        ("UNDEF", None),
    ],
)
def test_a_term_of_an_answer(graph: wildgraph.Graph, written: str, term: Term | None) -> None:
    assert graph.select(f"SELECT ?x {{ VALUES ?x {{ {written} }} }}").rows == ((term,),)


def test_a_blank_node(graph: wildgraph.Graph) -> None:
    [[term]] = graph.select("SELECT ?x { BIND (BNODE() AS ?x) }").rows
    assert term is not None
    assert (term.kind, term.text.startswith("_")) == ("bnode", False)


def test_rows_without_columns_are_counted(graph: wildgraph.Graph) -> None:
    assert graph.select("SELECT * {}").rows == ((),)


def test_a_triple_as_a_term_is_refused(graph: wildgraph.Graph) -> None:
    with pytest.raises(wildgraph.UsageError, match="triple terms are not supported"):
        graph.select("SELECT ?x { BIND (TRIPLE(<a:b>, <a:c>, 1) AS ?x) }")
