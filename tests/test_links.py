"""Links: SSSOM files read and written, what is wrong with them, and what a build makes of them."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import wildgraph
from wildgraph import InputError, open_project
from wildgraph.graph.link.files import read_links, write_links
from wildgraph.graph.link.mapping import Link, rejected
from wildgraph.graph.link.sssom import Header, read_sssom
from wildgraph.graph.link.targets import target_of, targets

HEAD = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tobject_label\n"
BASE = "https://example.org/my-dataset/"
FOX = f"{BASE}taxon/red-fox"
Put = Callable[..., Path]


@pytest.fixture
def put(project: Path) -> Put:
    """Write a link file of rows whose cells are parted by blanks, and return it."""

    def write(*rows: str, name: str = "wikidata", head: str = "") -> Path:
        path = project / "links" / f"{name}.sssom.tsv"
        path.parent.mkdir(exist_ok=True)
        lines = [row.replace(" ", "\t").replace("_", " ").replace("-NO-", "") for row in rows]
        path.write_text(head + HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


def exact(thing: str, *, negated: str = "-NO-", label: str = "-NO-") -> str:
    return f"this:taxon/red-fox skos:exactMatch {negated} {thing} semapv:LexicalMatching {label}"


def problems(project: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        wildgraph.build(project)
    return [str(problem) for problem in caught.value.problems]


def linked(project: Path) -> str:
    wildgraph.build(project)
    lines = (project / "build/dataset.nq").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.endswith("/graph/links> ."))


def test_a_link_is_a_relation_an_identifier_and_a_node(project: Path, put: Put) -> None:
    put(exact("gbif:5219243", label="Vulpes"), name="gbif")
    text = linked(project)
    assert f"<{FOX}> <http://www.w3.org/2004/02/skos/core#exactMatch> <https://www.gbif.org/species/5219243>" in text
    assert f'<{FOX}> <http://www.wikidata.org/prop/direct/P846> "5219243"' in text
    assert '<https://w3id.org/sssom/object_label> "Vulpes"' in text
    assert "<https://w3id.org/sssom/object_source> <https://w3id.org/wildgraph/target/gbif>" in text
    assert "owl#sameAs" not in text


def test_same_as_is_written_when_asked_for(project: Path, put: Put) -> None:
    put(exact("wikidata:Q8332"))
    settings = project / "wildgraph.toml"
    settings.write_text(settings.read_text() + "\n[links]\nsame_as = true\n")
    assert f"<{FOX}> <http://www.w3.org/2002/07/owl#sameAs> <http://www.wikidata.org/entity/Q8332>" in linked(project)


def test_a_rejected_link_has_a_node_and_no_relation(project: Path, put: Put) -> None:
    put(exact("wikidata:Q1", negated="Not"))
    text = linked(project)
    assert '<https://w3id.org/sssom/predicate_modifier> "Not"' in text
    assert f"<{FOX}> <http://www.w3.org/2004/02/skos/core#exactMatch>" not in text


def test_a_build_with_links_conforms_and_has_the_same_bytes_again(project: Path, put: Put) -> None:
    put(exact("wikidata:Q8332"))
    put(exact("gbif:5219243", label="Vulpes"), name="gbif")
    first = linked(project)
    assert linked(project) == first
    assert wildgraph.check_project(project).report.conforms


def test_labels_of_what_may_not_be_passed_on_stay_out(project: Path, put: Put) -> None:
    put(exact("iucn:23062", label="Vulpes_vulpes"), name="iucn")
    text = linked(project)
    assert "object_label" not in text
    assert '<http://www.wikidata.org/prop/direct/P627> "23062"' in text


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (exact("nowhere:1"), "links/wikidata.sssom.tsv:2:37: object_id has an unknown prefix: 'nowhere:1'"),
        (exact("wikidata:8332"), "links/wikidata.sssom.tsv:2:1: not an identifier of Wikidata: '8332'"),
        (
            exact("wikidata:Q8332").replace("red-fox", "red-fo"),
            "links/wikidata.sssom.tsv:2:1: the link is of no entity of this project: 'taxon/red-fo'\n"
            "    did you mean taxon/red-fox?",
        ),
        (
            exact("wikidata:Q8332").replace("skos:exactMatch", "owl:sameAs"),
            "links/wikidata.sssom.tsv:2:20: not a relation that a link can state: 'owl:sameAs'",
        ),
        (
            exact("wikidata:Q8332", negated="No"),
            "links/wikidata.sssom.tsv:2:36: predicate_modifier: Input should be 'Not': 'No'",
        ),
        ("this:taxon/red-fox skos:exactMatch", "links/wikidata.sssom.tsv:2:20: object_id is empty"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(project: Path, put: Put, row: str, message: str) -> None:
    put(row)
    assert any(problem.startswith(message) for problem in problems(project)), problems(project)


def test_all_problems_of_all_files_are_told_at_once(project: Path, put: Put) -> None:
    put(exact("wikidata:8332"), exact("nowhere:1"))
    put(exact("gbif:x"), name="gbif")
    assert len(problems(project)) == 3


def test_accepted_and_rejected_at_once(project: Path, put: Put) -> None:
    put(exact("wikidata:Q8332"), exact("wikidata:Q8332", negated="Not"))
    assert problems(project) == [
        "links/wikidata.sssom.tsv:3:1: accepted and rejected at once\n    see links/wikidata.sssom.tsv:2; remove one"
    ]


def test_two_exact_matches_in_one_dataset_are_a_warning(project: Path, put: Put) -> None:
    put(exact("wikidata:Q8332"), exact("wikidata:Q8333"))
    warnings = [str(warning) for warning in wildgraph.build(project).project.warnings]
    assert warnings == [
        "links/wikidata.sssom.tsv:3:1: a second exact match in wikidata: 'Q8333'\n"
        "    links/wikidata.sssom.tsv:2 has Q8332; is one of them closeMatch?"
    ]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("#curie_map: {a: b\n", "links/wikidata.sssom.tsv:1:2: the head of the file cannot be read"),
        ("#mapping_set_confidence: 7\n#mapping_set_id: https://example.org/x\n", "links/wikidata.sssom.tsv:1:2: "),
    ],
)
def test_a_head_that_cannot_be_read(project: Path, put: Put, head: str, message: str) -> None:
    put(exact("wikidata:Q8332"), head=head)
    assert problems(project)[0].startswith(message)


def test_what_is_written_is_read_again_and_has_one_order(project: Path) -> None:
    opened = open_project(project)
    first = Link(FOX, "exactMatch", "http://www.wikidata.org/entity/Q8332", confidence=0.9, reviewer="A. Curator")
    second = Link(FOX, "broadMatch", "https://www.gbif.org/species/5219142", comment='the "genus"', date="2026-01-02")
    third = Link(FOX, "relatedMatch", "https://example.net/thing", negated=True, extra=(("author_id", "orcid:1"),))
    assert write_links(opened, "links", [third, second, first]) == [
        "links/gbif.sssom.tsv",
        "links/other.sssom.tsv",
        "links/wikidata.sssom.tsv",
    ]
    before = {path.name: path.read_bytes() for path in (project / "links").iterdir()}
    found = read_links(opened)
    assert [link.key for link in found.decided] == [second.key, first.key, third.key]
    assert found.rejected[0].extra == (("author_id", "orcid:1"),)
    assert found.accepted[0].comment == 'the "genus"'
    assert write_links(opened, "links", found.decided) == []
    assert before == {path.name: path.read_bytes() for path in (project / "links").iterdir()}
    assert all(b"\r" not in text for text in before.values())


def test_links_that_two_people_add_merge_in_git(project: Path) -> None:
    def git(*words: str) -> None:
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words]
        subprocess.run(command, cwd=project, check=True, capture_output=True)

    def add(*numbers: int) -> None:
        opened = open_project(project)
        new = [Link(FOX, "closeMatch", f"http://www.wikidata.org/entity/Q{n}", date=f"2026-01-{n}") for n in numbers]
        write_links(opened, "links", [*read_links(opened).decided, *new])
        git("add", "-A")
        git("commit", "-qm", "links")

    git("init", "-qb", "one")
    add(20, 30)
    git("checkout", "-qb", "two")
    add(11)
    git("checkout", "-q", "one")
    add(25)
    git("merge", "-q", "two")
    numbers = [link.identifier for link in read_links(open_project(project)).accepted]
    assert numbers == ["Q11", "Q20", "Q25", "Q30"]


def test_a_rejection_also_rejects_what_is_stronger() -> None:
    far = Link(FOX, "relatedMatch", "https://ror.org/02afjs274", negated=True)
    near = Link(FOX, "closeMatch", "https://ror.org/00ppaw753", negated=True)
    assert {predicate for _, predicate, thing in rejected([far, near]) if thing == near.object} == {
        "closeMatch",
        "exactMatch",
    }
    assert (FOX, "exactMatch", far.object) in rejected([far, near])


def test_identifiers_are_known_by_their_iris() -> None:
    found = target_of("https://www.gbif.org/species/5219436")
    assert found
    assert (found[0].name, found[1]) == ("gbif", "5219436")
    assert target_of("https://www.gbif.org/species/search") is None
    assert {name for name, target in targets().items() if target.identifier_only} == {"iucn", "species-plus"}


@pytest.mark.parametrize(("name", "read", "told"), [("basic.tsv", 0, 141), ("bosch-wd-matches.tsv", 0, 1)])
def test_mapping_sets_of_others_are_read_or_told(shared: Path, name: str, read: int, told: int) -> None:
    path = shared / "data/sssom" / name
    found: list[wildgraph.Problem] = []
    links = list(read_sssom(path, Header(BASE, "", ""), shown_as=name, problems=found))
    assert len(links) == read
    assert len({problem.line for problem in found if not problem.warning}) == told
    assert all(problem.line and problem.column for problem in found)
