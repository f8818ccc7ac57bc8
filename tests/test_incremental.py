"""Incremental validation: whatever is edited, it finds what a full run finds, and it says what it took over."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import wildgraph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wildgraph.graph.check import MEMORY
from wildgraph.graph.validate.fast import run_fast
from wildgraph.graph.validate.incremental import run_incremental
from wildgraph.graph.validate.reference import literals_as_written
from wildgraph.graph.validate.shapes import Shapes, read_shapes

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
SUBCLASS = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix x: <http://x/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
x:Fox1 a sh:NodeShape ; sh:targetClass x:Fox ; sh:property x:name , x:age , x:prey , x:home , x:shared ;
  sh:not [ sh:path x:eats ; sh:hasValue x:a ] ; sh:sparql [ sh:message "older" ;
  sh:select "SELECT $this WHERE { $this <http://x/age> ?a , ?b . FILTER (?a < ?b) }" ] .
x:name sh:path x:named ; sh:minCount 1 ; sh:maxCount 1 .
x:age sh:path x:age ; sh:datatype xsd:integer ; sh:lessThan x:years .
x:prey sh:path x:eats ; sh:class x:Animal ; sh:nodeKind sh:IRI .
x:home sh:path ( x:in x:in ) ; sh:class x:Den .
x:shared sh:path x:in ; sh:maxCount 1 .
x:Den1 a sh:NodeShape ; sh:targetObjectsOf x:in ; sh:class x:Den ; sh:property [ sh:path x:in ; sh:maxCount 1 ] .
x:Den2 a sh:NodeShape ; sh:targetSubjectsOf x:in ; sh:targetNode x:nowhere ; sh:property x:den .
x:den sh:path x:named ; sh:minCount 1 .
x:Hare1 a sh:NodeShape ; sh:targetClass x:Hare ; sh:closed true ; sh:property x:shared , x:tail .
x:tail sh:path x:tail ; sh:minCount 1 .
"""
NODES = [f"<http://x/{name}>" for name in ("a", "b", "c", "d", "nowhere")]
CLASSES = [f"<http://x/{name}>" for name in ("Fox", "Hare", "Den", "Animal", "Vixen")]
INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"
Triple = tuple[str, str, str]
Graphs = Mapping[str, tuple[Triple, ...]]
node = st.sampled_from(NODES)
triple = st.one_of(
    st.tuples(node, st.just(TYPE), st.sampled_from(CLASSES)),
    st.tuples(node, st.sampled_from(["<http://x/eats>", "<http://x/in>"]), node),
    st.tuples(node, st.just("<http://x/named>"), st.sampled_from(['"one"', '"two"'])),
    st.tuples(
        node, st.sampled_from(["<http://x/age>", "<http://x/years>"]), st.just(f'"1"^^{INTEGER}') | st.just('"2"')
    ),
    st.tuples(st.sampled_from(CLASSES), st.just(SUBCLASS), st.sampled_from(CLASSES)),
)
#: One triple more, or one less, in one graph.
edit = st.tuples(st.sampled_from(["<http://g/1>", "<http://g/2>", "<http://g/3>"]), triple)


def shapes(folder: Path) -> Shapes:
    (folder / "shapes.ttl").write_text(SHAPES)
    with literals_as_written():
        return read_shapes([folder / "shapes.ttl"])


def write(path: Path, graphs: Graphs) -> Path:
    lines = {f"{' '.join(triple)} {name} .\n" for name, triples in graphs.items() for triple in triples}
    path.write_text("".join(sorted(lines, key=lambda line: (line.split(" ")[-2], line))))
    return path


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(edit, min_size=12, max_size=25), st.lists(edit, min_size=1, max_size=2))
def test_it_finds_what_a_full_run_finds_however_graphs_are_edited(
    tmp_path: Path, first: list[tuple[str, Triple]], edits: list[tuple[str, Triple]]
) -> None:
    memory = tmp_path / "memory"
    memory.unlink(missing_ok=True)
    asked, quads = shapes(tmp_path), set(first)
    for one in [None, *edits]:
        quads ^= {one} if one else set()
        graphs: Graphs = {name: tuple(triple for other, triple in quads if other == name) for name, _ in quads}
        data = write(tmp_path / "data.nq", graphs)
        with literals_as_written():
            found, _ = run_incremental(data, asked, memory, version="1", timeout=60)
            assert list(found.results) == list(run_fast(data, asked, timeout=60).results)


FOX = ("<http://x/a>", TYPE, "<http://x/Fox>")
BEFORE = {"<http://g/1>": (FOX,), "<http://g/2>": (("<http://x/b>", TYPE, "<http://x/Den>"),)}
AFTER = {**BEFORE, "<http://g/2>": (("<http://x/b>", TYPE, "<http://x/Fox>"),)}


def run(folder: Path, graphs: Graphs, version: str = "1") -> tuple[int, str]:
    found, words = run_incremental(
        write(folder / "data.nq", graphs), shapes(folder), folder / "memory", version=version, timeout=60
    )
    return len(found.results), words


def test_it_says_what_it_took_over(tmp_path: Path) -> None:
    assert run(tmp_path, BEFORE) == (2, "none of 2 graphs taken over")
    assert run(tmp_path, BEFORE) == (2, "2 of 2 graphs unchanged, 5 of 9 constraints taken over")
    assert run(tmp_path, AFTER) == (3, "1 of 2 graphs unchanged, 5 of 9 constraints taken over")


def test_members_of_a_class_that_changed_are_looked_at_from_everywhere(tmp_path: Path) -> None:
    prey = {**BEFORE, "<http://g/1>": (FOX, ("<http://x/a>", "<http://x/eats>", "<http://x/b>"))}
    animal = {**prey, "<http://g/2>": (("<http://x/b>", TYPE, "<http://x/Animal>"),)}
    assert run(tmp_path, prey)[0] == 3
    assert run(tmp_path, animal) == (2, "1 of 2 graphs unchanged, 4 of 9 constraints taken over")


NODE_A, EATS, ANIMAL, VIXEN = "<http://x/a>", "<http://x/eats>", "<http://x/Animal>", "<http://x/Vixen>"


@pytest.mark.parametrize(
    ("stays", "before", "after"),
    [
        ([FOX, (NODE_A, EATS, "<http://x/b>")], [], [("<http://x/b>", TYPE, ANIMAL)]),
        ([FOX, (NODE_A, EATS, "<http://x/b>"), (VIXEN, SUBCLASS, ANIMAL)], [], [("<http://x/b>", TYPE, VIXEN)]),
        ([FOX, (NODE_A, EATS, "<http://x/b>"), ("<http://x/b>", TYPE, VIXEN)], [], [(VIXEN, SUBCLASS, ANIMAL)]),
        ([(NODE_A, TYPE, VIXEN)], [(VIXEN, SUBCLASS, "<http://x/Fox>")], []),
        ([FOX], [], [(NODE_A, "<http://x/named>", '"one"')]),
        ([FOX, (NODE_A, "<http://x/in>", "<http://x/b>")], [], [("<http://x/b>", "<http://x/in>", "<http://x/c>")]),
    ],
)
def test_a_change_elsewhere_is_seen(
    stays: list[Triple], before: list[Triple], after: list[Triple], tmp_path: Path
) -> None:
    other = ("<http://x/d>", TYPE, "<http://x/Den>")
    first: Graphs = {"<http://g/1>": tuple(stays), "<http://g/2>": (other, *before)}
    second: Graphs = {"<http://g/1>": tuple(stays), "<http://g/2>": (other, *after)}
    old, _ = run(tmp_path, first)
    new, _ = run(tmp_path, second)
    assert new == len(run_fast(tmp_path / "data.nq", shapes(tmp_path), timeout=60).results)
    assert new != old


@pytest.mark.parametrize("spoil", ["", "nonsense", "0" * 64 + "\n{}"])
def test_a_memory_that_is_not_whole_is_ignored(spoil: str, tmp_path: Path) -> None:
    run(tmp_path, BEFORE)
    (tmp_path / "memory").write_text(spoil)
    assert run(tmp_path, BEFORE) == (2, "none of 2 graphs taken over")


def test_a_memory_of_which_a_byte_changed_is_ignored(tmp_path: Path) -> None:
    run(tmp_path, BEFORE)
    kept = (tmp_path / "memory").read_bytes()
    (tmp_path / "memory").write_bytes(kept.replace(b"http://x/a", b"http://x/z"))
    assert run(tmp_path, BEFORE) == (2, "none of 2 graphs taken over")


def test_a_memory_of_other_shapes_is_ignored(tmp_path: Path) -> None:
    run(tmp_path, BEFORE)
    assert run(tmp_path, BEFORE, version="2") == (2, "none of 2 graphs taken over")


def test_a_project_is_checked_incrementally_when_asked(reference_copy: Path) -> None:
    full = wildgraph.check_project(reference_copy)
    first = wildgraph.check_project(reference_copy, incremental=True)
    second = wildgraph.check_project(reference_copy, incremental=True)
    assert list(full.findings) == list(first.findings) == list(second.findings)
    assert second.report.engine.startswith("fast, audited by pyshacl; 8 of 8 graphs unchanged")
    assert (reference_copy / MEMORY).is_file()


def test_check_says_what_was_taken_over(project: Path) -> None:
    def check(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "wildgraph", "check", *map(str, arguments), "--incremental"]
        environment = {"COLUMNS": "200", "NO_COLOR": "1", "PATH": "/usr/bin:/bin"}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    wildgraph.build(project)
    first, second = check(project), check(project)
    assert "none of 5 graphs taken over" in first.stdout
    assert "5 of 5 graphs unchanged" in second.stdout
    assert first.stdout.partition("engine:")[0] == second.stdout.partition("engine:")[0]
    refused = check(project / "build/dataset.nq")
    assert (refused.returncode, "goes with a built project" in refused.stderr) == (2, True)
