"""Extraction from whole documents: subjects, circumstances, and pages that say nothing of the kind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from wildgraph.extract.candidate import Candidate, candidate_json, read_candidate
from wildgraph.extract.claim import token_hash
from wildgraph.extract.documents import Document
from wildgraph.extract.text import extract

PAGE = """Marsh Otter

Status: Endangered

The marsh otter (Lutra exempla), also known as the reed otter, is endemic to Zambia. It lives in swamps and hunts fish.

Threats

The otters are threatened by fishing nets, pollution and roads. There is no evidence that trapping is a threat.

Crocodiles are the largest reptiles there. They are threatened by poaching.

Conservation

WWF runs a captive breeding programme. We at WWF also work alongside TRAFFIC to reduce demand.

About 250 adults remained in 2019, around 40 in Malawi.
"""


def candidates(text: str, publisher: str = "") -> tuple[Candidate, ...]:
    return extract(Document(Path("page.txt"), text.encode()), publisher=publisher).candidates


def told(text: str) -> set[tuple[str, str]]:
    return {(c.predicate, c.object.id if c.object else c.quantity.low if c.quantity else "") for c in candidates(text)}


def one(text: str, predicate: str, value: str) -> Candidate:
    return next(
        c
        for c in candidates(text)
        if c.predicate == predicate and value in {c.object.id if c.object else "", c.quantity.low if c.quantity else ""}
    )


def test_a_page_gives_its_claims() -> None:
    assert told(PAGE) >= {
        ("status", "red-list-category-3.1:EN"),
        ("scientificName", "lutra-exempla"),
        ("commonName", "reed-otter"),
        ("range", "zambia"),
        ("habitat", "wetland"),
        ("preysOn", "fish"),
        ("threat", "bycatch"),
        ("threat", "pollution"),
        ("threat", "roads"),
        ("action", "captive-breeding"),
        ("action", "demand-reduction"),
        ("partner", "traffic"),
        ("population", "250"),
        ("population", "40"),
    }


def test_evidence_stands_in_the_canonical_text_with_its_hash() -> None:
    page = Document(Path("page.txt"), PAGE.encode())
    for candidate in extract(page).candidates:
        for span in candidate.evidence:
            assert span.hash == token_hash(page.text[span.start : span.end])
            assert candidate.doc.canonical_sha256 == page.canonical_sha256


def test_lines_of_json_read_back() -> None:
    for candidate in candidates(PAGE):
        assert read_candidate(candidate_json(candidate)) == candidate
        assert list(json.loads(candidate_json(candidate))) == sorted(json.loads(candidate_json(candidate)))


def test_pronouns_bare_nouns_and_keys_speak_of_the_subject() -> None:
    for predicate, value in (("habitat", "wetland"), ("threat", "pollution"), ("status", "red-list-category-3.1:EN")):
        assert one(PAGE, predicate, value).subject.id == "marsh-otter"


def test_another_taxon_takes_over_with_the_pronoun_after_it() -> None:
    poached = one(PAGE, "threat", "poaching")
    assert (poached.subject.id, poached.subject.how) == ("crocodile", "pronoun")


def test_a_denial_is_kept() -> None:
    assert one(PAGE, "threat", "hunting").qualifiers["polarity"] == "negated"


def test_numbers_keep_hedge_stage_year_and_place() -> None:
    adults = one(PAGE, "population", "250")
    assert adults.quantity
    assert (adults.quantity.hedge, adults.quantity.life_stage) == ("around", "adult")
    assert adults.qualifiers == {"year": "2019", "yearSource": "sentence"}
    assert one(PAGE, "population", "40").qualifiers["region"] == "malawi"


def test_the_place_before_where_is_that_of_a_count() -> None:
    page = "Marsh otter\n\nThe marsh otter is a mammal that lives in Kenya, where 45 survive.\n"
    assert one(page, "population", "45").qualifiers["region"] == "kenya"


def test_a_year_of_the_heading_says_so() -> None:
    page = (
        "Marsh otter\n\nThe marsh otter is a mammal.\n\nCensus of 2012\n\nThe otter population was estimated at 90.\n"
    )
    assert one(page, "population", "90").qualifiers == {
        "year": "2012",
        "yearSource": "heading",
        "certainty": "probable",
    }


def test_we_are_the_publisher_and_everybody_who_acts_is_named() -> None:
    acting = [c.actor.id for c in candidates(PAGE) if c.actor and c.object and c.object.id == "demand-reduction"]
    assert sorted(acting) == ["traffic", "wwf"]
    page = "Marsh otter\n\nThe marsh otter is rare. Otters need us. We run a captive breeding programme for otters."
    bred = [
        c.actor for c in candidates(page, publisher="Otter Trust") if c.object and c.object.id == "captive-breeding"
    ]
    assert [actor.id for actor in bred if actor] == ["otter-trust"]


def test_the_same_statement_twice_is_one_candidate_with_two_places() -> None:
    page = "Marsh otter\n\nThe marsh otter is threatened by roads.\n\nOtters in towns are threatened by roads.\n"
    assert len(one(page, "threat", "roads").evidence) == 2


def test_abbreviated_names_are_those_of_the_document() -> None:
    page = "# Marsh otter\n\nThe marsh otter (_Lutra exempla_) is rare.\n\n_L. exempla_ is threatened by roads.\n"
    assert one(page, "threat", "roads").subject.id == "marsh-otter"


def test_names_of_organisations_win_over_the_words_in_them() -> None:
    page = "Marsh otter\n\nThe marsh otter is rare. It hunts for the Fish and Wildlife Service. Otters swim."
    assert ("preysOn", "fish") not in told(page)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\n ",
        "Free shipping on orders over $60!\n\nLeopard print socks\n\nAdd to cart\n\n$12.99 a pair, 3 pairs left.",
        "The committee met on 3 May 2019. The budget was approved by 14 votes to 3.",
        "🦦" * 500,
        "a\u0301" * 500,
    ],
)
def test_pages_about_something_else_give_nothing(text: str) -> None:
    assert candidates(text) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Otter ist durch den Schmutz der Flüsse und den Verkehr bedroht und wird von vielen gesucht.", "German"),
        ("La loutre est menacée par la perte de son habitat. Elle se nourrit de poissons et de crabes.", "French"),
        ("Vydra je ohrožena lovem a ztrátou vody. Žije také v horách a živí se rybami z řek a jezer.", "Czech"),
        ("A vidra a vadászat miatt és az élőhelyek elvesztése miatt fogyatkozik. Nem csak halat eszik.", "Hungarian"),
        ("Oteren er truet av jakt og tap av skog. Den spiser fisk og lever ved sjøen, og er ikke vanlig.", "Norwegian"),
        ("Odderen er truet af jagt og tab af skov. Den æder fisk og lever ved søen, hvor den er sjælden.", "Danish"),
        ("La loutre est menacée par la pollution des rivières et elle est rare dans le sud de la France.", "French"),
        ("La nutria está amenazada por los vertidos en los ríos y es una de las más raras del sur.", "Spanish"),
        ("Речная выдра находится под угрозой исчезновения из-за загрязнения рек и браконьерства.", "Cyrillic script"),
        ("ثعلب الماء مهدد بالانقراض بسبب التلوث والصيد الجائر في المنطقة.", "Arabic script"),
    ],
)  # fmt: skip
def test_another_language_is_said_and_gives_nothing(text: str, language: str) -> None:
    made = extract(Document(Path("a.txt"), text.encode()))
    assert made.candidates == ()
    assert language in made.notes[0]


def test_offsets_count_code_points() -> None:
    page = "🦦🦦 Marsh otter\n\nThe ma\u0301rsh otter 🦦 is rare. The marsh otter is threatened by roads. \u05d0\n"
    candidate = one(page, "threat", "roads")
    assert page[candidate.evidence[0].start : candidate.evidence[0].end] == "threatened by roads"


def test_markdown_offsets_count_in_the_file_as_it_is() -> None:
    page = "# Marsh otter\n\nThe [marsh otter](https://example.org) is **threatened** by _roads_.[1]\n"
    candidate = one(page, "threat", "roads")
    assert page[candidate.evidence[0].start : candidate.evidence[0].end] == "threatened** by _roads"


def test_one_endless_sentence_is_read() -> None:
    text = "The marsh otter is threatened by roads and nets, " * 500
    assert len(candidates(text)) < 20


def test_output_is_the_same_for_every_hash_seed_and_number_of_processes(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(PAGE.replace("250", str(250 + number)))
    command = [sys.executable, "-m", "wildgraph", "extract", "--json", *(f"{n}.txt" for n in range(3))]
    outputs = set()
    for seed, jobs in (("0", "1"), ("1", "2"), ("4242", "1")):
        seeded = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run([*command, "--jobs", jobs], cwd=tmp_path, env=seeded, check=True, capture_output=True)
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) > 40


def test_seed_pages_give_what_a_curator_found(shared: Path) -> None:
    gold = [json.loads(line) for line in (shared / "gold" / "seeds.jsonl").read_text().splitlines()]
    numbers = {(row["file"], row["object"]) for row in gold if row["predicate"] == "population"}
    for file, number in sorted(numbers):
        path = shared / "seeds" / file
        made = extract(Document(path, path.read_bytes())).candidates
        assert str(number) in {c.quantity.low for c in made if c.predicate == "population" and c.quantity}


def test_the_range_of_prey_weights_and_people_is_not_that_of_the_page() -> None:
    page = (
        "Marsh otter\n\nThe marsh otter is a mammal found in Kenya.\n\nPredation on carp has been reported in Togo. "
        "The heaviest weights were recorded in Chad. It eats ants found in Mali and frogs, which are common in Niger. "
        "Native Americans live in Peru.\n"
    )
    assert {c.object.id for c in candidates(page) if c.predicate == "range" and c.object} == {"kenya"}


def test_the_rest_of_a_caption_is_no_part_of_the_sentence_after_it() -> None:
    page = "Marsh otter\n\n'' in a zoo]] The marsh otter is found in Kenya. The marsh otter eats frogs.\n"
    assert {c.predicate for c in candidates(page)} >= {"range", "preysOn"}


def test_what_eats_the_taxon_of_the_page_is_not_eaten_by_it() -> None:
    page = "Marsh otter\n\nThe marsh otter is a mammal. Animals that prey on marsh otters include foxes and owls.\n"
    assert {(c.subject.id, c.object.id) for c in candidates(page) if c.predicate == "preysOn" and c.object} == {
        ("fox", "marsh-otter"),
        ("owl", "marsh-otter"),
    }
