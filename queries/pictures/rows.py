"""What a query found, one entry a claim, with words for its IRIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...ontology.terms import Term, shorten
from ..ask import Asker

__all__ = ["first", "grouped", "joined", "labels_of", "pairs", "words_of"]


def grouped(asker: Asker, query: str, bindings: Mapping[str, Term]) -> list[dict[str, list[Term]]]:
    """Return the values of each column for each value of the first: a claim with two places is one entry with both."""
    variables = " ".join(f"?{name}" for name in bindings)
    text = query.replace("WHERE {", f"{variables} WHERE {{", 1)
    found = asker.graph.select(text, bindings)
    entries: dict[Term, dict[str, list[Term]]] = {}
    for row in found.rows:
        if row[0] is None:
            continue
        entry = entries.setdefault(row[0], {name: [] for name in found.columns})
        for name, value in zip(found.columns, row, strict=True):
            if value is not None and value not in entry[name]:
                entry[name].append(value)
    return [entries[key] for key in sorted(entries, key=lambda term: term.text)]


def pairs(asker: Asker, query: str, bindings: Mapping[str, Term]) -> list[tuple[str, str]]:
    """Return the distinct pairs of the first two columns, sorted."""
    variables = " ".join(f"?{name}" for name in bindings)
    rows = asker.graph.select(query.replace("WHERE {", f"{variables} WHERE {{", 1), bindings).rows
    return sorted({(row[0].text, row[1].text) for row in rows if row[0] and row[1]})


def labels_of(asker: Asker, entries: Iterable[Mapping[str, list[Term]]]) -> dict[str, str]:
    """Return the labels of all IRIs in entries but the first of each, the claim itself."""
    lists = (terms for entry in entries for terms in list(entry.values())[1:])
    return asker.graph.labels({term.text for terms in lists for term in terms if term.kind == "iri"})


def words_of(entry: Mapping[str, list[Term]], labels: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what a person reads for the values of an entry, sorted."""
    return {name: sorted(labels.get(t.text) or shorten(t.text) for t in terms) for name, terms in entry.items()}


def joined(words: Iterable[str]) -> str:
    """Return words as a list in a sentence."""
    return ", ".join(words)


def first(terms: list[Term]) -> Term | None:
    """Return the first of the values, None where there is none."""
    return terms[0] if terms else None
