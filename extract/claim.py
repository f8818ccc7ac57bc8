"""Claims: what one source says, with its circumstances and its evidence."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ..ontology import Concept, Predicate
from .period import Period

__all__ = ["NOWHERE", "Actor", "Claim", "Origin", "Quantity", "Rank", "Review", "Span", "Text", "plain", "token_hash"]

_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a claim was written: a file of the project and a line in it."""

    path: str
    line: int


NOWHERE = Origin("", 0)


@dataclass(frozen=True, slots=True)
class Text:
    """A value that is words and not an entity; `language` is empty for a scientific name."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as stated. Bounds are there only when the source gives them; numbers are in `unit`."""

    unit: Concept
    estimate: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    lower_exclusive: bool = False
    upper_exclusive: bool = False
    hedge: Concept | None = None
    wording: str = ""

    def converted(self, unit: Concept, factor: Decimal) -> Quantity:
        """Return the same quantity in another unit, without its wording."""
        estimate, lower, upper = (None if n is None else n * factor for n in self.numbers)
        return replace(self, unit=unit, estimate=estimate, lower=lower, upper=upper, wording="")

    @property
    def numbers(self) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
        """Estimate, lower and upper bound."""
        return self.estimate, self.lower, self.upper


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and as what."""

    entity: str
    role: Concept


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source's canonical text: code points, half open; `hash` is of its words."""

    start: int
    end: int
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Rank:
    """What a curator thinks of a claim beside others: normal, preferred or deprecated, with the reason."""

    name: str = "normal"
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """How a claim came from a candidate: by which rule of which extractor, and which curators accepted it.

    `edited` names the columns that a curator changed.
    """

    candidate: str
    rule: str = ""
    extractor: str = ""
    curators: tuple[str, ...] = ()
    date: str = ""
    edited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of one source.

    `object` is an entity id, a concept, a text or None (a quantity stands alone). `circumstances` and `links`
    hold the concepts and the entity ids of the columns of the same name, in the order given.
    """

    subject: str
    predicate: Predicate
    source: str
    object: str | Concept | Text | None = None
    quantity: Quantity | None = None
    place: str | None = None
    when: Period | None = None
    asserted: Period | None = None
    circumstances: Mapping[str, tuple[Concept, ...]] = field(default_factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    actors: tuple[Actor, ...] = ()
    rank: Rank = Rank()
    evidence: tuple[Span, ...] = ()
    silences: Mapping[str, str] = field(default_factory=dict)
    review: Review | None = None
    handle: str = ""
    origin: Origin = NOWHERE

    @property
    def negated(self) -> bool:
        """Whether the source denies the statement."""
        return any(c.notation == "negated" for c in self.circumstances.get("polarity", ()))

    @property
    def holds(self) -> bool:
        """Whether anything may be derived from the claim: it is affirmed and not deprecated."""
        return self.rank.name != "deprecated" and not self.negated

    def statement(self) -> str:
        """Return the statement and its source in one line: equal lines are one claim.

        Evidence, wording, rank, outcome and notes are left out, so that curating them keeps the identity.
        """
        parts = [self.source, self.subject, self.predicate.name, _value(self.object), _amount(self.quantity)]
        parts += [
            self.place or "",
            self.when.text if self.when else "",
            self.asserted.text if self.asserted else "",
        ]
        parts += [f"{n}={','.join(sorted(c.notation for c in v))}" for n, v in sorted(self.circumstances.items())]
        parts += [f"{n}={','.join(sorted(v))}" for n, v in sorted(self.links.items()) if n != "outcome"]
        parts += sorted(f"{actor.entity}:{actor.role.notation}" for actor in self.actors)
        return "\t".join(parts)


def token_hash(text: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a text's words.

    Words are runs of word characters after NFKC and case folding, joined by single spaces: a span is found
    again when white space, punctuation or typography around its words changed.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return hashlib.sha256(" ".join(_WORDS.findall(folded)).encode()).hexdigest()[:16]


def _value(value: str | Concept | Text | None) -> str:
    if isinstance(value, Concept):
        return value.code
    if isinstance(value, Text):
        return f'"{value.text}"@{value.language}'
    return value or ""


def _amount(quantity: Quantity | None) -> str:
    if quantity is None:
        return ""
    numbers = [
        "" if quantity.estimate is None else f"={plain(quantity.estimate)}",
        "" if quantity.lower is None else f"{'>' if quantity.lower_exclusive else '>='}{plain(quantity.lower)}",
        "" if quantity.upper is None else f"{'<' if quantity.upper_exclusive else '<='}{plain(quantity.upper)}",
    ]
    return " ".join([*filter(None, numbers), quantity.hedge.notation if quantity.hedge else "", quantity.unit.notation])


def plain(number: Decimal) -> str:
    """Return a number in its shortest plain form: `70`, `2.5`, never `7E+1` or `70.0`."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
