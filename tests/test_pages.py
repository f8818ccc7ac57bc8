"""The pages of a build: whole, linked, escaped, and with what a page must say."""

from __future__ import annotations

import doctest
import json
import posixpath
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from wildgraph.graph.clauses import has_dataset, with_values
from wildgraph.queries.web import Pages
from wildgraph.queries.web import address as address_module
from wildgraph.queries.web import negotiate as negotiate_module
from wildgraph.queries.web import quotes as quotes_module
from wildgraph.queries.web import search as search_module
from wildgraph.queries.web.address import Address, relative
from wildgraph.queries.web.negotiate import best
from wildgraph.queries.web.quotes import Quotes, may_be_quoted

SERVED = {"sparql", "data", "search.json"}


class Links(HTMLParser):
    """Collects the links and the ids of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"href", "src", "action"} and value is not None:
                self.links.append(value)
            if name == "id" and value:
                self.ids.append(value)


@pytest.fixture(scope="module")
def pages(reference: Path) -> Pages:
    return Pages.open(reference)


def test_every_link_of_every_page_leads_somewhere(pages: Pages) -> None:
    written = {path: Links(pages.html(path) or "") for path in pages.paths()}
    files = {*written, *pages.files()}
    for path, page in written.items():
        assert page.ids, path
        for link in page.links:
            target = urlsplit(link)
            if target.scheme:
                assert target.scheme in {"http", "https"}, (path, link)
                continue
            joined = posixpath.join(posixpath.dirname(path), unquote(target.path)) if target.path else path
            name = posixpath.normpath(joined)
            if name.startswith("assets/") or name in SERVED or not name.endswith(".html"):
                continue
            assert name in files, (path, link)
            if target.fragment:
                assert unquote(target.fragment) in written[name].ids, (path, link)


def test_ids_are_there_once(pages: Pages) -> None:
    for path in ("index.html", "taxon/amur-leopard.html", "conflicts.html"):
        ids = Links(pages.html(path) or "").ids
        assert len(ids) == len(set(ids)), path


def text_of(html: str | None) -> str:
    """Return what is left of a page without its tags, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html or "")).split())


def test_the_front_page_says_what_is_in_it_and_how_good_it_is(pages: Pages) -> None:
    text = text_of(pages.html("index.html"))
    for words in ("claims 157", "sources 3", "taxa 15", "2 conflicts", "29 were verified here", "CC0-1.0", "cite as"):
        assert words in text, words


def test_claims_that_disagree_stand_side_by_side(pages: Pages) -> None:
    html = pages.html("conflicts.html") or ""
    assert html.count('<article class="conflict"') == 2
    for words in ("as few as 70 individuals", "less than 60 individuals", "not dated", "2018-03-15"):
        assert words in text_of(html), words


def test_a_claim_tells_value_circumstances_rank_source_and_where_it_was_written(pages: Pages) -> None:
    iri = pages.asker.graph.select("SELECT ?c WHERE { ?c wg:rank claim-rank-1.0:preferred ; wg:estimate 70 }").rows[0][
        0
    ]
    assert iri
    text = text_of(pages.html(pages.address.page(iri.text)))
    for words in (
        "around 70 individuals", "life stage adult", "preferred by wildgraph curators", "claims/population.tsv, line 6",
        "Characters 4,177 to 4,222", "unverified here", "the sentence is shown only where".capitalize()[:24],
    ):  # fmt: skip
        assert words in text, words


def test_a_sentence_is_shown_only_where_the_licence_of_a_source_at_hand_allows(pages: Pages, tmp_path: Path) -> None:
    query = "SELECT ?c WHERE { ?c prov:hadPrimarySource ?s ; wg:evidence ?e . ?s dcterms:license '%s' } ORDER BY ?c"
    free, closed = (pages.asker.graph.select(query % name).rows[0][0] for name in ("CC0-1.0", "unknown"))
    assert free
    assert closed
    assert "<blockquote>" in (pages.html(pages.address.page(free.text)) or "")
    assert "<blockquote>" not in (pages.html(pages.address.page(closed.text)) or "")
    elsewhere = Quotes(tmp_path, pages.reader)
    source = next(e.iri for e in pages.index.by_kind["source"] if "fact-sheet" in e.iri)
    assert elsewhere.sentence(source, 0, 5) is None


def test_a_source_that_was_changed_is_not_quoted(reference_copy: Path) -> None:
    pages = Pages.open(reference_copy)
    source = next(e.iri for e in pages.index.by_kind["source"] if "fact-sheet" in e.iri)
    assert Quotes(reference_copy, pages.reader).sentence(source, 0, 5) is not None
    path = reference_copy / "documents" / "amur-leopard-fact-sheet.txt"
    path.write_text("Other words. " + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert Quotes(reference_copy, pages.reader).sentence(source, 0, 5) is None


@pytest.mark.parametrize(
    ("licence", "open_"),
    [
        ("CC0-1.0", True), ("CC-BY-4.0", True), ("cc-by-sa-3.0", True), ("CC-BY-NC-4.0", False),
        ("CC-BY-ND-4.0", False),
        ("unknown", False), ("", False), ("all rights reserved", False), ("CC-BY", False),
    ],
)  # fmt: skip
def test_which_licences_let_anybody_show_a_sentence(licence: str, open_: bool) -> None:
    assert may_be_quoted(licence) is open_


def test_facets_combine_and_count_what_is_left(reference: Path) -> None:
    pages = Pages.open(reference, live=True)
    found, facets = pages.index.narrow({"country": ["RU"], "threat": ["hunting"]}, pages.address)
    assert [entry.label for entry in found] == ["Amur leopard"]
    threats = next(facet for facet in facets if facet.name == "threat")
    # Poaching is part of hunting, so who is threatened by it is counted there too.
    assert {choice.key: choice.count for choice in threats.choices}["poaching"] == 1
    assert [choice.key for choice in threats.choices if choice.chosen] == ["hunting"]
    assert pages.index.narrow({"country": ["RU"], "status": ["LC"]}, pages.address)[0] == []
    text = text_of(pages.html("browse.html", {"country": ["RU"], "page": ["999999999999"]}))
    assert "1 taxon with all that is chosen" in text


def test_a_scheme_is_a_tree_with_counts(pages: Pages) -> None:
    text = text_of(pages.html("scheme/iucn-threats-3.3.html"))
    assert "5.1 Hunting & trapping terrestrial animals 3 taxa hunting , illegal wildlife trade , poaching" in text
    assert pages.html("scheme/no-such-1.0.html") is None


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("amur lepo", "Amur leopard"), ("far eastern", "Amur leopard"), ("PANTHERA TIGRIS ALT", "Amur tiger"),
        ("gorila", "gorilla"), ("illgal wildlif", "illegal wildlife trade"), ("leopard de l amour", "Amur leopard"),
    ],
)  # fmt: skip
def test_search_finds_what_is_meant(pages: Pages, words: str, first: str) -> None:
    assert pages.search.find(words)[0].entry.label == first


def test_search_finds_nothing_rather_than_anything(pages: Pages) -> None:
    for words in ("", "   ", "''", "zzzzqqqq", "*"):
        assert pages.search.find(words) == []


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "a/x"), ("*/*", "a/x"), ("b/*", "b/y"), ("a/x;q=0.2, b/y;q=0.3", "b/y"), ("a/*;q=0.5, a/x;q=0", "a/z"),
        ("A/X", "a/x"), ("a/x;q=0", ""), ("c/c", ""), ("a/x;q=oops", ""), ("b/y;level=1;q=0.4", "b/y"),
    ],
)  # fmt: skip
def test_negotiation_follows_quality_then_precision_then_our_order(accept: str, chosen: str) -> None:
    assert best(accept, ("a/x", "b/y", "a/z")) == chosen


def test_what_is_no_name_of_a_thing_has_no_page() -> None:
    address = Address("https://e.org/d/")
    assert address.page("https://e.org/d/taxon/a%20b") == "taxon/a%20b.html"
    assert relative("taxon/a%20b.html", "index.html") == "taxon/a%2520b.html"
    for local in ("taxon/../x", "taxon/..", "taxon/", "Taxon/x", "taxon/a\\b", "taxon/a\nb", "taxon/a#b", "taxon"):
        assert address.page(f"https://e.org/d/{local}") == "", local
        assert address.iri(local) == "", local


def test_embedded_data_is_json_whatever_the_label(pages: Pages) -> None:
    for path in ("index.html", "taxon/amur-leopard.html", "organization/wwf.html"):
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', pages.html(path) or "", re.DOTALL)
        document = json.loads(found[0])
        assert document["@context"] == "https://schema.org"
        assert document["@type"] in {"Dataset", "Taxon", "Organization"}


def test_values_are_put_at_the_head_of_the_pattern() -> None:
    value = {"t": "<urn:a>"}
    assert with_values("ASK { ?s ?p ?t }", value) == "ASK { VALUES ?t { <urn:a> } ?s ?p ?t }"
    made = "CONSTRUCT { ?s ?p ?t } WHERE { ?s ?p ?t }"
    assert with_values(made, value) == "CONSTRUCT { ?s ?p ?t } WHERE { VALUES ?t { <urn:a> } ?s ?p ?t }"
    assert (
        with_values("CONSTRUCT WHERE { ?s ?p ?t }", value).endswith("WHERE { VALUES ?t { <urn:a> } ?s ?p ?t }") is False
    )


def test_from_is_known_from_names_and_texts() -> None:
    assert has_dataset("SELECT * FROM <urn:g> { ?s ?p ?o }")
    assert has_dataset("select * from named <urn:g> { ?s ?p ?o }")
    for query in ("SELECT * { ?from ?p 'FROM <urn:g>' }", "ASK { <urn:FROM> ?p ?o } # FROM <urn:g>"):
        assert not has_dataset(query), query


def test_modules_show_examples_that_run() -> None:
    for module in (address_module, negotiate_module, quotes_module, search_module):
        assert doctest.testmod(module).failed == 0, module
