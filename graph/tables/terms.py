"""RDF terms in SQL: expressions that turn a column into its N-Triples form, the same on DuckDB and on Spark.

Only functions that both engines have and answer alike are used, but for two that each engine must be taught (see
`MACROS` for DuckDB): `wg_encode`, percent-encoding of UTF-8 (RFC 3986), and `wg_escape`, which escapes what may not
stand in a literal. Text in SQL has no backslash, which Spark would read as an escape: chr(92) stands for it.
"""

from __future__ import annotations

from ..quads import iri as term_iri

__all__ = [
    "ESCAPE",
    "MACROS",
    "SPECIAL",
    "UNSAFE",
    "column",
    "encoded",
    "escaped",
    "identifier",
    "optional_line",
    "quote",
    "reference",
    "web_iri",
]

#: Characters of a literal that N-Triples escapes by a letter, and all other controls (by number).
_LETTERS = {10: "n", 13: "r", 9: "t"}
_CONTROLS = [n for n in (*range(1, 32), 127) if n not in _LETTERS]
#: SQL for a class of characters: those that are escaped. Most texts have none of them and go through untouched.
SPECIAL = f"concat('[', chr(92), chr(92), chr(34), {', '.join(f'chr({n})' for n in (*_LETTERS, *_CONTROLS))}, ']')"
_BACKSLASH = "chr(92)"


#: SQL for a class of characters: those that are percent-encoded in the path of an IRI.
UNSAFE = "'[^A-Za-z0-9._~:@/-]'"


def _escape() -> str:
    """Return SQL for `x` escaped."""
    some = "replace(replace(x, chr(92), chr(92) || chr(92)), chr(34), chr(92) || chr(34))"
    for code, letter in _LETTERS.items():
        some = f"replace({some}, chr({code}), chr(92) || '{letter}')"
    # One more test keeps thirty replacements from running on each quotation mark.
    rare, every = f"concat('[', {', '.join(f'chr({n})' for n in _CONTROLS)}, ']')", some
    for code in _CONTROLS:
        every = f"replace({every}, chr({code}), concat(chr(92), 'u{code:04X}'))"
    nested = f"CASE WHEN regexp_matches(x, {rare}) THEN {every} ELSE {some} END"
    return f"CASE WHEN regexp_matches(x, {SPECIAL}) THEN {nested} ELSE x END"


#: What `wg_escape(x)` stands for.
ESCAPE = _escape()
#: SQL that is false for an `x` without special characters. DuckDB finds them with its writer of JSON (RFC 8259), which
#: escapes all but DEL, in a third of the time of a regular expression, and once for each text of a dictionary.
_JSON_ESCAPES = "(strlen(to_json(x)) > strlen(x) + 2 OR contains(x, chr(127)))"
_ENCODE = "replace(replace(replace(url_encode(x), '%3A', ':'), '%40', '@'), '%2F', '/')"
#: What a DuckDB connection needs before compiled SQL runs on it.
MACROS = (
    f"CREATE OR REPLACE MACRO wg_encode(x) AS CASE WHEN url_encode(x) <> x THEN {_ENCODE} ELSE x END",
    f"CREATE OR REPLACE MACRO wg_escape(x) AS CASE WHEN {_JSON_ESCAPES} THEN {ESCAPE} ELSE x END",
)


def quote(text: str) -> str:
    """Return a text as a literal of SQL."""
    pieces = "'" + text.replace("'", "''") + "'"
    if "\\" in text:
        pieces = f"concat({pieces})".replace("\\", f"', {_BACKSLASH}, '")
    return pieces


def column(name: str, table: str = "t") -> str:
    """Return a column of a table as SQL."""
    return f"{table}.{identifier(name)}"


def identifier(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def escaped(text: str) -> str:
    """Return SQL for a text with what may not stand in a literal escaped."""
    return f"wg_escape({text})"


def encoded(text: str) -> str:
    """Return SQL for a text that may stand in the path of an IRI: what may not is percent-encoded."""
    return f"wg_encode({text})"


def reference(prefix: str, key: str, *, plain: bool = False) -> str:
    """Return SQL for an IRI made of a fixed start and a key, NULL without a key.

    A `plain` key, which is a whole number, needs no encoding.
    """
    start = term_iri(prefix)[:-1]
    return f"{quote(start)} || {key if plain else encoded(key)} || '>'"


def web_iri(text: str) -> str:
    """Return SQL for a text as an IRI where it is one, and as a plain literal where it is not: nothing is lost."""
    part = "([A-Za-z0-9._~:/@!$&()*+,;=-]|%[0-9A-Fa-f][0-9A-Fa-f])*"
    web = f"(https?|ftp)://[A-Za-z0-9._~-]+(:[0-9]+)?([/]{part})?([?]{part})?(#{part})?"
    other = f"(urn|doi|info|lsid|tag|mailto|geo):{part}"
    pattern = quote(f"^({web}|{other})$")
    literal = f"chr(34) || {escaped(text)} || chr(34)"
    return f"CASE WHEN regexp_matches({text}, {pattern}) THEN '<' || {text} || '>' ELSE {literal} END"


def optional_line(subject: str, predicate: str, term: str, graph: str) -> str:
    """Return SQL for one more line of a block, or an empty text where the term is NULL."""
    middle, end = quote(f" {predicate} "), quote(f" {graph} .")
    # one concat() makes one copy where a chain of || makes four
    return f"CASE WHEN {term} IS NULL THEN '' ELSE concat(chr(10), {subject}, {middle}, {term}, {end}) END"
