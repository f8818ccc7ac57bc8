"""A compiled mapping: the SQL that turns tables into lines of N-Quads, and what must be looked up for it.

Whoever runs a plan gives each table of it as a view of its role's name, whose cells are trimmed texts (or numbers of
Parquet) with NULL for empty ones and a unique whole number `_row`, and each lookup as a table of its name with the
columns `value`, `result`, `term` and those of its `parts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["KeyOf", "Lookup", "Plan", "Reference", "Select"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Values that are too odd for SQL: `values_sql` yields the distinct ones, which Python normalises once each."""

    name: str
    table: str
    column: str
    transform: str
    arguments: tuple[str, ...]
    values_sql: str
    rows_sql: str


@dataclass(frozen=True, slots=True)
class Select:
    """One query whose column `block` is one or more whole lines of N-Quads, without the last line end.

    `identity_sql` yields, for each row, the columns that make its block one of a kind. Where two rows have the same,
    `distinct_sql` (a line a row, sorted) takes the place of `sql`; an empty `identity_sql` says that no two can, once
    duplicates were rejected. `rows_sql` yields the `_row` of each row that says something here. `graph` is `source` or
    `derived`. Of a `by_row` one, `sql` makes a block of each row by itself.
    """

    name: str
    table: str
    graph: str
    sql: str
    identity_sql: str
    distinct_sql: str
    rows_sql: str
    claims: bool = False
    by_row: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """That rows of a table refer, by `key_sql` (over `source_sql`), to entities of a type.

    A row whose `required` one is not there is of no use; any other reference that leads nowhere is kept and reported.
    """

    table: str
    type: str
    key_sql: str
    field: str
    required: bool
    source_sql: str
    where_sql: str


@dataclass(frozen=True, slots=True)
class KeyOf:
    """The key, as SQL over `source_sql`, by which a rule's entities are known; `unique` when a row is an entity."""

    table: str
    key_sql: str
    source_sql: str
    unique: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a mapping comes to for the tables at hand.

    `unmapped` has, for each table, the columns that nothing reads; `keys` by what entities of a type are known.
    """

    lookups: tuple[Lookup, ...]
    selects: tuple[Select, ...]
    unmapped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, tuple[KeyOf, ...]] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
