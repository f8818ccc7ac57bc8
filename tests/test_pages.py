"""The pages of a build: whole, linked, escaped, and with what a page must say."""

from __future__ import annotations

import posixpath
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from wildgraph.queries.web import Pages

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
