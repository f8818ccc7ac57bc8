"""The ladder: what a name is linked to, and that nothing is chosen between equals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wildgraph import UsageError
from wildgraph.graph.link.answer import Match, Outcome, Query
from wildgraph.graph.link.build import build_index
from wildgraph.graph.link.index import Index
from wildgraph.graph.link.match import match, match_each, match_many

COLUMNS = "taxonID scientificName scientificNameAuthorship taxonRank taxonomicStatus acceptedNameUsageID kingdom family"
TAXA = """
1|Panthera|Oken, 1816|genus|accepted||Animalia|Felidae
2|Panthera pardus|(Linnaeus, 1758)|species|accepted||Animalia|Felidae
3|Panthera pardus orientalis|(Schlegel, 1857)|subspecies|accepted||Animalia|Felidae
4|Panthera pardus amurensis|(Pocock, 1930)|subspecies|synonym|3|Animalia|Felidae
5|Felis pardus|Linnaeus, 1758|species|synonym|2|Animalia|Felidae
6|Panthera leo|(Linnaeus, 1758)|species|accepted||Animalia|Felidae
10|Ficus|Röding, 1798|genus|accepted||Animalia|Ficidae
11|Ficus|L.|genus|accepted||Plantae|Moraceae
12|Ficus variegata|Röding, 1798|species|accepted||Animalia|Ficidae
13|Ficus variegata|Blume|species|accepted||Plantae|Moraceae
14|Ficus carica|L.|species|accepted||Plantae|Moraceae
20|Drosophila|Fallén, 1823|genus|accepted||Animalia|Drosophilidae
21|Drosophila|Quél.|genus|synonym|22|Fungi|Psathyrellaceae
22|Psathyrella|(Fr.) Quél.|genus|accepted||Fungi|Psathyrellaceae
30|Brunellia|Ruiz & Pav.|genus|accepted||Plantae|Brunelliaceae
31|Brunellia comocladifolia|Bonpl.|species|accepted||Plantae|Brunelliaceae
32|Prunella vulgaris|L.|species|accepted||Plantae|Lamiaceae
33|Prunella|L.|genus|accepted||Plantae|Lamiaceae
40|Gerardia|L.|genus|accepted||Plantae|Acanthaceae
41|Gerardia|Benth.|genus|synonym|42|Plantae|Orobanchaceae
42|Agalinis|Raf.|genus|accepted||Plantae|Orobanchaceae
43|Gerardia|Lacaze-Duthiers, 1864|genus|accepted||Animalia|Gerardiidae
50|Carex nigra|(L.) Reichard|species|accepted||Plantae|Cyperaceae
51|Carex flava|L.|species|accepted||Plantae|Cyperaceae
52|Carex flacca|Schreb.|species|accepted||Plantae|Cyperaceae
53|Carex|L.|genus|accepted||Plantae|Cyperaceae
54|Carex lepidocarpa|Tausch|species|accepted||Plantae|Cyperaceae
55|Carex pilosa|Scop.|species|accepted||Plantae|Cyperaceae
56|Carex pilosa|Crantz|species|synonym|55|Plantae|Cyperaceae
57|Carex palustris|Mill.|species|synonym|50|Plantae|Cyperaceae
58|Carex palustris|Lam.|species|synonym|51|Plantae|Cyperaceae
60|Quercus × hispanica|Lam.|species|accepted||Plantae|Fagaceae
61|Tobacco mosaic virus||species|accepted||Viruses|Virgaviridae
62|Acer nigrum var. palmeri|Sarg.|variety|accepted||Plantae|Sapindaceae
63|Acer nigrum|F.Michx.|species|accepted||Plantae|Sapindaceae
64|Abies alba|auct. non Mill.|species|misapplied|65|Plantae|Pinaceae
65|Abies nordmanniana|(Steven) Spach|species|accepted||Plantae|Pinaceae
66|Abies alba|Mill.|species|accepted||Plantae|Pinaceae
68|Poa flata|L.|species|accepted||Plantae|Poaceae
69|Poa flada|L.|species|accepted||Plantae|Poaceae
67|Felidae|Fischer, 1817|family|accepted||Animalia|Felidae
""".strip()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    text = "\n".join([COLUMNS.replace(" ", "\t"), *(line.replace("|", "\t") for line in TAXA.splitlines())])
    (folder / "small.tsv").write_text(text + "\n", encoding="utf-8")
    build_index([folder / "small.tsv"], folder / "names.index")
    with Index.open(folder / "names.index") as opened:
        yield opened


def summary(found: Match) -> tuple[Outcome, list[str], str]:
    relation = found.candidates[0].relation if found.candidates else "-"
    return found.outcome, [candidate.id for candidate in found.candidates], relation


def ask(index: Index, name: str, **context: str) -> tuple[Outcome, list[str], str]:
    return summary(match(index, Query(name, **context)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Panthera pardus (Linnaeus, 1758)", ("exact", ["2"], "exact")),
        ("Panthera pardus", ("exact", ["2"], "exact")),
        ("Panthera pardus L.", ("exact", ["2"], "exact")),
        ("PANTHERA PARDUS", ("exact", ["2"], "exact")),
        ("Carex niger", ("variant", ["50"], "exact")),
        ("Carex lepidokarpa", ("variant", ["54"], "exact")),
        ("Carex lepidocrapa", ("fuzzy", ["54"], "close")),
        ("Panthra pardus", ("fuzzy", ["2"], "close")),
        ("Panthera pradus (Linnaeus, 1758)", ("fuzzy", ["2"], "close")),
        ("P. pardus", ("variant", ["2"], "exact")),
        ("P. p. amurensis", ("variant", ["4"], "exact")),
        ("Quercus x hispanica", ("exact", ["60"], "exact")),
        ("Quercus hispanica", ("exact", ["60"], "exact")),
        ("Tobacco mosaic virus", ("exact", ["61"], "exact")),
        ("Panthera pardus japonensis", ("broader", ["2"], "broad")),
        ("Panthera onca", ("broader", ["1"], "broad")),
        ("Panthera sp.", ("broader", ["1"], "broad")),
        ("Panthera cf. leo", ("broader", ["1"], "broad")),
        ("Panthera pardus s.l.", ("variant", ["2"], "close")),
        ("Acer nigrum subsp. palmeri", ("variant", ["62"], "close")),
        ("Acer nigrum var. palmeri", ("exact", ["62"], "exact")),
        ("Abies alba", ("exact", ["66"], "exact")),
        ("Abies alba auct. non Mill.", ("exact", ["64"], "exact")),
        ("Influenza A virus", ("none", [], "-")),
        ("Ursus arctos", ("none", [], "-")),
        ("unknown", ("none", [], "-")),
        ("", ("none", [], "-")),
        ("BOLD:AAA1234", ("none", [], "-")),
        ("Ailuropoda", ("none", [], "-")),
    ],
)
def test_a_name_alone(index: Index, name: str, found: tuple[Outcome, list[str], str]) -> None:
    assert ask(index, name) == found


def test_a_synonym_is_linked_and_names_its_accepted_taxon(index: Index) -> None:
    best = match(index, Query("Felis pardus")).best
    assert best is not None
    assert (best.id, best.status, best.accepted_id, best.accepted_name) == ("5", "synonym", "2", "Panthera pardus")


def test_a_subspecies_is_linked_at_its_own_rank(index: Index) -> None:
    best = match(index, Query("Panthera pardus orientalis")).best
    assert best is not None
    assert (best.id, best.rank, best.relation) == ("3", "subspecies", "exact")


@pytest.mark.parametrize(
    ("name", "context", "found"),
    [
        ("Ficus", {}, ("ambiguous", ["10", "11"], "exact")),
        ("Ficus", {"kingdom": "Animalia"}, ("exact", ["10"], "exact")),
        ("Ficus", {"kingdom": "Metazoa"}, ("exact", ["10"], "exact")),
        ("Ficus", {"code": "ICN"}, ("exact", ["11"], "exact")),
        ("Ficus", {"family": "Moraceae"}, ("exact", ["11"], "exact")),
        ("Ficus L.", {}, ("exact", ["11"], "exact")),
        ("Ficus", {"authorship": "Röding, 1798"}, ("exact", ["10"], "exact")),
        ("Ficus variegata", {}, ("ambiguous", ["12", "13"], "exact")),
        ("Ficus variegata Blume", {}, ("exact", ["13"], "exact")),
        ("Ficus variegata Lam.", {}, ("ambiguous", ["12", "13"], "exact")),
        ("Ficus foo", {}, ("ambiguous", ["10", "11"], "broad")),
        ("Ficus foo", {"kingdom": "Plantae"}, ("broader", ["11"], "broad")),
        ("Drosophila", {}, ("ambiguous", ["20", "21"], "exact")),
        ("Drosophila", {"kingdom": "Fungi"}, ("exact", ["21"], "exact")),
        ("Drosophila Quél.", {}, ("exact", ["21"], "exact")),
        ("Gerardia", {}, ("ambiguous", ["40", "43", "41"], "exact")),
        ("Gerardia", {"kingdom": "Plantae"}, ("ambiguous", ["40", "41"], "exact")),
        ("Gerardia", {"family": "Orobanchaceae"}, ("exact", ["41"], "exact")),
        ("Carex palustris", {}, ("ambiguous", ["57", "58"], "exact")),
        ("Carex palustris Lam.", {}, ("exact", ["58"], "exact")),
        ("Carex pilosa", {}, ("exact", ["55"], "exact")),
    ],
)
def test_homonyms_are_told_apart_by_context_or_left_open(
    index: Index, name: str, context: dict[str, str], found: tuple[Outcome, list[str], str]
) -> None:
    assert ask(index, name, **context) == found


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("Brunella", {}),
        ("Brunella", {"kingdom": "Plantae"}),
        ("Carex flata", {}),
        ("Carex flada", {}),
        ("Pantera leo", {"kingdom": "Plantae"}),
        ("Ficus", {"authorship": "Forssk."}),
        ("Panthera pardus", {"kingdom": "Plantae"}),
        ("Panthera pardus", {"rank": "genus"}),
        ("Felidae", {"rank": "genus"}),
        ("Panthera", {"authorship": "Hübner, 1823"}),
    ],
)
def test_what_is_not_sure_is_not_linked_as_the_same(index: Index, name: str, context: dict[str, str]) -> None:
    found = match(index, Query(name, **context))  # type: ignore[arg-type]
    assert found.outcome in {"ambiguous", "none", "broader"}
    assert all(found.linked is (candidate.relation == "broad") for candidate in found.candidates[:1])


def test_a_genus_given_as_a_species_is_what_stands_above_it(index: Index) -> None:
    assert ask(index, "Panthera", rank="species") == ("broader", ["1"], "broad")


def test_other_authors_are_said_and_lower_the_score(index: Index) -> None:
    found = match(index, Query("Carex lepidocarpa", authorship="Mill."))
    assert (found.outcome, found.candidates[0].score) == ("variant", 0.784)
    assert "the authors differ" in found.rungs[-1].why


def test_an_epithet_with_its_author_in_another_genus_is_shown_to_a_person(index: Index) -> None:
    assert ask(index, "Leo leo", authorship="(Linnaeus, 1758)") == ("ambiguous", ["6"], "close")


def test_every_rung_says_what_it_found(index: Index) -> None:
    rungs = match(index, Query("Panthera pardus japonensis")).rungs
    assert [rung.name for rung in rungs] == [
        "exact with author", "exact", "orthographic variant", "fuzzy", "author-assisted", "parent",
    ]  # fmt: skip
    assert all(rung.why for rung in rungs)


def test_many_are_answered_as_one_by_one_in_one_process_or_in_two(index: Index) -> None:
    names = ["Panthera pardus", "Ficus", "Carex lepidocrapa", "unknown", "Felis pardus L.", "Panthera pardus foo"]
    queries = [Query(name) for name in names]
    alone = [match(index, query) for query in queries]
    assert list(match_many(index, queries)) == alone
    assert list(match_many(index, queries * 1000, workers=2)) == alone * 1000


def test_no_names_are_no_answers(index: Index) -> None:
    assert list(match_many(index, [])) == []


def test_a_dump_is_named_by_its_key_or_its_name(index: Index) -> None:
    key = index.dumps[0].key
    assert key.startswith("small@sha256-")
    assert match(index, Query("Panthera leo"), dump="small").dump == key
    assert [found.dump for found in match_each(index, Query("Panthera leo"))] == [key]


def test_an_unknown_dump_is_refused_with_those_that_there_are(index: Index) -> None:
    with pytest.raises(UsageError, match=r"'smal' is not in the index; did you mean small\? it holds small@"):
        match(index, Query("Panthera leo"), dump="smal")
    with pytest.raises(UsageError, match="holds no place dump"):
        match(index, Query("Russia", kind="place"))


def test_names_are_suggested_while_typing(index: Index) -> None:
    assert [c.name for c in index.suggest(index.dumps[0], "Panthera pardus", limit=2)] == [
        "Panthera pardus", "Panthera pardus amurensis",
    ]  # fmt: skip


def test_a_record_is_found_by_its_identifier(index: Index) -> None:
    found = index.get(index.dumps[0], "4")
    assert found is not None
    assert found.accepted_name == "Panthera pardus orientalis"
    assert index.get(index.dumps[0], "nothing") is None


@pytest.mark.parametrize("path", ["missing.index"])
def test_an_index_that_is_not_there_says_how_to_make_it(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match="wildgraph link index FILE"):
        Index.open(tmp_path / path)
