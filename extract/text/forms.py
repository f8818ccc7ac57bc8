"""Surface forms: how a name looks in running text - plural, with or without hyphens, in either spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["fold", "plural", "singular", "slug", "variants"]

_IRREGULAR = {
    "mouse": "mice", "goose": "geese", "ox": "oxen", "foot": "feet", "tooth": "teeth", "louse": "lice",
    "wolf": "wolves", "calf": "calves", "leaf": "leaves", "hoof": "hooves", "loaf": "loaves", "half": "halves",
    "dormouse": "dormice", "titmouse": "titmice", "larva": "larvae", "alga": "algae", "fungus": "fungi",
    "cactus": "cacti", "octopus": "octopuses", "child": "children", "man": "men", "woman": "women", "beach": "beaches",
    "fish": "fish", "deer": "deer", "sheep": "sheep", "moose": "moose", "salmon": "salmon", "trout": "trout",
    "bison": "bison", "squid": "squid", "shrimp": "shrimp", "plankton": "plankton", "krill": "krill",
    "species": "species", "series": "series", "elk": "elk", "cod": "cod", "tuna": "tuna", "roof": "roofs",
    "reef": "reefs",
    "cliff": "cliffs", "sheaf": "sheaves", "wharf": "wharves", "thief": "thieves", "phenomenon": "phenomena",
    "musk ox": "musk oxen", "gas": "gases", "bass": "bass", "swine": "swine", "caribou": "caribou",
    "buffalo": "buffalo",
}  # fmt: skip
_SINGULAR = {many: one for one, many in _IRREGULAR.items()}
#: One character for one, so that places stay; dashes, quotes and odd spaces as one writes them on a keyboard.
_FOLDED = str.maketrans({**dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("’‘ʼʻ`´", "'"), **dict.fromkeys("“”„", '"'),
                         **dict.fromkeys("\n\t\u00a0\u2009\u202f\u2007", " ")})  # fmt: skip


def fold(text: str) -> str:
    """Return the text in lower case with plain dashes, quotes and spaces, of the same length."""
    lower = text.lower()
    if len(lower) != len(text):  # a few capitals have a lower case of two characters
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower.translate(_FOLDED)


def plural(phrase: str) -> str:
    """Return the plural of the last word of a phrase.

    >>> plural("wild boar"), plural("roe deer"), plural("grey wolf"), plural("city")
    ('wild boars', 'roe deer', 'grey wolves', 'cities')
    """
    head, _, word = phrase.rpartition(" ")
    many = _IRREGULAR.get(word.lower())
    if many is None:
        if re.search(r"[^aeiou]y$", word):
            many = word[:-1] + "ies"
        else:
            many = word + ("es" if re.search(r"(s|x|z|ch|sh)$", word) else "s")
    return f"{head} {many}" if head else many


def singular(phrase: str) -> str:
    """Return the singular of the last word of a phrase.

    >>> singular("snow hares"), singular("wolves"), singular("foxes"), singular("cities"), singular("walrus")
    ('snow hare', 'wolf', 'fox', 'city', 'walrus')
    """
    head, _, word = phrase.rpartition(" ")
    low = word.lower()
    if low in _SINGULAR:
        one = _SINGULAR[low]
    elif low in _IRREGULAR or low.endswith(("ss", "us", "is")) or not low.endswith("s") or len(low) < 4:
        one = word
    elif low.endswith("ies") and len(low) > 4:
        one = word[:-3] + "y"
    elif low.endswith(("ches", "shes", "xes", "sses", "zes")):
        one = word[:-2]
    else:
        one = word[:-1]
    return f"{head} {one}" if head else one


def variants(form: str) -> Iterator[str]:
    """Yield the form, its plural unless it is one, and both without hyphens and in the other spelling."""
    seen = set()
    for one in (form, plural(form)) if form[-1:].isalpha() and singular(form) == form else (form,):
        for spelt in (one, one.replace("-", " "), _respelt(one)):
            if spelt not in seen:
                seen.add(spelt)
                yield spelt


def slug(text: str) -> str:
    """Return an identifier made of a name.

    >>> slug("São Tomé"), slug("Amur leopard")
    ('sao-tome', 'amur-leopard')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _respelt(form: str) -> str:
    if "isation" in form or "ising" in form:
        return form.replace("isation", "ization").replace("ising", "izing")
    if "ization" in form:
        return form.replace("ization", "isation")
    return form.replace("grey", "gray").replace("colour", "color").replace("harbour", "harbor")
