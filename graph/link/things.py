"""The ladder for organisations, places and habitats: label, acronym, wordings, misspellings, what it is a kind of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

from .answer import Match, Outcome, Query, Relation, Rung
from .index import Dump, Index, Thing
from .stem import folded
from .words import words

__all__ = ["climb_things"]

_NAMES = ("label", "alias")
_SHOWN = 20
Found = Sequence[tuple[Thing, str]]


def climb_things(index: Index, dump: Dump, query: Query) -> Match:
    """Match the name of an organisation, a place or a habitat."""
    return _Climb(index, dump, query).match()


class _Climb:
    def __init__(self, index: Index, dump: Dump, query: Query) -> None:
        self.index = index
        self.dump = dump
        self.query = query
        self.key = folded(query.name)
        self.rungs: list[Rung] = []
        self.near: list[Thing] = []

    def match(self) -> Match:
        """Try rung after rung until one decides."""
        if len(self.key) < 2 or self.key in words("not-names"):
            return self._end("none", [], Rung("read", 0, "not a name: empty, or a word for a missing name"))
        found = self.index.by_label(self.dump, self.key)
        named = [(thing, kind) for thing, kind in found if kind in _NAMES]
        return (
            self._settle("label", "exact", named, score=1.0)
            or self._acronym([(thing, kind) for thing, kind in found if kind == "acronym"])
            or self._wording()
            or self._loose([(thing, kind) for thing, kind in found if kind in {"broad", "narrow", "related"}])
            or self._fuzzy()
            or self._above()
            or self._end("none", self.near, Rung("parent", 0, "nothing to go on with"))
        )

    def _end(
        self, outcome: Outcome, things: Iterable[Thing], rung: Rung, *, relation: Relation = "exact", score: float = 1.0
    ) -> Match:
        self.rungs.append(rung)
        if outcome == "none":
            relation, score = "close", 0.0
        shown = list({thing.id: thing for thing in things}.values())[:_SHOWN]
        candidates = tuple(
            self.index.thing_candidate(self.dump, t)._replace(relation=relation, score=score) for t in shown
        )
        return Match(self.query, self.dump.key, outcome, candidates, tuple(self.rungs))

    def _settle(
        self, rung: str, outcome: Outcome, found: Found, *, score: float, relation: Relation = "exact"
    ) -> Match | None:
        """Judge what a rung found by country, type, place and kind of label; end there, or note why none will do."""
        said: list[str] = []
        left = self._narrowed(found, said)
        if not left:
            self.near += [thing for thing, _ in found]
            self.rungs.append(Rung(rung, len(found), f"none that fits: {'; '.join(said)}" if found else "none"))
            return None
        why = "; ".join(said)
        if len({thing.id for thing, _ in left}) > 1:
            rung_ = Rung(rung, len(found), "; ".join([*said, f"{len(left)} of equal standing"]))
            return self._end(
                "ambiguous", [t for t, _ in left], rung_, relation=relation, score=round(1 / (1 + len(left)), 3)
            )
        return self._end(
            outcome, [left[0][0]], Rung(rung, len(found), why or "the only one"), relation=relation, score=score
        )

    def _narrowed(self, found: Found, said: list[str]) -> Found:
        query = self.query
        left = {(thing.id, kind): (thing, kind) for thing, kind in found}
        kept = list(left.values())
        if query.country:
            country = query.country.upper()
            kept = _dropped(kept, [f for f in kept if f[0].country in {"", country}], f"not in {country}", said)
        if query.type:
            kept = _dropped(kept, [f for f in kept if _is_type(f[0], query.type)], f"not of type {query.type}", said)
        place = folded(query.locality)
        for better, why in (
            ([f for f in kept if place and place in folded(f"{f[0].locality} {f[0].label}")], f"at {query.locality}"),
            ([f for f in kept if self.index.words[f[0].status] == "accepted"], "in use"),
            ([f for f in kept if folded(f[0].label) == self.key], "whose first name it is"),
        ):
            if better and len(better) < len(kept):
                said.append(f"{len(better)} of {len(kept)} {why}")
                kept = better
        return list({thing.id: (thing, kind) for thing, kind in kept}.values())

    def _acronym(self, found: Found) -> Match | None:
        """An acronym alone names too many: it is linked only where the country or the place agrees."""
        if not found:
            return None
        left = self._narrowed(found, [])
        query = self.query
        place = folded(query.locality)
        agrees = len(left) == 1 and (
            (query.country and left[0][0].country == query.country.upper())
            or (place and place == folded(left[0][0].locality))
        )
        if len(left) == 1 and not agrees:
            why = "an acronym alone, without its country or place: a person has to look"
            return self._end("ambiguous", [left[0][0]], Rung("acronym", len(found), why), score=0.5)
        return self._settle("acronym", "exact", found, score=0.9)

    def _wording(self) -> Match | None:
        """The same words without articles, legal forms and what stands in brackets; a plural for its singular."""
        for key in _wordings(self.query.name):
            found = [(t, kind) for t, kind in self.index.by_label(self.dump, key) if kind in _NAMES]
            if key != self.key and found:
                return self._settle("other wording", "variant", found, score=0.9)
        self.rungs.append(Rung("other wording", 0, "none"))
        return None

    def _loose(self, found: Found) -> Match | None:
        """Synonyms that an ontology calls narrow are below the class; broad and related ones a person has to judge."""
        narrow = [(t, kind) for t, kind in found if kind == "narrow"]
        if narrow:
            return self._settle("narrow synonym", "broader", narrow, score=0.85, relation="broad")
        if found:
            kinds = " or ".join(sorted({kind for _, kind in found}))
            rung = Rung("loose synonym", len(found), f"only as a {kinds} synonym: a person has to look")
            return self._end("ambiguous", [t for t, _ in found], rung, relation="close", score=0.5)
        return None

    def _fuzzy(self) -> Match | None:
        slips = 0 if len(self.key) < 6 else 1 if len(self.key) < 12 else 2
        block = self.index.labels_near(self.dump, self.key) if slips else []
        marked = [(OSA.distance(self.key, key), thing) for thing, key in block if _one_slip(self.key, key)]
        least = min((d for d, _ in marked), default=slips + 1)
        if least > slips:
            self.rungs.append(Rung("fuzzy", 0, "no label near enough"))
            return None
        near = {thing.id: (thing, "label") for d, thing in marked if d == least}
        return self._settle("fuzzy", "fuzzy", list(near.values()), score=round(0.9 - 0.1 * least, 2), relation="close")

    def _above(self) -> Match | None:
        """A habitat named by several words is a kind of what its last words name."""
        if self.dump.kind != "habitat":
            return None
        parts = self.key.split(" ")
        for n in range(1, len(parts)):
            for key in _wordings(" ".join(parts[n:])):
                found = [(t, kind) for t, kind in self.index.by_label(self.dump, key) if kind in _NAMES]
                if found:
                    return self._settle("parent", "broader", found, score=0.8, relation="broad")
        return None


def _dropped(
    kept: list[tuple[Thing, str]], left: list[tuple[Thing, str]], why: str, said: list[str]
) -> list[tuple[Thing, str]]:
    if len(left) < len(kept):
        said.append(f"{len(kept) - len(left)} {why}")
    return left


def _is_type(thing: Thing, asked: str) -> bool:
    known = {part.strip().lower() for part in thing.type.split(",")}
    word = asked.strip().lower()
    return (
        not thing.type
        or word in known
        or any(part.startswith(f"{word}.") or part.endswith(f".{word}") for part in known)
    )


def _wordings(name: str) -> list[str]:
    """Return the keys under which a name may stand besides its own."""
    outside = name.partition("(")[0] if name.count("(") and name.strip()[0] != "(" else name
    bare = [w for w in folded(outside.replace("&", " and ")).split(" ") if w not in words("bare-words")]
    keys = [folded(name), folded(name.replace("&", " and ")), folded(outside), f"the {folded(outside)}"]
    keys += [" ".join(folded(outside).removeprefix("the ").split(" "))]
    whole = folded(outside).split(" ")
    while len(whole) > 1 and whole[-1] in words("bare-words"):
        whole = whole[:-1]
        keys.append(" ".join(whole))
    keys += [singular for key in (*keys, " ".join(bare)) for singular in _singulars(key)]
    return list(dict.fromkeys(key for key in keys if key))


def _singulars(key: str) -> list[str]:
    """English plurals, which vocabularies of habitats avoid and reports use."""
    for plural, singular in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")):
        if key.endswith(plural) and len(key) > len(plural) + 3 and not key.endswith("ss"):
            found = [key.removesuffix(plural) + singular]
            return found if plural != "es" else [*found, key[:-1]]
    return []


def _one_slip(key: str, other: str) -> bool:
    """Say whether two labels differ in one word, by letters within it: `Iran` and `Iraq` are no misspellings."""
    ours, theirs = key.split(" "), other.split(" ")
    different = [(a, b) for a, b in zip(ours, theirs, strict=False) if a != b]
    if len(ours) != len(theirs) or len(different) != 1:
        return False
    a, b = different[0]
    slips = 1 if len(a) < 10 else 2
    return a.isalpha() and len(a) > 5 and a[0] == b[0] and OSA.distance(a, b) <= slips
