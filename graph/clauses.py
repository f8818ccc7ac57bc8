"""Clauses: what a query says of its dataset, and values put into its pattern, without running it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from .service import read_words

__all__ = ["has_dataset", "with_values"]


def has_dataset(query: str) -> bool:
    """Whether a query says with FROM which graphs it is about."""
    # A quick look first: few queries have the word at all.
    return "from" in query.lower() and any(
        word.kind == "word" and word.text.upper() == "FROM" for word in read_words(query)
    )


def with_values(query: str, values: Mapping[str, str]) -> str:
    """Return a query with a VALUES for each variable, given with its term, at the head of each WHERE.

    >>> with_values("SELECT * WHERE { ?s a ?kind }", {"kind": "<http://e.org/A>"})
    'SELECT * WHERE { VALUES ?kind { <http://e.org/A> } ?s a ?kind }'
    """
    words = read_words(query)
    texts = [word.text.upper() for word in words]
    if "CONSTRUCT" in texts and "WHERE" in texts and "{" not in texts[: texts.index("WHERE")]:
        return query  # CONSTRUCT WHERE { ... } takes nothing but triples
    places = [brace.end for word, brace in pairwise(words) if word.text.upper() == "WHERE" and brace.text == "{"]
    if not places and "CONSTRUCT" not in texts:
        places = [word.end for word in words if word.text == "{"][:1]
    lines = "".join(f" VALUES ?{name} {{ {term} }}" for name, term in sorted(values.items()))
    for place in reversed(places):
        query = query[:place] + lines + query[place:]
    return query
