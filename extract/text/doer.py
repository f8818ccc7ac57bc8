"""Doers: whether the words before a verb make something else than the page's taxon its subject."""

from __future__ import annotations

import re

from .encode import Encoded
from .forms import fold, singular
from .lexicon import words
from .scope import clause

__all__ = ["is_of_other"]

#: What may stand between a subject and its verb.
_HELPERS = re.compile(
    r"(?:(?:^|(?<=[\s,(\ue003]))(?:is|are|was|were|be|been|being|has|have|had|can|could|may|might|will|would|do|does|did|"
    r"also|still|now|no|longer|only|often|sometimes|most|more|very|well|even|just|both|either|thus|therefore|however|once|to|not|"
    r"never|both|generally|today|known|thought|believed|said|considered|reported|likely|as|some|certain|now|too|all|"
    r"quite|rather|fairly|less|much|so|almost|tend|tends|seem|seems|appear|appears|continue|continues|[a-z]+ly),?\s*)+$"
)
#: A phrase between a subject and its verb: "the bears of", "the number in".
_OF = re.compile(
    r"(?:^|[\s(])(?:of|in|on|from|at|within|throughout|across|near|around|off|along|between|with|by|for|to|into|like|"
    r"over|under|than|inside|outside|until|since|during|and|or|including|especially|particularly)"
    r"(?: (?:the|a|an|its|their|this|these|both|all|most|other|some|early|late|mid|[a-z]+(?:ern|al|ic))){0,3} ?$"
)
_KIND = re.compile(
    r"\b(?:(?:sub)?species|kinds?|types?|genus|genera|members?|races?|forms?|one|two|three|few|only|largest|smallest|"
    r"variety|population|breed)(?: of(?: (?:the|a|an))?)? (?:[\w'-]+ ){0,2}$"
)
#: "is a small", ", a", "A": a noun after these says what the subject is.
_SAID_OF = re.compile(
    r"(?:\b(?:is|are|was|were|be|being|been|remains?|as|become|becomes|became)|^|[,(:-]) ?"
    r"(?:(?:probably|perhaps|also|now|still|one of|among|considered|only|thus|generally|usually|mostly|by far) )*"
    r"(?:an?|the|one of|this|these|some|our|its|their)\b[^,;.]*$"
)
_THESE = re.compile(r"(?:\b(?:the|these|this|all|most|many)|\ue003) $")
_NEXT = re.compile(r"\w+ing ([a-z]+)")
_WHICH = re.compile(r",? (?:which|who) ?$")
_WORD = re.compile(r"([\w'’.-]+)[\s,()\"'_*-]*$")
_OF_NOUN = re.compile(r"(?<=\w) (?:of|from|with|in) (?:the |a |an |its |their )?(?:[\w'-]+ ){0,2}[\w'-]+$")
_OWN = frozenset(words()["doers"].split())
#: Characters of code before a verb that are looked at.
_FAR = 120
_PARTS = {"taxon", "latin", "self", "own"}
_PASSED = {"place", "demonym", "habitat", "year", "count", "percent", "length", "area", "time", "name", "mass"}


def is_of_other(code: Encoded, start: int, own: frozenset[str], *, strict: bool) -> bool:
    """Return whether something else than the page's taxon does what the verb at `start` of the code says.

    `own` are nouns of the page's taxon. With `strict` an unknown noun before the verb is something else.
    """
    first, _ = clause(code, start, start + 1)
    if (after := _NEXT.match(code.text, start)) and singular(after[1]) in _OWN:
        return False  # "the last living population used"
    for _ in range(5):
        found = _look(code, first, start, own, strict=strict)
        if isinstance(found, bool):
            return found
        first, start = found
    return False


def _look(code: Encoded, first: int, start: int, own: frozenset[str], *, strict: bool) -> bool | tuple[int, int]:
    """Return whether what stands before a place is another subject, or where its clause begins and to look before."""
    if match := _HELPERS.search(code.text, max(first, start - _FAR), start):
        start = match.start()
    begin = max(first, start - _FAR)
    text = code.text[begin:start].rstrip(' ,("_*')
    if not text:
        which = _WHICH.search(code.text, max(0, first - 8), first)
        return which is not None and (clause(code, which.start(), which.start() + 1)[0], which.start())
    if text.endswith("\ue003"):
        passed = _before_mention(code, code.number_at(begin + len(text)) - 1, first)
        return passed if isinstance(passed, bool) else (first, passed)
    word = _WORD.search(text)
    if word is None or _OF.search(text + " "):
        return False  # an unfinished phrase: nothing is known
    if not strict or {singular(word[1])} & (_OWN | own):
        return False
    of = _OF_NOUN.search(text)
    return of is None or (first, begin + of.start())


def _before_mention(code: Encoded, number: int, first: int) -> bool | int:
    """Return whether a mention is another subject, or from where to read on when it stands in a phrase."""
    mention = code.mentions[number]
    here = code.span(number)[0]
    if {"self", "own"} & mention.tags:
        return False
    if singular(fold(mention.text)) in _OWN and _THESE.search(code.text, max(first, here - 8), here):
        return False  # "two thousand birds winter in" on the page of a bird
    phrase = _OF.search(code.text, max(first, here - _FAR), here)
    if _PASSED & mention.tags and not _PARTS & mention.tags:
        return max(first, phrase.start()) if phrase else False
    entry = mention.entry("taxon")
    if entry is None:
        return bool({"threat", "action", "use"} & mention.tags)
    text = code.text[max(first, here - _FAR) : here]
    return not (entry.weak or _SAID_OF.search(text) or _KIND.search(text))
