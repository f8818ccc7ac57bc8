"""Pages: the site of one build as HTML, page by page, for a server or for files.

Every link is relative, so that the same pages stand under any path of any host. Nothing here knows of requests.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup

from ...graph.build import BUILD, Summary, read_summary
from ...ontology import vocabulary
from ..ask import Asker
from ..pictures import Picture, pictures_of
from .address import DATA_SUFFIXES, Address, relative
from .asking import catalogue_document
from .documents import MEDIA_TYPES, document
from .index import Index, read_index
from .origins import Origins
from .overview import Overview, read_overview
from .quotes import Quotes
from .reader import Reader
from .schemes import SCHEMES, read_tree
from .search import Search
from .static import content_policy, vendored
from .structured import cite, dataset_data, thing_data
from .thing import Thing, read_conflict, read_thing

__all__ = ["Pages"]

_FOLDER = Path(__file__).parent
_PAGED = re.compile(r"(list/[a-z-]+|conflicts)(?:-([1-9][0-9]{0,6}))?\.html")
#: How many lines a list page has, and how many taxa the browser shows at once.
PER_PAGE = 200
_TAXA_PER_PAGE = 60
_CONFLICTS_PER_PAGE = 30

Query = Mapping[str, Sequence[str]]


class Pages:
    """The pages of one build.

    `live` pages have what only a server can answer: facets that combine, and a search form that works without
    JavaScript. Paths are counted from the front page: `index.html`, `taxon/amur-leopard.html`.
    """

    def __init__(self, root: Path, asker: Asker, summary: Summary, *, live: bool) -> None:
        self._root = root
        #: What validation said, in words, for the front page; empty while nobody has looked.
        self.validation = ""
        self.asker = asker
        self.summary = summary
        self.live = live
        self.reader = Reader(asker.graph, asker.base)
        self.address = self.reader.address
        self.overview: Overview = read_overview(asker.graph, summary)
        self.index: Index = read_index(asker.graph, self.address, self.overview.by_subject)
        self._origins = Origins(root / BUILD)
        self._quotes = Quotes(root, self.reader)
        self._templates = _environment()
        self._templates.globals |= {
            "summary": summary,
            "overview": self.overview,
            "live": live,
            "vendored": vendored(),
            "policy": content_policy,
            "address": self.address,
            "kinds": self._kinds(),
            "kind_names": set(self.index.by_kind),
            "media_types": MEDIA_TYPES,
            "suffixes": DATA_SUFFIXES,
            "citation": cite(summary, self.overview),
        }

    @classmethod
    def open(cls, project: str | Path, *, live: bool = False) -> Pages:
        """Open the build of a project. Raises UsageError when there is none."""
        root = Path(project)
        asker = Asker.open(root)
        return cls(root, asker, read_summary(root / BUILD), live=live)

    @cached_property
    def search(self) -> Search:
        """What the names of things can be searched by."""
        return Search(self.index.entries.values())

    @cached_property
    def _catalogue(self) -> dict[str, Any]:
        return catalogue_document(self.asker, self._root)

    @cached_property
    def _pictures_of_all(self) -> list[Picture]:
        return pictures_of(self.asker, self.asker.base)

    @cached_property
    def _trees(self) -> list[tuple[str, str, int]]:
        """Token, title and number of things classified of every scheme, those most used first."""
        trees = filter(None, (read_tree(token, self.index) for token in SCHEMES))
        return sorted(((tree.token, tree.title, tree.used) for tree in trees), key=lambda row: (-row[2], row[1]))

    def paths(self) -> Iterator[str]:
        """Yield the path of every page, in a fixed order."""
        yield from ("index.html", "browse.html", "search.html", "query.html")
        for kind, entries in sorted(self.index.by_kind.items()):
            yield from _numbered(f"list/{kind}", len(entries), PER_PAGE)
        yield from _numbered("conflicts", len(self.overview.conflicts), _CONFLICTS_PER_PAGE)
        yield from (f"scheme/{token}.html" for token in SCHEMES)
        yield from sorted(entry.page for entry in self.index.entries.values())
        claims = self.asker.graph.select("SELECT ?c WHERE { ?c wg:subject ?s ; prov:hadPrimarySource ?o }")
        yield from sorted({self.address.page(row[0].text) for row in claims.rows if row[0]} - {""})
        yield from sorted(self.address.page(iri) for iri in self.overview.conflicts)

    def files(self) -> Iterator[str]:
        """Yield the path of every file beside a page: `taxon/amur-leopard.ttl`."""
        for entry in sorted(self.index.entries.values(), key=lambda entry: entry.page):
            yield from (entry.page.removesuffix(".html") + suffix for suffix in DATA_SUFFIXES)

    def html(self, path: str, query: Query | None = None) -> str | None:
        """Return a page, or None when there is none at that path. Only live pages heed a query."""
        asked = query or {}
        fixed = {
            "index.html": self._front,
            "browse.html": self._browse,
            "search.html": self._search,
            "query.html": self._query,
        }
        if path in fixed:
            return fixed[path](path, asked)
        if path.startswith("scheme/"):
            return self._scheme(path)
        if paged := _PAGED.fullmatch(path):
            return self._paged(path, paged[1], int(paged[2] or 1))
        return self._thing(path) if path.endswith(".html") else None

    def knows(self, local: str) -> bool:
        """Say whether there is a thing of a local name, `taxon/amur-leopard`."""
        iri = self.address.iri(local)
        return bool(iri and self.asker.graph.about(iri))

    def data(self, path: str) -> str | None:
        """Return the file beside a page, in the syntax of its suffix; None when there is none."""
        for suffix, syntax in DATA_SUFFIXES.items():
            if path.endswith(suffix) and (iri := self.address.iri(path.removesuffix(suffix))):
                return document(self.reader, iri, syntax)
        return None

    def missing(self, path: str, message: str = "") -> str:
        """Return the page that says that there is none at a path, with names that may be meant."""
        words = re.sub(r"[-_/]+|\.html$", " ", path).strip()
        near = self.search.find(words.rpartition(" ")[2] if "/" in path else words, limit=5)
        return self._render("missing.html", path, asked=path, message=message, near=near)

    def _front(self, path: str, _query: Query) -> str:
        most = sorted(self.index.by_kind.get("taxon", ()), key=lambda entry: (-entry.claims, entry.label))[:8]
        threats = sorted(
            (
                (len(taxa), self.index.entries[iri])
                for iri, taxa in self.index.facets["threat"].items()
                if iri in self.index.entries
            ),
            key=lambda pair: (-pair[0], pair[1].label),
        )[:8]
        sources = sorted(self.index.by_kind.get("source", ()), key=lambda e: (-self._said(e.iri), e.label))[:12]
        conflicts = [read_conflict(self.reader, iri) for iri in self.overview.conflicts[:3]]
        return self._render(
            "front.html", path, most=most, threats=threats, conflicts=conflicts,
            sources=[(entry, self._said(entry.iri)) for entry in sources],
            pictures=self._pictures_of_all, validation=self.validation,
            structured=dataset_data(self.summary, self.overview),
        )  # fmt: skip

    def _browse(self, path: str, query: Query) -> str:
        chosen = {name: tuple(query[name]) for name in self.index.facets if query.get(name)} if self.live else {}
        found, facets = self.index.narrow(chosen, self.address)
        pages = max(1, math.ceil(len(found) / _TAXA_PER_PAGE))
        asked = query.get("page", ["1"])[0] if self.live else "1"
        page = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
        shown = found[(page - 1) * _TAXA_PER_PAGE : page * _TAXA_PER_PAGE] if self.live else found[:PER_PAGE]

        def narrowed(name: str, key: str) -> str:
            """Return the address with a choice added, or taken away when it is there."""
            keys = [*chosen.get(name, ())]
            keys.remove(key) if key in keys else keys.append(key)
            wanted = {**chosen, name: tuple(keys)}
            words = urlencode([(n, k) for n in wanted for k in wanted[n]])
            return f"browse.html?{words}" if words else "browse.html"

        def turned(number: int) -> str:
            return "browse.html?" + urlencode([*((n, k) for n in chosen for k in chosen[n]), ("page", str(number))])

        return self._render(
            "browse.html", path, taxa=shown, found=len(found), facets=facets, narrowed=narrowed, turned=turned,
            page=page, pages=pages if self.live else 1, any_chosen=bool(chosen), trees=self._trees,
        )  # fmt: skip

    def _search(self, path: str, query: Query) -> str:
        words = " ".join(query.get("q", ()))[:200] if self.live else ""
        hits = self.search.find(words, limit=50) if words.strip() else []
        return self._render("search.html", path, words=words, hits=hits)

    def _query(self, path: str, query: Query) -> str:
        return self._render("query.html", path, text=query.get("query", [_FIRST])[0], catalogue=self._catalogue)

    def _scheme(self, path: str) -> str | None:
        token = path.removeprefix("scheme/").removesuffix(".html")
        tree = read_tree(token, self.index)
        return self._render("scheme.html", path, tree=tree, title=tree.title) if tree else None

    def _paged(self, path: str, name: str, page: int) -> str | None:
        if name == "conflicts":
            names = self.overview.conflicts[(page - 1) * _CONFLICTS_PER_PAGE : page * _CONFLICTS_PER_PAGE]
            pages = math.ceil(len(self.overview.conflicts) / _CONFLICTS_PER_PAGE)
            shown = [read_conflict(self.reader, iri) for iri in names]
            found = bool(names) or page == 1
            return self._render("conflicts.html", path, conflicts=shown, page=page, pages=pages) if found else None
        kind = name.removeprefix("list/")
        entries = self.index.by_kind.get(kind, ())
        shown_entries = entries[(page - 1) * PER_PAGE : page * PER_PAGE]
        if not shown_entries:
            return None
        counts = [(entry, self._said(entry.iri) if kind == "source" else entry.claims) for entry in shown_entries]
        pages = math.ceil(len(entries) / PER_PAGE)
        return self._render("list.html", path, kind=kind, entries=counts, total=len(entries), page=page, pages=pages)

    def _thing(self, path: str) -> str | None:
        iri = self.address.iri(path.removesuffix(".html"))
        thing = read_thing(self.reader, iri, quotes=self._quotes, origin=self._origins.find(iri)) if iri else None
        if thing is None:
            return None
        return self._render(
            "thing.html", path, thing=thing, pictures=pictures_of(self.asker, thing.iri),
            local=self.address.local(thing.iri), structured=thing_data(thing, self.summary),
            said=self._said(iri), query=_query_for(thing),
        )  # fmt: skip

    def _kinds(self) -> list[tuple[str, int]]:
        return sorted(((kind, len(found)) for kind, found in self.index.by_kind.items()), key=lambda pair: -pair[1])

    def _said(self, source: str) -> int:
        return self.overview.by_source.get(source, 0)

    def _render(self, template: str, here: str, **values: Any) -> str:
        return self._templates.get_template(template).render(here=here, **values)


#: What the query page begins with.
_FIRST = """SELECT ?taxon (COUNT(?claim) AS ?claims) WHERE {
  ?claim wg:subject ?taxon .
  ?taxon a wg:Taxon .
}
GROUP BY ?taxon
ORDER BY DESC(?claims) ?taxon
LIMIT 20
"""
_PLURALS = {"taxon": "taxa"}


def _numbered(name: str, count: int, size: int) -> Iterator[str]:
    yield f"{name}.html"
    yield from (f"{name}-{number}.html" for number in range(2, math.ceil(count / size) + 1))


def _query_for(thing: Thing) -> str:
    """Return a query for what a page shows, to go on from."""
    if thing.kind in {"claim", "conflict", "evidence"}:
        return f"SELECT ?property ?value WHERE {{ <{thing.iri}> ?property ?value }}"
    role = "prov:hadPrimarySource" if thing.kind == "source" else "wg:subject|wg:object|wg:place|wg:actor"
    return (
        f"SELECT ?claim ?subject ?predicate ?object ?source WHERE {{\n  ?claim {role} <{thing.iri}> ;\n"
        "    wg:subject ?subject ; wg:predicate ?predicate ; prov:hadPrimarySource ?source .\n"
        "  OPTIONAL { ?claim wg:object ?object }\n}\nLIMIT 200"
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.globals |= {"to": _to, "linked": _linked}
    environment.filters["asked"] = lambda text: urlencode({"query": text})
    environment.filters["plural"] = _plural
    environment.filters["grouped"] = lambda number: f"{number:,}"
    return environment


def _plural(kind: str) -> str:
    """Return the words for many things of a kind: `taxon-group` becomes `taxon groups`."""
    types = vocabulary().entity_types
    word = types[kind].label if kind in types else kind
    return _PLURALS.get(word) or (f"{word}es" if word.endswith("s") else f"{word}s")


@jinja2.pass_context
def _to(context: jinja2.runtime.Context, path: str) -> str:
    """Return the link from the page that is being written to a path."""
    return relative(path, context["here"])


@jinja2.pass_context
def _linked(context: jinja2.runtime.Context, picture: Picture) -> Markup:
    """Return the SVG of a picture with links from the page that is being written to the pages of things."""
    address: Address = context["address"]
    pages = ((iri, address.page(iri)) for iri in picture.links)
    links = {iri: relative(page, context["here"]) for iri, page in pages if page}
    return Markup(picture.with_links(lambda iri: links.get(iri, "")))
