"""Makes names wrong as people, printers and scanners do: the reference on which the matcher is measured.

A seed, a list of true names and this file give the same reference on every machine; no data are copied.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["KINDS", "Case", "True_", "make_cases"]

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SCAN = (("rn", "m"), ("m", "rn"), ("l", "1"), ("l", "i"), ("i", "l"), ("cl", "d"), ("h", "b"), ("e", "c"), ("o", "0"),
        ("u", "n"), ("n", "u"), ("ii", "u"), ("a", "o"), ("t", "l"))  # fmt: skip
SPELL = (("ae", "e"), ("ii", "i"), ("y", "i"), ("i", "y"), ("ph", "f"), ("th", "t"), ("k", "c"), ("oe", "e"),
         ("rh", "r"), ("ll", "l"), ("nn", "n"), ("tt", "t"), ("l", "ll"), ("-", ""))  # fmt: skip
GENDER = (("us", "a"), ("a", "us"), ("um", "us"), ("us", "um"), ("is", "e"), ("e", "is"), ("er", "ra"))
MARKERS = {
    "variety": ("var.", "var", "v."),
    "subspecies": ("subsp.", "ssp.", "subsp", ""),
    "form": ("f.", "forma", "fo."),
}


class True_(NamedTuple):  # noqa: N801
    """A name of a checklist as it should be."""

    id: str
    canonical: str
    authorship: str
    rank: str
    taxon: str


class Case(NamedTuple):
    """A name to look for. `truth` is the record meant, or None where the checklist has none."""

    kind: str
    text: str
    authorship: str
    truth: True_ | None


def full(name: True_, rng: random.Random, *, canonical: str = "") -> str:
    """Return a name as labels have it, with a rank marker below species."""
    words = (canonical or name.canonical).split(" ")
    marker = rng.choice(MARKERS.get(name.rank, ("",)))
    return " ".join([*words[:2], marker, *words[2:]] if marker and len(words) == 3 else words)


def _replace(rng: random.Random, text: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Replace one occurrence of one of some spellings, not in the first two letters."""
    possible = [(old, new, m.start()) for old, new in pairs for m in re.finditer(re.escape(old), text) if m.start() > 1]
    if not possible:
        return ""
    old, new, at = rng.choice(possible)
    return text[:at] + new + text[at + len(old) :]


def _slip(rng: random.Random, text: str) -> str:
    """Put in, leave out, change or swap one letter of the epithets or of the genus after its first."""
    places = [n for n, c in enumerate(text) if n > 0 and c.isalpha()]
    at = rng.choice(places)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + rng.choice(LETTERS) + text[at:]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        return text[:at] + rng.choice(LETTERS.replace(text[at], "")) + text[at + 1 :]
    after = at + 1
    if after < len(text) and text[after].isalpha() and text[after] != text[at]:
        return text[:at] + text[after] + text[at] + text[after + 1 :]
    return text[:at] + text[at + 1 :]


def _gender(rng: random.Random, text: str) -> str:
    for old, new in rng.sample(GENDER, len(GENDER)):
        if " " in text and text.endswith(old):
            return text.removesuffix(old) + new
    return ""


def _author(rng: random.Random, text: str) -> str:
    """Write an authorship otherwise: abbreviated, without year, initials or brackets."""
    ways: list[Callable[[str], str]] = [
        lambda t: re.sub(r"\b([A-Z][a-zé]{2})[a-zé]{3,}", r"\1.", t),
        lambda t: re.sub(r",? ?\d{4}", "", t),
        lambda t: re.sub(r"\b[A-Z]\. ?", "", t),
        lambda t: re.sub(r"[()]", "", t),
        lambda t: t.replace("Linnaeus", "L."),
        lambda t: re.sub(r"\([^)]*\) ?", "", t),
        str.upper,
    ]
    return rng.choice(ways)(text)


def make_cases(names: Sequence[True_], absent: Sequence[str], *, count: int, seed: int) -> list[Case]:
    """Return some cases of each kind. `absent` are good names that the checklist does not have."""
    rng = random.Random(seed)
    cases = []
    for kind, make in KINDS.items():
        made = 0
        while made < count:
            case = make(rng, rng.choice(names), names)
            if case is not None:
                cases.append(case._replace(kind=kind))
                made += 1
    cases += [Case("absent", text, "", None) for text in rng.sample(absent, min(len(absent), 3 * count))]
    return cases


Make = Callable[[random.Random, True_, Sequence[True_]], Case | None]


def _changed(change: Callable[[random.Random, str], str], *, authored: bool) -> Make:
    def make(rng: random.Random, name: True_, _names: Sequence[True_]) -> Case | None:
        changed = change(rng, name.canonical)
        if not changed or changed == name.canonical or (authored and not name.authorship):
            return None
        return Case("", full(name, rng, canonical=changed), name.authorship if authored else "", name)

    return make


def _written(write: Callable[[random.Random, True_], str]) -> Make:
    def make(rng: random.Random, name: True_, _names: Sequence[True_]) -> Case | None:
        text = write(rng, name)
        return Case("", text, "", name) if text else None

    return make


def _wrong_author(rng: random.Random, name: True_, names: Sequence[True_]) -> Case | None:
    if " " not in name.canonical:
        return None
    return Case("", full(name, rng), rng.choice(names).authorship, name)


def _short(_rng: random.Random, name: True_) -> str:
    words = name.canonical.split(" ")
    if len(words) == 2:
        return f"{words[0][0]}. {words[1]} {name.authorship}"
    return f"{words[0][0]}. {words[1][0]}. {words[2]}" if len(words) == 3 else ""


def _subgenus(rng: random.Random, name: True_) -> str:
    genus, _, rest = name.canonical.partition(" ")
    return f"{genus} ({rng.choice(('Eu', 'Neo', 'Para'))}{genus.lower()}) {rest} {name.authorship}" if rest else ""


def _capitals(_rng: random.Random, name: True_) -> str:
    return name.canonical.upper()


def _noted(rng: random.Random, name: True_) -> str:
    note = rng.choice((" (introduced)", " - juvenile", " [det. 1987]", " s.str."))
    return full(name, rng) + note if " " in name.canonical else ""


KINDS: dict[str, Make] = {
    "as it is": _written(lambda rng, n: f"{full(n, rng)} {n.authorship}"),
    "without author": _written(lambda rng, n: full(n, rng)),
    "author otherwise": _written(lambda rng, n: f"{full(n, rng)} {_author(rng, n.authorship)}"),
    "wrong author": _wrong_author,
    "gender": _changed(_gender, authored=False),
    "spelling": _changed(lambda rng, t: _replace(rng, t, SPELL), authored=False),
    "scanned": _changed(lambda rng, t: _replace(rng, t, SCAN), authored=False),
    "scanned, author": _changed(lambda rng, t: _replace(rng, t, SCAN), authored=True),
    "a slip": _changed(_slip, authored=False),
    "a slip, author": _changed(_slip, authored=True),
    "two slips, author": _changed(lambda rng, t: _slip(rng, _slip(rng, t)), authored=True),
    "shortened": _written(_short),
    "subgenus": _written(_subgenus),
    "capitals": _written(_capitals),
    "underscores": _written(lambda rng, n: n.canonical.replace(" ", rng.choice(("_", "  ")))),
    "with a note": _written(_noted),
}
