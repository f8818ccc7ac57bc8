"""What a service's answer is worth: rules that hold for all of them, whatever confidence they state.

A thing of a higher rank is a broader match at most; a name spelled otherwise is not exact; of several things that
fit equally well none is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..answer import Candidate, Match, Outcome, Query, Rung
from ..http import ServiceError
from ..targets import targets

__all__ = ["above", "candidate", "part", "same_name", "verdict"]

#: Ranks from above to below. A rank that is not listed (unranked, clade) says nothing.
_RANKS = (
    "domain", "kingdom", "phylum", "class", "order", "family", "genus", "species", "subspecies", "variety", "form",
)  # fmt: skip
_BELOW = {"ssp", "subsp", "subspecies", "var", "variety", "f", "form", "forma", "x", "×"}


def verdict(query: Query, dump: str, said: str, candidates: Sequence[Candidate], why: str) -> Match:
    """Return the match that follows from an answer. `said` is the service's own verdict, as near as words map.

    `said` is exact, variant, fuzzy, broader or none; `candidates` come in the service's order, its choice first.
    """
    equal = [c for c in candidates if c.relation == "exact" and same_name(query, c.name)]
    distinct = {c.accepted_id or c.id for c in equal}
    outcome: Outcome = "none"
    chosen: tuple[Candidate, ...] = tuple(candidates)
    if said == "none" or not candidates:
        outcome = "ambiguous" if len(distinct) > 1 else "none"
    elif len(distinct) > 1:
        outcome, why = "ambiguous", f"{why}; {len(distinct)} things have this very name"
        chosen = (*equal, *(c for c in candidates if c not in equal))
    elif said == "broader" or above(query, candidates[0]):
        outcome = "ambiguous" if equal else "broader"
        chosen = tuple(c if c in equal else c._replace(relation="broad") for c in candidates)
    elif said == "exact" and equal and equal[0] == candidates[0]:
        outcome = "exact"
    else:
        outcome = "fuzzy" if said in {"exact", "fuzzy"} else "variant"
        chosen = tuple(c._replace(relation="close") if c.relation == "exact" else c for c in candidates)
    return Match(query, dump, outcome, chosen, (Rung(dump, len(candidates), why),))


def candidate(dump: str, **values: str | float) -> Candidate:
    """Return a candidate of a dump, with the IRI that the list of datasets gives its identifier."""
    target = targets().get(dump.partition("@")[0])
    identifier, accepted = str(values["id"]), str(values.get("accepted_id", ""))
    iris = {
        "iri": target.iri + identifier if target and target.fits(identifier) else "",
        "accepted_iri": target.iri + accepted if target and accepted and target.fits(accepted) else "",
    }
    return Candidate(**{"dump": dump, **iris, **values})  # type: ignore[arg-type]


def same_name(query: Query, name: str) -> bool:
    """Tell whether two names are spelled the same, apart from case, rank markers and authorship."""
    return _canonical(query.name) == _canonical(name)


def above(query: Query, found: Candidate) -> bool:
    """Tell whether what was found stands above what was asked for."""
    asked = query.rank.lower() or _rank_by_words(query.name)
    if query.kind != "taxon" or asked not in _RANKS or found.rank.lower() not in _RANKS:
        return False
    return _RANKS.index(found.rank.lower()) < _RANKS.index(asked)


def part(answer: object, *path: str, service: str) -> dict[str, object]:
    """Return an object inside an answer. Raises ServiceError when the answer is not built as documented."""
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
        if answer is None:
            return {}
    if not isinstance(answer, dict):
        raise ServiceError(
            f"{service}: the answer has no object at {'.'.join(path) or 'its top'}; has the API changed?"
        )
    return answer


def _rank_by_words(name: str) -> str:
    words = len(_canonical(name).split())
    return {2: "species", 3: "subspecies"}.get(words, "")


def _canonical(name: str) -> str:
    """Return genus and epithets in small letters: the authorship starts at the first word that looks like none."""
    words = name.replace("(", " (").split()
    kept = words[:1]
    for word in words[1:]:
        if word.strip(".").lower() in _BELOW:
            continue
        if not re.fullmatch(r"[a-zë-]+", word):
            break
        kept.append(word)
    return " ".join(kept).lower()
