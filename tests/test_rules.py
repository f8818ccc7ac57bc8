"""The rules of extract/rules: every example of every rule, and what rule files may say."""

from pathlib import Path

import pytest
from wildgraph.extract import InputError
from wildgraph.extract.candidate import Candidate
from wildgraph.extract.text import Example, Rule, load_rules, read_sentence

RULES = load_rules()
POSITIVE = [(rule, example) for rule in RULES for example in rule.positive]
NEGATIVE = [(rule, example) for rule in RULES for example in rule.negative]


def said(candidate: Candidate) -> str:
    """Return a candidate as examples write it: predicate and object, or predicate and number."""
    if number := candidate.quantity:
        return f"{candidate.predicate} {number.low}" + (f"-{number.high}" if number.high else "")
    assert candidate.object
    return f"{candidate.predicate} {candidate.object.id}"


def found(rule: Rule, text: str, about: str = "") -> set[str]:
    section = min(rule.sections, default="")
    kind = min(rule.kinds) if rule.kinds and "paragraph" not in rule.kinds else ""
    candidates = read_sentence(text, section=section, kind=kind, rules=[rule], about=about)
    return {said(candidate) for candidate in candidates if candidate.qualifiers.get("polarity") != "negated"}


@pytest.mark.parametrize(("rule", "example"), POSITIVE, ids=[f"{rule.id}-{n}" for n, (rule, _) in enumerate(POSITIVE)])
def test_positive_example(rule: Rule, example: Example) -> None:
    assert found(rule, example.text, example.about) == set(example.found)


@pytest.mark.parametrize(("rule", "example"), NEGATIVE, ids=[f"{rule.id}-{n}" for n, (rule, _) in enumerate(NEGATIVE)])
def test_negative_example(rule: Rule, example: Example) -> None:
    assert found(rule, example.text, example.about) == set()


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_every_rule_has_examples_of_what_it_finds_and_of_what_it_does_not(rule: Rule) -> None:
    assert rule.positive
    assert rule.negative


def test_rules_have_ids_of_their_own() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))


def test_a_project_adds_rules_and_replaces_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[[rule]]\nid = "status-alone"\npredicate = "threat"\nvalue = "kites"\n'
        "find = 'flying kites'\npositive = [\"Flying kites. => threat kites\"]\n"
    )
    rules = {rule.id: rule for rule in load_rules([tmp_path])}
    assert len(rules) == len(RULES)
    assert found(rules["status-alone"], "They suffer from flying kites.") == {"threat kites"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rule]", "not TOML"),
        ('[[rule]]\nid = "a"\n', "rule a: without predicate"),
        ('[[rule]]\nid = "a"\npredicate = "threat"\npositive = []\n', "rule a: needs find, or sections"),
        ('[[rule]]\nid = "a"\npredicate = "threat"\nfind = "x"\n', "rule a: without positive examples"),
        ('[[rule]]\nid = "a"\npredicate = "threat"\nfnd = "x"\n', "rule a: unknown key fnd; did you mean find?"),
        ('[[rule]]\nid = "a"\npredicate = "t"\nfind = "{tree}"\npositive = []\n', "unknown kind of mention {tree}"),
        ('[[rule]]\nid = "a"\npredicate = "t"\nfind = "<no>"\npositive = []\n', "unknown set of words <no>"),
        ('[[rule]]\nid = "a"\npredicate = "t"\nfind = "(x"\npositive = []\n', "missing )"),
        ('[[rule]]\nid = "a"\npredicate = "t"\nfind = ["(x"]\npositive = []\n', "a bracket is not closed in: (x"),
        ('[[rule]]\nid = "a"\npredicate = "t"\nfind = ["x"]\nunless = ["y) z("]\npositive = []\n', "is not closed"),
        ('[[rule]]\nid = "a"\npredicate = "t"\nfind = "x"\npositive = ["x"]\n', "without ' => what is found'"),
    ],
)
def test_a_wrong_rule_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(InputError) as error:
        load_rules([tmp_path])
    assert message in str(error.value)
    assert "own.toml" in str(error.value)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("declin*", "numbers declining fast"),
        ("threat(s)", "a threat"),
        ("jeopardi[s|z]ed", "is jeopardized"),
        ("at (great|high) risk", "at risk"),
        ("at (great|high) risk", "at high risk"),
        ("at (very|great)2 risk", "at very great risk"),
        ("[very|great]2 risk", "a very great risk"),
        ("hunted ~2 nets", "hunted with large nets"),
        ("hunted ~2, nets", "hunted by day, nets"),
        ("taken (by hand)", "all are taken by hand"),
        ("taken !(by|in)", "taken at night"),
        ("by-catch", "the by catch of trawlers"),
        ("^these are", "these are many"),
        ("sold | traded", "it is traded"),
        ("for * only", "for food only"),
    ],
)
def test_a_phrase_finds(tmp_path: Path, phrase: str, text: str) -> None:
    assert phrased(tmp_path, phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("declin*", "an indeclinable noun"),
        ("threat(s)", "threatened"),
        ("[very|great]2 risk", "a risk"),
        ("hunted ~2 nets", "hunted by day, nets"),
        ("hunted ~2 nets", "hunted with very large nets"),
        ("taken !(by|in)", "taken by hand"),
        ("^these are", "now these are many"),
    ],
)
def test_a_phrase_does_not_find(tmp_path: Path, phrase: str, text: str) -> None:
    assert not phrased(tmp_path, phrase, text)


def phrased(folder: Path, phrase: str, text: str) -> bool:
    """Return whether a rule of one phrase finds something in a text."""
    (folder / "own.toml").write_text(
        f'[[rule]]\nid = "own"\npredicate = "threat"\nvalue = "kites"\nfind = ["{phrase}"]\npositive = []\n'
    )
    rule = next(rule for rule in load_rules([folder]) if rule.id == "own")
    return bool(read_sentence(text, rules=[rule]))
