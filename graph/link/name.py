"""Reading a name as people write it: what is the name, who is the author, and what is no name at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import nameparser

from .words import words

__all__ = ["MISAPPLIED", "Name", "read_name", "read_names"]

_BLANKS = re.compile(r"[\s_\u00a0]+")
_MARKUP = re.compile(r"</?[a-zA-Z]+>")
_NOTE = re.compile(
    r"\s+[-–—]\s.*$|\s*\[[^\]]*\]\s*$|\s*\((?:incl|excl|syn|see|also|introd|cult|adv|juv|imm)\b.*$", re.I
)
_DIGIT_IN_WORD = re.compile(r"(?<=[a-z])[0158](?=[a-z])|(?<=[a-z]{3})[0158](?=\s|$)|(?<=[a-z.] )[0158](?=[a-z]{3})")
_MARKER = re.compile(r"(?<=[a-z]) (v|vr|vari)\.? (?=[a-z]{3})")
MISAPPLIED = re.compile(r"\b(auct|auctt|sensu|non|nec)\b(?!.*\b(stricto|lato|str|lat)\b)", re.IGNORECASE)
_CAPITAL_IN_WORD = re.compile(r"(?<=[a-z])[I|](?=[a-z])|(?<=[a-z]{2})[I|](?=\s|$)")
_SCAN = {"0": "o", "1": "l", "5": "s", "8": "b"}
_LOW = "[a-zà-öø-ÿœ][a-zà-öø-ÿœ-]{2,}"
_BELOW = rf"(?: (?:(?:var|subsp|ssp|f|v)\.? )?({_LOW}))?"
_AUTHOR = "[(A-ZÀ-ÖØ-Þ].*"
_PLAIN = re.compile(rf"([A-Z][a-zà-öø-ÿœ-]{{2,}})(?: ({_LOW}))?(?: ({_LOW}))?(?: ({_AUTHOR}))?")
_INITIALS = re.compile(rf"([A-Z][a-z]{{0,2}})\. ?(?:([a-z]{{1,2}})\. ?)?({_LOW}){_BELOW}(?: ({_AUTHOR}|auct.*))?")
_EITHER = re.compile(r"\w\s*/\s*[a-z]|\bor\b", re.IGNORECASE)
_WIDE = re.compile(
    r"\b(?:s\.? ?l(?:at)?|sensu lat(?:o|iss)|agg(?:r(?:egate)?)?|coll|group|complex)\b\.?", re.IGNORECASE
)
_STRICT = re.compile(r"\b(?:s\.? ?str(?:icto)?|sensu stricto)\b\.?", re.IGNORECASE)
_RANKS = {"infraspecific_name": "", "unranked": "", "species_aggregate": "species aggregate", "form": "form"}

_NOT_NAMES, _NO_EPITHETS = words("not-names"), words("no-epithets")

Sense = Literal["", "wide", "misapplied"]


class Name(NamedTuple):
    """A name that was read.

    `canonical` has no author, no rank marker, no subgenus and no hybrid sign; it is empty for what is no name, and
    `why` says so. `phrase` marks what matches as a whole or not at all: viruses, codes of operational units, hybrid
    formulas, informal names; their `anchor` is the name of the thing above that they hang on. `initials` marks
    a shortened genus or species. `sense` says that the name is used wider than it is defined, or for another taxon.
    """

    text: str
    canonical: str
    authorship: str = ""
    rank: str = ""
    code: str = ""
    hybrid: bool = False
    initials: bool = False
    phrase: bool = False
    anchor: str = ""
    sense: Sense = ""
    why: str = ""


def read_name(text: str, *, authorship: str = "") -> Name:
    """Read one name; an authorship given apart wins over one in the name."""
    return read_names([text], [authorship])[0]


def read_names(texts: Sequence[str], authorships: Sequence[str] = ()) -> list[Name]:
    """Read many names. Plain ones are read here, the others by the parser of GBIF, all at once."""
    given = [authorship.strip() for authorship in authorships] or [""] * len(texts)
    found = [_read_plain(text, author) for text, author in zip(texts, given, strict=True)]
    hard = [n for n, name in enumerate(found) if name is None]
    for n, name in zip(hard, _read_hard([texts[n] for n in hard]), strict=True):
        found[n] = _authored(name, given[n]) if given[n] else name
    return [name for name in found if name is not None]


def _authored(name: Name, authorship: str) -> Name:
    code = _code(authorship)
    if code == "misapplied":
        return name._replace(authorship=authorship, sense="misapplied")
    return name._replace(authorship=authorship, code=name.code or code)


def _read_plain(text: str, given: str = "") -> Name | None:
    """Read a name of one to three words that may have an author; None for one that takes more to read."""
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    genus, species, below, author = found.groups()
    if species in _NO_EPITHETS or below in _NO_EPITHETS or (author and not _is_authorship(author)):
        return None
    if genus.lower() in _NOT_NAMES:
        return Name(text, "", why="a word for a missing name")
    author = given or author
    code = _code(author) if author else ""
    if code == "misapplied":
        return None
    if species is None:
        return Name(text, genus, author or "", "", code)
    if below is None:
        return Name(text, f"{genus} {species}", author or "", "species", code)
    return Name(text, f"{genus} {species} {below}", author or "", "", code)


@lru_cache(maxsize=1 << 16)
def _code(authorship: str) -> str:
    """Return the code that an authorship follows, `misapplied` for one that says so, or an empty string.

    Zoologists write the year after a comma, botanists write none (ICZN Rec. 51A, ICNafp Art. 46).
    """
    if MISAPPLIED.search(authorship):
        return "misapplied"
    return "zoological" if authorship.rstrip(")")[-4:].isdigit() and ", " in authorship else ""


@lru_cache(maxsize=1 << 16)
def _is_authorship(text: str) -> bool:
    if "×" in text or " x " in text or '"' in text or ":" in text or "/" in text or "?" in text:
        return False
    tokens = (token.strip("(),.&'’[]") for token in text.split())
    known = words("author-particles")
    return all(not t or t[0].isupper() or t in known or (t.isdigit() and len(t) == 4) for t in tokens)


def cleaned(text: str) -> str:
    """Return a name without markup, notes and slips of scanners, its letters in the usual case."""
    bare = _BLANKS.sub(" ", _MARKUP.sub("", text)).strip(" \t†*,;")
    if bare[:1] in "'\"“":
        bare = bare.strip("'\"“”")
    bare = _NOTE.sub("", bare)
    if bare.isupper() and " " in bare and not any(c.isdigit() for c in bare.split(" ")[0]):
        bare = _from_capitals(bare)
    elif bare[:1].islower() and not bare.startswith("x "):
        bare = bare[0].upper() + bare[1:]
    bare = _DIGIT_IN_WORD.sub(lambda digit: _SCAN[digit[0]], bare)
    return _MARKER.sub(" var. ", _CAPITAL_IN_WORD.sub("l", bare))


def _from_capitals(text: str) -> str:
    """Lower the epithets of `PANTHERA PARDUS LINNAEUS, 1758`; what has or precedes punctuation is the author."""
    tokens = text.split(" ")
    shown = [tokens[0].capitalize()]
    for n, token in enumerate(tokens[1:], 1):
        after = tokens[n + 1] if n + 1 < len(tokens) else ""
        if n > 1 and (token[-1] in ".,)" or token[0] == "(" or after[:1] in {"&", "("} or after.isdigit()):
            return " ".join([*shown, *(t.title() for t in tokens[n:])])
        shown.append(token.lower())
    return " ".join(shown)


def _read_hard(texts: Sequence[str]) -> list[Name]:
    clean = [cleaned(text) for text in texts]
    again = [_read_plain(text) if text != given else None for text, given in zip(clean, texts, strict=True)]
    left = [n for n, name in enumerate(again) if name is None]
    for n in left:
        again[n] = _read_special(clean[n])
    left = [n for n in left if again[n] is None]
    for n, parsed in zip(left, nameparser.parse_all([clean[n] for n in left]), strict=True):
        again[n] = _from_parsed(clean[n], parsed)
    return [name._replace(text=text) for name, text in zip(again, texts, strict=True) if name is not None]


def _read_special(text: str) -> Name | None:
    first = re.split(r"[\s.,:]", text.lower(), maxsplit=1)[0]
    if not re.search(r"[^\W\d_]{2}", text) or first in _NOT_NAMES:
        return Name(text, "", why="a word for a missing name" if text else "empty")
    if found := _INITIALS.fullmatch(text):
        genus, species, last, below, author = found.groups()
        if last not in _NO_EPITHETS and below not in _NO_EPITHETS:
            parts = [genus, species, last, below] if species else [genus, last, below]
            return Name(text, " ".join(p for p in parts if p), author or "", initials=True)
    if "?" in text:
        return Name(text, text, phrase=True, anchor=_first(text), why="the determination is doubted")
    if _EITHER.search(text):
        return Name(text, text, phrase=True, anchor=_first(text), why="one name or another")
    return None


def _first(text: str) -> str:
    """Return the genus that a doubtful name of several words begins with."""
    genus, _, rest = text.strip("? ").partition(" ")
    return genus if rest.strip("?() ") and genus.isalpha() else ""


def _from_parsed(text: str, parsed: object) -> Name:
    if isinstance(parsed, nameparser.Informal):
        return Name(text, text, phrase=True, anchor=parsed.taxon, why="not determined further than its anchor")
    if not isinstance(parsed, nameparser.ParsedName):
        return _unparsable(text)
    canonical = " ".join(
        part
        for part in (parsed.uninomial or parsed.genus, parsed.specific_epithet, parsed.infraspecific_epithet)
        if part
    )
    name = Name(
        text,
        canonical,
        parsed.authorship_complete() or "",
        _rank(parsed.rank, canonical),
        (parsed.code or "").lower(),
        bool(parsed.notho),
        sense=_sense(text, parsed.taxonomic_note or ""),
    )
    return _below(name, parsed)


def _below(name: Name, parsed: nameparser.ParsedName) -> Name:
    """Turn into a phrase what is no plain name: qualified, of a section or a cultivar, a strain."""
    above = name.canonical.rpartition(" ")[0]
    if parsed.epithet_qualifier:
        qualifier = " ".join(sorted(set(parsed.epithet_qualifier.values())))
        return name._replace(canonical=name.text, phrase=True, anchor=above, why=f"the determination says {qualifier}")
    if parsed.infrageneric_epithet and not parsed.specific_epithet:
        whole = parsed.canonical_name_without_authorship() or name.text
        return name._replace(canonical=whole, phrase=True, anchor=parsed.genus or "", why="a part of a genus")
    if parsed.cultivar_epithet or parsed.phrase:
        return name._replace(canonical=name.text, phrase=True, anchor=name.canonical, why="a cultivar or strain")
    if parsed.type == "INFORMAL":
        return name._replace(canonical=name.text, phrase=True, anchor=name.canonical, why="an informal name")
    if parsed.uninomial and parsed.uninomial.lower() in _NOT_NAMES:
        return Name(name.text, "", why="a word for a missing name")
    return name


def _unparsable(text: str) -> Name:
    try:
        nameparser.parse(text)
    except nameparser.UnparsableNameError as error:
        if error.name_type == "PLACEHOLDER":
            return Name(text, "", why="a placeholder")
        if error.name_type == "FORMULA":
            genus = text.split(" ")[0].strip("×")
            return Name(text, text, phrase=True, hybrid=True, anchor=genus, why="a hybrid formula")
        why = {"IDENTIFIER": "a code of an operational unit"}.get(error.name_type, "")
        return Name(
            text, text, phrase=True, why=why or "a virus" if error.code == "VIRUS" else why or "no parsable name"
        )
    return Name(text, text, phrase=True, why="no parsable name")


def _rank(rank: str, canonical: str) -> str:
    lowered = rank.lower()
    if lowered == "unranked" and canonical.count(" ") == 1:
        return "species"
    return _RANKS.get(lowered, lowered.replace("_", " "))


def _sense(text: str, note: str) -> Sense:
    if _WIDE.search(text) and not _STRICT.search(text):
        return "wide"
    return "misapplied" if note and not _STRICT.search(note) and not _WIDE.search(note) else ""
