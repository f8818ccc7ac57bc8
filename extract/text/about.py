"""About: whom a sentence speaks of - the document's subject, another taxon at its head, or the one before."""

from __future__ import annotations

import re
from dataclasses import replace

from ..candidate import Thing
from .forms import fold, singular
from .lexicon import words
from .mentions import Mention
from .subject import Subject

__all__ = ["is_own", "sentence_subject"]

#: Characters from the start of a sentence, or of what follows its opening phrase, within which its head stands.
_HEAD = 70
_PRONOUN = re.compile(
    r"(?:however, |yet |but |and |in (?:summer|winter|captivity), )?(?:it|they|its|their|these|this|both|he|she|them)\b"
)
#: Opening phrases: what they name is not what the sentence is about.
_ADVERB = r"(?:however|moreover|furthermore|meanwhile|recently|unfortunately|historically|today|in addition),? (?=\w)"
_LEAD = re.compile(
    rf"(?:{_ADVERB})?(?:in|since|by|until) (?:the )?(?:early |late |mid-)?\d{{4}}s?,? |{_ADVERB}"
    r"|(?:like|unlike|of|among|in|on|at|with|compared|besides|along|as|although|while|despite|from|during|by|for|since|"
    r"when|after|before|because|if|to|apart|together|instead|throughout|across)\b[^,]*,\s*"
)
_OF_ITS_OWN = re.compile(
    r"\s(?:species|habitat|prey|population|conservation|populations|numbers|poaching|hunting|-)|[-'’]s?\b"
)
#: "Predation on hares" is no statement about hares.
_TO = frozenset(["on", "upon", "by", "for", "with", "to", "against", "between"])
_DEFINITE = {"the", "this", "these"}
_VERBS = frozenset(words()["verbs"].split())
_GROUPS = frozenset(words()["groups"].split())


def sentence_subject(
    own: Subject, last: Thing | None, folded: str, mentions: list[Mention], topic: Thing | None = None
) -> Thing:
    """Return whom a sentence is about.

    `last` is that of the sentence before, which a pronoun keeps; `topic` that of the heading above, if it names one.
    """
    this = topic or Thing(own.label, own.id, "document")
    if _PRONOUN.match(folded):
        return replace(last or this, how="pronoun")
    lead = _LEAD.match(folded)
    start = lead.end() if lead else 0
    head = next((m for m in mentions if start <= m.start < start + _HEAD and m.entry("taxon")), None)
    if head is None:
        return this
    if "self" in head.tags:
        return Thing(head.text, own.id, "named")
    before = folded[start : head.start].split()
    entry = head.entry("taxon")
    if (
        entry is None
        or entry.weak
        or head.entry("threat")
        or entry.group == "food"
        or len(before) > 3
        or _VERBS & set(before)
        or _TO & set(before)
    ):
        return this
    after = folded[head.end : head.end + 25]
    if _OF_ITS_OWN.match(after) or not re.match(r"\s[\w(]", after):
        return this
    if is_own(own, singular(fold(head.text)), before):
        return Thing(head.text, own.id, "anaphor")
    return Thing(head.text, entry.id, "named")


def is_own(subject: Subject, name: str, before: list[str]) -> bool:
    """Whether a noun in the singular ("the leopard", "foxes") speaks of the subject; `before` are words before it."""
    definite = bool(before) and before[-1] in _DEFINITE
    if not subject.head:
        return definite
    if name.split()[-1] != singular(subject.head):
        return name in _GROUPS and definite
    name = name.removeprefix("wild ")
    if name in subject.names:
        return True
    return " " not in name and (name != subject.parent or bool(_DEFINITE & set(before)))
