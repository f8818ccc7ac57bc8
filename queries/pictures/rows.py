"""The claims a picture is drawn from: one entry a claim, the values under the names the picture gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from ...ontology import vocabulary
from ...ontology.terms import Term, expand, shorten
from ..ask import Asker

__all__ = ["AT_ONCE", "Entry", "claims", "first", "joined", "labels_of", "pairs", "words_of"]

#: The values of a claim by name; those of `claim` are its own IRI.
Entry = dict[str, list[Term]]

#: How many claims about a thing are read at once and kept for the next picture; of more, only the kind that is drawn.
AT_ONCE = 1500


def claims(
    asker: Asker, iri: str, kind: str, fields: Mapping[str, str], *, role: str = "wg:subject", current: bool = False
) -> list[Entry]:
    """Return the claims of a class that name a thing in a role, in order of their IRIs; those that deny are left out.

    `fields` says which property's values stand under which name; a name that ends in `!` is one that a claim must have.
    `current` leaves out what was deprecated.
    """
    graph, named, of_kind = asker.graph, expand(role), expand(kind)
    nodes = graph.nodes(named, iri, most=AT_ONCE)
    if nodes is None:
        nodes = graph.nodes(named, iri, type=of_kind) or {}
    wanted = [(name.removesuffix("!"), name.endswith("!"), expand(prefixed)) for name, prefixed in fields.items()]
    entries = []
    for claim, said in nodes.items():
        if not _has(said, "rdf:type", of_kind) or _has(said, "wg:polarity", _concept("polarity-1.0", "negated")):
            continue
        if current and _has(said, "wg:rank", _concept("claim-rank-1.0", "deprecated")):
            continue
        if all(said.get(prop) for _, needed, prop in wanted if needed):
            values = {name: list(said.get(prop, ())) for name, _, prop in wanted}
            entries.append({"claim": [Term("iri", claim)], **values})
    return entries


def pairs(entries: Iterable[Entry], one: str, other: str) -> list[tuple[str, str]]:
    """Return each value under a name with each under another, sorted."""
    return sorted({(a.text, b.text) for entry in entries for a in entry[one] for b in entry[other]})


def labels_of(asker: Asker, entries: Iterable[Entry]) -> dict[str, str]:
    """Return the labels of all IRIs in entries but the claims themselves."""
    lists = (terms for entry in entries for name, terms in entry.items() if name != "claim")
    return asker.graph.labels({term.text for terms in lists for term in terms if term.kind == "iri"})


def words_of(entry: Entry, labels: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what a person reads for the values of an entry, sorted."""
    return {name: sorted(labels.get(t.text) or shorten(t.text) for t in terms) for name, terms in entry.items()}


def joined(words: Iterable[str]) -> str:
    """Return words as a list in a sentence."""
    return ", ".join(words)


def first(terms: list[Term]) -> Term | None:
    """Return the first of the values, None where there is none."""
    return terms[0] if terms else None


def _has(said: Mapping[str, Sequence[Term]], name: str, value: str) -> bool:
    return any(term.text == value for term in said.get(expand(name), ()))


@cache
def _concept(scheme: str, name: str) -> str:
    return vocabulary().schemes[scheme].concepts[name].iri
