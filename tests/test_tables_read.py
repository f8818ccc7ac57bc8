"""Reading packages of tables: what is detected, what is opened in spite of being odd, what is refused and why."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import duckdb
import pytest
from wildgraph.extract import InputError, UsageError
from wildgraph.extract.tables import Package, describe

META = """<archive xmlns="http://rs.tdwg.org/dwc/text/"><core rowType="http://rs.tdwg.org/dwc/terms/Taxon"
 fieldsTerminatedBy="\\t" ignoreHeaderLines="1" fieldsEnclosedBy=""><files><location>taxon.txt</location></files>
 <id index="0"/><field index="1" term="http://rs.tdwg.org/dwc/terms/scientificName"/></core></archive>"""
TAXA = "id\tscientificName\n1\tLynx lynx\n"


def opened(path: Path, tmp_path: Path) -> Package:
    return describe(path, tmp_path / "scratch")


def refusal(path: Path, tmp_path: Path) -> str:
    with pytest.raises(InputError) as caught:
        opened(path, tmp_path)
    return str(caught.value)


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_a_darwin_core_archive_is_known_by_its_descriptor(tmp_path: Path) -> None:
    package = opened(zipped(tmp_path / "a.zip", {"meta.xml": META, "taxon.txt": TAXA}), tmp_path)
    assert package.format == "dwca"
    assert [(t.role, t.core, t.names) for t in package.tables] == [("Taxon", True, ("id", "scientificName"))]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_are_known_by_their_content(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "archive"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # the mode is a literal in the stubs
        for name, text in {"meta.xml": META, "taxon.txt": TAXA}.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    assert opened(path, tmp_path).format == "dwca"


def test_of_two_descriptors_the_outer_one_is_used_and_said(tmp_path: Path) -> None:
    members = {"meta.xml": META, "taxon.txt": TAXA, "old/meta.xml": META, "old/taxon.txt": TAXA}
    package = opened(zipped(tmp_path / "a.zip", members), tmp_path)
    assert "old/meta.xml" in str(package.notes[0])


def test_tables_without_a_descriptor_are_known_by_their_columns(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("taxonid;SCIENTIFICNAME;taxonRank\n1;Lynx lynx;species\n")
    package = opened(tmp_path / "list.csv", tmp_path)
    assert package.format == "dwc"
    assert package.tables[0].names == ("taxonID", "scientificName", "taxonRank")
    assert package.tables[0].dialect.delimiter == ";"


def test_a_wrong_declared_delimiter_is_found_out(tmp_path: Path) -> None:
    wrong = META.replace("\\t", ",")
    package = opened(zipped(tmp_path / "a.zip", {"meta.xml": wrong, "taxon.txt": TAXA}), tmp_path)
    assert package.tables[0].dialect.delimiter == "\t"
    assert "not separated as declared" in str(package.notes[0])


def test_a_wrong_declared_encoding_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta.xml", META.replace("<core ", '<core encoding="UTF-8" '))
        archive.writestr("taxon.txt", TAXA.replace("Lynx lynx", "Lynx lynx Linné").encode("latin-1"))
    package = opened(path, tmp_path)
    assert package.tables[0].dialect.encoding == "windows-1252"
    assert "not in the encoding that is declared" in str(package.notes[0])


def test_a_column_that_stands_twice_gets_a_name_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,value,value\nx,1,2\n")
    package = opened(tmp_path / "t.csv", tmp_path)
    assert package.tables[0].names == ("name", "value", "value_2")
    assert "stands twice" in str(package.notes[0])


def test_a_meta_file_that_names_a_missing_table_is_explained(tmp_path: Path) -> None:
    message = refusal(zipped(tmp_path / "a.zip", {"meta.xml": META}), tmp_path)
    assert "the file of Taxon is not there: 'taxon.txt'" in message


def test_a_path_that_leads_out_of_the_archive_is_refused(tmp_path: Path) -> None:
    message = refusal(zipped(tmp_path / "a.zip", {"../evil.txt": "x"}), tmp_path)
    assert "outside of its folder: '../evil.txt'" in message
    assert not (tmp_path / "evil.txt").exists()


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("taxon.txt")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    assert "holds a link" in refusal(tmp_path / "a.tar", tmp_path)


def test_a_zip_bomb_is_stopped_while_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wildgraph.extract.tables.archive._RATIO_FROM", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("taxon.txt", "0" * (8 << 20))
    assert "looks like a zip bomb" in refusal(tmp_path / "a.zip", tmp_path)


@pytest.mark.parametrize(
    "entities",
    ['<!ENTITY x SYSTEM "file:///etc/passwd">', '<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;&a;">'],
)
def test_entities_in_a_descriptor_are_refused(tmp_path: Path, entities: str) -> None:
    hostile = f"<!DOCTYPE archive [{entities}]>{META.replace('taxon.txt', '&x;')}"
    message = refusal(zipped(tmp_path / "a.zip", {"meta.xml": hostile, "taxon.txt": TAXA}), tmp_path)
    assert "declares entities" in message


def test_a_broken_zip_is_explained(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"meta.xml": META, "taxon.txt": TAXA * 100})
    path.write_bytes(path.read_bytes()[:80])
    assert "the archive is broken" in refusal(path, tmp_path)


def test_a_zip_whose_bytes_changed_on_the_way_is_explained(tmp_path: Path) -> None:
    text = TAXA + "".join(f"{n}\tAa b{n}\n" for n in range(500_000))
    path = zipped(tmp_path / "a.zip", {"meta.xml": META, "taxon.txt": text})
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    message = refusal(path, tmp_path)
    assert "the archive is broken: 'Bad CRC-32 for file 'taxon.txt''" in message
    assert "download it again" in message


def test_a_core_without_a_row_is_opened(tmp_path: Path) -> None:
    package = opened(zipped(tmp_path / "a.zip", {"meta.xml": META, "taxon.txt": "id\tscientificName\n"}), tmp_path)
    assert [(table.role, table.names) for table in package.tables] == [("Taxon", ("id", "scientificName"))]


def test_a_broken_descriptor_is_explained_with_its_place(tmp_path: Path) -> None:
    message = refusal(zipped(tmp_path / "a.zip", {"meta.xml": "<archive>\n<core>", "taxon.txt": TAXA}), tmp_path)
    assert "meta.xml:2:7: not well-formed XML" in message


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no"):
        opened(tmp_path / "nothing.zip", tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"%PDF-1.7 ..."),
        ("t.csv", b"a,b\x01\x02,c\n"),
        ("t.bin", b"\x93\x00\x11\n"),
        ("t.ttl", b"@prefix a: <b>\n"),
    ],
)
def test_a_file_that_is_no_table_is_explained(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert "not a table of text" in refusal(tmp_path / name, tmp_path)


def test_lists_of_objects_in_json_become_tables_that_know_their_parent(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"sis_taxon_id": 1, "taxon": {"name": "x"}, "threats": [{"code": "5_1"}]}')
    package = opened(tmp_path / "a.json", tmp_path)
    assert package.format == "iucn-api"
    assert {t.role: t.names for t in package.tables} == {
        "Assessment": ("sis_taxon_id", "taxon.name"),
        "threats": ("code", "parent.sis_taxon_id", "parent.taxon.name"),
    }


#: Packages of the shared data that cannot be opened, and why. The list may only shrink.
UNOPENED = {
    "dwca-gbif-io/constituentsdwca/dataset": "no table in it",
    "dwca-gbif-io/eml": "no table in it",
    "dwca-gbif-io/extension": "no table in it",
    "dwca-gbif-io/invalid/empty": "no table in it",
    "dwca-gbif-io/invalid/extension-core-id-missing": "the file of Taxon is not there: 'taxa.txt'",
    "dwca-gbif-io/invalid/extension-id-missing": "the file of Taxon is not there: 'taxa.txt'",
    "dwca-gbif-io/invalid/extension-location-missing": "the file of Taxon is not there: 'taxa.txt'",
    "dwca-gbif-io/invalid/meta-file-location-missing": "the core Taxon names no file",
    "dwca-gbif-io/invalid/meta-only": "the file of Taxon is not there: 'taxa.txt'",
    "dwca-gbif-io/meta": "is not there",
    "dwca-gbif-io/meta-utf16le.xml": "the file of Occurrence is not there: 'occurrence.txt'",
}


SUFFIXES = {".zip", ".gz", ".tgz", ".csv", ".tab", ".txt"}


def packages(root: Path) -> list[Path]:
    """Return what can be taken for a package: archives, folders with a descriptor, tables that lie alone."""
    found = []
    for path in sorted(root.rglob("*")):
        inside = any((parent / "meta.xml").is_file() for parent in path.parents if root in parent.parents)
        if path.is_dir():
            leaf = not any(child.is_dir() for child in path.iterdir()) and not inside
            alone = leaf and not any(child.suffix in {".zip", ".txt", ".csv"} for child in path.iterdir())
            found += [path] if (path / "meta.xml").is_file() or (alone and path.name != "metadata") else []
        elif path.name == "meta-utf16le.xml" or (path.suffix in SUFFIXES and not inside):
            found.append(path)
    return found


@pytest.mark.parametrize("folder", ["dwca-gbif-io", "dwca-python-reader"])
def test_every_shared_archive_is_opened_or_explained(shared: Path, tmp_path: Path, folder: str) -> None:
    refused = {}
    for number, path in enumerate(packages(shared / "data" / folder)):
        try:
            assert describe(path, tmp_path / str(number)).tables
        except InputError as error:
            refused[path.relative_to(shared / "data").as_posix()] = str(error)
    expected = {name: why for name, why in UNOPENED.items() if name.startswith(folder)}
    assert refused.keys() == expected.keys()
    assert all(why in refused[name] for name, why in expected.items())


@pytest.mark.parametrize("lines", ["", 'ignoreHeaderLines="0"', 'ignoreHeaderLines="many"'])
def test_a_header_that_the_descriptor_does_not_tell_of_is_no_row(tmp_path: Path, lines: str) -> None:
    meta = META.replace('ignoreHeaderLines="1"', lines)
    package = opened(zipped(tmp_path / "a.zip", {"meta.xml": meta, "taxon.txt": TAXA}), tmp_path)
    assert package.tables[0].dialect.header_lines == 1
    assert "taxon.txt:1:1: the first line is a header, which the descriptor does not say" in str(package.notes[0])
    rows = zipped(tmp_path / "b.zip", {"meta.xml": meta, "taxon.txt": "id\tLynx lynx\n2\tscientificName\n"})
    assert describe(rows, tmp_path / "other").tables[0].dialect.header_lines == 0


def test_an_empty_core_is_told(tmp_path: Path) -> None:
    package = opened(zipped(tmp_path / "a.zip", {"meta.xml": META, "taxon.txt": ""}), tmp_path)
    assert "the file of Taxon is empty: 'taxon.txt'" in str(package.notes[0])


def test_the_columns_of_parquet_are_known_before_a_build_and_what_is_none_is_refused(tmp_path: Path) -> None:
    duckdb.sql(f"COPY (SELECT 1 AS TAXONID, 'Lynx' AS scientificname) TO '{tmp_path}/t.parquet'")
    package = opened(tmp_path / "t.parquet", tmp_path)
    assert (package.format, package.tables[0].names) == ("dwc", ("taxonID", "scientificName"))
    (tmp_path / "bad.parquet").write_bytes(b"PAR1" + b"x" * 50)
    assert "bad.parquet: not a readable Parquet file: 'Invalid Input Error" in refusal(
        tmp_path / "bad.parquet", tmp_path
    )


def test_a_core_that_is_not_as_declared_is_read_with_a_note(tmp_path: Path) -> None:
    meta = META.replace("<core ", '<core encoding="UTF-16" ').replace("<field", '<field index="-1" term="x/y"/><field')
    package = opened(zipped(tmp_path / "a.zip", {"meta.xml": meta, "taxon.txt": TAXA}), tmp_path)
    assert package.tables[0].dialect.encoding == "utf-8"
    assert all(note.warning for note in package.notes)
    assert "taxon.txt is not in the encoding that is declared" in "".join(map(str, package.notes))


def test_a_refusal_names_the_archive_and_not_where_it_was_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"b.zip": "x"})
    assert refusal(path, tmp_path).startswith(f"{path}: no table in it")
