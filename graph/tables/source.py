"""A table source of a project made into lines of N-Quads: staged, looked up, checked, written, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ...extract.problems import Problem
from ...extract.tables import Package, Table, TableMapping
from ...extract.tables.mapping import Join
from .checks import Checks
from .compile import Context, compile_mapping
from .engine import Engine
from .engines import EMBEDDED, engine_for
from .lookups import make_lookup
from .plan import Plan, Select
from .stage import stage

__all__ = ["Counts", "write_source"]

#: Called with what is being done, how many rows are done and how many there are.
Step = Callable[[str, int, int], None]
#: Called with `source` or `derived` and a file of quads of that graph.
Put = Callable[[str, Path], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """What went in and what came out of one table source.

    `rows` and `rejected` are by file, `made` by rule (rows that say something), `unmapped` the columns that nothing
    reads, `unread` the files of tables that nothing reads, `kept` how many rows were kept without one of their values.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)
    merged: int = 0
    unmapped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


def write_source(
    package: Package,
    mapping: TableMapping,
    context: Context,
    work: Path,
    out: Path,
    *,
    step: Step,
    engine: str = EMBEDDED,
    put: Put = lambda _graph, _path: None,
) -> tuple[Counts, list[Problem]]:
    """Write `source-*.nq`, then `derived-*.nq`, and `quarantine.tsv` into the folder `out`.

    `work` is a folder for what is made on the way, `engine` the name of what makes the quads, `put` is told each file
    of quads as soon as it is whole. Returns the counts and what was odd with the files.
    """
    package = replace(package, tables=tuple(_called(package.tables, mapping)))
    with engine_for(engine, work) as running:
        writer = _SourceWriter(running, package, mapping, context, work, out, step, put)
        return writer.write(), writer.problems


class _SourceWriter:
    """The steps of one table source, each in SQL."""

    def __init__(
        self,
        engine: Engine,
        package: Package,
        mapping: TableMapping,
        context: Context,
        work: Path,
        out: Path,
        step: Step,
        put: Put,
    ) -> None:
        self.engine = engine
        self.package = package
        self.mapping = mapping
        self.context = context
        self.work = work
        self.out = out
        self.step = step
        self.put = put
        self.problems: list[Problem] = []
        self.checks = Checks(engine, self._view)
        self.tables = [table for table in package.tables if table.role in mapping.roles]
        self.files = {table.role: table.name for table in package.tables}
        self.merged = 0
        self.whole: set[str] = set()
        self.identities: dict[str, tuple[int, int]] = {}
        self.sizes: dict[str, int] = {}

    def write(self) -> Counts:
        columns = {}
        for number, table in enumerate(self.tables):
            self.step(f"reading {table.name}", number, len(self.tables))
            columns[table.role] = stage(self.engine, table, self.work, self.problems)
            self._view(table.role)
        joins = _joins(self.mapping, columns)
        for join in joins:
            columns[join.table] = self._join(join, columns[join.other])
        plan = self._compile(columns)
        self.checks.unread((*self.package.left_out, *self.problems), self.files)
        self.problems[:] = [problem for problem in self.problems if not problem.line]
        self.problems += self.mapping.missing(columns or {t.role: {} for t in self.package.tables})
        self.checks.duplicates(plan)
        self.checks.circles(plan)
        if broken := self.checks.references(plan):
            plan = self._compile(columns, broken)
        made = self._write_all(plan)
        self.checks.silent(plan, joins, columns, whole=self.whole)
        self.checks.dropped(plan)
        self.checks.write(self.out / "quarantine.tsv", self.files)
        return self._counts(plan, made)

    def _view(self, role: str) -> None:
        """A table as the queries see it: without the rows that were rejected."""
        some = self.engine.number(f"SELECT count(*) FROM rejected WHERE role = '{role}'")
        where = f"WHERE _row NOT IN (SELECT _row FROM rejected WHERE role = '{role}')" if some else ""
        self.engine.run(f'CREATE OR REPLACE VIEW "{role}" AS SELECT * FROM "raw_{role}" {where}')

    def _join(self, join: Join, others: Mapping[str, str]) -> dict[str, str]:
        """Put the columns of another table beside those of a table; of several rows that fit, the first."""
        taken = ", ".join(f'o."{name}" AS "{join.prefix}{name}"' for name in others if name != "_row")
        self.engine.run(
            f'CREATE OR REPLACE TABLE "joined_{join.table}" AS SELECT t.*, {taken} FROM "raw_{join.table}" AS t '
            "LEFT JOIN "
            f'(SELECT DISTINCT ON ("{join.right}") * FROM "raw_{join.other}" ORDER BY "{join.right}", _row) AS o '
            f'ON t."{join.left}" = o."{join.right}" ORDER BY t._row'
        )
        self.engine.run(f'CREATE OR REPLACE VIEW "raw_{join.table}" AS SELECT * FROM "joined_{join.table}"')
        self._view(join.table)
        return self.engine.columns(f"raw_{join.table}")

    def _compile(
        self, columns: Mapping[str, Mapping[str, str]], broken: frozenset[tuple[str, str]] = frozenset()
    ) -> Plan:
        plan = compile_mapping(self.mapping, columns, self.context, self.files, broken=broken)
        for lookup in plan.lookups:
            make_lookup(self.engine, lookup)
        return plan

    # --- writing -------------------------------------------------------------------------------------------------

    def _write_all(self, plan: Plan) -> dict[str, int]:
        made: dict[str, int] = {}
        self.sizes = {t.role: self.engine.number(f'SELECT count(*) FROM "{t.role}"') for t in self.tables}
        total, done = sum(self.sizes[select.table] for select in plan.selects), 0
        for graph in ("source", "derived"):
            selects = [s for s in plan.selects if s.graph == graph]
            for select in selects:
                tell = partial(self._tell, select, done, total)
                tell(0)
                done += self.sizes[select.table]
                count, different = self._identities(select)
                if graph == "source" and count == self.sizes[select.table]:
                    self.whole.add(select.table)
                if not count:
                    continue
                made[select.name] = different
                sql = select.sql if count == different else select.distinct_sql
                by_row = select.by_row and count == different
                stem = self.out / f"{graph}-{select.name}"
                for part in self.engine.write_quads(sql, stem, table=select.table, by_row=by_row, tell=tell):
                    self.put(graph, part)
                tell(1)
                self.merged += count - different if select.claims else 0
        return made

    def _tell(self, select: Select, before: int, total: int, share: float) -> None:
        """Say how many rows are done: those of the queries before, and a share of this one's."""
        done = before + int(share * self.sizes[select.table])
        self.step(f"{self.files[select.table]}: {select.name[3:]}", done, total)

    def _identities(self, select: Select) -> tuple[int, int]:
        """Return how many rows take part and how many different things they say.

        As many different hashes as rows prove that no two rows are the same; fewer may be chance, and do no harm.
        """
        sql = select.identity_sql or select.rows_sql
        if sql not in self.identities:
            columns = "" if not select.identity_sql else ", count(DISTINCT hash(x))"
            row = self.engine.rows(f"SELECT count(*){columns} FROM ({sql}) AS x")[0]
            self.identities[sql] = int(row[0]), int(row[-1])
        return self.identities[sql]

    def _counts(self, plan: Plan, made: dict[str, int]) -> Counts:
        read = {t.name: self.engine.number(f'SELECT count(*) FROM "raw_{t.role}"') for t in self.tables}
        for name, count in self.checks.count("ragged", self.files).items():
            read[name] = read.get(name, 0) + count
        unread = [table for table in self.package.tables if table not in self.tables]
        return Counts(
            rows=read,
            rejected=self.checks.count("rejected", self.files),
            kept=self.checks.count("dropped", self.files),
            made=made,
            merged=self.merged,
            unmapped={self.files[role]: names for role, names in plan.unmapped.items() if names},
            unread=tuple(table.name for table in unread),
        )


def _called(tables: Sequence[Table], mapping: TableMapping) -> Iterator[Table]:
    """Give a table the name of its file where the mapping calls it so, and not by its role; and what is null in it."""
    taken = {table.role for table in tables}
    for table in tables:
        stem = Path(table.name).stem
        by_file = table.role not in mapping.roles and stem in mapping.roles - taken and "#" not in table.name
        yield replace(table, role=stem if by_file else table.role, nulls=mapping.nulls)


def _joins(mapping: TableMapping, columns: Mapping[str, Mapping[str, str]]) -> list[Join]:
    """Return the joins of a mapping whose tables and columns are there."""
    return [
        join
        for join in mapping.joins
        if join.left in columns.get(join.table, {}) and join.right in columns.get(join.other, {})
    ]
