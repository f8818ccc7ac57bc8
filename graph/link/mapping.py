"""Links: an entity of the dataset stands in some relation to a thing of another dataset, or is said not to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...extract.claim import NOWHERE, Origin
from .targets import Target, target_of

__all__ = ["PREDICATES", "Link", "rejected", "sort_key"]

#: The relations a link can state (https://www.w3.org/TR/skos-reference/#mapping), strongest first.
PREDICATES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")

#: What a rejection of the key also rejects: what is not even close is not exact, what is unrelated is nothing.
_STRONGER = {
    "exactMatch": {"exactMatch"},
    "closeMatch": {"exactMatch", "closeMatch"},
    "broadMatch": {"broadMatch"},
    "narrowMatch": {"narrowMatch"},
    "relatedMatch": set(PREDICATES),
}


@dataclass(frozen=True, slots=True)
class Link:
    """One mapping. `subject` and `object` are IRIs, dates are ISO 8601, `negated` makes it a remembered rejection.

    `predicate` is one of `PREDICATES`; `justification` a term of semapv (LexicalMatching, ManualMappingCuration).
    `extra` keeps the columns of SSSOM that wildgraph has no use for.
    """

    subject: str
    predicate: str
    object: str
    negated: bool = False
    justification: str = "ManualMappingCuration"
    confidence: float | None = None
    subject_label: str = ""
    object_label: str = ""
    release: str = ""
    tool: str = ""
    tool_version: str = ""
    date: str = ""
    reviewer: str = ""
    reviewed: str = ""
    comment: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    origin: Origin = NOWHERE

    @property
    def target(self) -> Target | None:
        """The dataset that the object belongs to, None for one that wildgraph does not know."""
        found = target_of(self.object)
        return found[0] if found else None

    @property
    def identifier(self) -> str:
        """What the object is called in its dataset, or its IRI."""
        found = target_of(self.object)
        return found[1] if found else self.object

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two rows say the same."""
        return self.subject, self.predicate, self.object

    @property
    def handle(self) -> str:
        """Eight hexadecimal digits by which people call a link."""
        return self.digest[:8]

    @property
    def digest(self) -> str:
        """A hash of what the link says: not of who found or judged it, so that it survives both."""
        text = "\t".join([*self.key, "Not" if self.negated else ""])
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    @property
    def words(self) -> str:
        """The link as people say it: `leopard exactMatch gbif:5219436`."""
        thing = f"{self.target.name}:{self.identifier}" if self.target else self.object
        return f"{self.subject_label or self.subject} {'not ' if self.negated else ''}{self.predicate} {thing}"

    def without_content(self) -> Link:
        """Return the link as it may be passed on: of a dataset whose terms forbid more, the identifier alone."""
        target = self.target
        return replace(self, object_label="") if target and target.identifier_only else self


def sort_key(link: Link) -> tuple[object, ...]:
    """Return what rows of a file are sorted by, so that each has one place and git can merge."""
    target = link.target
    name = target.name if target else ""
    return link.subject, name, link.object, PREDICATES.index(link.predicate), link.negated


def rejected(links: Iterable[Link]) -> set[tuple[str, str, str]]:
    """Return the keys of everything that the rejections among some links rule out."""
    return {(no.subject, kind, no.object) for no in links if no.negated for kind in _STRONGER[no.predicate]}
