"""Explaining: an entity, claim or source of a project in plain words, with the evidence."""

from __future__ import annotations

from collections.abc import Iterator

from ..extract import Claim, Document, Entity, Project, Source, Span, UsageError
from ..extract.problems import nearest
from ..graph.assemble import Assembler
from ..graph.compare import find_conflicts
from ..graph.describe import circumstances, sentence, value
from ..graph.evidence import local_documents
from ..graph.link.files import read_links
from .explanation import Explanation, Statement, Witness

__all__ = ["Explanation", "Statement", "Witness", "explain"]


def explain(project: Project, name: str) -> Explanation:
    """Explain the thing that an IRI, an id or a label stands for.

    What tables made is told from the built graph. Raises UsageError when nothing or more than one thing is called so.
    """
    teller = _Teller(project)
    found = teller.find(name)
    if len(found) == 1 and project.tables:
        from .made import with_conflicts  # as below

        return with_conflicts(project.root, found[0])
    if len(found) == 1:
        return found[0]
    if not found and project.tables:
        from .made import explain_made  # opens the store, which curated things do without

        return explain_made(project.root, name)
    if found:
        raise UsageError(
            f"'{name}' is the name of {len(found)} things: {', '.join(f.iri for f in found)}; give the IRI"
        )
    hint = nearest(name, teller.known())
    raise UsageError(f"nothing is called '{name}' here{'; ' + hint if hint else ''}")


class _Teller:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.names = Assembler(project).names
        self.documents = local_documents(project)
        self.conflicts = find_conflicts(project, read_links(project).accepted)

    def find(self, name: str) -> list[Explanation]:
        wanted = name.casefold()
        entities = [e for e in self.project.entities.values() if wanted in self._called(e)]
        sources = [s for s in self.project.sources.values() if name in {s.id, self.names.source(s.id)}]
        claims = [c for c in self.project.claims if name in {c.handle, self.names.claim(c)} and name]
        found = [self._entity(e) for e in entities] + [self._source(s) for s in sources]
        return found + [self._claim(c) for c in claims]

    def known(self) -> list[str]:
        entities = [name for e in self.project.entities.values() for name in (e.id, e.label.text)]
        return [*entities, *self.project.sources, *(c.handle for c in self.project.claims if c.handle)]

    def _called(self, entity: Entity) -> set[str]:
        labels = {label.text.casefold() for label in (entity.label, *entity.alt_labels)}
        scientific = {entity.scientific_name.casefold()} if entity.scientific_name else set()
        return {entity.id, self.names.entity(entity.type, entity.id).casefold()} | labels | scientific

    def _entity(self, entity: Entity) -> Explanation:
        facts = [
            ("also called", ", ".join(label.text for label in entity.alt_labels)),
            ("scientific name", f"{entity.scientific_name} {entity.authorship}".strip()),
            ("rank", entity.rank),
            ("according to", entity.according_to),
            ("part of", self.project.entities[entity.parent].label.text if entity.parent else ""),
            ("classified as", ", ".join(f"{c.code} {c.label}" for c in entity.codes)),
            ("country", ", ".join(entity.countries)),
            ("position", ", ".join(entity.position or ())),
            ("description", entity.description),
            ("homepage", entity.homepage),
        ]
        claims = [c for c in self.project.claims if entity.id in _mentioned(c)]
        iri = self.names.entity(entity.type, entity.id)
        return self._explanation(iri, entity.label.text, entity.type, facts, claims)

    def _source(self, source: Source) -> Explanation:
        publisher = self.project.entities[source.publisher].label.text if source.publisher else ""
        facts = [
            ("publisher", publisher),
            ("published", source.published.text if source.published else "not dated"),
            ("retrieved", source.retrieved.text if source.retrieved else ""),
            ("licence", source.license),
            ("copy", f"{source.file}{'' if source.id in self.documents else ' (not at hand)'}"),
            ("SHA-256", source.sha256),
        ]
        claims = [c for c in self.project.claims if c.source == source.id]
        return self._explanation(self.names.source(source.id), source.title, "source", facts, claims)

    def _claim(self, claim: Claim) -> Explanation:
        facts = [
            ("subject", self.project.entities[claim.subject].label.text),
            (claim.predicate.label, value(claim, self.project)),
            ("circumstances", ", ".join(circumstances(claim, self.project))),
            ("wording", claim.quantity.wording if claim.quantity else ""),
            (
                "rank",
                " ".join(filter(None, (claim.rank.name, claim.rank.reason and f"({claim.rank.reason})"))),
            ),
            ("decided by", claim.rank.by),
        ]
        return self._explanation(self.names.claim(claim), sentence(claim, self.project), "claim", facts, [claim])

    def _explanation(
        self, iri: str, title: str, kind: str, facts: list[tuple[str, str]], claims: list[Claim]
    ) -> Explanation:
        told = tuple(self._statement(claim) for claim in claims)
        facts += [("in conflict", reason) for reason in self._disputed(iri)]
        return Explanation(iri, title, kind, tuple(fact for fact in facts if fact[1]), told)

    def _disputed(self, iri: str) -> list[str]:
        pairs = ((conflict, (conflict.first, conflict.second)) for conflict in self.conflicts)
        return sorted(c.reason for c, sides in pairs if any(iri in {s.iri, s.subject[1:-1]} for s in sides))

    def _statement(self, claim: Claim) -> Statement:
        made = Assembler(self.project).asserted(claim)
        return Statement(
            iri=self.names.claim(claim),
            words=sentence(claim, self.project),
            predicate=claim.predicate.label,
            source=self.project.sources[claim.source].title,
            asserted=made.text if made else "",
            rank=claim.rank.name,
            origin=f"{claim.origin.path}:{claim.origin.line}",
            evidence=tuple(self._witness(claim.source, span) for span in claim.evidence),
        )

    def _witness(self, source: str, span: Span) -> Witness:
        document = self.documents.get(source)
        text = _sentence_around(document, span) if document else ""
        return Witness(source, span.start, span.end, span.hash, text)


def _mentioned(claim: Claim) -> Iterator[str]:
    yield claim.subject
    if isinstance(claim.object, str):
        yield claim.object
    if claim.place:
        yield claim.place
    yield from (actor.entity for actor in claim.actors)
    yield from (name for column, names in claim.links.items() if column != "outcome" for name in names)


def _sentence_around(document: Document, span: Span) -> str:
    """Return the span widened to its line or sentence, with the span itself between arrows."""
    text = document.text
    start = max(text.rfind("\n", 0, span.start), *(text.rfind(mark, 0, span.start) + 1 for mark in (". ", "! ", "? ")))
    ends = [i for i in (text.find(mark, span.end - 1) for mark in ("\n", ". ", "! ", "? ")) if i >= 0]
    end = min(ends, default=len(text) - 1) + 1
    return f"{text[start + 1 : span.start]}»{text[span.start : span.end]}«{text[span.end : end]}".strip()
