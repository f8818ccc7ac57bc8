"""A review as one static page: every candidate with its words, its claim and what was decided."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..extract.candidate import Candidate
from ..extract.ledger import ENOUGH, Decision, Record, records
from ..extract.passage import passages
from ..extract.project import Project
from ..extract.session import Session
from ..extract.source import Source

__all__ = ["review_page"]

_TEMPLATES = Path(__file__).parent / "templates"
#: Licences under which a sentence of a source may be shown to anybody.
_OPEN = re.compile(r"CC0|CC-BY-(SA-)?\d|PDDL|ODC-By|OGL|PUBLIC[ -]DOMAIN|CC-PDDC", re.IGNORECASE)
_STATES = {"": "waiting", "accept": "accepted", "edit": "accepted, edited", "reject": "rejected"}
_LABELS = {"document": "Document", "predicate": "Predicate", "rule": "Rule", "decision": "Decision"}
#: Cells that the heading of a card says in words.
_IN_HEADING = {
    "source", "subject", "predicate", "object", "evidence", "hedge", "estimate", "lower", "upper", "unit", "life_stage",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Card:
    id: str
    subject: str
    predicate: str
    value: str
    verdict: str
    state: str
    passages: list[list[tuple[str, bool]]]
    withheld: str
    cells: list[tuple[str, str]]
    problems: list[str]
    source: str
    spans: str
    rule: str
    confidence: str
    groups: dict[str, str]
    filters: list[str]


@dataclass(frozen=True, slots=True)
class _Chip:
    id: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class _Filter:
    name: str
    chips: list[_Chip]


@dataclass(frozen=True, slots=True)
class _Row:
    title: str
    license: str
    shown: str


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    lead: str
    figures: list[tuple[str, int]]
    progress: str
    bar: list[tuple[str, float]]
    filters: list[_Filter]
    cards: list[_Card]
    rules: list[tuple[str, Record]]
    enough: int
    sources: list[_Row]


def review_page(session: Session, *, private: bool = False) -> str:
    """Return the page as HTML, without scripts and without a request to anywhere.

    Words of a source are shown where its licence lets anybody show them, or, with `private`, always; elsewhere the
    page gives offsets.
    """
    import jinja2  # takes a tenth of a second, which no other verb should pay

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    page = _page(session, private=private)
    return environment.get_template("review.html").render(page=page)


def _page(session: Session, *, private: bool) -> _Page:
    project = session.project
    decisions: dict[str, list[Decision]] = {}
    for decision in project.decisions:
        decisions.setdefault(decision.candidate, []).append(decision)
    cards = [_card(session, candidate, decisions.get(candidate.id, []), private) for candidate in session.all]
    verdicts = Counter(card.verdict for card in cards)
    total = len(cards)
    named = [("accepted", verdicts["accept"]), ("edited", verdicts["edit"]), ("rejected", verdicts["reject"])]
    decided = total - verdicts[""]
    return _Page(
        title=project.settings.title,
        lead="Candidate claims found in the sources, with the words they rest on and what curators decided.",
        figures=[("candidates", total), ("waiting", verdicts[""]), *named],
        progress=f"{decided} of {total} decided",
        bar=[(name, round(100 * verdicts[name] / total, 2)) for name in ("accept", "edit", "reject") if total],
        filters=_filters(cards),
        cards=cards,
        rules=list(records(project.decisions).items()),
        enough=ENOUGH,
        sources=_sources(project, cards, private),
    )


def _card(session: Session, candidate: Candidate, made: Sequence[Decision], private: bool) -> _Card:
    cells = dict(made[0].cells) if made else session.cells(candidate)
    source = session.project.sources.get(cells.get("source", ""))
    may_show = source is not None and _may_show(source, private)
    text = session.text(candidate) if may_show else ""
    shown = passages(candidate, text) if text else []
    spans = ", ".join(f"{span.start}-{span.end}" for span in candidate.evidence)
    verdicts = {decision.verdict for decision in made}
    verdict = made[0].verdict if len(verdicts) == 1 else ""
    by = ", ".join(sorted({decision.curator for decision in made}))
    state = "disputed" if len(verdicts) > 1 else _STATES[verdict]
    predicate = session.project.vocabulary.predicates.get(cells["predicate"])
    problems = [] if verdict == "reject" else session.adopter.problems(cells)
    groups = {
        "document": source.title if source else candidate.doc.file,
        "predicate": predicate.label if predicate else cells["predicate"],
        "rule": candidate.rule or candidate.extractor or "no rule",
        "decision": state,
    }
    return _Card(
        id=candidate.id,
        subject=_name(session.project, cells["subject"]),
        predicate=groups["predicate"],
        value=_value(session.project, cells),
        verdict=verdict,
        state=f"{state} by {by}" if by else state,
        passages=shown,
        withheld="" if shown else _withheld(source, spans, may_show),
        cells=[(name, cell) for name, cell in cells.items() if name not in _IN_HEADING],
        problems=[f"not a claim yet: {p.message} '{p.value}' ({p.fix})" for p in problems],
        source=groups["document"],
        spans=f"characters {spans}",
        rule=groups["rule"],
        confidence=candidate.confidence,
        groups=groups,
        filters=[_anchor(kind, label) for kind, label in groups.items()],
    )


def _may_show(source: Source, private: bool) -> bool:
    return private or bool(_OPEN.match(source.license))


def _withheld(source: Source | None, spans: str, may_show: bool) -> str:
    if source is None:
        return f"Words at {spans}: of no source in sources.tsv."
    if may_show:
        return f"Words at {spans}: this version of the source is not at hand."
    return f"Words at {spans}: not shown, the source’s licence is {source.license or 'not stated'}."


def _value(project: Project, cells: Mapping[str, str]) -> str:
    """Return what a row says of its subject in words: `less than 60 adults`."""
    numbers = [cells[name].lstrip("<>") for name in ("estimate", "lower", "upper") if cells.get(name)]
    words = [_name(project, cells.get("object", "")), _label(project, "hedge-1.0", cells), " to ".join(numbers)]
    words += [_label(project, "unit-1.0", cells), _label(project, "life-stage-1.0", cells)]
    return " ".join(filter(None, words))


def _label(project: Project, scheme: str, cells: Mapping[str, str]) -> str:
    cell = cells.get({"hedge-1.0": "hedge", "unit-1.0": "unit", "life-stage-1.0": "life_stage"}[scheme], "")
    concept = project.vocabulary.schemes[scheme].concepts.get(cell)
    return concept.label if concept else cell


def _name(project: Project, name: str) -> str:
    entity = project.entities.get(name)
    if entity:
        return entity.label.text
    scheme, _, notation = name.partition(":")
    known = project.vocabulary.schemes.get(scheme)
    return known.concepts[notation].label if known and notation in known.concepts else name


def _filters(cards: Sequence[_Card]) -> list[_Filter]:
    found = []
    for kind, name in _LABELS.items():
        counts = Counter(card.groups[kind] for card in cards)
        chips = [_Chip(_anchor(kind, label), label, count) for label, count in sorted(counts.items())]
        if len(chips) > 1:
            found.append(_Filter(name, chips))
    return found


def _anchor(kind: str, label: str) -> str:
    """Return an id that is a CSS name and a URL fragment; letters that are neither are written as code points."""
    return f"{kind}-" + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}" for c in label)


def _sources(project: Project, cards: Sequence[_Card], private: bool) -> list[_Row]:
    used = {card.groups["document"] for card in cards}
    rows = []
    for source in project.sources.values():
        if source.title in used:
            shown = "yes" if _may_show(source, private) else "no, offsets only"
            rows.append(_Row(source.title, source.license, shown))
    return rows
