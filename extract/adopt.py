"""Adopting: a candidate written as a row of a claim file, in the names of the project."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from ..ontology import Predicate
from .candidate import Candidate, Number, Thing
from .cells import Cells
from .claim import Claim, Span
from .curated import CLAIMS, read_claim
from .equal import Names
from .ledger import Decision
from .problems import Problem
from .project import Project
from .table import Row

__all__ = ["Adopter", "span_text"]

_TABLES = tomllib.loads((Path(__file__).parent / "adoption.toml").read_text(encoding="utf-8"))
_ACTORS = frozenset({"organization", "stakeholder"})
_TAXA = frozenset({"taxon", "taxon-group"})


class Adopter:
    """Turns candidates into the cells of claim rows, and says what keeps such a row from being a claim.

    A name that the project does not know is written as an id made of its words: the problem that follows names the
    file and the row that is missing.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = Names(project.vocabulary, project.entities.values())
        self._types = {entity.id: entity.type for entity in project.entities.values()}

    def cells(self, candidate: Candidate) -> dict[str, str]:
        """Return the cells that are not empty, by column of `claims/*.tsv`."""
        predicate, value = self._statement(candidate)
        qualifiers = candidate.qualifiers
        found = {
            "source": self.source(candidate),
            "subject": self._entity(candidate.subject, _TAXA if predicate != "partner" else _ACTORS),
            "predicate": predicate,
            "object": value,
            **self._quantity(candidate.quantity),
            "place": self._entity(Thing(qualifiers.get("region", "")), frozenset({"place"})),
            "when": _when(qualifiers.get("year", "")),
            "when_basis": "" if qualifiers.get("yearSource", "sentence") in {"sentence", "evidence"} else "inferred",
            "polarity": _TABLES["polarity"].get(qualifiers.get("polarity", ""), ""),
            "actors": self._actor(candidate.actor),
            "evidence": " | ".join(span_text(span) for span in candidate.evidence),
        }
        if not found["when"]:
            found["when_basis"] = ""
        return {name: cell for name, cell in found.items() if cell}

    def source(self, candidate: Candidate) -> str:
        """Return the id of the source that a candidate is from: by hash, else by the name of its file."""
        by_hash = {source.canonical_sha256 or source.sha256: source.id for source in self.project.sources.values()}
        by_hash |= {source.sha256: source.id for source in self.project.sources.values() if source.sha256}
        doc = candidate.doc
        if found := by_hash.get(doc.canonical_sha256) or by_hash.get(doc.sha256):
            return found
        name = Path(doc.file).name
        by_file = [
            source.id for source in self.project.sources.values() if source.file and Path(source.file).name == name
        ]
        return by_file[0] if len(by_file) == 1 else _id(Path(doc.file).stem)

    def claim(self, cells: Mapping[str, str], problems: list[Problem], *, row: Row | None = None) -> Claim | None:
        """Return the claim that cells make; what is wrong with them is added to `problems`."""
        used = [name for name in CLAIMS.columns if name in cells] if row is None else []
        row = row or Row("candidate", 0, dict(cells), [1] * len(used), used)
        reader = Cells(row, problems, self.project.vocabulary, self._types)
        language = self.project.settings.language
        return read_claim(reader, vocabulary=self.project.vocabulary, sources=self.project.sources, language=language)

    def problems(self, cells: Mapping[str, str]) -> list[Problem]:
        """Return what keeps cells from being a claim."""
        found: list[Problem] = []
        self.claim(cells, found)
        return found

    def _statement(self, candidate: Candidate) -> tuple[str, str]:
        name = _TABLES["predicate"].get(candidate.predicate, candidate.predicate)
        thing, known = candidate.object, self.project.vocabulary.predicates.get(name)
        if thing is None or known is None or known.value == "quantity":
            return name, thing.id or thing.text if thing and known is None else ""
        if known.value == "text":
            return name, thing.text or thing.id
        if known.value == "concept":
            return name, self._code(thing, known)
        for other in (name, *_TABLES["by-object-type"].get(name, {}).values()):
            types = self.project.vocabulary.predicates[other].object_types
            if self._entities(thing, types):
                return other, self._entity(thing, types)
        return name, self._entity(thing, known.object_types)

    def _code(self, thing: Thing, predicate: Predicate) -> str:
        schemes = predicate.object_schemes
        codes = [code for code in self.names.things(thing.text, thing.id) if code.partition(":")[0] in schemes]
        return min(
            codes, key=lambda code: (schemes[::-1].index(code.partition(":")[0]), code), default=thing.id or thing.text
        )

    def _entities(self, thing: Thing, types: frozenset[str]) -> list[str]:
        """Return the entities that a thing may be: by id, by name, or as the only ones with its code."""
        things = self.names.things(thing.text, thing.id)
        named = {*things, *self.names.things(thing.text, "")}
        found = sorted(name for name in named if self._types.get(name) in types)
        if found:
            return [thing.id] if thing.id in found else found
        codes = self.names.codes(things)
        coded = [
            entity.id
            for entity in self.project.entities.values()
            if entity.type in types and codes & {concept.code for concept in entity.codes}
        ]
        return sorted(coded)

    def _entity(self, thing: Thing, types: frozenset[str]) -> str:
        found = self._entities(thing, types) if thing.text or thing.id else []
        if len(found) == 1:
            return found[0]
        return _id(thing.text if not thing.id or ":" in thing.id else thing.id)

    def _actor(self, actor: Thing | None) -> str:
        return f"{self._entity(actor, _ACTORS)}:lead" if actor else ""

    def _quantity(self, quantity: Number | None) -> dict[str, str]:
        if quantity is None:
            return {}
        hedge = self._notation("hedge-1.0", quantity.hedge)
        concept = self.project.vocabulary.schemes["hedge-1.0"].concepts.get(hedge)
        kind, _, exclusive = (concept.facts.get("boundKind", "none") if concept else "none").partition("-")
        found = {"hedge": hedge, "unit": self._notation("unit-1.0", quantity.unit)}
        found["life_stage"] = self._notation("life-stage-1.0", quantity.life_stage)
        low, high = quantity.low, quantity.high
        if low and high and low != high:
            return found | {"lower": low, "upper": high}
        if kind == "none":
            return found | {"estimate": low or high}
        sign = {"lower": ">", "upper": "<"}[kind] if exclusive == "exclusive" else ""
        return found | {kind: f"{sign}{low or high}"}

    def _notation(self, scheme: str, word: str) -> str:
        known = self.project.vocabulary.schemes[scheme].concepts
        if not word or word in known:
            return word
        codes = sorted(code for code in self.names.things(word, "") if code.startswith(f"{scheme}:"))
        return codes[0].partition(":")[2] if codes else word

    @cached_property
    def documents(self) -> Mapping[str, str]:
        """The canonical hash of each source that has one, by id."""
        return {source.id: source.canonical_sha256 for source in self.project.sources.values()}

    def decision(
        self, candidate: Candidate, verdict: str, *, cells: Mapping[str, str], curator: str, date: str, note: str = ""
    ) -> Decision:
        """Return the decision on a candidate whose claim is to be `cells`; columns that differ are named as edited."""
        found = self.cells(candidate)
        names = [name for name in CLAIMS.columns if found.get(name, "") != cells.get(name, "")]
        return Decision(
            candidate=candidate.id,
            verdict=verdict,
            cells=dict(cells),
            rule=candidate.rule,
            extractor=candidate.extractor,
            edited=tuple(names),
            curator=curator,
            date=date,
            document=candidate.doc.canonical_sha256[:16],
            note=note,
        )


def span_text(span: Span) -> str:
    """Return a span as a cell of `evidence` has it: `205-246:9f2c61ab04d1e0b7`."""
    return f"{span.start}-{span.end}" + (f":{span.hash}" if span.hash else "")


def _when(year: str) -> str:
    decade = re.sub(r"\b(\d{3})0s\b", r"\1X", year.strip())
    return re.sub(r"\s*(?:-|–|/|to)\s*(?=\d{3})", "/", decade)


def _id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
