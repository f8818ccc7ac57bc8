"""What is contested: the claims of tables that others may contradict, found by SQL among all and compared one by one.

SQL only leaves out what cannot disagree; whether claims do is for `compare` to say. It keeps claims of the same thing,
predicate, place and circumstances that share a time with others and do not all say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from ..extract import Period
from ..ontology.terms import expand
from .assemble import QUALIFIERS, Assembler
from .compare import COMPARED_BY, LINKED_BY, MOST_COMPARED, Conflict, Said, disagreeing
from .quads import iri, wg
from .same import make_same
from .sides import THINGS, Row, Sides, read_period
from .stated import RECORDS, SOURCE, Stated
from .tables.terms import quote

__all__ = ["Contest", "open_contest"]

#: The columns of `said` that a claim has one value for, with its property; then those it may have several for.
_ONE = {
    "subject": wg("subject"), "predicate": wg("predicate"), "source": SOURCE, "object": wg("object"),
    "text": wg("text"), "place": wg("place"), "time": wg("phenomenonTime"),
    "asserted": iri(expand("dwc:assertionMadeDate")), "rank": wg("rank"), "polarity": wg("polarity"),
    "estimate": wg("estimate"), "lower": wg("lower"), "upper": wg("upper"), "over": wg("lowerExclusive"),
    "under": wg("upperExclusive"), "unit": wg("unit"), "hedge": wg("hedge"),
}  # fmt: skip
_MANY = {name: QUALIFIERS[name] for name in (*COMPARED_BY, *LINKED_BY)}
_ROW = wg("row")
_DEPRECATED = iri(expand("wgv:") + "claim-rank/1.0/deprecated")
_LABEL = iri(expand("skos:prefLabel"))

#: Claims that others of the same thing and predicate may contradict, as far as that can be told without their values.
_ROUGH = """
CREATE TABLE rough AS WITH who AS (SELECT c.*, {about} AS about FROM claim AS c {same})
SELECT node, about, predicate, source, negated FROM who SEMI JOIN (
    SELECT about, predicate FROM who GROUP BY ALL
    HAVING count(*) > 1 AND (predicate IN ({single}) OR count(*) FILTER (measured) > 1
        OR (bool_or(negated) AND NOT bool_and(negated)))
) USING (about, predicate)
"""
#: What they are compared by, in a few bytes each. Of several values one will do for the key, for the amount none may
#: be lost; a line that comes twice changes neither for the worse.
_BRIEF = """
CREATE TABLE brief AS SELECT node, hash({around}) AS around,
    max(hash({stands})) FILTER (verb IN ('{object}', '{text}')) AS object,
    sum(hash(verb, value)) FILTER (verb IN ({amount})) AS amount, max(value) FILTER (verb = '{time}') AS time,
    coalesce(bool_or(value IN ('{deprecated}', '{records}')), false) AS apart
FROM (SELECT node, verb, value FROM ({words}) WHERE verb IN ({verbs})) AS w SEMI JOIN rough USING (node) {same}
GROUP BY node
"""
_SAID = """
CREATE TABLE said AS SELECT *, {others} FROM (
    SELECT node, {columns} FROM (SELECT node, verb, {whole} AS value FROM ({words}) WHERE verb IN ({verbs})) AS w
    SEMI JOIN contested USING (node) {same} GROUP BY node
)
"""
#: A text has spaces, so that it is all between the verb and the graph; the other terms have none.
_WHOLE = f"""
CASE verb WHEN '{_ROW}' THEN split_part(line, chr(34), 2)
    WHEN '{_ONE["text"]}' THEN regexp_extract(line, '^[^ ]+ [^ ]+ (.*) <[^ ]*> [.]$', 1) ELSE value END
"""
#: Claims of one group in order of time: where none before reaches the next, an island begins.
_TIMED = """
CREATE TABLE timed AS
WITH comparable AS (
    SELECT node, source, coalesce(first, '') AS first, coalesce(last, '') AS last,
        hash(about, predicate, around, b.time IS NULL, CASE WHEN predicate NOT IN ({exclusive}) THEN object END) AS key,
        hash(object, amount, negated) AS signature
    FROM rough JOIN brief AS b USING (node) LEFT JOIN period AS p ON p.time = b.time WHERE NOT apart
), begun AS (
    SELECT *, CASE WHEN first <= max(last) OVER (
        PARTITION BY key ORDER BY first, node ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) THEN 0 ELSE 1 END AS begins FROM comparable
)
SELECT *, sum(begins) OVER (PARTITION BY key ORDER BY first, node ROWS UNBOUNDED PRECEDING) AS island FROM begun
"""
_CONTESTED = """
CREATE TABLE contested AS SELECT node, t.key, t.island, members > {most} AS cut FROM (
    SELECT *, row_number() OVER (PARTITION BY key, island ORDER BY first, node) AS place FROM timed
) AS t JOIN (
    SELECT key, island, count(*) AS members FROM timed GROUP BY ALL
    HAVING count(DISTINCT signature) > 1 AND bool_or(source IN ({tables}))
) AS i ON i.key = t.key AND i.island = t.island WHERE place <= {most}
"""
_LABELS = """
CREATE TABLE label AS SELECT name, substr(min(if(contains(term, {language}), '0', '1') || term), 2) AS label FROM (
    SELECT split_part(line, ' ', 1) AS name, regexp_extract(line, '^[^ ]+ [^ ]+ (.*) <[^ ]*> [.]$', 1) AS term
    FROM {lines} WHERE contains(line, ' {property} ')
) SEMI JOIN thing USING (name) GROUP BY name
"""
_OBJECTS = """
CREATE TABLE thing AS SELECT DISTINCT object AS name FROM said SEMI JOIN contested USING (node)
WHERE starts_with(object, {base})
"""
_ROWS = """
SELECT s.*, c.key, c.island, c.cut, l.label FROM said AS s JOIN contested AS c USING (node)
LEFT JOIN label AS l ON l.name = s.object ORDER BY s.stands_subject, s.predicate, s.node
"""


@dataclass
class Contest:
    """The claims of a dataset, those that may be contested as rows of the table `said`.

    `linked` says that things may be linked as the same, which the table `same` then has. `looked_at` is how many claims
    were compared one by one, `cut` how many groups of them were too large to tell all.
    """

    claims: Stated
    assembler: Assembler
    sides: Sides
    linked: bool
    looked_at: int = 0
    cut: int = 0

    def conflicts(self) -> Iterator[list[Conflict]]:
        """Yield the conflicts that claims of tables are part of, those about one thing and predicate together."""
        engine = self.claims.engine
        self._find()
        if not engine.number("SELECT count(*) FROM contested"):
            return
        self._read()
        self._name_objects()
        names = list(engine.columns("said"))
        found = engine.stream(_ROWS)
        rows = (Row(dict(zip((*names, "key", "island", "cut", "label"), row, strict=True))) for row in found)
        for _, group in groupby(rows, key=lambda row: (row["stands_subject"], row["predicate"])):
            if conflicts := self._among(list(group)):
                yield conflicts

    def _name_objects(self) -> None:
        """Make the table `label`; the lines are read again only if a contested claim is about two things."""
        engine, settings = self.claims.engine, self.assembler.project.settings
        engine.run(_OBJECTS.format(base=quote(iri(settings.base)[:-1])))
        language = quote(f'"@{settings.language}')
        lines = self.claims.lines if engine.number("SELECT count(*) FROM thing") else "(SELECT '' AS line WHERE false)"
        engine.run(_LABELS.format(lines=lines, property=_LABEL, language=language))

    def _among(self, rows: list[Row]) -> list[Conflict]:
        found: list[Conflict] = []
        self.looked_at += len(rows)
        for _, island in groupby(sorted(rows, key=Row.island), key=Row.island):
            members, cut = list(island), list[Said]()
            conflicts = disagreeing(map(self.sides.said, members), cut)
            found += [c for c in conflicts if not (c.first.claim and c.second.claim)]
            self.cut += bool(cut or members[0]["cut"])
        return found

    def _find(self) -> None:
        """Make the table `contested`: claims that share a time with others of a group that does not agree."""
        engine, known = self.claims.engine, self.assembler.project.vocabulary.predicates.values()
        about = "coalesce(m.stands, c.subject)" if self.linked else "c.subject"
        single = _listed(p.iri for p in known if p.single_valued)
        engine.run(_ROUGH.format(about=about, same=self._same("c.subject"), single=single))
        if not engine.number("SELECT count(*) FROM rough"):
            engine.run("CREATE TABLE contested (node VARCHAR)")
            return
        engine.run(self._brief())
        engine.run("CREATE TABLE period (time VARCHAR, first VARCHAR, last VARCHAR)")
        times = engine.rows("SELECT DISTINCT time FROM brief WHERE time IS NOT NULL ORDER BY ALL")
        engine.fill("period", ((time, *_days(read_period(time))) for (time,) in times))
        exclusive = _listed(p.iri for p in known if p.single_valued or p.value == "quantity")
        engine.run(_TIMED.format(exclusive=exclusive))
        engine.run(_CONTESTED.format(most=MOST_COMPARED, tables=", ".join(map(quote, self.sides.tables))))

    def _brief(self) -> str:
        around = [_ONE["place"], *_MANY.values()]
        amount = [_ONE[name] for name in ("estimate", "lower", "upper", "over", "under", "unit")]
        other = [_ONE[name] for name in ("object", "text", "time", "rank")]
        return _BRIEF.format(
            around=", ".join(f"max(hash({self._stands})) FILTER (verb = '{verb}')" for verb in around),
            stands=self._stands,
            amount=", ".join(map(quote, amount)),
            verbs=", ".join(map(quote, (*around, *amount, *other))),
            deprecated=_DEPRECATED,
            records=RECORDS,
            words=self.claims.words,
            same=self._same("w.value"),
            **{name: _ONE[name] for name in ("object", "text", "time")},
        )

    def _read(self) -> None:
        """Make the table `said`: all that contested claims say."""
        stands = [f"{f'_{name}' if self.linked else name} AS stands_{name}" for name in THINGS]
        sql = _SAID.format(
            others=", ".join(stands),
            columns=", ".join(self._columns()),
            whole=_WHOLE,
            words=self.claims.words,
            verbs=", ".join(map(quote, (*_ONE.values(), *_MANY.values(), _ROW))),
            same=self._same("w.value"),
        )
        self.claims.engine.run(sql)

    def _columns(self) -> Iterator[str]:
        """Yield the columns of `said` as SQL: values as they are, and if things are linked what stands for each."""
        for name, verb in _ONE.items():
            yield f"max(value) FILTER (verb = '{verb}') AS {name}"
        for name, verb in _MANY.items():
            yield f"string_agg(value, ' ' ORDER BY value) FILTER (verb = '{verb}') AS {name}"
        yield f"list(value) FILTER (verb = '{_ROW}') AS rows"
        for name in THINGS if self.linked else ():
            many = f"string_agg({self._stands}, ' ' ORDER BY {self._stands})"
            made = many if name in _MANY else f"max({self._stands})"
            yield f"{made} FILTER (verb = '{_ONE.get(name) or _MANY[name]}') AS _{name}"

    @property
    def _stands(self) -> str:
        return "coalesce(m.stands, value)" if self.linked else "value"

    def _same(self, name: str) -> str:
        return f"LEFT JOIN same AS m ON m.name = {name}" if self.linked else ""


def open_contest(claims: Stated, assembler: Assembler, *, linked: bool) -> Contest:
    """Return the contest of a dataset's claims; `linked` says that some things may be linked as the same."""
    if linked:
        make_same(claims, iri(assembler.names.graph("ontology")))
    return Contest(claims, assembler, Sides(assembler, claims.start), linked)


def _days(period: Period | None) -> tuple[str, str]:
    """Return the first and last day of a period, as texts that sort; what cannot be read overlaps nothing dated."""
    if period is None:
        return "", ""
    return (period.start.isoformat() if period.start else "0000"), (period.end.isoformat() if period.end else "9999")


def _listed(iris: Iterable[str]) -> str:
    return ", ".join(quote(iri(name)) for name in iris) or "NULL"
