"""Compiling: a mapping and the columns of its tables become SQL whose every row is lines of N-Quads.

This is the only place where quads of tables are made. The SQL is DuckDB's dialect, of functions that sqlglot carries
over to Spark with the same results; it reads views named after the tables' roles (see `plan`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...extract.tables.documents import COPIED
from ...extract.tables.mapping import Rule, TableMapping
from ...ontology import Predicate
from ...ontology.terms import expand
from ..quads import iri, literal
from . import terms
from .cells import Cell, Columns, Context
from .plan import KeyOf, Lookup, Plan, Reference, Select

__all__ = ["Context", "compile_mapping"]

_TYPE = iri(expand("rdf:type"))
_EDTF = '"^^<http://id.loc.gov/datatypes/edtf/EDTF-level1>'
_DATE = '"^^<http://www.w3.org/2001/XMLSchema#date>'
_INTEGER = '"^^<http://www.w3.org/2001/XMLSchema#integer>'
_DECIMAL = '"^^<http://www.w3.org/2001/XMLSchema#decimal>'
#: Fields of a claim that are concepts or entities, and the property each becomes.
_CIRCUMSTANCES = {
    "life_stage": "lifeStage", "sex": "sex", "season": "season", "polarity": "polarity", "certainty": "certainty",
    "frequency": "frequency", "timing": "timing", "scope": "scope", "severity": "severity",
}  # fmt: skip
_WHEN_AND_HOW_MUCH = ("quantity", "place", "when", "asserted")
_LINKS = {"stress": "causedStress", "cause": "causingThreat", "mitigates": "mitigatedThreat", "authority": "authority"}

#: The tables at hand: role -> column -> type, as the engine calls it.
Tables = Mapping[str, Mapping[str, str]]


def compile_mapping(
    mapping: TableMapping,
    tables: Tables,
    context: Context,
    files: Mapping[str, str],
    *,
    broken: frozenset[tuple[str, str]] = frozenset(),
) -> Plan:
    """Return the plan of a mapping for the tables at hand; rules whose table is not there are left out.

    `files` names the file of each role, which is how the graph says where a row is from. `broken` are references,
    by table and field, of which some lead nowhere: the table `dangling` (role, field, value) says which; they are
    written as `wg:unresolved`.
    """
    lookups: list[Lookup] = []
    selects: list[Select] = []
    references: list[Reference] = []
    keys: dict[str, list[KeyOf]] = {}
    for number, rule in enumerate(mapping.rules):
        if rule.table not in tables:
            continue
        columns = Columns(context, rule.table, tables[rule.table], lookups)
        name = "-".join(filter(None, (f"{number:02}", rule.kind, rule.type or rule.predicate, rule.table)))
        writer = _Writer(rule, columns, context, files.get(rule.table, rule.table), name, broken)
        made = list(writer.selects())
        selects += made
        if made:
            references += writer.references()
            if rule.kind == "entity" and (known := columns.entity(rule.fields["id"], rule.type).entity):
                keys.setdefault(rule.type, []).append(KeyOf(rule.table, known[1], columns.source(), not rule.distinct))
    unmapped = _unmapped(mapping, tables)
    known_by = {kind: tuple(found) for kind, found in keys.items()}
    return Plan(tuple(lookups), tuple(selects), unmapped, known_by, tuple(references))


def _unmapped(mapping: TableMapping, tables: Tables) -> dict[str, tuple[str, ...]]:
    """Return the columns of each table that nothing reads, neither there nor where they are put by a join."""
    used = {role: {c for rule in mapping.rules if rule.table == role for c in rule.columns()} for role in tables}
    beside: dict[str, tuple[str, ...]] = dict.fromkeys(tables, (COPIED,))
    for join in reversed([j for j in mapping.joins if j.table in tables and j.other in tables]):
        read = {name.removeprefix(join.prefix) for name in used[join.table] if name.startswith(join.prefix)}
        used[join.other] |= {*read, join.right} if read else set()
        used[join.table] |= {join.left}
        beside[join.table] += (join.prefix,)
    return {
        role: tuple(n for n in names if n not in {*used[role], "_row"} and not n.startswith(beside[role]))
        for role, names in tables.items()
    }


@dataclass(frozen=True)
class _Line:
    """A predicate and the SQL of its term; a `fixed` term is the same for every row and is in N-Triples form.

    The term of a `required` line is never NULL, nor any where the condition `given` is met.
    """

    predicate: str
    term: str
    required: bool = False
    fixed: bool = False
    given: str = ""


class _Writer:
    """Writes the queries of one rule."""

    def __init__(
        self,
        rule: Rule,
        columns: Columns,
        context: Context,
        file: str,
        name: str,
        broken: frozenset[tuple[str, str]],
    ) -> None:
        self.broken = broken
        self.rule = rule
        self.columns = columns
        self.context = context
        self.name = name
        self.graph = iri(context.names.graph(f"source/{context.source}"))
        self.file = file
        self.cells = {field: cell for field, value in rule.fields.items() if (cell := columns.cell(value))}
        self.wheres = columns.condition(rule.where, rule.unless)
        if "needs" in rule.fields:
            self.wheres.append(self.cells["needs"].filled if "needs" in self.cells else "1 = 0")

    def selects(self) -> Iterable[Select]:
        if "1 = 0" in self.wheres:
            return
        if self.rule.kind == "entity" and "id" in self.cells:
            yield self._entity()
        elif self.rule.kind == "facts" and "subject" in self.cells and self._properties():
            yield self._facts()
        elif self.rule.kind == "claim" and "subject" in self.cells and self._value_cell():
            yield self._claim()
            if derived := self._derived():
                yield derived

    def references(self) -> list[Reference]:
        """Return the entities that the rule refers to, for checks: subjects must be there, others should."""
        found = []
        for field, cell in self.cells.items():
            if cell.entity and self.rule.kind != "entity":
                found.append(self._reference(cell, field, required=field in {"subject", "object"}))
        for name, values in self.rule.properties.items():
            found += [
                self._reference(c, name, required=False) for v in values if (c := self.columns.cell(v)) and c.entity
            ]
        return found

    def _reference(self, cell: Cell, field: str, *, required: bool) -> Reference:
        assert cell.entity is not None
        kind, key = cell.entity
        where = " AND ".join([*self.wheres, "1 = 1"])
        return Reference(self.rule.table, kind, key, field, required, self.columns.source(), where)

    # --- entities and facts ---------------------------------------------------------------------------------

    def _entity(self) -> Select:
        kind = self.context.vocabulary.entity_types[self.rule.type]
        key = self.columns.entity(self.rule.fields["id"], self.rule.type)
        lines = [_Line(_TYPE, iri(kind.iri), required=True, fixed=True)]
        if "label" in self.cells:
            lines.append(
                _Line(
                    iri(expand("skos:prefLabel")),
                    self.columns.label(self.rule.fields["label"], self.rule.language),
                    required=True,
                )
            )
        lines += self._properties()
        if not self.rule.distinct:
            lines.append(self._row_line())
        conditions = [key.filled, *self.wheres]
        if "label" in self.cells:
            conditions.append(self.cells["label"].filled)
        return self._select("source", key.term, key.text, lines, conditions, first=self.rule.distinct)

    def _facts(self) -> Select:
        subject = self.cells["subject"]
        lines = self._properties()
        some = " OR ".join(f"{line.term} IS NOT NULL" for line in lines) or "1 = 0"
        identity = f"concat({subject.text}, chr(9), {', chr(9), '.join(line.term for line in lines) or 'NULL'})"
        conditions = [subject.filled, f"({some})", *self.wheres]
        return self._select("source", subject.term, identity, lines, conditions, joined=True)

    def _properties(self) -> list[_Line]:
        found = []
        for name, values in self.rule.properties.items():
            for cell in filter(None, map(self.columns.cell, values)):
                if cell.entity and (self.rule.table, name) in self.broken:
                    found += self._mended(name, cell, cell.entity[1])
                else:
                    found.append(_Line(iri(expand(name)), cell.term, given="" if cell.parts else cell.filled))
        return found

    def _mended(self, name: str, cell: Cell, key: str) -> list[_Line]:
        """Return a reference where it leads somewhere, and a literal that keeps it where it does not."""
        lost = f"SELECT value FROM dangling WHERE role = {terms.quote(self.rule.table)} AND field = {terms.quote(name)}"
        there = f"CASE WHEN {key} NOT IN ({lost}) THEN {cell.term} END"
        column = self.rule.properties[name][0].columns[0]
        words = f"concat(chr(34), {terms.quote(column + ': ')}, {self.columns.escaped(key)}, chr(34))"
        kept = f"CASE WHEN {key} IN ({lost}) THEN {words} END"
        return [_Line(iri(expand(name)), there), _Line(iri(expand("wg:unresolved")), kept)]

    def _row_line(self) -> _Line:
        row = f"concat({terms.quote(literal(self.file)[:-1] + ':')}, t._row, chr(34))"
        return _Line(iri(expand("wg:row")), row, required=True)

    def _file_line(self) -> _Line:
        return _Line(iri(expand("wg:row")), literal(self.file), required=True, fixed=True)

    # --- claims -----------------------------------------------------------------------------------------------

    @property
    def _predicate(self) -> Predicate:
        return self.context.vocabulary.predicates[self.rule.predicate]

    def _value_cell(self) -> Cell | None:
        return (
            self.cells.get("object") or self.cells.get("text") or self.cells.get("quantity") or self.cells.get("count")
        )

    def _claim(self) -> Select:
        subject, value = self.cells["subject"], self._value_cell()
        assert value is not None
        lines = [_Line(_TYPE, iri(self._predicate.claim_class), required=True, fixed=True)]
        lines += [
            _Line(_TYPE, iri(expand(name)), required=True, fixed=True) for name in ("dwc:Assertion", "prov:Entity")
        ]
        lines.append(_Line(iri(expand("wg:subject")), subject.term, required=True))
        lines.append(_Line(iri(expand("wg:predicate")), iri(self._predicate.iri), required=True, fixed=True))
        source = iri(self.context.names.source(self.context.source))
        lines.append(_Line(iri(expand("prov:hadPrimarySource")), source, required=True, fixed=True))
        lines += self._value_lines()
        lines += self._circumstance_lines()
        lines += self._properties()
        lines.append(self._file_line() if self.rule.aggregate else self._row_line())
        conditions = [subject.filled, value.filled, *self.wheres]
        statement = _joined(self._statement_parts(conditions))
        varying = [cell.same or cell.text for cell in self._stated()]
        return self._select("source", self._claim_iri("x.statement"), statement, lines, conditions, parts=varying)

    def _claim_iri(self, statement: str) -> str:
        start = iri(f"{self.context.names.base}claim/")[:-1]
        return f"concat({terms.quote(start)}, left(sha256({statement}), 24), '>')"

    def _value_lines(self) -> list[_Line]:
        found = []
        if cell := self.cells.get("object"):
            found.append(_Line(iri(expand("wg:object")), cell.term, required=True))
        if "text" in self.cells:
            found.append(
                _Line(
                    iri(expand("wg:text")),
                    self.columns.label(self.rule.fields["text"], self.rule.language),
                    required=True,
                )
            )
        if cell := self.cells.get("quantity"):
            found += [_Line(iri(expand("wg:estimate")), cell.term)]
            names = ("lower", "upper", "hedge", "wording")
            found += [_Line(iri(expand(f"wg:{n}")), cell.parts[n]) for n in names if n in cell.parts]
            if "flags" in cell.parts:
                for name, flag in (("lowerExclusive", "L"), ("upperExclusive", "U")):
                    true = terms.quote('"true"^^<http://www.w3.org/2001/XMLSchema#boolean>')
                    test = f"CASE WHEN contains({cell.parts['flags']}, '{flag}') THEN {true} END"
                    found.append(_Line(iri(expand(f"wg:{name}")), test))
            unit = self.context.vocabulary.concept("unit-1.0", self.rule.unit or self._predicate.unit or "individuals")
            found.append(_Line(iri(expand("wg:unit")), iri(unit.iri), required=True, fixed=True))
        if "count" in self.rule.fields:
            unit = self.context.vocabulary.concept("unit-1.0", self.rule.unit or "individuals")
            found.append(_Line(iri(expand("wg:estimate")), self._count_term()))
            found.append(_Line(iri(expand("wg:unit")), iri(unit.iri), required=True, fixed=True))
        return found

    def _count_term(self) -> str:
        return f"concat(chr(34), CAST({self._count()} AS VARCHAR), '{_INTEGER}')"

    def _count(self) -> str:
        if self.rule.fields["count"].sources[0].text == "*":
            return "count(*)"
        return f"sum(COALESCE(TRY_CAST({self.cells['count'].text} AS BIGINT), 1))"

    def _circumstance_lines(self) -> list[_Line]:
        found = []
        if place := self.cells.get("place"):
            found.append(_Line(iri(expand("wg:place")), place.term))
        for field, name in {**_CIRCUMSTANCES, **_LINKS}.items():
            if cell := self.cells.get(field):
                found.append(_Line(iri(expand(f"wg:{name}")), cell.term))
        if when := self.cells.get("when"):
            found.append(_Line(iri(expand("wg:phenomenonTime")), when.term))
            for name, part in (("phenomenonStart", "start"), ("phenomenonEnd", "finish")):
                if part in when.parts:
                    day = f"chr(34) || {when.parts[part]} || '{_DATE}'"
                    found.append(_Line(iri(expand(f"wg:{name}")), day))
        if asserted := self.cells.get("asserted"):
            found.append(_Line(iri(expand("dwc:assertionMadeDate")), asserted.term))
        return found

    def _statement_parts(self, conditions: list[str]) -> list[str]:
        """Return SQL for the parts of what the claim states and who states it, as `Claim.statement` has it."""

        def part(field: str) -> str:
            cell = self.cells.get(field)
            if cell is None:
                return "''"
            return cell.text if cell.filled in conditions else f"COALESCE({cell.text}, '')"

        value = "object" if "object" in self.cells else "text"
        parts = [terms.quote(self.context.source), part("subject"), terms.quote(self.rule.predicate), part(value)]
        parts += [part(field) for field in _WHEN_AND_HOW_MUCH]
        if "count" in self.rule.fields:
            parts.append("'records'")
        for field in (*sorted(_CIRCUMSTANCES), *sorted(_LINKS)):
            if cell := self.cells.get(field):
                parts.append(f"COALESCE('{field}=' || {cell.text}, '')")
        parts += [f"COALESCE({terms.quote(name + '=')} || {cell.text}, '')" for name, cell in self._stated_properties()]
        return parts

    def _stated(self) -> Iterable[Cell]:
        """Yield the cells that the statement is made of."""
        value = "object" if "object" in self.cells else "text"
        fields = ("subject", value, *_WHEN_AND_HOW_MUCH, *sorted(_CIRCUMSTANCES), *sorted(_LINKS))
        yield from (self.cells[field] for field in fields if field in self.cells)
        yield from (cell for _, cell in self._stated_properties())

    def _stated_properties(self) -> Iterable[tuple[str, Cell]]:
        for name in sorted(n for n in self.rule.properties if n in _STATED):
            yield from ((name, cell) for value in self.rule.properties[name] if (cell := self.columns.cell(value)))

    def _derived(self) -> Select | None:
        predicate, subject, value = self._predicate, self.cells["subject"], self.cells.get("object")
        # of claims of which one can be true, `settled` says which stand, once all sources are written
        if not predicate.direct_property or predicate.single_valued or value is None:
            return None
        line = _Line(iri(predicate.direct_property), value.term, required=True)
        conditions = [subject.filled, value.filled, *self.wheres]
        if polarity := self.cells.get("polarity"):
            conditions.append(f"COALESCE({polarity.text}, '') NOT LIKE '%negated'")
        # as of the statement of the claim, so that one check does for both where there is no more to it
        parts = [cell.same or cell.text for cell in (subject, value)]
        return self._select("derived", subject.term, "''", [line], conditions, parts=parts)

    # --- queries ------------------------------------------------------------------------------------------------

    def _select(
        self,
        graph: str,
        subject: str,
        identity: str,
        lines: list[_Line],
        conditions: list[str],
        *,
        first: bool = False,
        joined: bool = False,
        parts: list[str] | None = None,
    ) -> Select:
        """Put a query together: the terms in an inner query, under short names, and the lines around them."""
        where, source = " AND ".join(f"({c})" for c in conditions), self.columns.source()
        claim = self.rule.kind == "claim" and graph == "source"
        varying = [n for n, line in enumerate(lines) if not line.fixed]
        inner_columns = [f"{identity} AS statement", *(f"{lines[n].term} AS p{n}" for n in varying)]
        if not claim:
            inner_columns.insert(0, f"{subject} AS s")
        inner = f"SELECT {', '.join(inner_columns)} FROM {source} WHERE {where}"
        if first:
            picked = [f"min_by(p{n}, _row) AS p{n}" for n in varying]
            few = self.columns.source(self.rule.columns() & self.columns.columns.keys())
            rows = f"SELECT t._row AS _row, {', '.join(inner_columns)} FROM {few} WHERE {where}"
            inner = f"SELECT s, {', '.join(picked)} FROM ({rows}) AS y GROUP BY s"
        elif self.rule.aggregate and claim:
            keys = [n for n in varying if "count(*)" not in lines[n].term and "sum(" not in lines[n].term]
            inner += " GROUP BY " + ", ".join(["statement", *(f"p{n}" for n in keys)])
        if claim:
            inner = f"SELECT {subject} AS s, x.* FROM ({inner}) AS x"
        iris = iri(self.context.names.graph("derived")) if graph == "derived" else self.graph
        block = _block(lines, iris, conditions, joined=joined)
        sql = f"SELECT {block} AS block FROM ({inner}) AS x"
        unique = first or (self.rule.aggregate and claim)
        if unique:
            sql += " ORDER BY block"
        split = f"SELECT DISTINCT unnest(string_split(block, chr(10))) AS block FROM ({sql}) AS b"
        name = self.name if graph == "source" else f"{self.name}-{graph}"
        columns = ", ".join(f"{part} AS i{n}" for n, part in enumerate(parts or [identity]))
        own = self.rule.kind == "entity" and not self.rule.distinct
        identities = "" if own else f"SELECT {columns} FROM {source} WHERE {where}"
        rows, distinct = f"SELECT t._row FROM {source} WHERE {where}", sql if unique else f"{split} ORDER BY block"
        claims = claim and not self.rule.aggregate
        return Select(name, self.rule.table, graph, sql, identities, distinct, rows, claims, by_row=not unique)


#: Properties of a claim that are part of what it states.
_STATED = frozenset({"wg:characteristic"})
#: A literal of SQL without quotes in it.
_LITERAL = re.compile(r"'[^']*'")


def _joined(parts: list[str]) -> str:
    """Return SQL for texts with tabs between them; literals beside each other become one."""
    pieces = [parts[0]]
    for piece in (p for part in parts[1:] for p in (terms.quote("\t"), part)):
        if _LITERAL.fullmatch(piece) and _LITERAL.fullmatch(pieces[-1]):
            pieces[-1] = pieces[-1][:-1] + piece[1:]
        else:
            pieces.append(piece)
    return f"concat({', '.join(pieces)})"


def _block(lines: list[_Line], graph: str, conditions: list[str], *, joined: bool) -> str:
    """Return SQL for the lines about `x.s`, joined by line ends; the first one is required unless `joined`."""
    if joined:
        pieces = ", ".join(terms.optional_line("x.s", line.predicate, f"x.p{n}", graph) for n, line in enumerate(lines))
        return f"substr(concat({pieces}), 2)"
    found: list[str] = []
    for n, line in enumerate(lines):
        if line.required or line.given in conditions:
            start = "" if not found else "\n"
            opening = f"{terms.quote(start)}, x.s" if start else "x.s"
            if line.fixed:
                found.append(f"{opening}, {terms.quote(f' {line.predicate} {line.term} {graph} .')}")
            else:
                found.append(f"{opening}, {terms.quote(f' {line.predicate} ')}, x.p{n}, {terms.quote(f' {graph} .')}")
        else:
            found.append(terms.optional_line("x.s", line.predicate, f"x.p{n}", graph))
    return f"concat({', '.join(found)})"
