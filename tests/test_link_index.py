"""Building an index: every format of dump, several releases side by side, and nothing half done."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from wildgraph import InputError, MachineError, UsageError
from wildgraph.graph.link.answer import Candidate, Query
from wildgraph.graph.link.build import build_index
from wildgraph.graph.link.dumps import Release, TaxonRow, open_dump
from wildgraph.graph.link.index import Index
from wildgraph.graph.link.match import match

LIST = "taxonID\tscientificName\ttaxonRank\n1\tPanthera leo (Linnaeus, 1758)\tspecies\n"
META = """<archive xmlns="http://rs.tdwg.org/dwc/text/">
  <core encoding="UTF-8" fieldsTerminatedBy="\\t" linesTerminatedBy="\\n" fieldsEnclosedBy="" ignoreHeaderLines="1"
        rowType="http://rs.tdwg.org/dwc/terms/Taxon">
    <files><location>taxon.txt</location></files>
    <id index="0"/>
    <field index="1" term="http://rs.tdwg.org/dwc/terms/scientificName"/>
    <field index="2" term="http://rs.tdwg.org/dwc/terms/acceptedNameUsageID"/>
    <field index="3" term="http://rs.tdwg.org/dwc/terms/parentNameUsageID"/>
    <field index="4" term="http://rs.tdwg.org/dwc/terms/taxonRank"/>
    <field default="Animalia" term="http://rs.tdwg.org/dwc/terms/kingdom"/>
  </core>
</archive>"""
TAXA = (
    "id\tname\taccepted\tparent\trank\n"
    "1\tFelidae Fischer, 1817\t\t\tfamily\n2\tPanthera leo (Linnaeus, 1758)\t2\t1\tspecies\n"
    "3\tFelis leo Linnaeus, 1758\t2\t\tspecies\n"
)
EML = """<eml:eml xmlns:eml="eml://ecoinformatics.org/eml-2.1.1" packageId="a-b-c/v2.1"><dataset>
  <title>Cats of the World</title><pubDate>2024-05-01</pubDate>
  <intellectualRights><para><ulink url="http://creativecommons.org/licenses/by/4.0/"><citetitle>CC BY</citetitle>
  </ulink></para></intellectualRights></dataset></eml:eml>"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def archive(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(name.replace("__", "/").replace("_", "."), text)
    return path


def found(source: Path, name: str, **context: str) -> Candidate:
    """Index one dump and return what a name is linked to in it."""
    out = source.parent / "found.index"
    build_index([source], out, fresh=True)
    with Index.open(out) as index:
        best = match(index, Query(name, kind=index.dumps[0].kind, **context)).best
    assert best is not None
    return best


def test_an_archive_of_darwin_core_says_what_it_is(tmp_path: Path) -> None:
    path = archive(tmp_path / "cats-2024.zip", meta_xml=META, taxon_txt=TAXA, eml_xml=EML)
    built = build_index([path], tmp_path / "names.index")
    dump = built.dumps[0]
    assert (dump.key, dump.title, dump.date, dump.records) == ("cats@2.1", "Cats of the World", "2024-05-01", 3)
    assert dump.licence == "http://creativecommons.org/licenses/by/4.0/"
    assert len(dump.sha256) == 64
    best = found(path, "Felis leo")
    assert (best.accepted_id, best.accepted_name, best.kingdom, best.family) == (
        "2",
        "Panthera leo",
        "Animalia",
        "Felidae",
    )


def test_the_country_decides_between_equals_that_live_elsewhere(tmp_path: Path) -> None:
    extension = """<extension fieldsTerminatedBy="," fieldsEnclosedBy="" ignoreHeaderLines="0"
      rowType="http://rs.gbif.org/terms/1.0/Distribution"><files><location>where.txt</location></files>
      <coreid index="0"/><field index="1" term="http://rs.tdwg.org/dwc/terms/locationID"/>
      <field index="2" term="http://rs.tdwg.org/dwc/terms/occurrenceStatus"/></extension></archive>"""
    taxa = "id\tname\n1\tAus bus Smith, 1900\t\t\tspecies\n2\tAus bus Jones, 1950\t\t\tspecies\n"
    where = "1,ISO3166-2:CA-ON,present\n2,RU,present\n2,CA,absent\n"
    meta = META.replace("</archive>", extension)
    build_index([archive(tmp_path / "a.zip", meta_xml=meta, taxon_txt=taxa, where_txt=where)], tmp_path / "names.index")
    with Index.open(tmp_path / "names.index") as index:
        asked = {country: match(index, Query("Aus bus", country=country)) for country in ("", "CA", "ru", "FR")}
    assert {country: (m.outcome, m.candidates[0].id) for country, m in asked.items()} == {
        "": ("ambiguous", "1"), "CA": ("exact", "1"), "ru": ("exact", "2"), "FR": ("ambiguous", "1"),
    }  # fmt: skip


def test_a_loose_table_needs_a_name_and_an_identifier(tmp_path: Path) -> None:
    text = 'taxonID,scientificName,family\nx:1,"Poa annua L.",Poaceae\n'
    assert found(write(tmp_path / "a.csv", text), "Poa annua").family == "Poaceae"
    with pytest.raises(InputError, match="not a dump of a known format"):
        open_dump(write(tmp_path / "b.csv", "name,family\nPoa annua,Poaceae\n"))


def test_coldp_in_one_file(tmp_path: Path) -> None:
    rows = (
        "col:ID\tcol:parentID\tcol:status\tcol:scientificName\tcol:authorship\tcol:rank\n"
        "F\t\taccepted\tFelidae\t\tfamily\nK\tF\taccepted\tPanthera leo\t(Linnaeus, 1758)\tspecies\n"
        "S\tK\tsynonym\tFelis leo\tLinnaeus, 1758\tspecies\nB\t\tbare name\tFelis nuda\t\tspecies\n"
    )
    meta = "title: Catalogue of Life\nversion: 2026-05\nissued: 2026-05-10\nlicense: CC-BY-4.0\n"
    path = archive(tmp_path / "x.zip", NameUsage_tsv=rows, metadata_yaml=meta)
    best = found(path, "Felis leo")
    assert best.dump == "col@2026-05"
    assert (best.iri, best.accepted_iri) == (
        "https://www.catalogueoflife.org/data/taxon/S",
        "https://www.catalogueoflife.org/data/taxon/K",
    )
    assert best.family == "Felidae"


def test_coldp_in_three_files(tmp_path: Path) -> None:
    folder = tmp_path / "coldp"
    write(
        folder / "Name.csv",
        "ID,scientificName,authorship,rank\n1,Poa annua,L.,species\n2,Poa aestivalis,J.Presl,species\n",
    )
    write(folder / "Taxon.csv", "ID,nameID,family\nT,1,Poaceae\n")
    write(folder / "Synonym.csv", "taxonID,nameID,status\nT,2,synonym\n")
    best = found(folder, "Poa aestivalis")
    assert (best.id, best.accepted_id, best.accepted_name, best.family) == ("2", "T", "Poa annua", "Poaceae")


def test_the_backbone_of_gbif_as_one_table(tmp_path: Path, shared: Path) -> None:
    source = shared / "data/taxonomy-backbone-samples/gbif-backbone-current-simple.txt"
    path = tmp_path / "simple.txt.gz"
    path.write_bytes(gzip.compress(source.read_bytes()))
    best = found(path, "Propionigenium maris")
    assert (best.id, best.iri, best.kingdom) == ("9020935", "https://www.gbif.org/species/9020935", "Bacteria")
    assert best.authorship == "Janssen & Liesack, 1996"


def test_a_crosswalk_leads_from_the_keys_of_gbif_to_those_of_col(tmp_path: Path) -> None:
    text = (
        "gbif:ID\tgbif:rank\tcol:ID\tcol:matchType\n5219404\tspecies\t4CGXP\tEXACT\n1\tkingdom\tN\tNONE\n2\tx\t\tNONE\n"
    )
    path = tmp_path / "gbif-col265.tsv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    build_index([path], tmp_path / "names.index")
    with Index.open(tmp_path / "names.index") as index:
        assert index.dumps[0].key == "gbif-col@265"
        assert index.identified("gbif", "5219404") == (("gbif-col@265", "4CGXP"),)
        assert index.identified("gbif", "1") == ()


UNITS = {
    "taxonomic_units": [
        "180130||Felidae||||||||valid||TWG|||0|1996|0|0|0|5|140|2014||valid|Felidae",
        "183803||Panthera||leo||||||valid||TWG|||0|1996|180130|7|0|5|220|2014||valid|Panthera leo",
        "9||Felis||leo||||||invalid|junior synonym|TWG|||0|1996|0|7|0|5|220|2014||invalid|Felis leo",
    ],
    "taxon_authors_lkp": ["7|(Linnaeus, 1758)|2004|5|Linnaeus 1758"],
    "synonym_links": ["9|183803|2015"],
    "taxon_unit_types": ["5|140|Family|130|100|1996", "5|220|Species|190|180|1996"],
}


def test_itis_as_tables(tmp_path: Path) -> None:
    for name, lines in UNITS.items():
        write(tmp_path / "itis" / name, "\n".join(lines) + "\n")
    best = found(tmp_path / "itis", "Felis leo")
    assert (best.id, best.accepted_id, best.family, best.kingdom) == ("9", "183803", "Felidae", "Animalia")
    assert best.iri.endswith("search_value=9")


def test_itis_as_a_database(tmp_path: Path) -> None:
    units = [line.split("|") for line in UNITS["taxonomic_units"]]
    path = tmp_path / "itis.sqlite"
    with sqlite3.connect(path) as db:
        db.execute(
            "CREATE TABLE taxonomic_units"
            " (tsn, complete_name, name_usage, parent_tsn, taxon_author_id, kingdom_id, rank_id)"
        )
        rows = [[u[0], u[25], u[10], u[17], u[18], u[20], u[21]] for u in units]
        db.executemany("INSERT INTO taxonomic_units VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        db.execute("CREATE TABLE taxon_authors_lkp (taxon_author_id, taxon_author)")
        db.execute("INSERT INTO taxon_authors_lkp VALUES (7, '(Linnaeus, 1758)')")
        db.execute("CREATE TABLE synonym_links (tsn, tsn_accepted)")
        db.execute("INSERT INTO synonym_links VALUES (9, 183803)")
        db.execute("CREATE TABLE taxon_unit_types (kingdom_id, rank_id, rank_name)")
        db.execute("INSERT INTO taxon_unit_types VALUES (5, 220, 'Species'), (5, 140, 'Family')")
    db.close()
    zipped = tmp_path / "itisSqlite.zip"
    with zipfile.ZipFile(zipped, "w") as target:
        target.write(path, "itisSqlite/ITIS.sqlite")
    assert found(zipped, "Felis leo").accepted_name == "Panthera leo"


def test_the_taxonomy_of_ncbi(tmp_path: Path) -> None:
    files = {
        "nodes.dmp": "33208\t|\t1\t|\tkingdom\t|\n9681\t|\t33208\t|\tfamily\t|\n9689\t|\t9681\t|\tspecies\t|\n",
        "names.dmp": (
            "33208\t|\tMetazoa\t|\t\t|\tscientific name\t|\n9681\t|\tFelidae\t|\t\t|\tscientific name\t|\n"
            "9689\t|\tFelis leo\t|\t\t|\tsynonym\t|\n9689\t|\tPanthera leo\t|\t\t|\tscientific name\t|\n"
            "9689\t|\tPanthera leo (Linnaeus, 1758)\t|\t\t|\tauthority\t|\n"
            "9689\t|\tlion\t|\t\t|\tgenbank common name\t|\n"
        ),
        "merged.dmp": "12\t|\t9689\t|\n",
    }
    path = tmp_path / "taxdump.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(text), 1_700_000_000
            tar.addfile(member, io.BytesIO(text.encode()))
    best = found(path, "Panthera leo (Linnaeus, 1758)")
    assert (best.dump, best.id, best.family, best.kingdom) == ("ncbi@2023-11-14", "9689", "Felidae", "Metazoa")
    assert best.authorship == "(Linnaeus, 1758)"
    assert found(path, "Felis leo").accepted_name == "Panthera leo"
    with Index.open(tmp_path / "found.index") as index:
        assert index.identified("ncbi-merged", "12") == (("ncbi@2023-11-14", "9689"),)


def lion() -> dict[str, object]:
    def said(value: object) -> list[object]:
        return [{"mainsnak": {"datavalue": {"value": value}}, "rank": "normal"}]

    claims = {"P225": said("Panthera leo"), "P105": said({"id": "Q7432"}), "P846": said("5219404")}
    return {"type": "item", "id": "Q140", "labels": {}, "claims": claims}


@pytest.mark.parametrize("form", ["array", "lines", "single"])
def test_taxa_of_wikidata(tmp_path: Path, form: str) -> None:
    city = {"type": "item", "id": "Q1", "labels": {}, "claims": {}}
    text = {
        "array": f"[\n{json.dumps(city)},\n{json.dumps(lion())}\n]\n",
        "lines": f"{json.dumps(city)}\n{json.dumps(lion())}\n",
        "single": json.dumps(lion(), indent=2),
    }[form]
    path = tmp_path / "latest-all.json.bz2"
    path.write_bytes(bz2.compress(text.encode()))
    best = found(path, "Panthera leo")
    assert (best.id, best.iri, best.rank) == ("Q140", "http://www.wikidata.org/entity/Q140", "species")
    with Index.open(tmp_path / "found.index") as index:
        assert index.identifiers(index.dumps[0], "Q140") == (("gbif", "5219404"),)


def test_real_entities_of_wikidata_bring_their_identifiers(tmp_path: Path, shared: Path) -> None:
    build_index([shared / "data/wikidata-taxa/items.ndjson"], tmp_path / "names.index")
    with Index.open(tmp_path / "names.index") as index:
        known = dict(index.identifiers(index.dumps[0], "Q34706"))
    assert (known["gbif"], known["itis"], known["ncbi"], known["iucn"]) == ("5219436", "183804", "9691", "15954")


GEONAMES = (
    "2017370\tRussia\tRussia\tRossiya,Russland\t60\t100\tA\tPCLI\tRU\t\t00\t\t\t\t144478050\t\t129\tEurope/Moscow"
    "\t2024-01-01\n"
    "5202009\tRussia\tRussia\t\t40\t-84\tP\tPPL\tUS\t\tOH\t149\t\t\t640\t\t283\tAmerica/New_York\t2024-01-01\n"
)


def test_places_of_geonames(tmp_path: Path) -> None:
    path = archive(tmp_path / "RU.zip", RU_txt=GEONAMES, readme_txt="GeoNames\n")
    best = found(path, "Russland")
    assert (best.id, best.iri, best.country, best.type) == (
        "2017370",
        "https://sws.geonames.org/2017370/",
        "RU",
        "A.PCLI",
    )


def test_a_wrong_or_broken_dump_says_where(tmp_path: Path) -> None:
    broken = tmp_path / "cut.zip"
    broken.write_bytes(archive(tmp_path / "whole.zip", meta_xml=META, taxon_txt=TAXA * 500).read_bytes()[:-30])
    cut = tmp_path / "cut.tsv.gz"
    cut.write_bytes(gzip.compress((LIST + "x\ty\tz\n" * 90000).encode())[:-200])
    bad = {
        "no such file": tmp_path / "missing.zip",
        "not a dump of a known format": write(tmp_path / "notes.txt", "hello\n"),
        "not XML": archive(tmp_path / "a.zip", meta_xml="<archive", taxon_txt=TAXA),
        "names a file that is not there": archive(tmp_path / "b.zip", meta_xml=META),
        "names no column scientificName": archive(
            tmp_path / "c.zip", meta_xml=META.replace("scientificName", "family"), taxon_txt=TAXA
        ),
        "the core of this archive are no taxa": archive(
            tmp_path / "d.zip", meta_xml=META.replace("terms/Taxon", "terms/Occurrence"), taxon_txt=TAXA
        ),
        "no record with a name": archive(tmp_path / "e.zip", meta_xml=META, taxon_txt="id\tname\n"),
        "not RDF/XML in spite of its name": write(tmp_path / "f.owl", "@prefix owl: <http://example.org/> .\n"),
        "is cut off or broken": cut,
        "not JSON": write(tmp_path / "g.json", '{"claims": {"P225": }\n'),
    }
    for message, path in bad.items():
        with pytest.raises(InputError, match=message):
            build_index([path], tmp_path / "names.index")
    with pytest.raises(InputError, match=r"not a dump of a known format|broken archive"):
        build_index([broken], tmp_path / "names.index")
    assert not list(tmp_path.glob("*names.index*"))


def test_bytes_that_are_not_utf_8_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.tsv"
    path.write_bytes(LIST.encode() + "2\tPoa ann\u00fca\tspecies\n".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        build_index([path], tmp_path / "names.index")


def test_releases_stand_side_by_side_and_the_same_one_twice_is_refused(tmp_path: Path) -> None:
    path, out = write(tmp_path / "cats.tsv", LIST), tmp_path / "names.index"
    build_index([path], out, said=Release(release="2023"))
    build_index([path], out, said=Release(release="2024", licence="CC0-1.0"))
    with pytest.raises(InputError, match=r"two dumps are cats@2024: this one and cats\.tsv"):
        build_index([path], out, said=Release(release="2024"))
    with pytest.raises(InputError, match="two dumps are"):
        build_index([path, path], tmp_path / "other.index")
    with Index.open(out) as index:
        assert [dump.key for dump in index.dumps] == ["cats@2023", "cats@2024"]
        assert match(index, Query("Panthera leo"), dump="cats@2023").outcome == "exact"
        with pytest.raises(UsageError, match="in several releases; say which: cats@2023, cats@2024"):
            match(index, Query("Panthera leo"), dump="cats")
    build_index([path], out, said=Release(release="2025"), fresh=True)
    with Index.open(out) as index:
        assert [dump.key for dump in index.dumps] == ["cats@2025"]


def test_a_dump_that_says_no_release_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "cats.tsv", LIST)
    key = build_index([path], tmp_path / "names.index").dumps[0].key
    assert key == f"cats@sha256-{build_index([path], tmp_path / 'b.index').dumps[0].sha256[:12]}"


def test_what_is_no_index_is_not_opened_and_not_replaced(tmp_path: Path) -> None:
    source = write(tmp_path / "cats.tsv", LIST)
    text = write(tmp_path / "text.index", "hello")
    plain = tmp_path / "plain.index"
    sqlite3.connect(plain).execute("CREATE TABLE a (b)").connection.close()
    old = tmp_path / "old.index"
    build_index([source], old)
    db = sqlite3.connect(old)
    db.execute("PRAGMA user_version = 99")
    db.close()
    for path, message in (
        (text, "not an index of names"),
        (plain, "not finished, or a database of another kind"),
        (old, "an index of version 99; this program reads version 1"),
    ):
        before = path.read_bytes()
        for attempt in (lambda path=path: Index.open(path), lambda path=path: build_index([source], path)):
            with pytest.raises(InputError, match=message):
                attempt()
        assert path.read_bytes() == before


def test_a_killed_build_leaves_the_old_index_and_nothing_that_opens(tmp_path: Path) -> None:
    out = tmp_path / "names.index"
    build_index([write(tmp_path / "cats.tsv", LIST)], out)
    before = out.read_bytes()
    big = write(tmp_path / "big.tsv", LIST + "".join(f"x{n}\tAus bus{n:x}a\tspecies\n" for n in range(100_000)))
    command = "import sys; from wildgraph.graph.link.build import build_index as b; b([sys.argv[1]], sys.argv[2])"
    child = subprocess.Popen([sys.executable, "-c", command, str(big), str(out)])
    half: list[Path] = []
    while not half and child.poll() is None:
        # SQLite's journal beside it comes and goes.
        made = (path for path in tmp_path.glob(".names.index-*") if not path.name.endswith("-journal"))
        half = [path for path in made if path.stat().st_size > 0]
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert out.read_bytes() == before
    assert half
    with pytest.raises(InputError, match=r"not finished|not an index"):
        Index.open(half[0])
    build_index([write(tmp_path / "dogs.tsv", LIST)], out)
    assert not list(tmp_path.glob(".names.index-*"))
    with Index.open(out) as index:
        assert [dump.name for dump in index.dumps] == ["cats", "dogs"]


def test_a_folder_that_cannot_be_written_is_the_machine_s_fault(tmp_path: Path) -> None:
    blocked = write(tmp_path / "file", "")
    with pytest.raises(MachineError, match="cannot be written"):
        build_index([write(tmp_path / "cats.tsv", LIST)], blocked / "names.index")


def test_the_same_dump_makes_the_same_records_whatever_the_hash_seed(tmp_path: Path) -> None:
    path = write(tmp_path / "cats.tsv", LIST + "2\tPanthera onca (Linnaeus, 1758)\tspecies\n")
    command = "import sys; from wildgraph.graph.link.build import build_index as b; b([sys.argv[1]], sys.argv[2])"
    made = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.index"
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", command, str(path), str(out)], check=True, env=environment)
        made.append(out.read_bytes())
    assert made[0] == made[1]


def test_a_real_checklist_is_read_whole(shared: Path) -> None:
    files, reading = open_dump(shared / "data/checklist-vascan/vascan.zip")
    rows = [row for row in reading.rows if isinstance(row, TaxonRow)]
    files.close()
    assert (len(rows), sum(row.accepted is not None for row in rows)) == (33304, 22528)
    assert (reading.release.release, reading.release.iri) == ("37.15", "http://data.canadensys.net/vascan/taxon/{id}")
