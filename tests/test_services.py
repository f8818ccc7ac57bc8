"""Services: the HTTP layer under every fault a service shows, and what the answers of each are worth."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml
from loopback import Answer, Question, one_after_another, serving
from wildgraph import MachineError, UsageError
from wildgraph.graph.link.answer import Match, Query
from wildgraph.graph.link.http import Client, Endpoint, ServiceError
from wildgraph.graph.link.services import checklistbank, gbif, iucn, reconciliation, speciesplus, wikidata

GOOD = Answer({"good": True})


def client(cache: Path | None = None, **options: object) -> Client:
    """A client that notes how long it would wait instead of waiting."""
    made = Client(contact="test@example.org", cache=cache, **options)  # type: ignore[arg-type]
    waits: list[float] = []
    made.sleep = waits.append
    made.waits = waits  # type: ignore[attr-defined]
    return made


def waits(made: Client) -> list[float]:
    return [seconds for seconds in made.waits if seconds]  # type: ignore[attr-defined]


def endpoint(url: str, **options: object) -> Endpoint:
    return replace(Endpoint("Service", url, pause=0), **options)  # type: ignore[arg-type]


def test_who_asks_is_said_and_nothing_else_is_sent() -> None:
    with serving(one_after_another(GOOD)) as server:
        assert client().json(endpoint(server.url), "/match", {"name": "Puma concolor"}) == {"good": True}
    assert server.asked[0].params == {"name": "Puma concolor"}
    assert server.asked[0].headers["user-agent"].endswith("(test@example.org)")
    assert "authorization" not in server.asked[0].headers


def test_nobody_asks_without_saying_who() -> None:
    with serving(one_after_another(GOOD)) as server, pytest.raises(UsageError, match="contact = "):
        Client().json(endpoint(server.url), "/", {})
    assert server.asked == []


@pytest.mark.parametrize(
    "fault",
    [
        Answer(status=500),
        Answer(status=502, body="<html>bad gateway", type="text/html"),
        Answer(status=503),
        Answer({"good": True}, cut=4),
        Answer('{"good": tr'),
        Answer(b"\x1f\x8bnot gzip", headers={"content-encoding": "gzip"}),
        Answer({"good": True}, wait=0.6),
    ],
    ids=["500", "502", "503", "cut body", "cut JSON", "broken gzip", "slow"],
)
def test_a_passing_fault_is_outlived(fault: Answer) -> None:
    with serving(one_after_another(fault, fault, GOOD)) as server:
        asker = client(timeout=0.3)
        assert asker.json(endpoint(server.url), "/", {}) == {"good": True}
    assert waits(asker) == [1.0, 2.0]
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Answer(status=500), r"Service: status 500 \(http://127.*\), 3 times; try again later"),
        (Answer({"good": True}, wait=0.6), "Service: no answer in 0.3 s"),
        (Answer({"good": True}, cut=4), "Service: the connection failed"),
        (Answer("<html>"), "Service: the reply says it is JSON and is not"),
        (Answer("<html>please log in", type="text/html"), "answered with text/html where application/json was asked"),
        (Answer(GOOD.content, type=""), "answered with no content type"),
        (Answer(status=302, headers={"location": "https://example.org/"}), "status 302 to https://example.org/"),
        (Answer({"error": "no such rank"}, status=400), "status 400 for http://127.*no such rank"),
        (Answer(gzip.compress(b" " * 3_000_000), headers={"content-encoding": "gzip"}), "larger than 1 MiB"),
    ],
    ids=["500", "slow", "cut", "not JSON", "lies about type", "no type", "redirect", "400", "too large"],
)
def test_a_lasting_fault_is_told_and_not_kept(fault: Answer, message: str, tmp_path: Path) -> None:
    with serving(one_after_another(fault)) as server:
        asker = client(tmp_path, timeout=0.3, attempts=3, largest=1 << 20)
        with pytest.raises(ServiceError, match=message):
            asker.json(endpoint(server.url), "/", {})
    assert list(tmp_path.rglob("*.reply")) == []


def test_a_service_that_is_not_there() -> None:
    with serving(one_after_another(GOOD)) as server:
        gone = server.url
    with pytest.raises(ServiceError, match="the connection failed"):
        client(attempts=2).json(endpoint(gone), "/", {})


def test_retry_after_is_obeyed_up_to_what_is_bearable() -> None:
    with serving(one_after_another(Answer(status=429, headers={"retry-after": "7"}), GOOD)) as server:
        asker = client()
        asker.json(endpoint(server.url), "/", {})
    assert waits(asker) == [7.0]
    later = Answer(status=429, headers={"retry-after": "Fri, 31 Dec 2286 23:59:59 GMT"})
    with serving(one_after_another(later)) as server, pytest.raises(ServiceError, match="asks to wait"):
        client().json(endpoint(server.url), "/", {})
    assert len(server.asked) == 1


def test_a_host_is_not_asked_faster_than_it_bears() -> None:
    with serving(one_after_another(GOOD)) as server:
        asker = client()
        for number in range(3):
            asker.json(endpoint(server.url, pause=5), "/", {"n": str(number)})
    assert [round(seconds) for seconds in waits(asker)] == [5, 5]


def test_a_question_is_asked_once_and_answered_from_disk(tmp_path: Path) -> None:
    with serving(one_after_another(GOOD)) as server:
        for _ in range(3):
            client(tmp_path).json(endpoint(server.url), "/", {"b": "2", "a": "1"})
    assert len(server.asked) == 1
    assert client(tmp_path, offline=True).json(endpoint(server.url), "/", {"a": "1", "b": "2"}) == {"good": True}
    with pytest.raises(ServiceError, match="was never asked, and this run is offline"):
        client(tmp_path, offline=True).json(endpoint(server.url), "/", {"a": "3"})


def spoil_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"true", b"tru3"))


def spoil_type(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"application/json", b"application/text"))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [spoil_byte, spoil_type, cut_short, empty])
def test_a_kept_reply_gone_bad_is_noticed(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    with serving(one_after_another(GOOD)) as server:
        client(tmp_path).json(endpoint(server.url), "/", {})
        (path,) = tmp_path.rglob("*.reply")
        spoil(path)
        with pytest.raises(ServiceError, match=r"the kept reply .* has gone bad; delete it and ask once without"):
            client(tmp_path, offline=True).json(endpoint(server.url), "/", {})
        asker = client(tmp_path)
        assert asker.json(endpoint(server.url), "/", {}) == {"good": True}
    assert asker.notices == [f"the kept reply {path} has gone bad; it was asked again"]
    assert len(server.asked) == 2


def test_a_reply_that_answers_another_question_is_noticed(tmp_path: Path) -> None:
    with serving(one_after_another(GOOD)) as server:
        for name in ("a", "b"):
            client(tmp_path).json(endpoint(server.url), "/", {"name": name})
        first, second = sorted(tmp_path.rglob("*.reply"))
        first.write_bytes(second.read_bytes())
        asker = client(tmp_path)
        for name in ("a", "b"):
            asker.json(endpoint(server.url), "/", {"name": name})
    assert len(asker.notices) == 1
    assert "is the answer to" in asker.notices[0]


def test_tokens_are_sent_and_never_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = endpoint("", token="TEST_TOKEN", apply="https://example.org/")
    monkeypatch.delenv("TEST_TOKEN", raising=False)
    with serving(one_after_another(GOOD)) as server:
        with pytest.raises(UsageError, match="then: export TEST_TOKEN="):
            client(tmp_path).json(replace(secret, base=server.url), "/", {})
        monkeypatch.setenv("TEST_TOKEN", "hush-hush")
        client(tmp_path).json(replace(secret, base=server.url), "/", {})
    assert server.asked[0].headers["authorization"] == "Bearer hush-hush"
    assert all(b"hush" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    with serving(one_after_another(Answer({}, status=403))) as server, pytest.raises(ServiceError, match="TEST_TOKEN"):
        client().json(replace(secret, base=server.url), "/", {})


# --- GBIF, by recorded replies ---------------------------------------------------------------------------


def replay(path: Path) -> Callable[[Question], Answer]:
    """Return a play of the replies recorded for the same path and parameters; `verbose` may differ."""
    recorded = {}
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["http_interactions"]:
        parts = urlsplit(entry["request"]["uri"])
        recorded[parts.path, key(dict(parse_qsl(parts.query)))] = entry["response"]["body"]["string"]

    def play(question: Question) -> Answer:
        found = recorded.get((question.path, key(question.params)))
        return Answer(found) if found else Answer({"no recording": question.params}, status=400)

    return play


def key(params: dict[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((name, value.casefold()) for name, value in params.items() if name != "verbose")


@pytest.mark.parametrize(
    ("query", "outcome", "first", "relation"),
    [
        (Query("Helianthus annuus", rank="species"), "exact", "9206251", "exact"),
        (Query("Calopteryx fakeus"), "none", None, None),
        # GBIF offers a plant genus for an animal; the animal is among the alternatives: a person has to look
        (Query("Calopteryx splendens", kingdom="Plantae"), "ambiguous", "3234109", "broad"),
    ],
)
def test_gbif_backbone(shared: Path, query: Query, outcome: str, first: str | None, relation: str | None) -> None:
    with serving(replay(shared / "data/gbif-api/name_backbone.yml")) as server:
        match = gbif.match_backbone(client(), query, replace(gbif.ENDPOINT, base=f"{server.url}/v2"))
    assert match.outcome == outcome
    best = match.candidates[0] if match.candidates else None
    assert (best and best.id, best and best.relation) == (first, relation)


def test_a_higher_rank_is_never_exact_whatever_the_confidence(shared: Path) -> None:
    with serving(replay(shared / "data/gbif-api/name_backbone.yml")) as server:
        match = gbif.match_col(client(), Query("Aves"), replace(gbif.ENDPOINT, base=f"{server.url}/v2"))
    assert {candidate.relation for candidate in match.candidates} <= {"broad", "exact"}
    assert match.outcome in {"broader", "ambiguous"}
    sure = {
        "usage": {"key": "1", "canonicalName": "Panthera", "rank": "GENUS"},
        "diagnostics": {"matchType": "EXACT", "confidence": 100},
    }
    with serving(one_after_another(Answer(sure))) as server:
        match = gbif.match_backbone(client(), Query("Panthera pardus"), replace(gbif.ENDPOINT, base=server.url))
    assert (match.outcome, match.candidates[0].relation) == ("broader", "broad")


def test_two_things_of_one_name_are_ambiguous() -> None:
    def usage(key: str, authorship: str) -> dict[str, object]:
        return {"key": key, "canonicalName": "Ficus", "rank": "GENUS", "authorship": authorship}

    answer = {
        "usage": usage("1", "L."),
        "diagnostics": {
            "matchType": "EXACT",
            "confidence": 99,
            "alternatives": [{"usage": usage("2", "Röding, 1798"), "diagnostics": {"confidence": 98}}],
        },
    }
    with serving(one_after_another(Answer(answer))) as server:
        match = gbif.match_backbone(client(), Query("Ficus"), replace(gbif.ENDPOINT, base=server.url))
    assert match.outcome == "ambiguous"
    assert [candidate.id for candidate in match.candidates] == ["1", "2"]


# --- The others, by their documented protocols -----------------------------------------------------------


def ask_with(module: object, answer: Answer, query: Query) -> Match:
    with serving(one_after_another(answer)) as server:
        place = replace(module.ENDPOINT, base=server.url, pause=0)  # type: ignore[attr-defined]
        found: Match = module.match(client(attempts=2), query, place)  # type: ignore[attr-defined]
    return found


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IUCN_RED_LIST_TOKEN", "a")
    monkeypatch.setenv("SPECIESPLUS_TOKEN", "b")


CHECKLIST_USAGE = {
    "id": "4CGXR", "name": "Panthera pardus", "authorship": "(Linnaeus, 1758)", "rank": "species", "status": "accepted",
    "classification": [{"id": "63RCD", "name": "Panthera", "rank": "genus"}, {"name": "Animalia", "rank": "kingdom"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("type", "name", "outcome", "relation"),
    [
        ("EXACT", "Panthera pardus", "exact", "exact"),
        ("VARIANT", "Panthera pardis", "variant", "close"),
        ("AMBIGUOUS", "Panthera pardus", "none", "exact"),
        ("HIGHERRANK", "Panthera pardus saxicolor", "broader", "broad"),
    ],
)
def test_checklistbank(type: str, name: str, outcome: str, relation: str) -> None:
    match = ask_with(checklistbank, Answer({"type": type, "usage": CHECKLIST_USAGE}), Query(name))
    assert (match.outcome, match.candidates[0].relation) == (outcome, relation)
    assert match.candidates[0].iri == "https://www.catalogueoflife.org/data/taxon/4CGXR"
    assert match.candidates[0].kingdom == "Animalia"


RED_LIST = {"taxon": {"sis_id": 15954, "scientific_name": "Panthera pardus", "infrarank": False}, "assessments": []}


@pytest.mark.usefixtures("tokens")
def test_a_404_of_the_red_list_may_be_haste() -> None:
    with serving(one_after_another(Answer({}, status=404), Answer({}, status=404), Answer(RED_LIST))) as server:
        asker = client()
        match = iucn.match(asker, Query("Panthera pardus"), replace(iucn.ENDPOINT, base=server.url, pause=0))
    assert waits(asker) == [1.0, 2.0]
    assert (match.outcome, match.candidates[0].id) == ("exact", "15954")
    assert server.asked[0].params == {"genus_name": "Panthera", "species_name": "pardus"}


@pytest.mark.usefixtures("tokens")
def test_a_404_that_stays_is_an_absence_that_is_not_remembered(tmp_path: Path) -> None:
    with serving(one_after_another(Answer({}, status=404))) as server:
        place = replace(iucn.ENDPOINT, base=server.url, pause=0)
        match = iucn.match(client(tmp_path, attempts=3), Query("Panthera nulla"), place)
    assert match.outcome == "none"
    assert len(server.asked) == 3
    assert list(tmp_path.rglob("*.reply")) == []


@pytest.mark.usefixtures("tokens")
def test_a_species_of_the_red_list_is_broader_than_a_subspecies() -> None:
    match = ask_with(iucn, Answer(RED_LIST), Query("Panthera pardus orientalis"))
    assert (match.outcome, match.candidates[0].relation) == ("broader", "broad")


@pytest.mark.usefixtures("tokens")
def test_species_plus() -> None:
    concept = {"id": 8619, "full_name": "Panthera pardus", "rank": "SPECIES", "name_status": "A"}
    other = {"id": 9, "full_name": "Panthera pardus orientalis", "rank": "SUBSPECIES", "name_status": "S"}
    match = ask_with(speciesplus, Answer({"taxon_concepts": [concept, other]}), Query("Panthera pardus"))
    assert (match.outcome, [c.id for c in match.candidates]) == ("exact", ["8619"])
    assert ask_with(speciesplus, Answer({"taxon_concepts": []}), Query("Panthera pardus")).outcome == "none"


def result(identifier: str, name: str, *, match: bool = False, score: float = 80) -> dict[str, object]:
    return {"id": identifier, "name": name, "score": score, "match": match, "type": [{"id": "Q1", "name": "taxon"}]}


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ([result("1", "Panthera pardus", match=True, score=100)], "exact"),
        ([result("1", "Panthera pardus"), result("2", "Panthera pardus")], "ambiguous"),
        ([result("1", "Panthera pardus saxicolor", match=True, score=100)], "fuzzy"),
        ([], "none"),
    ],
)
def test_reconciliation(results: list[object], outcome: str) -> None:
    with serving(one_after_another(Answer({"q0": {"result": results}}))) as server:
        place = reconciliation.service(server.url)
        found = reconciliation.match(client(), Query("Panthera pardus"), place, dump="cats@1", type="taxon")
    assert found.outcome == outcome
    assert json.loads(server.asked[0].params["queries"])["q0"] == {
        "query": "Panthera pardus",
        "limit": 10,
        "type": "taxon",
    }


def wikidata_says(names: dict[str, list[str]], *results: dict[str, object]) -> Callable[[Question], Answer]:
    """Return a play of Wikidata's service: labels in English, and taxon names when asked for P225."""

    def play(question: Question) -> Answer:
        if "extend" in question.params:
            asked = json.loads(question.params["extend"])
            assert asked["properties"] == [{"id": "P225"}]
            rows = {one: {"P225": [{"str": name} for name in names.get(one, [])]} for one in asked["ids"]}
            return Answer({"meta": [{"id": "P225", "name": "taxon name"}], "rows": rows})
        return Answer({"q0": {"result": list(results)}})

    return play


@pytest.mark.parametrize(
    ("names", "outcome", "first"),
    [
        ({"Q34706": ["Panthera pardus"]}, "exact", "Q34706"),
        ({"Q1": ["Panthera pardus"]}, "exact", "Q1"),
        ({"Q34706": ["Panthera pardus"], "Q1": ["Panthera pardus"]}, "ambiguous", "Q34706"),
        ({"Q34706": ["Panthera uncia"]}, "fuzzy", "Q34706"),
    ],
)
def test_wikidata_is_judged_by_taxon_names_and_not_by_labels(
    names: dict[str, list[str]], outcome: str, first: str
) -> None:
    play = wikidata_says(names, result("Q34706", "leopard", match=True, score=100), result("Q1", "leopard (film)"))
    with serving(play) as server:
        found = wikidata.match(client(), Query("Panthera pardus"), replace(wikidata.ENDPOINT, base=server.url))
    assert (found.outcome, found.candidates[0].id) == (outcome, first)
    question = json.loads(server.asked[0].params["queries"])["q0"]
    assert question["type"] == "Q16521"
    assert question["properties"] == [{"pid": "P225", "v": "Panthera pardus"}]


def test_a_service_that_is_none_of_the_kind() -> None:
    with (
        serving(one_after_another(Answer({"hello": 1}))) as server,
        pytest.raises(MachineError, match="is it a reconciliation service"),
    ):
        reconciliation.match(client(), Query("Puma"), reconciliation.service(server.url), dump="x@y")
