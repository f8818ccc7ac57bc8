"""Clauses: what a query says of its dataset, and values put into its pattern, without running it."""

from __future__ import annotations

from collections.abc import Mapping

from .service import read_words

__all__ = ["has_dataset", "with_values"]


def has_dataset(query: str) -> bool:
    """Whether a query says with FROM which graphs it is about."""
    return any(word.kind == "word" and word.text.upper() == "FROM" for word in read_words(query))


def with_values(query: str, values: Mapping[str, str]) -> str:
    """Return a query with a VALUES for each variable, given with its term, at the head of its pattern.

    >>> with_values("SELECT * WHERE { ?s a ?kind }", {"kind": "<http://e.org/A>"})
    'SELECT * WHERE { VALUES ?kind { <http://e.org/A> } ?s a ?kind }'
    """
    words = read_words(query)
    starts = [n for n, word in enumerate(words) if word.text.upper() == "WHERE"]
    after = words[starts[0] :] if starts else words
    brace = next((word for word in after if word.text == "{"), None)
    if brace is None or (not starts and any(word.text.upper() == "CONSTRUCT" for word in words)):
        return query
    lines = "".join(f" VALUES ?{name} {{ {term} }}" for name, term in sorted(values.items()))
    return query[: brace.end] + lines + query[brace.end :]
