"""`wildgraph add` with a page, an article or a book: a row of sources.tsv that a build and an extraction agree with."""

import shutil
from pathlib import Path

import pytest
import wildgraph
from wildgraph.extract.enlist import enlist_document, is_document
from wildgraph.extract.problems import InputError, UsageError
from wildgraph.extract.project import open_project

PAGE = """<html lang="en"><head><title>Foxes in town</title><meta property="og:site_name" content="example trust">
<meta property="article:published_time" content="2024-05-01"></head>
<body><h1>Foxes</h1><p>Foxes are threatened by traffic.</p></body></html>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "Foxes in Town.html"
    path.write_text(PAGE)
    return path


def test_a_page_tells_its_title_language_publisher_and_year(project: Path, page: Path) -> None:
    made = enlist_document(page, project)
    source = open_project(project).sources["foxes-in-town"]
    assert (source.title, source.language, source.publisher) == ("Foxes in town", "en", "example-trust")
    assert source.published is not None
    assert source.published.text == "2024"
    assert made.empty == ("url", "license")


def test_a_page_from_elsewhere_is_copied_where_git_does_not_look(project: Path, page: Path) -> None:
    enlist_document(page, project)
    assert (project / "documents/private/Foxes in Town.html").read_text() == PAGE
    assert wildgraph.build(project).summary.local_sources == 2


def test_a_page_in_the_project_stays_where_it_is(project: Path, page: Path) -> None:
    shutil.move(page, project / "documents/town.html")
    assert enlist_document(project / "documents/town.html", project).cells["file"] == "documents/town.html"
    assert open_project(project).warnings == ()


def test_other_rows_keep_their_bytes_and_missing_columns_are_added(project: Path, page: Path) -> None:
    table = project / "sources.tsv"
    table.write_text("# our sources\r\nid\ttitle\r\nexample-page\tAn old page\r\n")
    enlist_document(page, project, name="new")
    lines = table.read_bytes().decode().split("\r\n")
    assert lines[0] == "# our sources"
    assert lines[1] == "id\ttitle\tpublisher\tpublished\tlanguage\tsha256\tcanonical_sha256\tfile"
    assert lines[2] == "example-page\tAn old page"
    assert lines[3].startswith("new\tFoxes in town\texample-trust\t2024\ten\t")


def test_a_dry_run_writes_nothing(project: Path, page: Path) -> None:
    before = (project / "sources.tsv").read_bytes()
    made = enlist_document(page, project, dry_run=True)
    assert made.line == 3
    assert (project / "sources.tsv").read_bytes() == before
    assert not (project / "documents/private").exists()


def test_the_same_document_twice_is_refused_with_its_place(project: Path, page: Path) -> None:
    enlist_document(page, project)
    with pytest.raises(UsageError, match=r"source already: foxes-in-town \(sources\.tsv:3\)"):
        enlist_document(page, project, name="other")


def test_an_id_that_is_taken_is_refused(project: Path, page: Path) -> None:
    with pytest.raises(UsageError, match="red-fox is taken; give another with --id"):
        enlist_document(page, project, name="red-fox")


def test_what_cannot_be_read_is_not_added(project: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    before = (project / "sources.tsv").read_bytes()
    with pytest.raises(InputError, match=r"broken\.pdf"):
        enlist_document(tmp_path / "broken.pdf", project)
    assert (project / "sources.tsv").read_bytes() == before


def test_an_empty_page_is_not_added(project: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_text("<html><body> </body></html>")
    with pytest.raises(InputError, match="no text in it"):
        enlist_document(tmp_path / "empty.html", project)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("page.html", "<p>Foxes.</p>", True),
        ("notes.md", "# Foxes\n\nRed foxes, hares, and owls.\n", True),
        ("prose.txt", "Foxes, hares, and owls live here.\nThey eat mice, voles and beetles, fruit.\nNo more.\n", True),
        ("one line.txt", "Foxes, hares, and owls live here.", True),
        ("taxa.txt", "taxonID\tscientificName\n1\tVulpes vulpes\n2\tLepus europaeus\n", False),
        ("taxa.csv", "taxonID,scientificName\n1,Vulpes vulpes\n", False),
        ("meta.xml", "<archive xmlns='http://rs.tdwg.org/dwc/text/'/>", False),
        ("article.xml", "<?xml version='1.0'?><article><front/></article>", True),
    ],
)
def test_documents_are_told_from_tables(tmp_path: Path, name: str, content: str, *, expected: bool) -> None:
    (tmp_path / name).write_text(content)
    assert is_document(tmp_path / name) is expected
