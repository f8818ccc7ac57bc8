"""The ladder for taxa: exact with author, exact, spelling variants, misspellings, author-assisted, the taxon above."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from .answer import Match, Outcome, Query, Relation, Rung
from .author import agreement, authors, may_be_moved
from .fuzzy import Slip, is_sure, near_records
from .index import Dump, Index, Record
from .judge import BELOW_SPECIES, Verdict, judge, rank_of
from .name import MISAPPLIED, Name
from .stem import genus_stem, phrase_key, same_declension, stem, tail_stem

__all__ = ["climb", "first_stem"]

_ABOVE_SPECIES = frozenset({"genus", "subgenus", "tribe", "family", "order", "class", "phylum", "kingdom"})
_SHOWN = 5  # near misses that are told
_NO_CONTEXT = ("",) * 6  # rank, kingdom, family, code, locality, country of a query
_ONLY = "the only one spelled so"
_WITH_AUTHOR = (Rung("exact with author", 1, _ONLY),)
_EXACT = (Rung("exact with author", 0, "no author given"), Rung("exact", 1, _ONLY))


def first_stem(name: Name) -> str:
    """Return the key under which a name is looked up first, or an empty string for what has none."""
    if not name.canonical or name.initials:
        return ""
    return phrase_key(name.canonical) if name.phrase else stem(name.canonical)


def climb(index: Index, dump: Dump, query: Query, name: Name, records: Sequence[Record]) -> Match:
    """Match a name that was read; `records` are those of its first stem."""
    return _at_once(index, dump, query, name, records) or _Climb(index, dump, query, name).match(records)


def _at_once(index: Index, dump: Dump, query: Query, name: Name, records: Sequence[Record]) -> Match | None:
    """End at the first rung where a single record is the name, rank and author included: nine names in ten."""
    if len(records) != 1 or name.sense or name.phrase or query[2:8] != _NO_CONTEXT:
        return None
    record = records[0]
    if record.canonical != name.canonical or (name.rank and index.words[record.rank] != name.rank):
        return None
    author = name.authorship
    if not author:
        candidate = index.candidate(dump, record, 0.98)
        return Match(query, dump.key, "exact", (candidate,), _EXACT)
    if author != record.authorship and agreement(author, record.authorship) <= 0:
        return None
    return Match(query, dump.key, "exact", (index.candidate(dump, record),), _WITH_AUTHOR)


class _Climb:
    """One name on its way up. Every rung notes what it found and why it ended there or went on."""

    def __init__(self, index: Index, dump: Dump, query: Query, name: Name) -> None:
        self.index = index
        self.dump = dump
        self.query = query
        self.name = name
        self.rungs: list[Rung] = []
        self.near: list[Record] = []

    def match(self, records: Sequence[Record]) -> Match:
        """Try rung after rung until one decides."""
        name = self.name
        if not name.canonical:
            return self._end("none", [], Rung("read", 0, f"not a name: {name.why}"))
        if name.phrase:
            return self._phrase(records)
        if name.initials and MISAPPLIED.search(name.authorship):
            return self._end("none", [], Rung("read", 0, "used for another taxon, and shortened"))
        if name.initials:
            return self._initials()
        if rank_of(self.query.rank) in _ABOVE_SPECIES and " " in name.canonical:
            rung = Rung("read", 0, f"the rank is given as {self.query.rank}, the name is that of a species")
            return self._end("none", records[:_SHOWN], rung)
        if name.sense == "misapplied":
            return self._misapplied(records)
        return self._by_spelling(records) or self._fuzzy() or self._elsewhere() or self._above()

    def _misapplied(self, records: Sequence[Record]) -> Match:
        """A name used for another taxon than it was given to is itself in the index, or only what is above it."""
        self._note("read", "used for another taxon than the one it was given to")
        word, canonical = self.index.words, self.name.canonical
        same = [r for r in records if r.canonical == canonical and word[r.status] == "misapplied"]
        return self._settle("exact", "exact", same, score=0.9) or self._above()

    def _by_spelling(self, records: Sequence[Record]) -> Match | None:
        canonical, author = self.name.canonical, self.name.authorship
        exact = [record for record in records if record.canonical == canonical]
        with_author = [r for r in exact if author and agreement(author, r.authorship) > 0]
        if with_author:
            found = self._settle("exact with author", "exact", with_author, score=1.0)
        else:
            self._note("exact with author", "none with this author" if author else "no author given")
            found = self._settle("exact", "exact", exact, score=0.98)
        if found is not None:
            return found
        return self._variant([record for record in records if record.canonical != canonical])

    def _variant(self, records: Sequence[Record]) -> Match | None:
        """Spellings of one name; `-us` and `-is` are no genders of one another, so those a person looks at."""
        alike = [r for r in records if same_declension(self.name.canonical, r.canonical)]
        found = self._settle("orthographic variant", "variant", _nearest(self.name.canonical, alike), score=0.95)
        if found or len(alike) == len(records):
            return found
        other = judge(self.index, self.query, self.name, [r for r in records if r not in alike])
        left = other.tied or ((other.chosen,) if other.chosen else ())
        why = f"{other.why}; the endings are of different declensions: a person has to look"
        return self._tied("orthographic variant", left, why, relation="close") if left else None

    def _note(self, rung: str, why: str, found: int = 0) -> None:
        self.rungs.append(Rung(rung, found, why))

    def _end(
        self,
        outcome: Outcome,
        records: Sequence[Record],
        rung: Rung,
        *,
        relation: Relation = "exact",
        score: float = 1.0,
    ) -> Match:
        self.rungs.append(rung)
        if outcome == "none":
            relation, score = "close", 0.0
        candidates = tuple(self.index.candidate(self.dump, record, score, relation) for record in records)
        return Match(self.query, self.dump.key, outcome, candidates, tuple(self.rungs))

    def _settle(self, rung: str, outcome: Outcome, records: Sequence[Record], *, score: float) -> Match | None:
        """Judge the records of a rung: end there with one or with several, or note why none will do."""
        if not records:
            self._note(rung, "none")
            return None
        verdict = judge(self.index, self.query, self.name, records)
        if verdict.tied:
            verdict = self._by_country(verdict)
        if verdict.tied:
            return self._tied(rung, verdict.tied, verdict.why)
        if verdict.chosen is None:
            self.near += records
            self._note(rung, f"none that fits: {verdict.why}", len(records))
            return None
        return self._chosen(rung, outcome, verdict, len(records), score)

    def _by_country(self, verdict: Verdict) -> Verdict:
        """Choose between equals the one that lives there, where all others are recorded from elsewhere only."""
        country = self.query.country.upper()
        lives = [(r, self.index.countries(self.dump, r.accepted or r.ref)) for r in verdict.tied] if country else []
        there = [record for record, known in lives if country in known]
        if len(there) != 1 or not all(known for _, known in lives):
            return verdict
        return Verdict(there[0], (), f"{verdict.why}; 1 recorded from {country}", verdict.author)

    def _tied(self, rung: str, records: Sequence[Record], why: str, *, relation: Relation = "exact") -> Match:
        score = round(1 / (1 + len(records)), 3)
        return self._end("ambiguous", records, Rung(rung, len(records), why), relation=relation, score=score)

    def _chosen(self, rung: str, outcome: Outcome, verdict: Verdict, found: int, score: float) -> Match:
        """End with the record that was chosen, less firmly where author, rank or sense differ."""
        assert verdict.chosen is not None
        why, relation = verdict.why, "exact" if outcome in {"exact", "variant"} else "close"
        if verdict.author < 0:
            score *= 0.8
        if verdict.rank_differs:
            relation, why = "close", f"{why}; of another rank below species"
        if self.name.sense == "wide":
            relation, why = "close", f"{why}; the name is meant in a wider sense"
        if outcome == "exact" and (verdict.author < 0 or relation == "close"):
            outcome = "variant"
        rung_ = Rung(rung, found, why)
        return self._end(outcome, [verdict.chosen], rung_, relation=relation, score=round(score, 3))  # type: ignore[arg-type]

    def _fuzzy(self) -> Match | None:
        near = near_records(self.index, self.dump, self.name)
        if not near:
            self._note("fuzzy", "no name near enough")
            return None
        verdict = judge(self.index, self.query, self.name, [record for record, _ in near])
        if verdict.chosen is None and not verdict.tied:
            self.near += [record for record, _ in near]
            self._note("fuzzy", f"none that fits: {verdict.why}", len(near))
            return None
        chosen = verdict.chosen or verdict.tied[0]
        if len(verdict.tied) > 1:
            return self._tied("fuzzy", verdict.tied, verdict.why, relation="close")
        slip = next(slip for record, slip in near if record is chosen)
        why = f"{_letters(slip.distance)} from {chosen.canonical}"
        known = self._known(slip)
        if known and verdict.author <= 0:
            self.near.append(chosen)
            self._note("fuzzy", f"{why}, but spelled like a name of its own", len(near))
            return None
        if not is_sure(self.name, slip, chosen, author=verdict.author, known=known):
            return self._unsure(chosen, why, verdict)
        score = 0.95 * (1 - slip.distance / len(self.name.canonical))
        return self._chosen("fuzzy", "fuzzy", Verdict(chosen, (), why, verdict.author), len(near), score)

    def _known(self, slip: Slip) -> bool:
        """Say whether a word that seems misspelled is a genus or an epithet that the dump has elsewhere."""
        genus = genus_stem(self.name.canonical.split(" ")[0])
        if slip.genus and self.index.epithets(self.dump, genus):
            return True
        return any(self.index.has_tail(self.dump, tail_stem(word)) for word in slip.words)

    def _unsure(self, chosen: Record, why: str, verdict: Verdict) -> Match:
        author = verdict.author
        reason = "not sure enough" if author > 0 else "its author differs" if author else "no author to confirm it"
        return self._tied("fuzzy", [chosen], f"{why}, {reason}: a person has to look", relation="close")

    def _elsewhere(self) -> Match | None:
        """Find the epithet with its author and year in another genus: it may have been moved there."""
        given = authors(self.name.authorship)
        if " " not in self.name.canonical or not given.names:
            self._note("author-assisted", "no author given" if not given.names else "one word only")
            return None
        rows = self.index.by_tail(self.dump, tail_stem(self.name.canonical.rpartition(" ")[2]))
        family = self.query.family.lower()
        same = [
            r
            for r in rows
            if may_be_moved(self.name.authorship, r.authorship)
            and _as_long(r, self.name.canonical)
            and family in {"", self.index.words[r.family].lower()}
        ]
        verdict = judge(self.index, self.query, self.name, same) if same else Verdict(None, (), "none")
        left = verdict.tied or ((verdict.chosen,) if verdict.chosen else ())
        if not left or len(left) > _SHOWN:
            self._note(
                "author-assisted",
                "no name with this epithet and author in another genus" if not left else "too many",
                len(same),
            )
            return None
        return self._tied(
            "author-assisted", left, "the epithet and its author in another genus: perhaps moved", relation="close"
        )

    def _phrase(self, records: Sequence[Record]) -> Match:
        if records:
            found = self._settle("exact", "exact", records, score=1.0)
            if found is not None:
                return found
        self._note("exact", f"{self.name.why}: it is in the index as a whole or not at all")
        return self._above()

    def _initials(self) -> Match:
        """Find the one name that a shortened one can stand for."""
        genus, *middle, last = self.name.canonical.split(" ")
        found = []
        for record in self.index.by_tail(self.dump, tail_stem(last)):
            first, *others, _ = record.canonical.split(" ")
            fits = len(others) == len(middle) and all(o.startswith(m) for o, m in zip(others, middle, strict=True))
            if fits and first.startswith(genus):
                found.append(record)
        found = [record for record in found if record.canonical.endswith(f" {last}")] or found
        match = self._settle("shortened name", "variant", found, score=0.9)
        return match or self._end(
            "none", self.near[:_SHOWN], Rung("shortened name", len(found), "it cannot be completed")
        )

    def _above(self) -> Match:
        """Link to the species of a subspecies or the genus of a species; that is never an exact match."""
        for anchor in self._anchors():
            above = Name(anchor, anchor, code=self.name.code)
            records = [
                r for r in self.index.by_stems(self.dump, [stem(anchor)]).get(stem(anchor), ()) if _alike(anchor, r)
            ]
            query = self.query._replace(rank="", authorship="")
            verdict = judge(self.index, query, above, records) if records else Verdict(None, (), "not in the index")
            if verdict.tied:
                return self._tied("parent", verdict.tied, f"{anchor}: {verdict.why}", relation="broad")
            if verdict.chosen is not None:
                rung = Rung("parent", len(records), f"{anchor} is above it: {verdict.why}")
                return self._end("broader", [verdict.chosen], rung, relation="broad", score=0.9)
            self._note("parent", f"{anchor}: {verdict.why}", len(records))
        return self._end("none", self.near[:_SHOWN], Rung("parent", 0, "nothing above it is in the index"))

    def _anchors(self) -> list[str]:
        if self.name.phrase:
            anchor = self.name.anchor
            return [anchor, anchor.split(" ")[0]] if " " in anchor else [anchor] if anchor else []
        words = self.name.canonical.split(" ")
        if len(words) == 1:
            below_genus = rank_of(self.query.rank) in {"species", *BELOW_SPECIES}
            return words if below_genus else []
        return [" ".join(words[:n]) for n in range(len(words) - 1, 0, -1)]


def _nearest(canonical: str, records: Sequence[Record]) -> list[Record]:
    """Return the records that are spelled most like a name."""
    marked = [(OSA.distance(canonical, r.canonical), r) for r in records]
    least = min((distance for distance, _ in marked), default=0)
    return [record for distance, record in marked if distance == least]


def _alike(anchor: str, record: Record) -> bool:
    return record.canonical == anchor or " " in anchor


def _as_long(record: Record, canonical: str) -> bool:
    return record.canonical.count(" ") == canonical.count(" ") and record.canonical != canonical


def _letters(count: int) -> str:
    return "a letter" if count == 1 else f"{count} letters"
