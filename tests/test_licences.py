"""The licence gate: what others' terms forbid to pass on is linked by identifier only."""

from pathlib import Path

import pytest
import wildgraph
from wildgraph.graph.gate import Gate
from wildgraph.graph.link.targets import may_publish, targets
from wildgraph.graph.publish import export
from wildgraph.queries.site import write_site

BASE = "https://example.org/my-dataset/"
RED_LIST = "LicenseRef-IUCN-Red-List"


def test_every_dataset_says_its_terms() -> None:
    for target in targets().values():
        assert target.terms.startswith("http"), target.name
        assert target.redistribution in {"free", "attribution", "identifier-only"}
        assert target.credit or target.redistribution == "free", f"{target.name} wants credit and says not whose"
        assert target.types


def test_terms_that_forbid_are_those_of_the_data_file() -> None:
    assert not may_publish(RED_LIST)
    assert may_publish("CC-BY-4.0")
    assert may_publish("unknown")


def test_a_statement_about_a_thing_of_a_closed_dataset_does_not_pass() -> None:
    gate = Gate(BASE)
    about = '<https://www.iucnredlist.org/species/15954> <x:category> "VU" <g:a> .\n'
    link = f"<{BASE}taxon/leopard> <x:exactMatch> <https://www.iucnredlist.org/species/15954> <g:a> .\n"
    assert gate.passing((about + link).encode()) == link.encode()
    assert gate.notes() == [
        "withheld 1 statements of iucn: its terms allow no more than a link"
        " (https://www.iucnredlist.org/terms/terms-of-use)"
    ]


def test_an_export_has_the_link_and_not_the_label_of_a_closed_dataset(project: Path, tmp_path: Path) -> None:
    (project / "links").mkdir(exist_ok=True)
    for name, identifier in (("iucn", "iucn:15955"), ("gbif", "gbif:5219243")):
        row = f"this:taxon/red-fox\tskos:exactMatch\t{identifier}\tsemapv:LexicalMatching\tits {name} name\n"
        head = "subject_id\tpredicate_id\tobject_id\tmapping_justification\tobject_label\n"
        (project / f"links/{name}.sssom.tsv").write_text(head + row)
    wildgraph.build(project)
    text, notes = exported(project, tmp_path)
    assert "<https://www.iucnredlist.org/species/15955>" in text
    assert "its gbif name" in text
    assert "its iucn name" not in text
    assert notes == []


@pytest.fixture
def closed(project: Path) -> Path:
    """A project whose only source may not be passed on, and that has a second, open source for one claim."""
    sources = project / "sources.tsv"
    header, first, *_ = sources.read_text().splitlines()
    columns = header.split("\t")
    cells = dict(zip(columns, first.split("\t"), strict=False))
    own = {**cells, "license": RED_LIST}
    other = dict.fromkeys(columns, "") | {"id": "open-page", "title": "An open page", "license": "CC0-1.0"}
    rows = ["\t".join(row.get(name, "") for name in columns) for row in (own, other)]
    sources.write_text("\n".join([header, *rows]) + "\n")
    claims = project / "claims/claims.tsv"
    lines = claims.read_text().splitlines()
    names = lines[0].split("\t")
    threat = next(dict(zip(names, line.split("\t"), strict=False)) for line in lines if "\tthreat\t" in line)
    threat |= {"id": "", "source": "open-page", "evidence": "", "stress": "", "silence": ""}
    lines.append("\t".join(threat.get(name, "") for name in names))
    claims.write_text("\n".join(lines) + "\n")
    wildgraph.build(project)
    return project


def exported(project: Path, tmp_path: Path, syntax: str = "nquads") -> tuple[str, list[str]]:
    out = tmp_path / "out"
    gate = export(project, syntax, out)
    return out.read_text(encoding="utf-8"), gate.notes()


def test_a_source_that_may_not_be_passed_on_is_named_and_no_more(closed: Path, tmp_path: Path) -> None:
    text, notes = exported(closed, tmp_path)
    assert f"<{BASE}source/example-page> <http://purl.org/dc/terms/title>" in text
    assert f"<{BASE}graph/source/example-page>" not in text
    assert f"<{BASE}evidence/example-page/" not in text
    assert f"<{BASE}graph/source/open-page>" in text
    assert any("statements of example-page" in note and RED_LIST in note for note in notes)


def test_what_follows_from_open_claims_stays(closed: Path, tmp_path: Path) -> None:
    text, _ = exported(closed, tmp_path)
    assert f"<{BASE}taxon/red-fox> <https://w3id.org/wildgraph/ns#threatenedBy>" in text
    assert "wildgraph/ns#undertakenBy" not in text
    assert "wildgraph/ns#causes" not in text


@pytest.mark.parametrize("syntax", ["turtle", "ntriples", "trig", "rdfxml", "jsonld"])
def test_every_syntax_honours_the_gate(closed: Path, tmp_path: Path, syntax: str) -> None:
    text, notes = exported(closed, tmp_path, syntax)
    assert notes
    assert "example-page/" not in text.replace("graph/source/example-page/", "")
    assert "around 120" not in text


def test_an_open_dataset_loses_nothing(reference: Path, tmp_path: Path) -> None:
    text, notes = exported(reference, tmp_path)
    whole = (reference / "build/dataset.nq").read_text(encoding="utf-8").splitlines()
    assert notes == []
    assert sorted(text.splitlines()) == sorted(line for line in whole if "/graph/ontology> ." not in line)


def test_a_site_with_what_may_not_be_passed_on_is_private(closed: Path, tmp_path: Path) -> None:
    wildgraph.build(closed)
    with pytest.raises(wildgraph.UsageError, match=r"its terms allow no more than a link .*--private"):
        write_site(closed, tmp_path / "site")
    assert not (tmp_path / "site").exists()
    assert write_site(closed, tmp_path / "site", private=True).pages
