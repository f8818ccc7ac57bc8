"""What is asked of an index and what it answers: queries, candidates, the rungs that were tried, matches."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Candidate", "Kind", "Match", "Outcome", "Query", "Relation", "Rung"]

#: What a name is the name of. Each dump of an index holds one kind.
Kind = Literal["taxon", "organization", "place", "habitat"]

#: exact: the same name. variant: the same name spelled differently by rule. fuzzy: a misspelling.
#: broader: only a thing above it was found. ambiguous: a person has to look. none: nothing was found.
Outcome = Literal["exact", "variant", "fuzzy", "broader", "ambiguous", "none"]

#: How the thing asked for stands to the candidate: SKOS exactMatch, closeMatch or broadMatch.
Relation = Literal["exact", "close", "broad"]


class Query(NamedTuple):
    """A name with all that is known of what it names; every part but the name may be left empty.

    `name` may hold the authorship. `country` is an ISO 3166-1 alpha-2 code, `type` what the thing is within its
    kind: a ROR type for an organisation, a GeoNames class or code for a place. `kind` says what to look among.
    """

    name: str
    authorship: str = ""
    rank: str = ""
    kingdom: str = ""
    family: str = ""
    code: str = ""
    locality: str = ""
    country: str = ""
    type: str = ""
    kind: Kind = "taxon"


class Candidate(NamedTuple):
    """A record of a dump that a name may stand for.

    `dump` is the key of the dump (`col@2026-05`), `id` the identifier as the dump writes it, `iri` the same as an
    IRI or empty. For a synonym `accepted_id` and `accepted_name` are the accepted taxon of that release. `score` is
    the confidence from 0 to 1. A named tuple, because a hundred thousand are made in a second.
    """

    dump: str
    id: str
    iri: str
    name: str
    authorship: str = ""
    rank: str = ""
    status: str = "accepted"
    accepted_id: str = ""
    accepted_iri: str = ""
    accepted_name: str = ""
    kingdom: str = ""
    family: str = ""
    country: str = ""
    type: str = ""
    definition: str = ""
    relation: Relation = "exact"
    score: float = 1.0


class Rung(NamedTuple):
    """One step of the ladder: its name, how many records it found, and what was decided and why."""

    name: str
    found: int
    why: str


class Match(NamedTuple):
    """The answer to one query by one dump.

    `exact`, `variant`, `fuzzy` and `broader` have their choice as the first candidate; `ambiguous` has all that a
    person must choose between. `none` has no candidate, or near misses that were not good enough.
    """

    query: Query
    dump: str
    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    rungs: tuple[Rung, ...] = ()

    @property
    def linked(self) -> bool:
        """Whether one candidate was chosen."""
        return self.outcome != "none" and self.outcome != "ambiguous"

    @property
    def best(self) -> Candidate | None:
        """The candidate that was chosen, if one was."""
        return self.candidates[0] if self.linked else None
