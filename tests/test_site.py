"""The static site as files, the catalogue that the query page is given, and what is vendored."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import wildgraph
from wildgraph.extract import MachineError
from wildgraph.queries.ask import Asker, catalogue
from wildgraph.queries.site import write_site
from wildgraph.queries.web import vendor
from wildgraph.queries.web.asking import catalogue_document, template

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "out"
    write_site(reference, folder)
    return folder


def test_two_writings_are_the_same_bytes_however_many_processes_write(
    site: Path, reference: Path, tmp_path: Path
) -> None:
    write_site(reference, tmp_path / "again", processes=2)
    files = sorted(path.relative_to(site) for path in site.rglob("*") if path.is_file())
    assert files == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert all((site / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in files)


def test_no_link_is_absolute_and_no_script_is_inline(site: Path, reference: Path) -> None:
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert not re.findall(r'(?:href|src|action)="/', html), path
        assert all('type="application/' in tag for tag in re.findall(r"<script[^>]*>", html) if "src=" not in tag), path
        assert not re.findall(r"\sstyle=|\son[a-z]+=\"", html), path
        assert 'http-equiv="Content-Security-Policy"' in html, path
        assert str(reference) not in html, path


def test_the_dataset_is_the_one_that_was_built(site: Path, reference: Path) -> None:
    packed = gzip.decompress((site / "data" / "dataset.nq.gz").read_bytes())
    assert packed == (reference / "build" / "dataset.nq").read_bytes()


def test_names_are_indexed_as_minisearch_reads_them(site: Path) -> None:
    index = json.loads((site / "data" / "names.json").read_text(encoding="utf-8"))
    terms = dict(index["index"])
    [leopard] = [number for number, page in index["documentIds"].items() if page == "taxon/amur-leopard.html"]
    assert index["serializationVersion"] == 2
    assert terms["amur"]["0"][leopard] == 1
    assert terms["orientalis"]["1"][leopard] == 1
    assert terms["leopard"]["1"][leopard] == 2  # Far Eastern leopard, léopard de l'Amour
    assert index["storedFields"][leopard]["kind"] == "taxon"


def test_a_folder_that_is_no_site_is_left_alone(reference: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(wildgraph.UsageError, match="was not made by wildgraph"):
        write_site(reference, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_project_that_is_not_built_is_told_so(project: Path, tmp_path: Path) -> None:
    with pytest.raises(wildgraph.UsageError, match="has not been built"):
        write_site(project, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("question", catalogue(), ids=lambda question: question.name)
def test_a_question_with_its_terms_filled_in_answers_as_query_does(
    reference: Path, question: wildgraph.Question
) -> None:
    """The query page asks by text what `wildgraph query` asks with bound variables."""
    asker = Asker.open(reference)
    [entry] = [e for e in catalogue_document(asker, reference)["questions"] if e["name"] == question.name]
    text = template(question)
    for parameter in entry["parameters"]:
        slot = f"{{{{{parameter['name']}}}}}"
        if parameter["optional"]:
            text = text.replace(f" VALUES ?{parameter['name']} {{ {slot} }}", "")
        shown_term = parameter["shown"] if parameter["type"] in {"integer", "decimal"} else f'"{parameter["shown"]}"'
        term = f"<{parameter['value']}>" if parameter["value"] else shown_term
        text = text.replace(slot, term)
    assert "{{" not in text
    found = asker.sparql(text)
    asked = asker.question(question, {})
    shown = [i for i, name in enumerate(found.columns) if name in asked.columns]
    assert [tuple(row[i] for i in shown) for row in found.rows] == list(asked.rows)


@pytest.mark.parametrize("default", ["amur-leopard", "Far Eastern leopard", "Panthera pardus orientalis"])
def test_a_form_begins_with_the_projects_default(reference: Path, default: str) -> None:
    asker = replace(Asker.open(reference), defaults={"taxon": default})
    [entry] = [e for e in catalogue_document(asker, reference)["questions"] if e["name"] == "threats-of"]
    [parameter] = entry["parameters"]
    assert parameter["shown"] == "Amur leopard"
    assert parameter["value"] == f"{asker.base}taxon/amur-leopard"


def test_a_form_begins_empty_where_the_default_is_unknown(reference: Path) -> None:
    asker = replace(Asker.open(reference), defaults={"taxon": "a wolf"})
    [entry] = [e for e in catalogue_document(asker, reference)["questions"] if e["name"] == "threats-of"]
    assert (entry["parameters"][0]["shown"], entry["parameters"][0]["value"]) == ("", "")


def test_what_is_vendored_is_named_with_version_hash_and_licence() -> None:
    for package in [*vendor.packages(), *vendor.packages("tests")]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package.version), package
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package.integrity), package
        assert package.licence in {"MIT", "MIT OR Apache-2.0", "MPL-2.0"}, package
    names = [name for package in vendor.packages() for name in package.files]
    assert len(names) == len(set(names))
    assert {path.name for path in (ROOT / "queries/web/style").iterdir()}.isdisjoint(names)


def test_an_archive_that_is_another_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("#!/bin/sh\necho other > other.tgz\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:/bin:/usr/bin")
    with pytest.raises(MachineError, match=r"@triply/yasgui@.* is not what vendor.tsv says"):
        vendor.vendor(tmp_path / "assets")
    assert list((tmp_path / "assets").iterdir()) == []
