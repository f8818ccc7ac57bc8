"""Clauses: what a SPARQL query names outside its patterns, datasets and services, found without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

__all__ = ["has_dataset", "services", "with_values"]

#: The parts of a query that matter here (SPARQL 1.1, 19.8): what is skipped as a whole, then names and words.
_PART = re.compile(
    r"""
      (?P<skipped> \#[^\n\r]* | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3} | "{3}(?:"{0,2}(?:[^"\\]|\\.))*"{3}
                 | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*" | [?$@]\w+ )
    | (?P<iri> <[^<>"{}|^`\s]*> )
    | (?P<name> (?:[^\W\d_][\w.-]*)?:(?:[\w.:-]|%[0-9A-Fa-f]{2}|\\.)* )
    | (?P<word> \w+ )
    | (?P<other> \S )
    """,
    re.VERBOSE | re.DOTALL,
)


def has_dataset(query: str) -> bool:
    """Whether a query says with FROM which graphs it is about."""
    return any(kind == "word" and text.upper() == "FROM" for kind, text in _parts(query))


def services(query: str, prefixes: Mapping[str, str]) -> list[str]:
    """Return the IRI of each SERVICE of a query, empty for one that cannot be told, a variable for example.

    >>> services("PREFIX e: <http://e.org/> SELECT * { SERVICE SILENT e:sparql { ?s ?p ?o } }", {})
    ['http://e.org/sparql']
    """
    if not re.search("service", query, re.IGNORECASE):
        return []
    known = dict(prefixes)
    found = []
    parts = [*_parts(query), ("other", "")]
    for place, (kind, text) in enumerate(parts[:-1]):
        following = parts[place + 1 : place + 3]
        if kind == "word" and text.upper() == "PREFIX" and [k for k, _ in following] == ["name", "iri"]:
            known[following[0][1].rstrip(":")] = following[1][1][1:-1]
        if kind == "word" and text.upper() == "SERVICE":
            after = parts[place + 2 if following[0][1].upper() == "SILENT" else place + 1]
            found.append(_iri(*after, known))
    return found


def with_values(query: str, values: Mapping[str, str]) -> str:
    """Return a query with a VALUES for each variable, given with its term, at the head of its pattern.

    >>> with_values("SELECT * WHERE { ?s a ?kind }", {"kind": "<http://e.org/A>"})
    'SELECT * WHERE { VALUES ?kind { <http://e.org/A> } ?s a ?kind }'
    """
    words = [m for m in _PART.finditer(query) if m.lastgroup in {"word", "other"} or m[0][0] in "?$"]
    starts = [n for n, match in enumerate(words) if match[0].upper() == "WHERE"]
    after = words[starts[0] :] if starts else words
    brace = next((match for match in after if match[0] == "{"), None)
    if brace is None or (not starts and any(match[0].upper() == "CONSTRUCT" for match in words)):
        return query
    lines = "".join(f" VALUES ?{name} {{ {term} }}" for name, term in sorted(values.items()))
    return query[: brace.end()] + lines + query[brace.end() :]


def _iri(kind: str, text: str, prefixes: Mapping[str, str]) -> str:
    if kind == "iri":
        return text[1:-1]
    prefix, colon, local = text.partition(":")
    return prefixes[prefix] + local if kind == "name" and colon and prefix in prefixes else ""


def _parts(query: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text of each part that is not skipped; a variable counts as other."""
    for match in _PART.finditer(query):
        kind = match.lastgroup or ""
        if kind == "skipped" and match[0][0] in "?$":
            yield "other", match[0]
        elif kind != "skipped":
            yield kind, match[0]
