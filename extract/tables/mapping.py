"""Mappings: TOML files that say which columns become which entities, claims and facts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...ontology import vocabulary
from ...ontology.terms import NAMESPACES
from ..normalise import normalisers
from ..normalise.words import words_of
from ..problems import InputError, Problem, nearest
from .expression import Value, parse_value

__all__ = ["FOLDER", "Join", "Rule", "TableMapping", "read_mapping", "shipped_mappings"]

#: Where the mappings that wildgraph ships are.
FOLDER = Path(__file__).parent.parent / "mappings"

KINDS = ("entity", "facts", "claim")
#: Transforms that SQL does by itself; the others are normalisers and types of entities.
STEPS = (
    "iri", "join", "lower", "match", "other-than", "prefix", "replace", "split", "text", "trim", "upper", "without",
)  # fmt: skip
#: The fields of a rule that hold a value, by the kind of rule.
FIELDS = {
    "entity": ("id", "label"),
    "facts": ("subject",),
    "claim": (
        "subject", "object", "text", "quantity", "place", "when", "asserted", "life_stage", "sex", "season",
        "polarity", "certainty", "frequency", "timing", "scope", "severity", "stress", "cause", "mitigates",
        "authority", "count", "needs",
    ),
}  # fmt: skip
_PLAIN = (
    "from",
    "type",
    "predicate",
    "where",
    "unless",
    "properties",
    "distinct",
    "aggregate",
    "language",
    "unit",
    "interaction",
    "each",
)
_HEAD = ("title", "description", "format", "core", "language", "nulls", "join", *KINDS)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of row says: an entity, facts about one, or a claim.

    `table` is the role of the table. `fields` holds the values by name, `properties` the values of properties by
    prefixed name. A row takes part where each column of `where` has one of its texts and none of `unless`.
    """

    kind: str
    table: str
    type: str = ""
    predicate: str = ""
    fields: Mapping[str, Value] = field(default_factory=dict)
    properties: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    distinct: bool = False
    aggregate: bool = False
    language: str = ""
    unit: str = ""

    def values(self) -> Iterator[Value]:
        """Yield all values, of fields and of properties."""
        yield from self.fields.values()
        for values in self.properties.values():
            yield from values

    def alternatives(self) -> Iterator[tuple[str, ...]]:
        """Yield, for each value and condition, the columns one of which it needs; none where it has a text."""
        for value in self.values():
            literal = any(source.literal for source in value.sources)
            yield () if literal else tuple(source.text for source in value.sources)
        yield from ((name,) for name in (*self.where, *self.unless))

    def columns(self) -> set[str]:
        """Return the columns that the rule reads, whether or not they are there."""
        return {name for value in self.values() for name in value.columns} | set(self.where) | set(self.unless)


@dataclass(frozen=True, slots=True)
class Join:
    """Columns of another table put beside those of `table`, as `prefix` and their name, where `left` is its `right`."""

    table: str
    other: str
    left: str
    right: str
    prefix: str


@dataclass(frozen=True, slots=True)
class TableMapping:
    """A mapping of one format. `cores` are the roles of tables one of which must be there, `path` is its file.

    `nulls` are texts that stand for an empty cell.
    """

    name: str
    title: str
    format: str
    cores: tuple[str, ...]
    rules: tuple[Rule, ...]
    joins: tuple[Join, ...] = ()
    path: Path = Path()
    nulls: tuple[str, ...] = ()

    def missing(self, tables: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
        """Yield the tables and columns that the rules read and that are not there; of shipped mappings none.

        A shipped mapping names all that its format may have, a project's own what its author saw. Of alternatives
        one is enough.
        """
        if self.path.parent == FOLDER:
            return
        lines = self.path.read_text(encoding="utf-8-sig").splitlines()
        for table in sorted({rule.table for rule in self.rules} - tables.keys()):
            line = next((n for n, text in enumerate(lines, 1) if "from" in text and table in text), 0)
            fix = nearest(table, tables) or f"there are: {', '.join(tables)}"
            yield Problem(self.path.name, line, 1, "the source has no such table", table, fix, warning=True)
        wanted = {(rule.table, names) for rule in self.rules for names in rule.alternatives()}
        for table, names in sorted(wanted):
            if table in tables and names and not set(names) & tables[table].keys():
                line = next((n for n, text in enumerate(lines, 1) if names[0] in text), 0)
                known = [name for name in tables[table] if name != "_row"]
                fix = nearest(names[0], known) or f"there are: {', '.join(known)}"
                yield Problem(self.path.name, line, 1, f"{table} has no such column", names[0], fix, warning=True)

    @property
    def roles(self) -> frozenset[str]:
        """The tables it reads."""
        return frozenset(rule.table for rule in self.rules) | {join.other for join in self.joins}


def shipped_mappings() -> dict[str, Path]:
    """Return the mappings that wildgraph ships, by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}


def read_mapping(path: Path) -> TableMapping:
    """Read a mapping. Raises InputError with all that is wrong in it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (0, 0)
        problem = Problem(str(path), line, column, str(error).partition(" (at")[0], fix="see docs/tables.md")
        raise InputError([problem]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(path), 0, 0, f"cannot be read: {error}")]) from error
    reader = _Reader(str(path), text)
    rules = tuple(reader.rules(document))
    reader.head(document, rules)
    if reader.problems:
        raise InputError(reader.problems)
    cores = _texts(document.get("core", rules[0].table))
    title = str(document.get("title", path.stem))
    joins, nulls = tuple(reader.joins(document)), _texts(document.get("nulls", []))
    return TableMapping(path.stem, title, str(document["format"]), cores, rules, joins, path, nulls)


class _Reader:
    """Reads a mapping and keeps going, so that all problems come out at once."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.problems: list[Problem] = []

    def head(self, document: Mapping[str, Any], rules: tuple[Rule, ...]) -> None:
        for name in document:
            if name not in _HEAD:
                self.note(name, "unknown key", name, nearest(name, _HEAD))
        if not isinstance(document.get("format"), str):
            self.note("format", "the mapping lacks format", "", 'write format = "csv" or the like at its head')
        if not rules:
            self.note("", "the mapping has no rules", "", "add an [[entity]], [[facts]] or [[claim]]")

    def rules(self, document: Mapping[str, Any]) -> Iterator[Rule]:
        language = str(document.get("language", ""))
        for kind in KINDS:
            for table in document.get(kind, []):
                for entry in _interactions(table) if "interaction" in table else _each(table):
                    yield self.rule(kind, {"language": language, **entry})

    def joins(self, document: Mapping[str, Any]) -> Iterator[Join]:
        for table in document.get("join", []):
            names = ("from", "with", "left", "right", "prefix")
            yield Join(*(str(table.get(name, "")) for name in names))

    def rule(self, kind: str, table: Mapping[str, Any]) -> Rule:
        known = vocabulary()
        for name in table:
            if name not in {*FIELDS[kind], *_PLAIN}:
                self.note(name, f"unknown key in [[{kind}]]", name, nearest(name, [*FIELDS[kind], *_PLAIN]))
        needed = {"entity": ("from", "type", "id"), "facts": ("from", "subject"), "claim": ("from", "predicate")}[kind]
        for name in needed:
            if not table.get(name):
                self.note(f"[[{kind}]]", f"a rule lacks {name}", "", f'add {name} = "..."')
        if kind == "entity" and table.get("type") not in known.entity_types:
            self.note("type", "unknown type of entity", str(table.get("type")), ", ".join(known.entity_types))
        if kind == "claim" and table.get("predicate") not in known.predicates:
            name = str(table.get("predicate"))
            self.note(name, "unknown predicate", name, nearest(name, known.predicates))
        return Rule(
            kind=kind,
            table=str(table.get("from", "")),
            type=str(table.get("type", "")),
            predicate=str(table.get("predicate", "")),
            fields={n: v for n in FIELDS[kind] if n in table and (v := self.value(str(table[n])))},
            properties=dict(self.properties(table.get("properties", {}))),
            where={k: _texts(v) for k, v in table.get("where", {}).items()},
            unless={k: _texts(v) for k, v in table.get("unless", {}).items()},
            distinct=bool(table.get("distinct", False)),
            aggregate=bool(table.get("aggregate", False)),
            language=str(table.get("language", "")),
            unit=str(table.get("unit", "")),
        )

    def properties(self, table: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Value, ...]]]:
        for name, texts in table.items():
            prefix = name.partition(":")[0]
            if prefix not in NAMESPACES:
                self.note(name, "unknown prefix", name, nearest(prefix, NAMESPACES) or ", ".join(NAMESPACES))
                continue
            values = tuple(v for text in _texts(texts) if (v := self.value(text)))
            yield name, values

    def value(self, text: str) -> Value | None:
        try:
            value = parse_value(text)
        except ValueError as error:
            self.note(text, str(error), text, "see docs/tables.md for how values are written")
            return None
        known = [*STEPS, *normalisers(), *vocabulary().entity_types]
        for transform in value.transforms:
            if transform.name not in known:
                self.note(text, "unknown transform", transform.name, nearest(transform.name, known) or ", ".join(known))
            for scheme in transform.arguments if transform.name in {"code", "code-or-wider", "label-of"} else ():
                if scheme.text not in vocabulary().schemes:
                    self.note(text, "unknown scheme", scheme.text, nearest(scheme.text, vocabulary().schemes))
        return value

    def note(self, needle: str, message: str, value: str, fix: str) -> None:
        line = next((n for n, row in enumerate(self.lines, 1) if needle and needle in row), 1)
        self.problems.append(Problem(self.path, line, 1, message, value, fix))


def _interactions(table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a rule for each predicate that the words of a column of interactions may mean, either way round."""
    column = str(table["interaction"])
    both = {"subject": table.get("subject", ""), "object": table.get("object", "")}
    turned = {"subject": both["object"], "object": both["subject"]}
    words = {"wg:characteristic": column, **table.get("properties", {})}
    for result in sorted(set(words_of("interaction"))):
        sides = turned if result.startswith("-") else both
        needs = f"{column} -> interaction-is('{result}')"
        rest = {name: value for name, value in table.items() if name != "interaction"}
        yield {**rest, **sides, "predicate": result.lstrip("-"), "needs": needs, "properties": words}


def _each(table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a rule for each of the columns that `each` lists, whose name takes the place of {} in its values."""
    rest = {name: value for name, value in table.items() if name != "each"}

    def put(value: Any, column: str) -> Any:
        if isinstance(value, dict):
            return {put(name, column): put(entry, column) for name, entry in value.items()}
        if isinstance(value, list):
            return [put(entry, column) for entry in value]
        return value.replace("{}", column) if isinstance(value, str) else value

    yield from (put(rest, column) for column in _texts(table["each"])) if "each" in table else [rest]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)
