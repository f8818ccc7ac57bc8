"""What is wrong with the rows of a table source: told row by row in the tables `rejected` and `dropped`.

A row in `rejected` says nothing in the graph; one in `dropped` says something, but without one of its values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ...extract.problems import Problem
from ...extract.tables.mapping import Join
from .engine import Engine
from .plan import KeyOf, Plan, Reference
from .terms import quote

__all__ = ["Checks"]

_NOTHING = "no rule of the mapping applies to this row, or what it needs is not there"
#: What became of the rows of each table of findings.
_BECAME = {"rejected": "rejected", "dropped": "kept without the value", "noted": "kept as it is"}
_COLUMNS = "role VARCHAR, _row BIGINT, field VARCHAR, value VARCHAR, reason VARCHAR"


#: A column, and one that is not text.
_COLUMN = re.compile(r't\."[^"]+"')
_NUMBER = re.compile(r'CAST\((t\."[^"]+") AS VARCHAR\)')


class Checks:
    """Finds what is wrong, in SQL. `changed` is called with a table some of whose rows were rejected."""

    def __init__(self, engine: Engine, changed: Callable[[str], None]) -> None:
        self.engine = engine
        self.changed = changed
        engine.run("CREATE TABLE ragged (role VARCHAR, _row BIGINT, value VARCHAR, reason VARCHAR)")
        engine.run(f"CREATE TABLE rejected ({_COLUMNS})")
        engine.run(f"CREATE TABLE dropped ({_COLUMNS})")
        engine.run(f"CREATE TABLE noted ({_COLUMNS})")
        engine.run("CREATE TABLE dangling (role VARCHAR, field VARCHAR, value VARCHAR)")

    def duplicates(self, plan: Plan) -> None:
        """Reject all rows of an id but the first: which one stands must not be left to chance."""
        for kind, key in ((kind, key) for kind, keys in sorted(plan.keys.items()) for key in keys if key.unique):
            sql, source = key.key_sql, key.source_sql
            value = _number(sql)
            counts = f"SELECT count({value}), count(DISTINCT hash({value})) FROM {source}"
            total, different = self.engine.rows(counts)[0]
            if total == different:
                continue
            first = f"min(t._row) OVER (PARTITION BY {sql}) AS first"
            reason = f"concat('a second row for the {kind} ', key, '; the one of line ', first, ' stands')"
            self.engine.run(
                f"INSERT INTO rejected SELECT {quote(key.table)}, _row, 'id', key, {reason} FROM "
                f"(SELECT t._row, {sql} AS key, {first} FROM {source} WHERE {sql} IS NOT NULL) WHERE _row > first"
            )
            self.changed(key.table)

    def references(self, plan: Plan) -> frozenset[tuple[str, str]]:
        """Reject rows about entities that are not there; keep other references that lead nowhere, and say so.

        Returns the table and field of references that are kept.
        """
        for reference in plan.references:
            known = plan.keys.get(reference.type, ())
            if known and not any(_itself(reference, key) for key in known):
                # numbers are compared as such; as texts they take four times as long
                numbers = all(_NUMBER.fullmatch(sql) for sql in (reference.key_sql, *(key.key_sql for key in known)))
                as_is = _number if numbers else str
                keys = " UNION ALL ".join(f"SELECT {as_is(key.key_sql)} AS key FROM {key.source_sql}" for key in known)
                self._reference(reference, keys, as_is(reference.key_sql))
        pairs = self.engine.rows("SELECT DISTINCT role, field FROM dangling")
        return frozenset((str(role), str(field)) for role, field in pairs)

    def _reference(self, reference: Reference, keys: str, sql: str) -> None:
        table, field = quote(reference.table), quote(reference.field)
        self.engine.run(
            f"CREATE OR REPLACE TEMP TABLE orphans AS SELECT t._row, {sql} AS key FROM {reference.source_sql} "
            f"WHERE {reference.where_sql} AND {sql} IS NOT NULL "
            f"AND {sql} NOT IN (SELECT key FROM ({keys}) WHERE key IS NOT NULL)"
        )
        if not self.engine.number("SELECT count(*) FROM orphans"):
            return
        target = "rejected" if reference.required else "dropped"
        reason = f"concat('there is no {reference.type} ', key)"
        self.engine.run(
            f"INSERT INTO {target} SELECT DISTINCT {table}, _row, {field}, CAST(key AS VARCHAR), {reason} FROM orphans"
        )
        if reference.required:
            self.changed(reference.table)
        else:
            self.engine.run(f"INSERT INTO dangling SELECT DISTINCT {table}, {field}, CAST(key AS VARCHAR) FROM orphans")

    def circles(self, plan: Plan) -> None:
        """Tell the rows whose parents lead back to themselves; the relation stays as the table has it."""
        for reference in (r for r in plan.references if r.field == "wg:parentTaxon"):
            for key in (k for k in plan.keys.get(reference.type, ()) if k.table == reference.table and k.unique):
                self._circles(reference, key.key_sql)

    def _circles(self, reference: Reference, key: str) -> None:
        as_is = _number if _NUMBER.fullmatch(key) and _NUMBER.fullmatch(reference.key_sql) else str
        self.engine.run(
            f"CREATE OR REPLACE TEMP TABLE chain AS SELECT t._row, {as_is(key)} AS key, "
            f"{as_is(reference.key_sql)} AS parent "
            f"FROM {reference.source_sql} WHERE {reference.key_sql} IS NOT NULL"
        )
        # what hangs on a root goes first, then what nothing hangs on: only circles are left
        for kept in ("parent IN (SELECT key FROM chain)", "key IN (SELECT parent FROM chain)"):
            before, now = -1, self.engine.number("SELECT count(*) FROM chain")
            while now not in {before, 0}:
                self.engine.run(f"CREATE OR REPLACE TEMP TABLE chain AS SELECT * FROM chain WHERE {kept}")
                before, now = now, self.engine.number("SELECT count(*) FROM chain")
        self.engine.run(
            f"INSERT INTO noted SELECT {quote(reference.table)}, _row, {quote(reference.field)}, parent, "
            "'the parents go in a circle' FROM chain"
        )

    def silent(self, plan: Plan, joins: Sequence[Join], roles: Iterable[str], *, whole: set[str]) -> None:
        """Reject the rows that no rule could make anything of, and those of joined tables that nothing refers to.

        Of the tables of `whole`, some rule has made something of every row.
        """
        there = set(roles)
        joined = {join.other for join in joins} - {select.table for select in plan.selects}
        for role in sorted(there - joined - whole):
            selects = [select for select in plan.selects if select.table == role and select.graph == "source"]
            spoken = " UNION ALL ".join(select.rows_sql for select in selects) or "SELECT 0 AS _row WHERE false"
            self.engine.run(
                f"INSERT INTO rejected SELECT {quote(role)}, _row, '', '', {quote(_NOTHING)} "
                f'FROM "{role}" WHERE _row NOT IN ({spoken})'
            )
        for other in sorted(joined):
            sides = [join for join in joins if join.other == other]
            used = " UNION ALL ".join(
                f'SELECT "{join.left}" FROM "raw_{join.table}" WHERE "{join.left}" IS NOT NULL' for join in sides
            )
            right = sides[0].right
            self.engine.run(
                f"INSERT INTO rejected SELECT {quote(other)}, _row, {quote(right)}, \"{right}\", 'no row refers to it' "
                f'FROM "raw_{other}" WHERE "{right}" NOT IN ({used})'
            )

    def dropped(self, plan: Plan) -> None:
        """Tell the values that their normaliser did not understand."""
        for lookup in plan.lookups:
            if not self.engine.number(f"SELECT count(*) FROM {lookup.name} WHERE result IS NULL"):
                continue
            reason = quote(f"not understood as {lookup.transform}")
            self.engine.run(
                f"INSERT INTO dropped SELECT DISTINCT {quote(lookup.table)}, x._row, {quote(lookup.column)}, x.value, "
                f"{reason} FROM ({lookup.rows_sql}) AS x JOIN {lookup.name} AS l ON l.value = x.value "
                "WHERE l.result IS NULL"
            )

    def unread(self, problems: Iterable[Problem], files: Mapping[str, str]) -> None:
        """Reject what could not even be read as a row: problems of files, and rows with too many cells."""
        roles = {name: role for role, name in files.items()}
        told = ((roles.get(p.path, p.path), str(p.line), p.value, p.message) for p in problems if p.line)
        self.engine.fill("ragged", told)
        self.engine.run("INSERT INTO rejected SELECT role, _row, '', value, reason FROM ragged")

    def write(self, path: Path, files: Mapping[str, str]) -> None:
        """Write the quarantine file: table, row, column, value, reason, and what became of the row."""
        names = " ".join(f"WHEN {quote(role)} THEN {quote(name)}" for role, name in files.items())
        file = f"CASE role {names} ELSE role END" if names else "role"
        clean = "regexp_replace(left(COALESCE({0}, ''), 500), '[[:cntrl:]]+', ' ', 'g')"
        cells = [
            clean.format("file"),
            "CAST(_row AS VARCHAR)",
            *(clean.format(name) for name in ("field", "value", "reason")),
            "what",
        ]
        rows = " UNION ".join(
            f"SELECT {file} AS file, *, '{what}' AS what FROM {table}" for table, what in _BECAME.items()
        )
        body = f"SELECT concat_ws(chr(9), {', '.join(cells)}) FROM ({rows}) ORDER BY file, _row, field, value, reason"
        head = "SELECT concat_ws(chr(9), 'table', 'row', 'column', 'value', 'reason', 'what became of it') AS line"
        self.engine.write_blocks(f"SELECT line FROM ({head}) UNION ALL SELECT * FROM ({body})", path)

    def count(self, table: str, files: Mapping[str, str]) -> dict[str, int]:
        """Return how many rows of each file stand in `rejected`, `dropped` or `ragged`."""
        rows = self.engine.rows(f"SELECT role, count(DISTINCT _row) FROM {table} GROUP BY role ORDER BY role")
        return {files.get(str(role), str(role)): int(number) for role, number in rows}


def _number(sql: str) -> str:
    """Return the column of a number without its conversion to text; other SQL as it is."""
    return match[1] if (match := _NUMBER.fullmatch(sql)) else sql


def _itself(reference: Reference, key: KeyOf) -> bool:
    """Say whether a reference is the very column that entities are known by, so that it cannot lead nowhere."""
    column = _COLUMN.fullmatch(_number(reference.key_sql))
    return bool(column) and (reference.table, reference.key_sql) == (key.table, key.key_sql)
