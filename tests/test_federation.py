"""Federation: SERVICE between real servers on this machine, and everything that must keep a query at home."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import wildgraph
from loopback import Answer, one_after_another, serving
from wildgraph import Graph, MachineError, UsageError
from wildgraph.graph.service import clauses, mentions_service

OXIGRAPH = Path(sys.executable).parent / "oxigraph"

ITEMS = """
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
wd:Q1 rdfs:label "red fox"@en , "Rotfuchs"@de ; wdt:P846 "5219243" ; wdt:P141 wd:Q211005 .
wd:Q2 rdfs:label "arctic fox"@en ; wdt:P846 "5219303" ; wdt:P141 wd:Q211005 .
wd:Q211005 rdfs:label "Least Concern"@en .
"""
NEIGHBOUR = """
@prefix ex: <https://example.net/> .
ex:survey1 ex:of <https://www.gbif.org/species/5219243> ; ex:counted 12 ; ex:where [ ex:name "the hill" ] .
ex:survey2 ex:of <https://www.gbif.org/species/5219303> ; ex:counted 3 .
"""
LINKS = (
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    "this:taxon/red-fox\tskos:exactMatch\tgbif:5219243\tsemapv:ManualMappingCuration\n"
    "this:taxon/red-fox\tskos:exactMatch\twikidata:Q1\tsemapv:ManualMappingCuration\n"
)


@contextmanager
def endpoint(folder: Path, turtle: str) -> Iterator[str]:
    """Run an Oxigraph server over some Turtle and give the address of its SPARQL endpoint."""
    folder.mkdir()
    (folder / "data.ttl").write_text(turtle, encoding="utf-8")
    store = ["--location", str(folder / "store")]
    subprocess.run(
        [OXIGRAPH, "load", *store, "--file", folder / "data.ttl"], check=True, capture_output=True, timeout=60
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(OXIGRAPH), "serve-read-only", *store, "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def wikidata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with endpoint(tmp_path_factory.mktemp("a") / "items", ITEMS) as address:
        yield address


@pytest.fixture(scope="module")
def neighbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with endpoint(tmp_path_factory.mktemp("b") / "surveys", NEIGHBOUR) as address:
        yield address


@pytest.fixture
def foxes(project: Path) -> Path:
    """A built project with two links."""
    (project / "links").mkdir()
    (project / "links/hand.sssom.tsv").write_text(LINKS)
    wildgraph.build(project)
    return project


def allow(project: Path, *addresses: str, timeout: float = 5) -> None:
    names = ", ".join(f'e{number} = "{address}"' for number, address in enumerate(addresses))
    settings = project / "wildgraph.toml"
    text = settings.read_text().partition("\n[federation]")[0]
    settings.write_text(f"{text}\n[federation]\nendpoints = {{ {names} }}\ntimeout = {timeout}\n")


def rows(project: Path, sparql: str) -> list[list[str]]:
    found = json.loads(wildgraph.ask(project, sparql=sparql).format("json"))
    names = found["head"]["vars"]
    return [[row[name]["value"] for name in names if name in row] for row in found["results"]["bindings"]]


def by_item(address: str) -> str:
    return f"""
        SELECT ?taxon ?label ?status WHERE {{
          ?taxon a wg:Taxon ; skos:exactMatch ?item .
          FILTER(STRSTARTS(STR(?item), "http://www.wikidata.org/entity/") && LANG(?label) = "en")
          SERVICE <{address}> {{
            ?item rdfs:label ?label ; wdt:P141/rdfs:label ?status .
          }}
        }} ORDER BY ?label"""


def test_a_local_graph_and_wikidata(foxes: Path, wikidata: str) -> None:
    allow(foxes, wikidata)
    assert rows(foxes, by_item(wikidata)) == [
        ["https://example.org/my-dataset/taxon/red-fox", "red fox", "Least Concern"]
    ]


def test_a_local_graph_and_two_endpoints(foxes: Path, wikidata: str, neighbour: str) -> None:
    allow(foxes, wikidata, neighbour)
    sparql = f"""
        PREFIX ex: <https://example.net/>
        SELECT ?label ?count ?place WHERE {{
          ?taxon wdt:P846 ?key ; skos:exactMatch ?thing .
          SERVICE <{neighbour}> {{
            ?survey ex:of ?thing ; ex:counted ?count .
            OPTIONAL {{ ?survey ex:where/ex:name ?place }}
          }}
          SERVICE <{wikidata}> {{ ?item wdt:P846 ?key ; rdfs:label ?label FILTER(LANG(?label) = "de") }}
        }}"""
    assert rows(foxes, sparql) == [["Rotfuchs", "12", "the hill"]]


def test_only_what_the_clauses_before_found_goes_along(foxes: Path) -> None:
    answer = {"head": {"vars": ["item", "label"]}, "results": {"bindings": []}}
    with serving(one_after_another(Answer(answer))) as server:
        allow(foxes, f"{server.url}/sparql")
        assert rows(foxes, by_item(f"{server.url}/sparql")) == []
    (question,) = server.asked
    assert "VALUES (?item) {" in question.params["query"]
    assert "(<http://www.wikidata.org/entity/Q1>)" in question.params["query"]
    assert "my-dataset" not in question.params["query"]


def test_where_nothing_was_found_nobody_is_asked(foxes: Path) -> None:
    with serving(one_after_another(Answer({}))) as server:
        allow(foxes, server.url)
        sparql = f"SELECT * {{ ?x a wg:Nothing ; rdfs:seeAlso ?y SERVICE <{server.url}> {{ ?y ?p ?o }} }}"
        assert rows(foxes, sparql) == []
    assert server.asked == []


def test_a_question_of_the_catalogue_may_be_federated(foxes: Path, wikidata: str) -> None:
    allow(foxes, wikidata)
    (foxes / "queries").mkdir(exist_ok=True)
    (foxes / "queries/abroad.rq").write_text(
        '#+ title = "Abroad"\n#+ [params.taxon]\n#+ type = "taxon"\n'
        "SELECT ?taxon ?label { ?taxon skos:exactMatch ?item "
        f"SERVICE <{wikidata}> {{ ?item rdfs:label ?label }} }} ORDER BY ?label\n"
    )
    answer = wildgraph.ask(foxes, "abroad", taxon="red-fox")
    assert answer.format("csv") == "label\r\nRotfuchs\r\nred fox\r\n"


def test_what_a_service_says_is_typed_and_blank_nodes_keep_apart(foxes: Path, neighbour: str) -> None:
    allow(foxes, neighbour)
    pattern = "?s <https://example.net/counted> ?c ; <https://example.net/where> ?w"
    sparql = f"SELECT ?c ?w {{ SERVICE <{neighbour}> {{ {pattern} }} }}"
    (binding,) = json.loads(wildgraph.ask(foxes, sparql=sparql).format("json"))["results"]["bindings"]
    assert binding["c"] == {"type": "literal", "value": "12", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    assert binding["w"]["value"].startswith("urn:bnode:127.0.0.1:")


# --- Staying at home -------------------------------------------------------------------------------------


def test_no_query_leaves_the_machine_unless_the_endpoint_is_listed(foxes: Path, wikidata: str) -> None:
    with pytest.raises(UsageError, match=r"queries do not leave this machine .* endpoints = "):
        wildgraph.ask(foxes, sparql=by_item(wikidata))
    allow(foxes, "https://example.org/sparql")
    with pytest.raises(UsageError, match="is not among the endpoints of"):
        wildgraph.ask(foxes, sparql=by_item(wikidata))


#: Ways to hide the keyword, or to have it where it is none. `{}` is the address of a server that must not be asked.
HIDDEN = [
    "SELECT * {{ SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ SeRvIcE SILENT <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ VALUES ?e {{ <{}> }} SERVICE ?e {{ ?a ?b ?c }} }}",
    "PREFIX : <{}> SELECT * {{ SERVICE : {{ ?a ?b ?c }} }}",
    "PREFIX : <{}> SELECT * {{ SERVICE:{{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p 5SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p trueSERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p 'x'SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p 'x'@en SERVICE<{}>{{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p <x>SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p '''a'b''c\\'''' SERVICE <{}> {{ ?a ?b ?c }} }}",
    'SELECT * {{ ?s ?p """a"b""c""" SERVICE <{}> {{ ?a ?b ?c }} }}',
    "SELECT * {{ ?s ?p ?o # comment with a ' quote\n SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p <http://x/#'> SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{}> {{ ?a ?b ?c }} }} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{}> {{ ?a ?b ?c }} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER(1 < 2 && 3 > 2) SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p wg:a. SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p wg:a.SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p _:b.SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p wg:a%20SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p wg:a\\~SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p 1.0e3SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p []SERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p ?xSERVICE <{}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ SERV\\u0049CE <{}> {{ ?a ?b ?c }} }}",
    "CONSTRUCT {{ ?a ?b ?c }} {{ SERVICE <{}> {{ ?a ?b ?c }} }}",
    "ASK {{ SERVICE <{}> {{ ?a ?b ?c }} }}",
    "DESCRIBE ?a {{ SERVICE <{}> {{ ?a ?b ?c }} }}",
]


@pytest.mark.parametrize("query", HIDDEN)
def test_no_trick_reaches_an_endpoint_that_is_not_listed(foxes: Path, query: str) -> None:
    with serving(one_after_another(Answer({}))) as server:
        for ask in (Graph.open(foxes / "build").select, lambda text: wildgraph.ask(foxes, sparql=text)):
            with pytest.raises((UsageError, MachineError)):
                ask(query.format(server.url))
    assert server.asked == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?x rdfs:label 'Forest Service' }",
        "SELECT ?service { ?service a wg:Organization }",
        "# SERVICE <https://example.org/> { }\nSELECT * { ?s ?p <https://example.org/SERVICE> }",
        "PREFIX ex: <https://example.org/> SELECT * { ?s ex:service ?o }",
        'SELECT * { ?s ?p """a "SERVICE <x> { }" b""" }',
    ],
)
def test_words_that_only_look_like_it_are_no_service(foxes: Path, query: str) -> None:
    assert not mentions_service(query)
    wildgraph.ask(foxes, sparql=query)


def test_filters_of_the_group_do_not_narrow_what_is_asked() -> None:
    query = (
        "SELECT * { ?a ?b ?c FILTER(?d > 1) FILTER NOT EXISTS { ?a ?x ?y } BIND(1 AS ?n) SERVICE <x:y> { ?a ?q ?d } }"
    )
    (clause,) = clauses(query)
    assert clause.before.split() == ["?a", "?b", "?c", "BIND(1", "AS", "?n)"]
    assert clause.body.strip() == "?a ?q ?d"


# --- Endpoints that fail ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(status=500), "status 500"),
        (Answer({}, wait=2.0), "no answer in 0.5 s"),
        (Answer("<html>", type="text/html"), "answered with text/html"),
        (Answer({"hello": 1}), "JSON that is no SPARQL result"),
        (Answer(status=404), "is not there"),
    ],
    ids=["500", "slow", "HTML", "other JSON", "404"],
)
def test_an_endpoint_that_fails(foxes: Path, answer: Answer, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(one_after_another(answer)) as server:
        allow(foxes, server.url, timeout=0.5)
        clause = f"<{server.url}> {{ ?a ?b ?c }}"
        with pytest.raises(MachineError, match=message):
            wildgraph.ask(foxes, sparql=f"SELECT * {{ SERVICE {clause} }}")
        found = rows(foxes, f"SELECT ?t {{ ?t a wg:Taxon SERVICE SILENT {clause} }}")
    assert found == [["https://example.org/my-dataset/taxon/red-fox"]]
    assert "left out, as SILENT asks" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("[federation]\nendpoints = 7\n", "endpoints is no table"),
        ('[federation]\nendpoints = { a = "ftp://x" }\n', "not the address of an endpoint: 'ftp://x'"),
        ('[federation]\ntimeout = "long"\n', "timeout is no number of seconds from 0 to 600: 'long'"),
        ("[federation]\nendpoint = {}\n", "unknown key in [federation]: 'endpoint'\n    did you mean endpoints?"),
        ('[links]\nsame_as = "yes"\n', "same_as is neither true nor false: 'yes'"),
        ('[links]\ncontact = "nobody"\n', "contact is no address: 'nobody'"),
    ],
)
def test_settings_that_are_wrong(project: Path, settings: str, message: str) -> None:
    path = project / "wildgraph.toml"
    path.write_text(f"{path.read_text()}\n{settings}")
    with pytest.raises(wildgraph.InputError) as caught:
        wildgraph.build(project)
    assert message in str(caught.value)
    assert "wildgraph.toml:" in str(caught.value)
