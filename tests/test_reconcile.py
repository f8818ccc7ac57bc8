"""The reconciliation service, asked over a socket as OpenRefine asks it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import referencing
import referencing.jsonschema
from reconciliation_schemas import SCHEMAS
from wildgraph.graph.link.build import build_index
from wildgraph.graph.link.dumps import Release

TAXA = """taxonID\tscientificName\tscientificNameAuthorship\ttaxonRank\ttaxonomicStatus\tacceptedNameUsageID\
\tkingdom\tfamily
1\tPuma concolor\t(Linnaeus, 1771)\tspecies\taccepted\t\tAnimalia\tFelidae
2\tFelis concolor\tLinnaeus, 1771\tspecies\tsynonym\t1\tAnimalia\tFelidae
3\tFicus\tRöding, 1798\tgenus\taccepted\t\tAnimalia\tFicidae
4\tFicus\tL.\tgenus\taccepted\t\tPlantae\tMoraceae
5\tPuma\tJardine, 1834\tgenus\taccepted\t\tAnimalia\tFelidae
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service over a small checklist, run as a user runs it."""
    folder = tmp_path_factory.mktemp("index")
    (folder / "taxon.tsv").write_text(TAXA, encoding="utf-8")
    index = folder / "names.index"
    build_index([folder / "taxon.tsv"], index, said=Release(name="cats", release="1", licence="CC0-1.0"))
    command = [sys.executable, "-m", "wildgraph", "link", "serve", "--index", str(index), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = process.stderr.readline().strip()
        assert line.endswith("/cats@1"), line
        yield line
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stderr.close()


def check(name: str, answer: Any) -> None:
    """Check an answer with the schema restated here, and with the specification's own where it is at hand."""
    jsonschema.Draft7Validator(SCHEMAS[name]).validate(answer)
    if folder := os.environ.get("WILDGRAPH_RECONCILIATION_SCHEMAS"):
        own = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in Path(folder).glob("*.json")}
        make = referencing.jsonschema.DRAFT7.create_resource
        registry = referencing.Registry().with_resources((one["$id"], make(one)) for one in own.values())
        schema = {**own[f"{name}.json"], "$schema": "http://json-schema.org/draft-07/schema#"}
        jsonschema.Draft7Validator(schema, registry=registry).validate(answer)


def reconcile(address: str, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    batch = {f"q{number}": query for number, query in enumerate(queries)}
    reply = httpx.post(address, data={"queries": json.dumps(batch)})
    assert reply.status_code == 200, reply.text
    check("reconciliation-result-batch", reply.json())
    assert list(reply.json()) == list(batch)
    return [reply.json()[name]["result"] for name in batch]


def test_the_manifest(address: str) -> None:
    manifest = httpx.get(address).json()
    check("manifest", manifest)
    assert manifest["versions"] == ["0.1", "0.2"]
    assert manifest["defaultTypes"] == [{"id": "taxon", "name": "Taxon"}]
    assert manifest["preview"]["url"].startswith(address)


def test_a_batch_by_post_and_by_get(address: str) -> None:
    queries = {"a": {"query": "Puma concolor"}, "b": {"query": "Ficus"}, "c": {"query": "Nulla nulla"}}
    posted = httpx.post(address, data={"queries": json.dumps(queries)}).json()
    assert httpx.get(address, params={"queries": json.dumps(queries)}).json() == posted
    check("reconciliation-result-batch", posted)
    first = posted["a"]["result"][0]
    assert (first["id"], first["match"]) == ("1", True)
    assert 90 < first["score"] <= 100
    assert first["type"] == [{"id": "taxon", "name": "Taxon"}, {"id": "species", "name": "Species"}]
    assert [(one["id"], one["match"]) for one in posted["b"]["result"]] == [("3", False), ("4", False)]
    assert posted["c"]["result"] == []


def test_properties_tell_homonyms_apart(address: str) -> None:
    by_kingdom = {"query": "Ficus", "properties": [{"pid": "kingdom", "v": "Plantae"}]}
    by_family = {"query": "Ficus", "properties": [{"pid": "family", "v": [{"id": "x", "name": "Ficidae"}]}]}
    by_author = {"query": "Ficus", "properties": [{"pid": "authorship", "v": "L."}]}
    found = reconcile(address, by_kingdom, by_family, by_author)
    assert [(one[0]["id"], one[0]["match"]) for one in found] == [("4", True), ("3", True), ("4", True)]


def test_a_name_with_nothing_but_a_genus_above_it_is_no_match(address: str) -> None:
    ((first, *_),) = reconcile(address, {"query": "Puma nova", "type": "species", "limit": 3})
    assert (first["id"], first["match"]) == ("5", False)
    assert {"id": "broader", "value": True} in first["features"]


def test_an_identifier_finds_its_thing(address: str) -> None:
    assert reconcile(address, {"query": "2"})[0][0]["name"] == "Felis concolor Linnaeus, 1771"


def test_a_query_without_a_name_finds_nothing(address: str) -> None:
    assert reconcile(address, {"properties": [{"pid": "family", "v": "Felidae"}]}) == [[]]


def test_suggestions(address: str) -> None:
    for what, prefix, schema, expected in (
        ("entity", "pum", "suggest-entities-response", ["5", "1"]),
        ("entity", "2", "suggest-entities-response", ["2"]),
        ("type", "spec", "suggest-types-response", ["species"]),
        ("property", "king", "suggest-properties-response", ["kingdom"]),
    ):
        answer = httpx.get(f"{address}/suggest/{what}", params={"prefix": prefix}).json()
        check(schema, answer)
        assert [one["id"] for one in answer["result"]] == expected
    rest = httpx.get(f"{address}/suggest/entity", params={"prefix": "pum", "cursor": "1"}).json()
    assert [one["id"] for one in rest["result"]] == ["1"]


def test_data_extension(address: str) -> None:
    proposed = httpx.get(f"{address}/properties", params={"type": "taxon", "limit": "3"}).json()
    check("data-extension-property-proposal", proposed)
    assert [one["id"] for one in proposed["properties"]] == ["name", "authorship", "rank"]
    question = {
        "ids": ["2", "99"],
        "properties": [{"id": "accepted"}, {"id": "rank"}, {"id": "licence"}, {"id": "odd"}],
    }
    answer = httpx.post(address, data={"extend": json.dumps(question)}).json()
    check("data-extension-response", answer)
    assert answer["rows"]["2"] == {
        "accepted": [{"id": "1", "name": "Puma concolor"}],
        "rank": [{"str": "species"}],
        "licence": [{"str": "CC0-1.0"}],
        "odd": [],
    }
    assert answer["rows"]["99"] == {"accepted": [], "rank": [], "licence": [], "odd": []}
    assert httpx.get(address, params={"extend": json.dumps(question)}).json() == answer


def test_the_preview_is_a_page(address: str) -> None:
    reply = httpx.get(f"{address}/preview", params={"id": "2"})
    assert reply.headers["content-type"].startswith("text/html")
    assert "<i>Felis concolor</i> Linnaeus, 1771" in reply.text
    assert "synonym of Puma concolor" in reply.text
    assert httpx.get(f"{address}/preview", params={"id": "<script>"}).status_code == 404


def test_the_home_page_lists_the_services(address: str) -> None:
    assert address in httpx.get(address.rpartition("/")[0] + "/").text


def test_every_endpoint_allows_other_origins(address: str) -> None:
    for path in ("", "/suggest/entity?prefix=p", "/properties?type=taxon", "/preview?id=1"):
        reply = httpx.get(address + path, headers={"origin": "https://example.org"})
        assert reply.headers["access-control-allow-origin"] == "*", path


def test_jsonp_calls_a_function_and_nothing_else(address: str) -> None:
    reply = httpx.get(address, params={"callback": "jQuery12_3.done"})
    assert reply.headers["content-type"].startswith("application/javascript")
    assert reply.text.startswith("/**/jQuery12_3.done({")
    assert httpx.get(address, params={"callback": "alert(1)//"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "text", "status", "message"),
    [
        ("queries", "{", 400, "queries is not JSON"),
        ("queries", "[]", 400, "queries is no JSON object"),
        ("queries", '{"q0": "Puma"}', 400, "query 'q0' is no JSON object"),
        ("queries", '{"q0": {"query": 7}}', 400, "query 'q0': query is no text"),
        ("queries", '{"q0": {"query": "Puma", "limit": 0}}', 400, "query 'q0': limit is no positive number"),
        ("queries", json.dumps({str(n): {"query": "Puma"} for n in range(201)}), 413, "send at most 200"),
        ("extend", '{"ids": ["1"]}', 400, "extend needs properties"),
        ("extend", '{"ids": "1", "properties": []}', 400, "extend needs ids"),
    ],
)
def test_requests_that_are_wrong(address: str, name: str, text: str, status: int, message: str) -> None:
    reply = httpx.post(address, data={name: text})
    assert reply.status_code == status
    assert message in reply.json()["message"]


def test_a_dump_that_is_not_there(address: str) -> None:
    reply = httpx.get(address.replace("cats@1", "dogs@1"))
    assert (reply.status_code, reply.json()["message"]) == (404, "no dump is called 'dogs@1' here; there are: cats@1")


def test_names_that_may_not_be_passed_on_are_offered_to_this_machine_only(tmp_path: Path) -> None:
    (tmp_path / "taxon.tsv").write_text(TAXA, encoding="utf-8")
    build_index([tmp_path / "taxon.tsv"], tmp_path / "i", said=Release(name="iucn", release="1"))
    command = [sys.executable, "-m", "wildgraph", "link", "serve", "--index", str(tmp_path / "i"), "--host", "0.0.0.0"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 2
    assert "the terms of iucn@1 forbid to pass names on" in run.stderr
