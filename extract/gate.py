"""The gate: what every extractor's candidates must show before a curator sees them.

Rules, models and plug-ins are held to the same: the evidence stands in the document word by word, every number, year
and name of the claim stands in the evidence, and the object is in a vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ..ontology import Vocabulary
from .candidate import Candidate, Thing
from .claim import token_hash
from .equal import Names
from .verbatim import at_boundaries, name_stands, number_stands, year_stands

__all__ = ["Gate", "Refusal"]

_WE = re.compile(r"(?i)\b(we|our|us)\b")


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """Why a candidate was stopped. `kind` is evidence, number, year, name, object, document or form."""

    kind: str
    message: str


@dataclass(frozen=True)
class Gate:
    """Judges candidates by the words of their document; `names` is what objects are looked up in."""

    vocabulary: Vocabulary
    names: Names

    def refusals(self, candidate: Candidate, text: str) -> list[Refusal]:
        """Return everything that is wrong with a candidate of a document with this canonical text; [] lets it pass."""
        if broken := list(_evidence(candidate, text)):
            return broken
        evidence = "\n".join(text[span.start : span.end] for span in candidate.evidence)
        around = evidence + "\n" + _sentence(candidate, text)
        found = [*_numbers(candidate, evidence), *_year(candidate, evidence, around, text)]
        found += self._object(candidate, evidence)
        region, actor = candidate.qualifiers.get("region", ""), candidate.actor
        if region and not self._stands(region, around):
            found.append(Refusal("name", f"the region '{region}' does not stand in the sentence of the evidence"))
        # Who says "we" is named somewhere else in the document.
        if actor and not self._stands(actor.text or actor.id, text if _WE.search(around) else around):
            name = actor.text or actor.id
            found.append(Refusal("name", f"the actor '{name}' does not stand in the sentence of the evidence"))
        subject = candidate.subject
        if not (self._stands(subject.text, text) or (subject.id and self._stands(subject.id, text))):
            found.append(Refusal("name", f"the subject '{subject.text or subject.id}' does not stand in the document"))
        return found

    def _object(self, candidate: Candidate, evidence: str) -> Iterator[Refusal]:
        thing = candidate.object
        if thing is None:
            if candidate.quantity is None:
                yield Refusal("object", "the claim has neither an object nor a number")
            return
        stands = name_stands(thing.text, evidence) if thing.text else self._stands(thing.id, evidence)
        if not stands:
            yield Refusal("name", f"'{thing.text or thing.id}' does not stand in the evidence")
        known = self.vocabulary.predicates.get(candidate.predicate)
        if (known is None or known.value != "text") and not self._grounded(thing):
            yield Refusal("object", f"'{thing.id or thing.text}' is in no vocabulary and no entity of the project")

    def _grounded(self, thing: Thing) -> bool:
        """Say whether a thing is known, or what its last words name: `Siberian ibex` where there is an ibex."""
        if ":" in thing.id or (thing.id and self.names.things("", thing.id)):
            return bool(self.names.things("", thing.id))  # a code that no scheme has is made up
        words = thing.text.replace("-", " ").split()
        return any(self.names.things(" ".join(words[first:]), "") for first in range(len(words)))

    def _stands(self, name: str, text: str) -> bool:
        """Say whether a name, or any label of the thing that it stands for, stands in a text."""
        labels = [label for thing in self.names.things(name, name) for label in self.names.labels(thing)]
        return bool(name) and any(name_stands(label, text) for label in (name, *labels))


def _evidence(candidate: Candidate, text: str) -> Iterator[Refusal]:
    if not candidate.evidence:
        yield Refusal("evidence", "no evidence")
    for span in candidate.evidence:
        place = f"{span.start}-{span.end}"
        if not 0 <= span.start < span.end <= len(text):
            yield Refusal("evidence", f"{place} is not a stretch of the document, which has {len(text)} characters")
        elif not at_boundaries(span.start, span.end, text):
            yield Refusal("evidence", f"{place} cuts through a word or a number")
        elif span.hash and span.hash != token_hash(text[span.start : span.end]):
            yield Refusal("evidence", f"the words at {place} are not those that were hashed")


def _sentence(candidate: Candidate, text: str) -> str:
    """Return the sentence of the first span, if that is what it looks like: around the span and of one paragraph."""
    start, end = candidate.sentence
    first = candidate.evidence[0]
    sentence = text[start:end]
    return sentence if start <= first.start and first.end <= end and "\n\n" not in sentence else ""


def _numbers(candidate: Candidate, evidence: str) -> Iterator[Refusal]:
    quantity = candidate.quantity
    for number in dict.fromkeys((quantity.low, quantity.high) if quantity else ()):
        if not number:
            continue
        try:
            stands = number_stands(Decimal(number), evidence)
        except InvalidOperation:
            yield Refusal("number", f"'{number}' is not a number")
            continue
        if not stands:
            yield Refusal("number", f"{number} does not stand in the evidence as a whole number")


def _year(candidate: Candidate, evidence: str, around: str, text: str) -> Iterator[Refusal]:
    """A year stands in the evidence; one that says where else it is from, in the sentence or in the document."""
    year, origin = candidate.qualifiers.get("year", ""), candidate.qualifiers.get("yearSource", "")
    if not year or origin in {"published", "metadata"}:
        return
    where = {"": evidence, "evidence": evidence, "sentence": around}.get(origin, text)
    if not year_stands(year, where):
        yield Refusal("year", f"{year} does not stand in the {origin or 'evidence'}")
