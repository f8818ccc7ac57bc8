"""The ontology: it parses, is consistent, says all of its terms what they are, and nothing it says is unused."""

import re
from pathlib import Path

import owlrl
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Namespace, URIRef
from wildgraph.ontology import vocabulary
from wildgraph.ontology.vocabulary import FOLDER, ontology_files

ROOT = FOLDER.parent
WG = Namespace("https://w3id.org/wildgraph/ns#")
DCTERMS = rdflib.DCTERMS
TERM = re.compile(r"\bwg:([A-Za-z]\w+)|\bwg\(\"(\w+)\"\)|ns#(\w+)")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for path in ontology_files():
        graph.parse(path)
    return graph


def test_it_has_no_blank_node(ontology: Graph) -> None:
    assert not [t for triple in ontology for t in triple if isinstance(t, rdflib.BNode)]


def test_every_own_term_is_explained(ontology: Graph) -> None:
    for term in own_terms(ontology):
        for predicate in (RDFS.label, SKOS.definition, DCTERMS.source, RDFS.isDefinedBy):
            assert ontology.value(term, predicate), (term, predicate)


def test_every_used_term_exists(ontology: Graph) -> None:
    known = {str(term).removeprefix(str(WG)) for term in own_terms(ontology)}
    for path in source_files():
        for match in TERM.finditer(path.read_text(encoding="utf-8")):
            name = next(filter(None, match.groups()))
            assert name in known, f"{path.relative_to(ROOT)} uses wg:{name}, which the ontology does not have"


def test_every_term_is_used_or_documented(ontology: Graph) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in source_files())
    text += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    text += (FOLDER / "context.jsonld").read_text(encoding="utf-8")
    for path in ontology_files()[1:]:
        text += path.read_text(encoding="utf-8")
    unused = [t for t in own_terms(ontology) if not re.search(rf"\b{t.removeprefix(str(WG))}\b", text)]
    assert not unused


def test_it_is_consistent_under_owl_2_rl(ontology: Graph) -> None:
    assert contradictions(ontology) == []


def test_a_threat_that_is_a_stress_is_inconsistent(ontology: Graph) -> None:
    graph = rdflib.Graph() + ontology
    for kind in (WG.Threat, WG.Stress):
        graph.add((URIRef("https://example.org/x"), RDF.type, kind))
    assert contradictions(graph) != []


def own_terms(ontology: Graph) -> list[URIRef]:
    return sorted(s for s in set(ontology.subjects(RDFS.isDefinedBy)) if isinstance(s, URIRef) and s.startswith(WG))


def source_files() -> list[Path]:
    folders = ("extract", "graph", "queries", "ontology")
    files = [path for name in folders for path in (ROOT / name).rglob("*") if path.suffix in {".py", ".rq", ".ttl"}]
    return [path for path in files if path.name != "wildgraph.ttl"]


def contradictions(graph: Graph) -> list[str]:
    """Return what an OWL 2 RL reasoner finds impossible in the classes and properties of a graph."""
    reasoned = Graph()
    for triple in graph:
        # The labels of concepts take most of the time and none of the axioms are about them.
        if triple[1] not in {SKOS.prefLabel, SKOS.altLabel, SKOS.notation, SKOS.definition, OWL.versionInfo}:
            reasoned.add(triple)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(reasoned)
    errors = [
        str(message) for message in reasoned.objects(None, URIRef("http://www.daml.org/2002/03/agents/agent-ont#error"))
    ]
    impossible = [str(s) for s in reasoned.subjects(RDF.type, OWL.Nothing)]
    return errors + impossible


def test_schemes_are_complete_and_codes_unique() -> None:
    for scheme in vocabulary().schemes.values():
        assert scheme.title
        assert scheme.concepts
        for concept in scheme.concepts.values():
            assert concept.label
            assert concept.broader is None or concept.broader in {c.iri for c in scheme.concepts.values()}


def test_notations_are_unique_in_a_scheme(ontology: Graph) -> None:
    for scheme in ontology.subjects(RDF.type, SKOS.ConceptScheme):
        notations = [str(ontology.value(c, SKOS.notation)) for c in ontology.subjects(SKOS.inScheme, scheme)]
        assert len(notations) == len(set(notations)), scheme


def test_equal_codes_are_matched_exactly_only_where_the_words_are_equal(ontology: Graph) -> None:
    for first, second in ontology.subject_objects(SKOS.exactMatch):
        label = ontology.value(second, SKOS.prefLabel)
        if label is not None:
            words = [re.findall(r"\w+", str(ontology.value(c, SKOS.prefLabel)).lower()) for c in (first, second)]
            assert set(words[0]) == set(words[1]), (first, second)


def test_crosswalks_join_concepts_that_exist_and_exact_matches_are_one_to_one(ontology: Graph) -> None:
    own = {c for c in ontology.subjects(RDF.type, SKOS.Concept) if isinstance(c, URIRef)}
    pairs = [p for p in ontology.subject_objects(SKOS.exactMatch) if p[1] in own]
    assert len(pairs) > 10
    assert len({first for first, _ in pairs}) == len({second for _, second in pairs}) == len(pairs)
    for relation in (SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch):
        for first, second in ontology.subject_objects(relation):
            assert {first, second} <= own


def test_published_codes_are_all_there(shared: Path) -> None:
    rows = (shared / "vocab" / "code-lists.tsv").read_text(encoding="utf-8").splitlines()[1:]
    labels = {(s.token.rpartition("-")[0], c.label) for s in vocabulary().schemes.values() for c in s.concepts.values()}
    for row in rows:
        scheme, _, _, label, *_ = row.split("\t")
        assert (scheme, label) in labels


def test_the_codes_of_the_word_lists_are_in_the_schemes() -> None:
    folder = ROOT / "extract/lexicon"
    known = {concept.code for scheme in vocabulary().schemes.values() for concept in scheme.concepts.values()}
    rows = [line.split("\t")[0] for path in folder.glob("*.tsv") for line in path.read_text().splitlines()]
    codes = [word for row in rows if not row.startswith("#") for word in row.split() if ":" in word]
    assert codes
    assert [code for code in codes if code not in known] == []
