"""The values of a mapping as SQL over one table: columns, transforms, look-ups and references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...extract.tables.expression import Argument, Transform, Value
from ...extract.tables.mapping import STEPS
from ...ontology import Vocabulary
from ..identify import Names
from . import terms
from .plan import Lookup

__all__ = ["PARTS", "Cell", "Columns", "Context"]

#: Further columns of a look-up: days of a date; bounds, hedge, wording and excluded bounds of a quantity.
PARTS = ("start", "finish", "lower", "upper", "hedge", "wording", "flags")
#: Column types of an engine that are whole numbers, whose text needs no escaping.
_WHOLE = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER", "INT", "LONG")
#: A column of the table itself.
_COLUMN = re.compile(r't\."[^"]+"')
_TEXTS = ("VARCHAR", "STRING", "TEXT")
#: Such a column as text.
_CAST = re.compile(r'^CAST\((t\."[^"]+") AS VARCHAR\)$')


@dataclass(frozen=True, slots=True)
class Context:
    """What a compiled mapping must know of its project and of the source that the tables are."""

    names: Names
    source: str
    language: str
    title: str
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as SQL: `text` as it counts for identity, `term` in N-Triples form; both NULL where there is none.

    `parts` are further columns of a look-up, whose term may be NULL where its text is not. `entity` is the type and SQL
    key of a reference. For less than the text itself, `known` is NULL where it is and `same` equal where it is.
    """

    text: str
    term: str
    parts: Mapping[str, str] = field(default_factory=dict)
    entity: tuple[str, str] | None = None
    known: str = ""
    same: str = ""

    @property
    def filled(self) -> str:
        """The condition, as SQL, that there is a value."""
        return f"{_uncast(self.known or self.text)} IS NOT NULL"


class Columns:
    """Compiles the values of one rule; keeps the look-ups and splits that its query must join."""

    def __init__(self, context: Context, table: str, columns: Mapping[str, str], lookups: list[Lookup]) -> None:
        self.context = context
        self.table = table
        self.columns = columns
        self.lookups = lookups
        self.joins: list[str] = []
        self._computed: dict[str, str] = {}

    def cell(self, value: Value | None) -> Cell | None:
        """Return a value as SQL, or None when none of its columns is there."""
        if value is None or (text := self._first(value.sources)) is None:
            return None
        plain = self._whole(value.sources)
        for number, transform in enumerate(value.transforms):
            rest = value.transforms[number + 1 :]
            if transform.name in self.context.vocabulary.entity_types or transform.name == "source":
                return self._reference(transform, text, plain)
            if transform.name == "text":
                return self._words(transform, text)
            if transform.name == "iri":
                return Cell(text, terms.web_iri(text))
            if transform.name in STEPS:
                text, plain = self._step(transform, text), False
                continue
            found = self._lookup(transform, text)
            if not rest:
                return found
            text, plain = found.text, False
        if plain:
            term = f"""chr(34) || {text} || '"^^<http://www.w3.org/2001/XMLSchema#integer>'"""
            return Cell(text, term, same=_uncast(text))
        return Cell(text, f"chr(34) || {self.escaped(text)} || chr(34)")

    def entity(self, value: Value, kind: str) -> Cell:
        """Return a value as the IRI of an entity of a kind. The value must be there."""
        named = value if value.transforms and value.transforms[-1].name == kind else None
        made = self.cell(named or Value(value.sources, (*value.transforms, Transform(kind))))
        assert made is not None
        return made

    def key(self, value: Value) -> str | None:
        """Return a value as text in SQL, without what its transforms make of it in RDF."""
        return self._first(value.sources)

    def label(self, value: Value, language: str) -> str:
        """Return a value as a literal in a language: its own `text(...)`, else the given one, else the project's."""
        if not any(transform.name == "text" for transform in value.transforms):
            tag = (Argument(language, literal=True),) if language else ()
            value = Value(value.sources, (*value.transforms, Transform("text", tag)))
        made = self.cell(value)
        assert made is not None
        return made.term

    def text(self, name: str) -> str | None:
        """Return a column as text in SQL, or None when it is not there."""
        if name not in self.columns:
            return None
        reference = terms.column(name)
        kind = self.columns[name].upper()
        return reference if kind.startswith(_TEXTS) else f"CAST({reference} AS VARCHAR)"

    def condition(self, where: Mapping[str, tuple[str, ...]], unless: Mapping[str, tuple[str, ...]]) -> list[str]:
        """Return the conditions that a row must meet, as SQL; `1 = 0` where a needed column is not there."""
        found = []
        for name, texts in where.items():
            column = self.text(name)
            if column is None:
                found.extend([] if "" in texts else ["1 = 0"])
            else:
                found.append(f"COALESCE(lower({column}), '') IN ({_listed(texts)})")
        for name, texts in unless.items():
            if (column := self.text(name)) is not None:
                found.append(f"COALESCE(lower({column}), '') NOT IN ({_listed(texts)})")
        return found

    def escaped(self, text: str) -> str:
        """Return SQL for a text as it stands in a literal; that of a column is made once, however often it is used."""
        if not _COLUMN.fullmatch(text):
            return terms.escaped(text)
        made = terms.escaped(text)
        known = next((alias for alias, sql in self._computed.items() if sql == made), "")
        alias = known or f"_escaped{len(self._computed)}"
        self._computed[alias] = made
        return f"t.{alias}"

    def source(self, distinct: Iterable[str] = ()) -> str:
        """Return what stands after FROM: the table as `t`, with splits unrolled and look-ups joined.

        Of rows that are the same in the columns of `distinct`, only the first is there, and nothing but these columns.
        """
        inner = f'"{self.table}"'
        if names := ", ".join(map(terms.identifier, sorted(distinct))):
            inner = f"(SELECT min(_row) AS _row, {names} FROM {inner} GROUP BY {names})"
        for alias, sql in self._computed.items():
            inner = f"(SELECT *, {sql} AS {alias} FROM {inner} AS t)"
        return f"{inner} AS t {' '.join(self.joins)}"

    def _first(self, sources: Iterable[Argument]) -> str | None:
        found = [terms.quote(s.text) if s.literal else self.text(s.text) for s in sources]
        there = [sql for sql in found if sql is not None]
        if not there:
            return None
        return there[0] if len(there) == 1 else f"COALESCE({', '.join(there)})"

    def _whole(self, sources: Iterable[Argument]) -> bool:
        kinds = [self.columns.get(s.text, "").upper() for s in sources if not s.literal and s.text in self.columns]
        return bool(kinds) and all(kind.startswith(_WHOLE) for kind in kinds)

    def _reference(self, transform: Transform, key: str, plain: bool) -> Cell:
        kind = transform.name
        scope = transform.argument()
        space = scope.text if scope else self.context.source
        prefix = self.context.names.entity(kind, f"{space}/")
        term = terms.reference(prefix, key, plain=plain)
        entity, same = None if scope else (kind, key), _uncast(key) if plain else key
        return Cell(f"{terms.quote(space + '/')} || {key}", term, entity=entity, known=key, same=same)

    def _words(self, transform: Transform, text: str) -> Cell:
        there = (a for a in transform.arguments if a.literal or a.text in self.columns)
        argument = next(there, transform.argument())
        language: str | None = terms.quote(self.context.language)
        if argument and argument.literal:
            language = terms.quote(argument.text or self.context.language)
        elif argument:
            language = self.text(argument.text)
            if language is not None:
                language = f"COALESCE({self._lookup(Transform('language'), language).text}, 'und')"
        tag = language or terms.quote("und")
        quoted = f"chr(34) || {self.escaped(text)} || concat(chr(34), '@') || {tag}"
        # the language of the whole project is no part of what a text says
        usual = argument is not None and argument.literal and not argument.text
        return Cell(text if usual else f"{text} || '@' || {tag}", quoted, known=text)

    def _step(self, transform: Transform, text: str) -> str:
        argument = transform.argument()
        first = "" if argument is None else argument.text
        if transform.name == "without":
            ending = self.text(first)
            if ending is None:
                return text
            cut = f"trim(left({text}, length({text}) - length({ending})))"
            ends = f"{ending} IS NOT NULL AND right({text}, length({ending})) = {ending}"
            return f"CASE WHEN {ends} THEN NULLIF({cut}, '') ELSE {text} END"
        if transform.name == "split":
            return self._split(text, first or "|")
        if transform.name == "match":
            return f"NULLIF(regexp_extract({text}, {terms.quote(first)}, 1), '')"
        if transform.name == "other-than":
            others = [t for a in transform.arguments if (t := self.text(a.text))]
            return f"NULLIF({text}, COALESCE({', '.join(others)}))" if others else text
        if transform.name == "prefix":
            return f"{terms.quote(first)} || {text}"
        if transform.name == "replace":
            second = transform.argument(1)
            return f"replace({text}, {terms.quote(first)}, {terms.quote(second.text if second else '')})"
        if transform.name == "join":
            others = [t for a in transform.arguments if (t := terms.quote(a.text) if a.literal else self.text(a.text))]
            return " || ".join([text, *(f"COALESCE({other}, '')" for other in others)])
        return f"{transform.name}({text})"

    def _split(self, text: str, separator: str) -> str:
        # values of one rule that split the same text speak of the same item of it
        # and a row without the text stays: it may say something all the same
        made = f"unnest(string_split(COALESCE({text}, ''), {terms.quote(separator)}))"
        known = next((alias for alias, sql in self._computed.items() if sql == made), "")
        alias = known or f"_item{len(self._computed)}"
        self._computed[alias] = made
        return f"NULLIF(trim(t.{alias}), '')"

    def _lookup(self, transform: Transform, text: str) -> Cell:
        arguments = tuple(a.text for a in transform.arguments)
        # only a value that comes out of another look-up or a split needs more than the table itself
        inner = any(mark in text for mark in ("t._item", *(f"l{n}." for n in range(len(self.joins)))))
        source = self.source() if inner else f'"{self.table}" AS t'
        values_sql = f"SELECT DISTINCT {text} AS value FROM {source} WHERE {text} IS NOT NULL"
        known = next(
            (
                k
                for k in self.lookups
                if (k.values_sql, k.transform, k.arguments) == (values_sql, transform.name, arguments)
            ),
            None,
        )
        if known is None:
            rows_sql = f"SELECT t._row AS _row, {text} AS value FROM {source} WHERE {text} IS NOT NULL"
            name, shown = f"lookup_{len(self.lookups)}", self._shown(text)
            known = Lookup(name, self.table, shown, transform.name, arguments, values_sql, rows_sql)
            self.lookups.append(known)
        alias = f"l{len(self.joins)}"
        self.joins.append(f"LEFT JOIN {known.name} AS {alias} ON {alias}.value = {text}")
        parts = {name: f"{alias}.{name}" for name in PARTS}
        return Cell(f"NULLIF({alias}.result, '')", f"{alias}.term", parts)

    def _shown(self, text: str) -> str:
        """Return the first column that an expression reads, which is how findings name it."""
        text += "".join(sql for alias, sql in self._computed.items() if f"t.{alias}" in text)
        return next((name for name in self.columns if terms.column(name) in text), "")


def _uncast(text: str) -> str:
    """Return the column that SQL makes text of, which says as much for less; other SQL as it is."""
    return _CAST.sub(r"\1", text)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(terms.quote(text.lower()) for text in texts)
