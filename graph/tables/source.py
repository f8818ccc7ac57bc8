"""A table source of a project made into lines of N-Quads: staged, looked up, checked, written, counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...extract.problems import Problem
from ...extract.tables import Mapping_, Package
from .compile import Context, compile_mapping
from .engine import Engine
from .lookups import make_lookup
from .plan import Plan, Select
from .stage import stage

__all__ = ["Counts", "write_source"]

#: Called with what is being done, how many rows are done and how many there are.
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """What went in and what came out of one table source.

    `rows` and `rejected` are by file, `made` by rule (rows that say something), `unmapped` the columns that nothing
    reads, `unread` the rows of tables that nothing reads, `kept` how many rows were kept without one of their values.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)
    merged: int = 0
    unmapped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)


def write_source(
    package: Package, mapping: Mapping_, context: Context, work: Path, out: Path, *, step: Step
) -> tuple[Counts, list[Problem]]:
    """Write `source.nq`, `derived.nq` and `quarantine.tsv` of a table source into the folder `out`.

    `work` is a folder for what is made on the way. Returns the counts and what was odd with the files.
    """
    with Engine(work) as engine:
        writer = _SourceWriter(engine, package, mapping, context, work, out, step)
        return writer.write(), writer.problems


class _SourceWriter:
    """The steps of one table source, each in SQL."""

    def __init__(
        self, engine: Engine, package: Package, mapping: Mapping_, context: Context, work: Path, out: Path, step: Step
    ) -> None:
        self.engine = engine
        self.package = package
        self.mapping = mapping
        self.context = context
        self.work = work
        self.out = out
        self.step = step
        self.problems: list[Problem] = []
        self.tables = [table for table in package.tables if table.role in mapping.roles]
        self.files = {table.role: table.name for table in package.tables}
        self.merged = 0
        self.sizes: dict[str, int] = {}

    def write(self) -> Counts:
        engine = self.engine
        engine.run("CREATE TABLE ragged (role VARCHAR, _row BIGINT, value VARCHAR, reason VARCHAR)")
        engine.run("CREATE TABLE rejected (role VARCHAR, _row BIGINT, field VARCHAR, value VARCHAR, reason VARCHAR)")
        engine.run("CREATE TABLE dropped (role VARCHAR, _row BIGINT, field VARCHAR, value VARCHAR, reason VARCHAR)")
        engine.run("CREATE TABLE dangling (role VARCHAR, field VARCHAR, value VARCHAR)")
        columns = {}
        for number, table in enumerate(self.tables):
            self.step(f"reading {table.name}", number, len(self.tables))
            columns[table.role] = stage(engine, table, self.work, self.problems)
            self._view(table.role)
        plan = self._compile(columns)
        self._check_duplicates(plan)
        self._check_references(plan)
        broken = frozenset((str(r), str(f)) for r, f in engine.rows("SELECT DISTINCT role, field FROM dangling"))
        if broken:
            plan = self._compile(columns, broken)
        made = self._write_all(plan)
        self._check_silent(plan)
        self._check_dropped(plan)
        self._write_quarantine()
        return self._counts(plan, made)

    def _view(self, role: str) -> None:
        """A table as the queries see it: without the rows that were rejected."""
        some = self.engine.number(f"SELECT count(*) FROM rejected WHERE role = '{role}'")
        where = f"WHERE _row NOT IN (SELECT _row FROM rejected WHERE role = '{role}')" if some else ""
        self.engine.run(f'CREATE OR REPLACE VIEW "{role}" AS SELECT * FROM "raw_{role}" {where}')

    def _compile(self, columns: Mapping[str, Mapping[str, str]], broken: frozenset[tuple[str, str]] = frozenset()) -> Plan:
        plan = compile_mapping(self.mapping, columns, self.context, self.files, broken=broken)
        for lookup in plan.lookups:
            make_lookup(self.engine, lookup)
        return plan

    # --- checks ------------------------------------------------------------------------------------------------

    def _check_duplicates(self, plan: Plan) -> None:
        """Reject all rows of an id but the first: which one stands must not be left to chance."""
        for kind, (role, key) in sorted(plan.keys.items()):
            total, different = self.engine.rows(f'SELECT count({key}), count(DISTINCT hash({key})) FROM "{role}" AS t')[0]
            if total == different:
                continue
            self.engine.run(
                f"INSERT INTO rejected SELECT '{role}', _row, 'id', key, concat('a second row for the {kind} ', key, "
                f"'; the one of line ', first, ' stands') FROM (SELECT t._row, {key} AS key, min(t._row) OVER "
                f'(PARTITION BY {key}) AS first FROM "{role}" AS t WHERE {key} IS NOT NULL) WHERE _row > first'
            )
            self._view(role)

    def _check_references(self, plan: Plan) -> None:
        """Reject rows about entities that are not there; keep other references that lead nowhere, and say so."""
        for reference in plan.references:
            if reference.type not in plan.keys:
                continue
            role, key = plan.keys[reference.type]
            orphans = (
                f"SELECT t._row, {reference.key_sql} AS key FROM {reference.source_sql} WHERE {reference.where_sql} AND {reference.key_sql} IS NOT NULL "
                f'AND {reference.key_sql} NOT IN (SELECT {key} FROM "{role}" AS t WHERE {key} IS NOT NULL)'
            )
            self.engine.run(f"CREATE OR REPLACE TEMP TABLE orphans AS {orphans}")
            if not self.engine.number("SELECT count(*) FROM orphans"):
                continue
            what = f"'there is no {reference.type} ', key"
            target = "rejected" if reference.required else "dropped"
            self.engine.run(
                f"INSERT INTO {target} SELECT DISTINCT '{reference.table}', _row, '{reference.field}', key, concat({what}) FROM orphans"
            )
            if reference.required:
                self._view(reference.table)
            else:
                self.engine.run(f"INSERT INTO dangling SELECT DISTINCT '{reference.table}', '{reference.field}', key FROM orphans")

    def _check_silent(self, plan: Plan) -> None:
        """Reject the rows that no rule could make anything of."""
        for table in self.tables:
            selects = [s for s in plan.selects if s.table == table.role and s.graph == "source"]
            spoken = " UNION ALL ".join(s.rows_sql for s in selects) or "SELECT 0 AS _row WHERE false"
            self.engine.run(
                f"INSERT INTO rejected SELECT '{table.role}', _row, '', '', 'no rule of the mapping finds what it needs in this row' "
                f'FROM "{table.role}" WHERE _row NOT IN ({spoken})'
            )

    def _check_dropped(self, plan: Plan) -> None:
        """Report the values that their normaliser did not understand."""
        for lookup in plan.lookups:
            reason = f"not understood as {lookup.transform}"
            if not self.engine.number(f"SELECT count(*) FROM {lookup.name} WHERE result IS NULL"):
                continue
            field = lookup.column.replace("'", "''")
            self.engine.run(
                f"INSERT INTO dropped SELECT DISTINCT '{lookup.table}', x._row, '{field}', x.value, '{reason}' FROM "
                f"({lookup.rows_sql}) AS x JOIN {lookup.name} AS l ON l.value = x.value WHERE l.result IS NULL"
            )

    # --- writing -------------------------------------------------------------------------------------------------

    def _write_all(self, plan: Plan) -> dict[str, int]:
        made: dict[str, int] = {}
        self.sizes = {t.role: self.engine.number(f'SELECT count(*) FROM "{t.role}"') for t in self.tables}
        total, done = sum(self.sizes[select.table] for select in plan.selects), 0
        for graph in ("source", "derived"):
            parts = []
            selects = [s for s in plan.selects if s.graph == graph]
            for select in selects:
                self.step(f"{self.files[select.table]}: {select.name[3:]}", done, total)
                done += self.sizes[select.table]
                part = self.work / f"{select.name}.nq"
                count, different = self._identities(select)
                if not count:
                    continue
                made[select.name] = different
                self.engine.write_blocks(select.sql if count == different else select.distinct_sql, part)
                self.merged += count - different if select.claims else 0
                parts.append(part)
            _join(parts, self.out / f"{graph}.nq")
        return made

    def _identities(self, select: Select) -> tuple[int, int]:
        """Return how many rows take part and how many different things they say."""
        if not select.identity_sql:
            count = self.engine.number(f"SELECT count(*) FROM ({select.rows_sql})")
            return count, count
        row = self.engine.rows(f"SELECT count(*), count(DISTINCT hash(identity)) FROM ({select.identity_sql})")[0]
        return int(row[0]), int(row[1])

    def _write_quarantine(self) -> None:
        names = " ".join(f"WHEN '{role}' THEN '{name.replace(chr(39), chr(39) * 2)}'" for role, name in self.files.items())
        file = f"CASE role {names} ELSE role END" if names else "role"
        self.engine.run("INSERT INTO rejected SELECT role, _row, '', value, reason FROM ragged")
        for problem in (p for p in self.problems if p.line):
            values = (problem.path, problem.line, "", problem.value, problem.message)
            self.engine.run("INSERT INTO rejected VALUES (?, ?, ?, ?, ?)", values)
        clean = "regexp_replace(left(COALESCE({0}, ''), 500), '[[:cntrl:]]+', ' ', 'g')"
        sql = (
            f"SELECT concat_ws(chr(9), file, CAST(_row AS VARCHAR), {clean.format('field')}, {clean.format('value')}, {clean.format('reason')}, what) "
            f"FROM (SELECT {file} AS file, *, 'rejected' AS what FROM rejected "
            f"UNION SELECT {file} AS file, *, 'kept without the value' AS what FROM dropped) "
            "ORDER BY file, _row, field, value, reason"
        )
        head = "SELECT concat_ws(chr(9), 'table', 'row', 'column', 'value', 'reason', 'what became of it') AS line"
        self.engine.write_blocks(f"SELECT line FROM ({head}) UNION ALL SELECT * FROM ({sql})", self.out / "quarantine.tsv")

    def _counts(self, plan: Plan, made: dict[str, int]) -> Counts:
        read = {t.name: self.engine.number(f'SELECT count(*) FROM "raw_{t.role}"') for t in self.tables}
        rejected = self._by_file("SELECT role, count(DISTINCT _row) FROM rejected GROUP BY role")
        ragged = self._by_file("SELECT role, count(*) FROM ragged GROUP BY role")
        for name, count in ragged.items():
            read[name] = read.get(name, 0) + count
        return Counts(
            rows=read,
            rejected=rejected,
            kept=self._by_file("SELECT role, count(DISTINCT _row) FROM dropped GROUP BY role"),
            made=made,
            merged=self.merged,
            unmapped={self.files[role]: names for role, names in plan.unmapped.items() if names},
            unread={},
        )

    def _by_file(self, sql: str) -> dict[str, int]:
        return {self.files.get(str(role), str(role)): int(count) for role, count in sorted(self.engine.rows(sql))}


def _join(parts: list[Path], target: Path) -> None:
    """Put files together, and take the parts away."""
    import shutil

    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out, 4 << 20)
            part.unlink()
