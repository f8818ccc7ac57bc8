"""Addresses: which page shows an IRI, and how one page links to another from any place on any host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from ...ontology import vocabulary

__all__ = ["DATA_SUFFIXES", "Address", "relative"]

#: The files beside the page of a thing, by suffix, with the name of their syntax.
DATA_SUFFIXES = {".ttl": "turtle", ".jsonld": "jsonld", ".nt": "ntriples", ".json": "json"}

#: What follows the base in the IRI of a thing: its type, then its name, with nothing a file system could stumble on.
_LOCAL = re.compile(r"[a-z][a-z-]*(?:/(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f\x7f#?]{1,200})+")
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]*")


@dataclass(frozen=True, slots=True)
class Address:
    """The pages of a dataset whose IRIs start with `base`."""

    base: str

    def local(self, iri: str) -> str:
        """Return what names a thing within the dataset, `taxon/amur-leopard`; empty for what has no page."""
        name = iri.removeprefix(self.base) if iri.startswith(self.base) else ""
        return name if _LOCAL.fullmatch(name) else ""

    def page(self, iri: str) -> str:
        """Return the path of the page that shows an IRI, with a fragment for a concept; empty when there is none."""
        if local := self.local(iri):
            return f"{local}.html"
        scheme, _, notation = _concepts().get(iri, "").partition(":")
        if scheme:
            return f"scheme/{scheme}.html" + (f"#{notation}" if notation else "")
        return ""

    def iri(self, local: str) -> str:
        """Return the IRI of a thing by its local name; empty when no thing can be called so."""
        return self.base + local if _LOCAL.fullmatch(local) else ""


def relative(path: str, here: str) -> str:
    """Return a link from the page `here` to `path`, both counted from the front page, quoted for HTML attributes.

    >>> relative("threat/forest-fire.html", "taxon/leopard.html")
    '../threat/forest-fire.html'
    >>> relative("index.html#claims", "taxon/leopard.html")
    '../index.html#claims'
    """
    path, mark, fragment = path.partition("#")
    path, ask, query = path.partition("?")
    # Up to the front page and down again: a page has hundreds of links, and relpath takes its time.
    link = "../" * here.count("/") + _quoted(path)
    return f"{link or './'}{ask}{query}{mark}{quote(fragment, safe='-._~!$()*,;=:@/') if fragment else ''}"


def _quoted(path: str) -> str:
    return path if _PLAIN.fullmatch(path) else quote(path, safe="/-._~!$'()*,;=@")


@cache
def _concepts() -> dict[str, str]:
    """Return `scheme:notation` by the IRI of a concept, and `scheme` by that of a scheme."""
    schemes = vocabulary().schemes
    concepts = {c.iri: f"{token}:{n}" for token, scheme in schemes.items() for n, c in scheme.concepts.items()}
    return concepts | {scheme.iri: token for token, scheme in schemes.items()}
