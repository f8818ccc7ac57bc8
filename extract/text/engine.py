"""The engine: rules applied to one encoded sentence, giving findings that know their mentions and their span."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick

from .encode import Encoded
from .rules import Rule
from .scope import clause, is_denied

__all__ = ["Engine", "Finding"]

#: What may not stand between the members of a list, or between a trigger and the first of them.
_STOP = re.compile(
    r";|(?<!countries)(?<!nations)(?<!states)(?<!provinces)(?<!regions)(?<!islands)(?<!areas)(?<!following)(?<!places)"
    r"(?<!localities)(?<!districts)(?<!range)(?<!habitats)(?<!items)(?<!species):| - |\b(?:but|although|though|"
    r"however|while|whereas|despite|is|are|was|"
    r"were|has|have|had|will|because|unlike|who|if|when|where|so that|does|do|did|now|today|"
    r"except(?:ing)?|excluding|apart from|other than|rather than|instead of|absent|outside|cf)\b|"
    r"\. |, (?:\w+ly |very |still |but )?(?:threatened|endangered|rare|common|abundant|widespread|present|extinct)\b"
)
_GLOSS = re.compile(r" \([_*]*")
_TOKEN = re.compile(r"\S+")
_IMPERIAL = frozenset({"lb", "oz", "in", "ft", "mi", "mi2", "acre"})
#: Conditions: what would follow is not said to be so.
_IF = re.compile(r"(?:^|[,;:] |\b(?:even|only|that|but|and) )(?:if|unless)\b|\bwhether\b|\bwere to\b")
#: What people or nature did to a taxon in another age is no threat to it.
_LONG_AGO = re.compile(r"million years ago|\b(?:pleistocene|pliocene|miocene|eocene|ice ages?|pal(?:a)?eontolog\w+)\b")
#: A denial of these says nothing that a claim can hold.
_PLAIN = frozenset({"range", "habitat", "preysOn", "coOccurs", "use", "trait", "action", "trend"})
#: Before a threat: it is what the taxon does, or what somebody does against it.
_AGAINST = re.compile(
    r"\b(?:protect(?:s|ed|ing)?|defend(?:s|ed|ing)?|attack(?:s|ed|ing)?|prey(?:s|ed|ing)? (?:up)?on|takes?|taking|"
    r"eats?|eating|raid(?:s|ed|ing)?|avoid(?:s|ed|ing)?|prevent(?:s|ed|ing)?|tolerat(?:es?|ed|ing)|tolerant of|"
    r"resist(?:s|ant|ance)?(?: to)?|adapted to|immune to|despite|in spite of)(?: [^\s,;:()\ue000]+){0,2} $"
    r"|\b(?:stop(?:s|ped|ping)?|end(?:s|ed|ing)?|halt(?:s|ed|ing)?|combat(?:s|ed|ing|ting)?|tackl(?:es?|ed|ing)|"
    r"reduc(?:es?|ed|ing|tion)|fight(?:s|ing)?|fought|curb(?:s|ed|ing)?|address(?:es|ed|ing)?|"
    r"mitigat(?:es?|ed|ing|ion)|minimi[sz](?:es?|ed|ing)|eliminat(?:es?|ed|ing)|deter(?:s|red|ring)?|against|bans?|"
    r"banned|banning|prohibit(?:s|ed|ing)?|outlaw(?:s|ed|ing)?|crack(?:s|ed|ing)? down|stamp(?:s|ed|ing)? out|"
    r"disrupt(?:s|ed|ing)?|investigat(?:es?|ed|ing)|monitor(?:s|ed|ing)?|regulat(?:es?|ed|ing|ions?)|"
    r"revers(?:es?|ed|ing)|lower(?:s|ed|ing)?|solv(?:es?|ed|ing)|resolv(?:es?|ed|ing)|remov(?:es?|ed|ing|al of)|"
    r"confiscat(?:es?|ed|ing)|prosecut(?:es?|ed|ing)|detect(?:s|ed|ing)?|counter(?:s|ed|ing)?|alternatives?|"
    r"rather than|instead of)"
    r"(?: (?!(?:due|because|by|from|through|owing|following|after|as|and)\b)[^\s,;:()]+){0,4} $"
)
#: After a threat: the word is about it and not it, or it is the name of a kind of which others are told.
_ABOUT = re.compile(
    r",? (?:such as|including)\b| (?:laws?|regulations?|bans?|quotas?|licen[cs]es?|permits?|restrictions?|"
    r"moratori\w+|skills?|success|behaviou?r|trips?|part(?:y|ies)|companies|company|enterprises|operators|fleets|"
    r"communities|prevention|strateg(?:y|ies)|resistance|tolerance|research|herders|owners|keepers|insurance|vaccination)\b"
)
#: After an action: the word is about people who do it.
_STAFF = re.compile(
    r" (?:agenc(?:y|ies)|officers?|officials|personnel|authorit(?:y|ies)|networks?|institutions?|institutes?|stations?|"
    r"subjects?|laborator(?:y|ies))\b"
)
#: Before a protected area: something is in it, which is no action.
_WHERE = re.compile(
    r"\b(?:in|within|inside|near|around|outside|from|through|across|bordering|surrounding|at|throughout)"
    r"(?: (?:the|a|an|some|several|many|most|other|these|those|two|three|all))*"
    r"(?: (?!(?:to|by|and|for|with|through|is|are|was|were|has|have)\b)[^\s,;:()]+){0,6} $"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one mention. `start` and `end` are in the code; `number` is that of the mention."""

    rule: Rule
    start: int
    end: int
    trigger: tuple[int, int]
    number: int = -1
    groups: tuple[tuple[str, int], ...] = ()
    denied: bool = False
    worded: tuple[int, int] = (0, 0)  # what the group `text` caught, for values in the words of the page

    def group(self, name: str) -> int:
        """Return the number of the mention that a named slot caught, or -1."""
        return next((number for key, number in self.groups if key == name), -1)


class Engine:
    """Rules, ready to be applied."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._words = ahocorasick.Automaton()  # what rules wait for, found in one pass over a sentence
        for word in sorted({word for rule in self._rules for word in rule.words}):
            self._words.add_word(word, word)
        self._words.make_automaton()

    def apply(self, code: Encoded, *, kind: str, section: str) -> Iterator[Finding]:
        """Yield what the rules find in a sentence that stands in a block of a kind and in a section."""
        present = {word for _, word in self._words.iter(code.text)} if len(self._words) else set()
        for rule in self._rules:
            if rule.sections and section not in rule.sections:
                continue
            if (rule.not_sections and section in rule.not_sections) or (rule.kinds and kind not in rule.kinds):
                continue
            if rule.words and rule.words.isdisjoint(present):
                continue
            if rule.take and not rule.take & code.tags:
                continue
            yield from self._found(rule, code)

    def _found(self, rule: Rule, code: Encoded) -> Iterator[Finding]:
        if rule.find is None:
            for number in range(len(code.mentions)):
                start, end = code.span(number)
                if _takes(rule, code, number) and not _blocked(rule, code, start, end):
                    yield Finding(rule, start, end, (start, end), number, denied=is_denied(code, start, end))
            return
        for match in rule.find.finditer(code.text):
            if _blocked(rule, code, *match.span()):
                continue
            named = {name: code.number_at(match.start(name)) for name, text in match.groupdict().items() if text}
            worded = match.span("text") if "text" in named else (0, 0)
            groups = tuple(named.items())
            if not rule.take:
                denied = is_denied(code, *match.span())
                yield Finding(rule, *match.span(), match.span(), named.get("object", -1), groups, denied, worded)
                continue
            for number in _collect(rule, code, match):
                start, end = code.span(number)
                if rule.unless_before and rule.unless_before.search(code.text, clause(code, start, end)[0], start):
                    continue
                past = match.end() if start < match.start() else start  # a denial between list and trigger counts
                start, end = min(start, match.start()), max(end, match.end() if start < match.end() else end)
                denied = _denies(rule, code, start, past)
                if not (denied and rule.predicate in _PLAIN):
                    yield Finding(rule, start, end, match.span(), number, groups, denied)


def _denies(rule: Rule, code: Encoded, start: int, end: int) -> bool:
    """Whether a statement is denied; "no longer in" is what a rule of the past looks for."""
    return rule.predicate != "rangeHistorical" and is_denied(code, start, end)


def _blocked(rule: Rule, code: Encoded, start: int, end: int) -> bool:
    """Whether the clause of a match holds what the rule must not see, or is a condition."""
    first, last = clause(code, start, end)
    if _IF.search(code.text, first, start) or (rule.predicate in _PLAIN and is_denied(code, start, end)):
        return True
    if rule.predicate in {"threat", "stress"} and _LONG_AGO.search(code.text):
        return True
    return rule.unless is not None and rule.unless.search(code.text, first, last) is not None


def _takes(rule: Rule, code: Encoded, number: int) -> bool:
    if not rule.take & code.mentions[number].tags:
        return False
    start, end = code.span(number)
    action = code.mentions[number].entry("action")
    if action and rule.predicate == "action":
        where = action.id == "protected-areas" and _WHERE.search(code.text, max(0, start - 40), start)
        return not where and not _STAFF.match(code.text, end)
    return not (
        "threat" in code.mentions[number].tags
        and rule.predicate in {"threat", "stress"}
        and (_ABOUT.match(code.text, end) or _AGAINST.search(code.text, max(0, start - 60), start))
    )


def _collect(rule: Rule, code: Encoded, match: re.Match[str]) -> list[int]:
    """Return the mentions that a rule takes around its trigger."""
    first, past = code.number_at(match.start()), code.number_past(match.end())
    found = []
    if rule.side in {"inside", "both"}:
        caught = [
            code.number_at(match.start(name)) for name in match.groupdict() if name.startswith("object") and match[name]
        ]
        found += caught or [n for n in range(first, past) if _takes(rule, code, n)]
    if rule.side in {"after", "both", "around"}:
        found += _run(rule, code, match.end(), range(past, len(code.mentions)), forward=True)
    if rule.side in {"before", "around"}:
        found += _run(rule, code, match.start(), range(first - 1, -1, -1), forward=False)
    return sorted(set(found))


def _again(code: Encoded, first: int, number: int, gap: str) -> bool:
    """Whether a mention says the one before once more: in another unit, or a taxon by its scientific name."""
    before, mention = code.mentions[first], code.mentions[number]
    if before.amount and mention.amount:
        return gap.strip() in {"(", "/"} or (before.amount.unit in _IMPERIAL) != (mention.amount.unit in _IMPERIAL)
    return "latin" in mention.tags and gap.rstrip(" _*").endswith("(")


def _is_gloss(code: Encoded, number: int) -> bool:
    """Whether a scientific name in brackets says the name before once more."""
    before = code.mentions[number - 1]
    gap = code.text[code.span(number - 1)[1] : code.span(number)[0]]
    return "taxon" in before.tags and "latin" not in before.tags and _GLOSS.fullmatch(gap) is not None


def _run(rule: Rule, code: Encoded, edge: int, numbers: range, *, forward: bool) -> list[int]:
    """Return the list of mentions that begins at the trigger's edge, as far as each is near the one before."""
    found: list[int] = []
    for number in numbers:
        start, end = code.span(number)
        gap = code.text[edge:start] if forward else code.text[end:edge]
        if _STOP.search(gap):
            break
        if _takes(rule, code, number):
            if number and "latin" in code.mentions[number].tags and _is_gloss(code, number):
                continue
            if len(_TOKEN.findall(gap)) > rule.gap:
                break
            if found and _again(code, found[0], number, gap):
                edge = end if forward else start
                continue
            found.append(number)
            edge = end if forward else start
        elif len(_TOKEN.findall(gap)) > rule.gap + 3:
            break
    return found
