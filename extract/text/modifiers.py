"""Modifiers: the words before a noun that make the name of a taxon of it, as in "white-tailed deer"."""

from __future__ import annotations

import re

from .forms import fold

__all__ = ["with_modifiers"]

_LEFT = re.compile(r"(?:([\w'’-]+)( |-))$")
_MODIFIERS = set("""
roe snow mule brown black white red grey gray green blue yellow golden silver silvery giant dwarf pygmy lesser greater common wild sea river
mountain alpine arctic polar desert forest swamp marsh water ground tree rock sand bush field house wood bank harvest deer jumping flying spiny
striped spotted banded crested horned tufted hooded masked ringed bearded hairy naked blind crab bighorn feral domestic domesticated native
freshwater marine aquatic small smaller large larger medium ungulate wading burrowing long short giant fan king emperor queen royal eastern western northern southern
american african asian european indian chinese siberian australian barn snowy burmese axis sika fallow hog barking bushy pine fur elephant harp
kelp soldier army leafcutter carpenter honey bumble dung scarab ground-dwelling ground-nesting migratory game reef bony cartilaginous tropical
coral sun sloth howler spider squirrel capuchin colobus proboscis vervet night fruit insect-eating plague bush-tailed cotton kangaroo mole vole
schooling pelagic demersal benthic bottom-dwelling soft hard stony shelled hard-shelled soft-bodied hoofed horseshoe cave
""".split())  # fmt: skip
_NO_MODIFIER = {"self-", "so-called", "well-known", "human-"}


def with_modifiers(text: str, start: int) -> int:
    """Return where the name of a taxon starts that has words before its noun: "white-tailed", "Siberian", "roe"."""
    for _ in range(3):
        match = _LEFT.search(text, max(0, start - 30), start)
        if match is None:
            break
        word = match[1]
        capital = word[:1].isupper() and match.start(1) > 0 and text[match.start(1) - 2 : match.start(1) - 1] not in {".", "!", "?", ":"} and not word.isupper()
        if not (capital or fold(word) in _MODIFIERS or re.fullmatch(r"[a-z]+-[a-z]+(?:ed|ing|ous|back|tail|nose|wing|neck|bill|face)", fold(word))):
            break
        if fold(word) in _NO_MODIFIER or word.endswith(("'s", "’s")) and not capital:
            break
        start = match.start(1)
    return start
