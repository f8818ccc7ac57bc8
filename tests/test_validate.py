"""Validation: two engines that agree, an audit that notices, and nothing that is called fine unchecked."""

from pathlib import Path

import pytest
import rdflib
import wildgraph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from wildgraph import InputError, MachineError, Severity
from wildgraph.graph.spool import Spool
from wildgraph.graph.store import write_ntriples
from wildgraph.graph.validate import Report, shape_files, validate
from wildgraph.graph.validate.audit import audit, differences
from wildgraph.graph.validate.fast import run_fast
from wildgraph.graph.validate.lexical import mark_ill_formed
from wildgraph.graph.validate.reads import Reads, reads_of
from wildgraph.graph.validate.reference import literals_as_written
from wildgraph.graph.validate.report import Outcome, Result
from wildgraph.graph.validate.shapes import Shapes, read_shapes
from wildgraph.graph.validate.split import having, units_of

PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix x: <http://x/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NAMED = (
    PREFIXES
    + """x:S a sh:NodeShape ; sh:targetClass x:Fox ; sh:property x:P . x:P sh:path x:name ;
 sh:minCount 1 ; sh:message "no name" ."""
)


def check(
    folder: Path, data: str, shapes: str, *, engine: str = "fast", timeout: float = 60, report: bool = False
) -> Report:
    (folder / "data.ttl").write_text(PREFIXES + data)
    (folder / "shapes.ttl").write_text(shapes)
    return validate([folder / "data.ttl"], [folder / "shapes.ttl"], engine=engine, timeout=timeout, report=report)


def test_engines_agree_on_the_reference_dataset(reference: Path) -> None:
    report = validate([reference / "build/dataset.nq"], shape_files(), engine="both")
    assert report.conforms
    assert report.engine == "fast, compared with pyshacl"


@pytest.mark.parametrize("engine", ["fast", "pyshacl", "both"])
def test_every_engine_finds_the_same(engine: str, tmp_path: Path) -> None:
    (result,) = check(tmp_path, "x:a a x:Fox . x:b a x:Fox ; x:name 'b' .", NAMED, engine=engine).results
    assert (result.focus.text, result.shape, result.message) == ("http://x/a", "http://x/P", "no name")
    assert result.severity is Severity.VIOLATION


def test_the_standard_report_is_that_of_the_engine(tmp_path: Path) -> None:
    report = check(tmp_path, "x:a a x:Fox .", NAMED, report=True)
    text = report.serialize("turtle")
    assert "sh:conforms false" in text
    assert "sh:focusNode <http://x/a>" in text


def test_an_engine_that_loses_a_result_is_found_out(tmp_path: Path) -> None:
    report = check(tmp_path, "x:a a x:Fox . x:b a x:Fox .", NAMED)
    lines = tmp_path / "data.nt"
    lines.write_text("".join(f"<http://x/{n}> <{RDF_TYPE}> <http://x/Fox> .\n" for n in "ab"))
    shapes = read_shapes([tmp_path / "shapes.ttl"])
    both = list(report.results)
    assert audit(lines, shapes, both, timeout=60) == (2, [], ())
    assert audit(lines, shapes, both[:1], timeout=60)[1] == [
        "only pyshacl: P MinCountConstraintComponent http://x/b http://x/name"
    ]
    assert differences(both, both[:1]) != []


RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def test_engines_that_disagree_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import wildgraph.graph.validate.run as module

    monkeypatch.setattr(module, "run_fast", lambda *_, **__: Outcome(Spool([], Result.order)))
    with pytest.raises(MachineError, match="the engines disagree; use --engine pyshacl and report this"):
        check(tmp_path, "x:a a x:Fox .", NAMED)


def test_literals_are_validated_as_written(tmp_path: Path) -> None:
    shapes = (
        PREFIXES
        + 'x:S a sh:NodeShape ; sh:targetClass x:Fox ; sh:property x:P . x:P sh:path x:n ; sh:pattern "^[1-9]" .'
    )
    report = check(tmp_path, 'x:a a x:Fox ; x:n "05"^^xsd:integer . x:b a x:Fox ; x:n 5 .', shapes, engine="both")
    assert [result.focus.text for result in report.results] == ["http://x/a"]


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (NAMED.replace("sh:minCount", "sh:minCont"), "shapes.ttl:5:"),
        (
            NAMED.replace("sh:minCount", "sh:minCont"),
            "SHACL has no such term: 'sh:minCont'\n    did you mean sh:minCount",
        ),
        (NAMED.replace("sh:minCount 1", 'sh:minCount "one"'), "sh:minCount takes a number: 'one'"),
        (NAMED + " x:P sh:pattern '(' .", "the pattern does not compile"),
        (NAMED.replace(" .", "", 1), "shapes.ttl:"),
        (PREFIXES + "x:a x:b x:c .", "no SHACL shape with a target in it"),
    ],
)
def test_shapes_that_an_engine_would_pass_over(tmp_path: Path, shapes: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check(tmp_path, "x:a a x:Fox .", shapes)
    assert message in str(caught.value)


def test_data_and_shapes_swapped(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(PREFIXES + "x:a a x:Fox .")
    (tmp_path / "shapes.ttl").write_text(NAMED)
    with pytest.raises(InputError, match="were they swapped"):
        validate([tmp_path / "shapes.ttl"], [tmp_path / "data.ttl"])


ENDLESS = (
    PREFIXES
    + """
x:E a sh:NodeShape ; sh:targetClass x:Fox ; sh:sparql [ sh:select '''
  SELECT $this WHERE { $this a ?t . ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o .
    FILTER (STRLEN(CONCAT(STR(?a), STR(?d), STR(?g), STR(?j), STR(?m))) < 0) }''' ] .
"""
)


def test_a_constraint_that_never_ends_is_named_and_the_rest_is_checked(tmp_path: Path) -> None:
    data = "x:a a x:Fox . " + " ".join(f"x:n{i} x:p x:m{i} ." for i in range(300))
    (tmp_path / "data.ttl").write_text(PREFIXES + data)
    (tmp_path / "shapes.ttl").write_text(NAMED + ENDLESS.removeprefix(PREFIXES))
    write_ntriples([tmp_path / "data.ttl"], tmp_path / "data.nt")
    found = run_fast(tmp_path / "data.nt", read_shapes([tmp_path / "shapes.ttl"]), timeout=40)
    assert [result.message for result in found.results] == ["no name"]
    assert [(miss.shape, miss.reason) for miss in found.missed] == [("http://x/E", "not finished after 4 seconds")]


def test_what_was_not_checked_does_not_conform(tmp_path: Path) -> None:
    data = "x:a a x:Fox ; x:name 'a' . " + " ".join(f"x:n{i} x:p x:m{i} ." for i in range(300))
    report = check(tmp_path, data, NAMED + ENDLESS.removeprefix(PREFIXES), timeout=20)
    assert not list(report.results)
    assert not report.conforms


def test_what_the_fast_engine_cannot_do_goes_to_pyshacl(tmp_path: Path) -> None:
    shapes = (
        NAMED
        + """
x:M a sh:NodeShape ; sh:targetClass x:Fox ; sh:sparql [ sh:message "no tail" ; sh:select '''
  SELECT $this WHERE { { SELECT $this WHERE { $this a <http://x/Fox> } }
    FILTER NOT EXISTS { $this <http://x/tail> ?t } }''' ] ."""
    )
    report = check(tmp_path, "x:a a x:Fox .", shapes)
    assert report.engine.endswith("1 shape by pyshacl alone")
    assert sorted(result.message for result in report.results) == ["no name", "no tail"]


def test_a_recursive_shape_is_refused(tmp_path: Path) -> None:
    shapes = NAMED + " x:S sh:property x:Q . x:Q sh:path x:knows ; sh:node x:S ."
    with pytest.raises(InputError, match="the shape is part of itself: 'http://x/S'"):
        check(tmp_path, "x:a a x:Fox ; x:name 'a' ; x:knows x:a .", shapes)


VALUES = ["1", "2.5", '"a"', '"a"@en', '"05"^^xsd:integer']
node = st.sampled_from(["x:a", "x:b", "x:c", "x:d"])
triple = st.one_of(
    st.tuples(node, st.just("a"), st.sampled_from(["x:Fox", "x:Hare", "x:Den"])),
    st.tuples(node, st.sampled_from(["x:eats", "x:in"]), node),
    st.tuples(node, st.sampled_from(["x:name", "x:age"]), st.sampled_from(VALUES)),
)
MANY = (
    PREFIXES
    + """
x:Fox1 a sh:NodeShape ; sh:targetClass x:Fox ; sh:property x:P1 , x:P2 , x:P3 ; sh:not x:Thin .
x:P1 sh:path x:name ; sh:minCount 1 ; sh:maxCount 1 .
x:P2 sh:path x:age ; sh:or ( [ sh:datatype xsd:integer ] [ sh:datatype xsd:decimal ] ) ; sh:minInclusive 2 .
x:P3 sh:path ( x:eats x:in ) ; sh:class x:Den .
x:Thin a sh:NodeShape ; sh:property [ sh:path x:eats ; sh:maxCount 0 ] .
x:Den1 a sh:NodeShape ; sh:targetObjectsOf x:in ; sh:class x:Den ; sh:property x:P4 .
x:P4 sh:path [ sh:inversePath x:in ] ; sh:maxCount 2 .
"""
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(triple, min_size=1, max_size=14))
def test_engines_agree_on_random_graphs(tmp_path: Path, triples: list[tuple[str, str, str]]) -> None:
    data = " ".join(f"{' '.join(t)} ." for t in triples)
    check(tmp_path, data, MANY, engine="both")


def test_check_takes_an_engine(reference: Path) -> None:
    assert wildgraph.check_project(reference, engine="pyshacl").report.engine == "pyshacl"


@pytest.mark.parametrize("engine", ["fast", "pyshacl", "both"])
def test_inference_is_asked_for_and_the_same_for_both_engines(engine: str, tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text(
        PREFIXES + "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "x:within a owl:TransitiveProperty ; owl:inverseOf x:holds . x:nick rdfs:subPropertyOf x:name .\n"
        "x:den x:within x:wood . x:wood x:within x:land . x:a a x:Fox ; x:nick 'one\\ntwo' .\n"
    )
    (tmp_path / "shapes.ttl").write_text(
        NAMED + " x:L sh:targetNode x:land ; sh:property x:H . x:H sh:path x:holds ; sh:minCount 2 ."
    )

    def failing(*, inference: bool) -> list[str]:
        files = [tmp_path / "data.ttl"], [tmp_path / "shapes.ttl"]
        return [r.focus.text for r in validate(*files, engine=engine, inference=inference).results]

    assert failing(inference=False) == ["http://x/land", "http://x/a"]
    assert failing(inference=True) == []


ILL_FORMED = [
    ("gYear", "20"), ("gYearMonth", "2020-13"), ("gMonth", "--13"), ("gDay", "---32"), ("gMonthDay", "--02-30"),
    ("date", "2021-02-29"), ("dateTime", "2021-01-01"), ("time", "25:00:00"), ("duration", "PT"), ("decimal", "1e3"),
    ("byte", "128"), ("unsignedInt", "-1"), ("long", "9223372036854775808"), ("hexBinary", "abc"), ("boolean", "yes"),
    ("yearMonthDuration", "P1D"), ("double", "1,5"), ("language", "e n"), ("positiveInteger", "0"),
]  # fmt: skip
WELL_FORMED = [
    ("gYear", "-0044"), ("gYearMonth", "2020-12Z"), ("gMonthDay", "--02-29"), ("date", "2000-02-29+14:00"),
    ("dateTime", "2020-01-01T24:00:00"), ("duration", "-P1Y2M3DT4H5M6.7S"), ("decimal", "-.5"), ("double", "INF"),
    ("byte", "-128"), ("byte", "0" * 60 + "1"), ("integer", "9" * 5000), ("hexBinary", ""), ("dayTimeDuration", "PT1H"),
]  # fmt: skip


@pytest.mark.parametrize("engine", ["fast", "pyshacl", "both"])
def test_a_literal_that_is_no_value_of_its_datatype_is_found_by_every_engine(engine: str, tmp_path: Path) -> None:
    shapes, data = PREFIXES, ""
    for number, (name, value) in enumerate(ILL_FORMED):
        shapes += f"x:S{number} a sh:NodeShape ; sh:targetClass x:C{number} ; sh:property x:P{number} .\n"
        shapes += f"x:P{number} sh:path x:p ; sh:datatype xsd:{name} .\n"
        data += f"x:{number} a x:C{number} ; x:p '{value}'^^xsd:{name} .\n"
    report = check(tmp_path, data, shapes, engine=engine, report=engine == "fast")
    found = {(result.value.datatype, result.value.text) for result in report.results if result.value}
    assert found == {(f"http://www.w3.org/2001/XMLSchema#{name}", value) for name, value in ILL_FORMED}
    assert "ill-formed" not in report.ntriples
    messages = {result.message for result in report.results}
    assert "'2020-13' is not an xsd:gYearMonth: x:p is a literal of type xsd:gYearMonth" in {
        message.replace("http://x/", "x:") for message in messages
    }


@pytest.mark.parametrize(("name", "value"), WELL_FORMED)
def test_a_literal_of_its_datatype_is_left_alone(name: str, value: str, tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(f'<x:a> <x:p> "{value}"^^<http://www.w3.org/2001/XMLSchema#{name}> .\n')
    assert not mark_ill_formed(tmp_path / "a.nt", tmp_path / "b.nt")
    assert (tmp_path / "a.nt").read_bytes() == (tmp_path / "b.nt").read_bytes()


def test_a_nameless_shape_says_what_it_asks(tmp_path: Path) -> None:
    shapes = PREFIXES + "x:S a sh:NodeShape ; sh:targetClass x:Fox ; sh:property [ sh:path x:name ; sh:minCount 2 ] ."
    (result,) = check(tmp_path, "x:a a x:Fox .", shapes).results
    assert result.message.endswith("name> has at least 2") or result.message.endswith("name has at least 2")


BACKTRACKS = "sh:pattern '^(a+)+$'"


@pytest.mark.parametrize(
    "shapes",
    [
        NAMED + f" x:P {BACKTRACKS} .",
        PREFIXES + f"x:S a sh:NodeShape ; sh:targetClass x:Fox ; sh:property [ sh:path x:name ; {BACKTRACKS} ] .",
    ],
    ids=["named", "nameless"],
)
@pytest.mark.parametrize("engine", ["fast", "both"])
def test_a_pattern_that_backtracks_for_ever_is_bounded(engine: str, shapes: str, tmp_path: Path) -> None:
    report = check(tmp_path, f"x:a a x:Fox ; x:name '{'a' * 60}b' .", shapes, engine=engine, timeout=5)
    assert [result.focus.text for result in report.results] == ["http://x/a"]
    (miss,) = report.not_checked
    assert (miss.shape, miss.reason) == ("http://x/S", "pyshacl has not finished after 5 seconds")


def test_a_file_that_does_not_parse_is_no_finding(reference_copy: Path) -> None:
    path = reference_copy / "build/dataset.nq"
    path.write_text(path.read_text() + "<http://x/a> <http://x/b .\n")
    with pytest.raises(InputError, match=r"dataset\.nq:\d+:"):
        wildgraph.check_project(reference_copy)


def test_comments_and_odd_spaces_in_ntriples_are_read(tmp_path: Path) -> None:
    (tmp_path / "data.nt").write_text(f"# a comment\n\n<http://x/a>\t<{RDF_TYPE}>   <http://x/Fox>.\n")
    (tmp_path / "shapes.ttl").write_text(NAMED)
    assert len(validate([tmp_path / "data.nt"], [tmp_path / "shapes.ttl"]).results) == 1


def as_lines(folder: Path, data: str) -> Path:
    (folder / "data.ttl").write_text(PREFIXES + data)
    write_ntriples([folder / "data.ttl"], folder / "data.nt")
    return folder / "data.nt"


def shapes_of(folder: Path, text: str) -> Shapes:
    (folder / "shapes.ttl").write_text(text)
    with literals_as_written():
        return read_shapes([folder / "shapes.ttl"])


#: Shapes that look at other nodes in every way there is, and one of each kind that looks at its own.
FAR = (
    MANY
    + """
x:Fox2 a sh:NodeShape ; sh:targetClass x:Fox ; sh:property x:P5 , x:P6 , x:P7 ; sh:sparql x:C1 , x:C2 , x:C3 .
x:P5 sh:path ( x:eats [ sh:zeroOrMorePath x:in ] ) ; sh:nodeKind sh:IRI ; sh:not x:Thin .
x:P6 sh:path [ sh:alternativePath ( x:in [ sh:inversePath x:eats ] ) ] ; sh:qualifiedValueShape [ sh:class x:Fox ] ;
  sh:qualifiedMinCount 1 .
x:P7 sh:path x:age ; sh:lessThan x:name ; sh:disjoint x:eats .
x:C1 sh:message "own" ; sh:select "SELECT $this WHERE { $this <http://x/age> ?a , ?b . FILTER (?a < ?b) }" .
x:C2 sh:message "near" ; sh:select '''SELECT $this WHERE { $this <http://x/eats> ?f .
  FILTER NOT EXISTS { ?f <http://x/in> ?d . FILTER NOT EXISTS { ?d <http://x/name> ?n } } }''' .
x:C3 sh:message "any" ; sh:select "SELECT $this WHERE { $this ?p ?v . ?v ?q 1 }" .
x:Shut a sh:NodeShape ; sh:targetSubjectsOf x:in ; sh:closed true ;
  sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ;
  sh:property [ sh:path x:in ] , [ sh:path x:name ] , [ sh:path x:eats ; sh:node x:Den1 ] .
"""
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(triple, min_size=1, max_size=20))
def test_any_number_of_processes_finds_the_same(tmp_path: Path, triples: list[tuple[str, str, str]]) -> None:
    data = as_lines(tmp_path, " ".join(f"{' '.join(t)} ." for t in triples))
    shapes = shapes_of(tmp_path, FAR)
    whole, *others = (list(run_fast(data, shapes, timeout=60, workers=n).results) for n in (None, 1, 2, 50))
    assert others == [whole, whole, whole]


def test_a_shape_that_another_one_names_is_whole_in_every_part(tmp_path: Path) -> None:
    shapes = """x:S a sh:NodeShape ; sh:targetClass x:Fox ; sh:property x:P . x:P sh:path x:in ; sh:node x:Den1 .
x:Den1 a sh:NodeShape ; sh:targetSubjectsOf x:name ; sh:class x:Den ; sh:nodeKind sh:IRI ."""
    data = as_lines(tmp_path, "x:a a x:Fox ; x:in x:b .")
    whole = shapes_of(tmp_path, PREFIXES + shapes)
    first, *_ = units = [unit for unit in units_of(whole) if str(unit.shape) == "http://x/S"]
    found = run_fast(data, having(whole, [first], units_of(whole)), timeout=60).results
    assert len(units) == 1
    assert [(result.focus.text, result.shape) for result in found] == [("http://x/a", "http://x/P")]


def test_two_processes_make_one_standard_report(tmp_path: Path) -> None:
    data = as_lines(tmp_path, "x:a a x:Fox ; x:in x:b . x:b x:name 'b' ; x:age 1 .")
    reports = []
    for workers in (1, 3):
        outcome = run_fast(data, shapes_of(tmp_path, FAR), timeout=60, report=True, workers=workers)
        reports.append(rdflib.Graph().parse(data=outcome.ntriples, format="nt"))
    assert len(reports[0]) > 20
    assert isomorphic(*reports)


def test_a_broken_line_is_seen_by_every_process(tmp_path: Path) -> None:
    data = as_lines(tmp_path, "x:a a x:Fox .")
    with data.open("a") as file:
        file.write("nothing of RDF\n")
    with pytest.raises(InputError, match=r"data\.nt:2:"):
        run_fast(data, shapes_of(tmp_path, NAMED), timeout=60, workers=2)


@pytest.mark.parametrize(
    ("query", "near", "beyond"),
    [
        ("$this <x:p> ?v OPTIONAL { $this <x:q> ?w }", {"x:p", "x:q"}, set()),
        ("$this <x:p> ?v . ?v <x:q> ?w", {"x:p", "x:q"}, {"x:q"}),
        ("FILTER NOT EXISTS { $this <x:p> ?v FILTER NOT EXISTS { ?v <x:q> 1 } }", {"x:p", "x:q"}, {"x:q"}),
        ("$this <x:p>/^<x:q> ?v", {"x:p", "x:q"}, {"x:p", "x:q"}),
    ],
)
def test_what_a_query_reads(query: str, near: set[str], beyond: set[str], tmp_path: Path) -> None:
    reads = reads_of_query(tmp_path, query)
    assert [set(reads.near), set(reads.far), set(reads.back)] == [near, beyond, beyond]
    assert not reads.everything


@pytest.mark.parametrize(
    "query", ["$this ?p ?v", "$this !<x:p> ?v", "?a <x:p>* ?b", "GRAPH ?g { $this <x:p> ?v }", "$this <x:p> ]"]
)
def test_a_query_that_may_read_anything(query: str, tmp_path: Path) -> None:
    assert reads_of_query(tmp_path, query).everything


def reads_of_query(folder: Path, query: str) -> Reads:
    shape = f'x:S a sh:NodeShape ; sh:targetClass x:A ; sh:sparql [ sh:select "SELECT $this WHERE {{ {query} }}" ] .'
    return reads_of(shapes_of(folder, PREFIXES + shape).graph, rdflib.URIRef("http://x/S"))


@pytest.mark.parametrize(
    ("triples", "aimless"),
    [
        ("", True),
        ("<a:x> <a:p> 5 .", True),
        ("<a:x> a wg:Taxon .", False),
        ("<a:x> a <a:Beast> . <a:Beast> rdfs:subClassOf wg:Taxon .", False),
    ],
)
def test_data_that_no_shape_is_about_is_told(tmp_path: Path, triples: str, *, aimless: bool) -> None:
    data = tmp_path / "data.ttl"
    head = "@prefix wg: <https://w3id.org/wildgraph/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    data.write_text(head + triples)
    found = {finding.rule for finding in wildgraph.check_files([data], []).findings}
    assert ("nothing-checked" in found) == aimless
