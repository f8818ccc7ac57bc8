"""The built-in formats from end to end, with small invented rows: what each of their tables becomes."""

from __future__ import annotations

import json
from pathlib import Path

from table_projects import ask, built, counts, left_out

DWC, GBIF, DC = "http://rs.tdwg.org/dwc/terms/", "http://rs.gbif.org/terms/1.0/", "http://purl.org/dc/terms/"


def archive(*parts: tuple[str, str, list[str], list[str]], header_lines: int = 1) -> dict[str, str]:
    """Return the files of a Darwin Core Archive: row type, file, terms and rows of each table, the core first."""
    files, elements = {}, []
    for number, (row_type, name, terms, rows) in enumerate(parts):
        kind, key = ("extension", "coreid") if number else ("core", "id")
        fields = "".join(f'<field index="{n}" term="{term}"/>' for n, term in enumerate(terms, 1))
        head = f'rowType="{row_type}" fieldsTerminatedBy="|" fieldsEnclosedBy="" ignoreHeaderLines="{header_lines}"'
        elements.append(f"<{kind} {head}><files><location>{name}</location></files><{key} index='0'/>{fields}</{kind}>")
        files[name] = "\n".join(["|".join([key, *(t.rpartition("/")[2] for t in terms)]), *rows, ""])
    return {"meta.xml": f'<archive xmlns="http://rs.tdwg.org/dwc/text/">{"".join(elements)}</archive>', **files}


NAMES = [f"{DWC}scientificName", f"{DWC}parentNameUsage", f"{DWC}parentNameUsageID"]


def test_the_extensions_of_a_checklist_are_read(tmp_path: Path) -> None:
    profile = [f"{GBIF}{name}" for name in ("isMarine", "isInvasive", "lifeForm")]
    files = archive(
        (f"{DWC}Taxon", "taxon.txt", NAMES, ["1|Bryum||", "2|Bryum novum|Bryum|"]),
        (f"{GBIF}SpeciesProfile", "profile.txt", profile, ["2|true|false|perennial"]),
        (f"{GBIF}Description", "text.txt", [f"{DC}type", f"{DC}description", f"{DC}language"], ["2|leaf|étroite|fr"]),
        (f"{GBIF}TypesAndSpecimen", "types.txt", [f"{DWC}typeStatus", f"{DWC}catalogNumber"], ["2|holotype|S 1"]),
        (f"{GBIF}Multimedia", "media.txt", [f"{DC}identifier"], ["2|https://example.org/1.jpg"]),
        ("http://rs.iobis.org/obis/terms/ExtendedMeasurementOrFact", "mof.txt",
         [f"{DWC}measurementType", f"{DWC}measurementValue", f"{DWC}measurementUnit"], ["2|height|1.50|mm"]),
        (f"{GBIF}Distribution", "places.txt", [f"{DWC}countryCode", f"{GBIF}appendixCITES"], ["2|XK|II"]),
    )  # fmt: skip
    project, _ = built(tmp_path, files)
    said = "?c wg:characteristic ?k ; wg:text ?t BIND (CONCAT(STR(?k), '=', STR(?t), '@', LANG(?t)) AS ?x)"
    assert ask(project, said) == [
        "CITES appendix=II@en", "height=1.50@en", "holotype=S 1@en", "isInvasive=false@en", "leaf=étroite@fr",
        "lifeForm=perennial@en",
    ]  # fmt: skip
    assert ask(project, "?s schema:image ?x") == ["https://example.org/1.jpg"]
    assert ask(project, "?s wg:unresolved ?x") == ["parentNameUsage: Bryum"]
    assert (counts(project)["rejected"], counts(project)["unread"], left_out(project)) == ({}, [], [])


def test_a_checklist_without_ids_refers_by_names(tmp_path: Path) -> None:
    rows = "scientificName,parentNameUsage,acceptedNameUsage,taxonRank\nBryum,,,genus\nBryum aa,Bryum,,species\n"
    project, _ = built(tmp_path, {"taxon.csv": f"{rows}Mnium aa,,Bryum aa,species\nMnium bb,Mnium,,species\n"})
    names = "?s {} ?o ; skos:prefLabel ?a . ?o skos:prefLabel ?b"
    assert ask(project, names.format("wg:parentTaxon"), "a", "b") == ["Bryum aa | Bryum"]
    assert ask(project, names.format("wg:acceptedTaxon"), "a", "b") == ["Mnium aa | Bryum aa"]
    assert ask(project, "?s wg:unresolved ?x") == ["parentNameUsage: Mnium"]


def test_header_lines_that_leave_no_row_are_told(tmp_path: Path) -> None:
    core = (f"{DWC}Taxon", "taxon.txt", NAMES, ["1|Bryum||", "2|Bryum novum||"])
    project, _ = built(tmp_path, archive(core, header_lines=50))
    assert ask(project, "?s a wg:Taxon ; skos:prefLabel ?x") == ["Bryum", "Bryum novum"]
    assert "taxon.txt: ignoreHeaderLines leaves no row: the file has 3 lines: '50'" in counts(project)["notes"][0]


def test_files_that_are_no_tables_are_told(tmp_path: Path) -> None:
    files = archive((f"{DWC}Taxon", "taxon.txt", NAMES, ["1|Bryum||"]))
    project, _ = built(tmp_path, {**files, "refs.bib": "@book{a}", "README.md": "x", "img/a.svg": "<svg/>"})
    assert "files that are not read as tables: 'img/a.svg, refs.bib'" in counts(project)["notes"][0]


def test_a_red_list_download_is_read(tmp_path: Path) -> None:
    key = "assessmentId,internalTaxonId,scientificName"
    date = "2021-12-02 00:00:00 UTC"
    files = {
        "assessments.csv": (
            f"{key},redlistCategory,redlistCriteria,yearPublished,assessmentDate,population,populationTrend,systems,"
            f"scopes,possiblyExtinct\n1,11,Felis nova,Endangered,C2a(i),2022,{date},<p>About 500.</p>,Decreasing,"
            f"Terrestrial|Marine,Global,false\n2,11,Felis nova,Critically Endangered,D,2010,{date},,,,"
            '"Europe, Mediterranean",true\n'
        ),
        "synonyms.csv": "internalTaxonId,scientificName,name,speciesAuthor\n11,Felis nova,Lynx nova Smith,Smith\n",
        "all_other_fields.csv": (
            f"{key},AOO.range,EOO.range,ElevationLower.limit,ElevationUpper.limit,PopulationSize.range\n"
            '1,11,Felis nova,400,12000-15000,,1500,"250-300,270"\n'
        ),
        "threats.csv": f"{key},code,name,stressCode,scope\n1,11,Felis nova,4.1,Roads,1.1|2.1,Majority (50-90%)\n",
    }
    project, _ = built(tmp_path, files)
    status = "?c a wg:StatusClaim ; wg:object ?o ; wg:phenomenonTime ?t . ?o skos:notation ?n "
    status += "OPTIONAL { ?c wg:place ?p . ?p skos:prefLabel ?l }"
    assert ask(project, status, "n", "t", "l") == [
        "CR | 2021-12-02 | Europe", "CR | 2021-12-02 | Mediterranean", "EN | 2021-12-02 | -",
    ]  # fmt: skip
    assert ask(project, "?c wg:characteristic 'possiblyExtinct' ; wg:text ?x") == ["true", "true"]
    assert ask(project, "?h a wg:Habitat ; wg:classifiedAs ?s ; skos:prefLabel ?x") == ["Marine", "Terrestrial"]
    assert ask(project, "?s wg:acceptedTaxon ?o ; dwc:scientificName ?x") == ["Lynx nova"]
    assert ask(project, "?c wg:characteristic 'extent of occurrence' ; wg:upper ?x") == ["15000"]
    assert ask(project, "?c a wg:PopulationClaim ; wg:estimate ?x") == ["270"]
    assert ask(project, "?s a wg:Stress ; wg:classifiedAs ?c . ?c skos:notation ?x") == ["1.1", "2.1"]
    assert left_out(project) == []


def test_a_summary_of_the_red_list_alone_is_read(tmp_path: Path) -> None:
    head = "assessmentId,internalTaxonId,scientificName,redlistCategory,kingdomName,authority,populationTrend,scopes\n"
    row = "1,11,Felis nova,Lower Risk/near threatened,ANIMALIA,Smith,Stable,Global\n"
    project, _ = built(tmp_path, {"simple_summary.csv": head + row})
    assert ask(project, "?c a wg:StatusClaim ; wg:object ?o . ?o skos:notation ?x") == ["LR/nt"]


def test_replies_of_the_red_list_are_read(tmp_path: Path) -> None:
    reply = {
        "assessment_id": 1, "sis_taxon_id": 11, "assessment_date": "2021-12-02T00:00:00.000Z", "year_published": "2022",
        "red_list_category": {"code": "EN", "version": "3.1"}, "possibly_extinct": True, "criteria": "C2a(i)",
        "scopes": [{"description": {"en": "Europe"}, "code": "2"}, {"description": {"en": "Global"}, "code": "1"}],
        "systems": [{"description": {"en": "Marine"}, "code": "2"}],
        "supplementary_info": {"lower_elevation_limit": 10, "upper_elevation_limit": None},
        "taxon": {
            "sis_id": 11, "scientific_name": "Felis nova",
            "common_names": [{"name": "Chat nouveau", "language": "fre"}],
            "synonyms": [{"name": "Lynx nova Smith", "species_author": "Smith"}],
            "infrarank_taxa": [{"sis_id": 12, "scientific_name": "Felis nova ssp. minor"}],
        },
    }  # fmt: skip
    project, _ = built(tmp_path, {"a.json": json.dumps(reply)}, add="a.json")
    status = "?c a wg:StatusClaim OPTIONAL { ?c wg:place ?p . ?p skos:prefLabel ?x }"
    assert ask(project, status) == ["-", "Europe"]
    assert ask(project, "?s a wg:Taxon ; skos:altLabel ?n BIND (CONCAT(?n, '@', LANG(?n)) AS ?x)") == [
        "Chat nouveau@fr"
    ]
    assert ask(project, "?s wg:acceptedTaxon ?o ; dwc:scientificName ?x") == ["Lynx nova"]
    assert ask(project, "?s wg:parentTaxon ?o ; dwc:scientificName ?x") == ["Felis nova subsp. minor"]
    assert ask(project, "?c wg:predicate ?p ; wg:lower ?x") == ["10"]
    assert not [name for names in counts(project)["unmapped"].values() for name in names if name[:7] == "parent."]


def test_a_reply_that_lists_assessments_is_read(tmp_path: Path) -> None:
    entry = {"assessment_id": 1, "sis_taxon_id": 11, "taxon_scientific_name": "Felis nova", "year_published": "2022"}
    reply = {
        "country": {"code": "CN"},
        "assessments": [{**entry, "red_list_category_code": "VU", "url": "http://a.b/1"}],
    }
    project, _ = built(tmp_path, {"c.json": json.dumps(reply)}, add="c.json")
    assert ask(project, "?c a wg:StatusClaim ; wg:object ?o . ?o skos:notation ?x") == ["VU"]


def test_the_tables_of_coldp_are_read(tmp_path: Path) -> None:
    files = {
        "NameUsage.tsv": (
            "ID\tparentID\tstatus\tscientificName\trank\tnameReferenceID\tenvironment\n"
            "g\t\taccepted\tBryum\tgenus\tr1\t\ns\tg\taccepted\tBryum aa\tspecies\t\tfreshwater,terrestrial\n"
            "x\ts\tsynonym\tMnium aa\tspecies\t\t\n"
        ),
        "Reference.tsv": "ID\tcitation\nr1\tHedwig 1801\nr2\tSmith 1999\n",
        "TypeMaterial.tsv": "ID\tnameID\tcitation\tstatus\treferenceID\nt\ts\tUppsala s.n.\tholotype\tr2\n",
        "SpeciesInteraction.tsv": "taxonID\trelatedTaxonID\trelatedTaxonScientificName\ttype\ns\t\tSalix aa\teats\n",
        "Distribution.tsv": "taxonID\tareaID\tarea\tstatus\tthreatStatus\tyear\ns\tSE\t\tnative\tVU\t2015\n",
        "NameRelation.tsv": "nameID\trelatedNameID\ttype\nx\ts\tlater homonym\n",
        "Media.tsv": "taxonID\turl\ns\thttps://example.org/1.jpg\n",
        "SpeciesEstimate.tsv": "taxonID\testimate\ttype\ng\t350\tdescribed species\n",
    }
    project, _ = built(tmp_path, files)
    assert ask(project, "?s dwc:namePublishedIn ?x") == ["Hedwig 1801"]
    assert ask(project, "?s wg:hasHabitat ?h . ?h skos:prefLabel ?x") == ["freshwater", "terrestrial"]
    assert ask(project, "?c wg:characteristic ?k ; wg:text ?t", "k", "t") == [
        "described species | 350", "holotype | Uppsala s.n.", "later homonym | Bryum aa",
    ]  # fmt: skip
    assert ask(project, "?s obo:RO_0002470 ?o . ?o skos:prefLabel ?x") == ["Salix aa"]
    assert ask(project, "?c a wg:StatusClaim ; wg:phenomenonTime ?t ; wg:place ?p", "t") == ["2015"]
    assert ask(project, "?c dcterms:bibliographicCitation ?x") == ["Smith 1999"]
    assert (counts(project)["rejected"], counts(project)["unread"]) == ({}, [])


def test_a_species_list_of_gbif_keeps_key_status_and_count(tmp_path: Path) -> None:
    head = "taxonKey scientificName acceptedTaxonKey numberOfOccurrences taxonRank taxonomicStatus iucnRedListCategory"
    rows = "7\tLynx lynx (L.)\t7\t51\tSPECIES\tACCEPTED\tLC\n8\tFelis lynx L.\t7\t2\tSPECIES\tSYNONYM\tLC\n"
    project, _ = built(tmp_path, {"species.csv": head.replace(" ", "\t") + f"\n{rows}"})
    assert ask(project, "?x wg:acceptedTaxon <https://example.org/t/taxon/t/7>") == ["https://example.org/t/taxon/t/8"]
    assert ask(project, "?c wg:characteristic 'number of occurrences' ; wg:text ?x") == ["2", "51"]
    assert ask(project, "?s wg:redListCategory ?o . ?o skos:notation ?x") == ["LC", "LC"]


def test_items_of_wikidata_are_read(tmp_path: Path) -> None:
    def snak(value: object) -> dict[str, object]:
        return {"mainsnak": {"snaktype": "value", "datavalue": {"value": value}}, "rank": "normal"}

    claims = {
        "P225": [snak("Panthera leo")], "P105": [snak({"id": "Q7432"})], "P171": [snak({"id": "Q127960"})],
        "P141": [snak({"id": "Q278113"})], "P1843": [snak({"text": "lejon", "language": "sv"})],
    }  # fmt: skip
    item = {"id": "Q140", "labels": {"fr": {"language": "fr", "value": "lion"}}, "claims": claims}
    project, _ = built(tmp_path, {"a.json": json.dumps({"entities": {"Q140": item}})}, add="a.json")
    lion = "<https://example.org/t/taxon/t/Q140>"
    assert ask(project, f"{lion} dwc:scientificName ?n ; dwc:taxonRank ?r ; wg:unresolved ?u", "n", "r", "u") == [
        "Panthera leo | species | mainsnak.datavalue.value.id: Q127960"
    ]
    assert ask(project, f"{lion} skos:altLabel ?n BIND (CONCAT(?n, '@', LANG(?n)) AS ?x)") == ["lejon@sv", "lion@fr"]
    assert ask(project, f"{lion} wg:redListCategory ?c . ?c skos:notation ?x") == ["VU"]


def test_keys_of_json_that_are_terms_are_known_by_their_last_part(tmp_path: Path) -> None:
    row = {f"{DWC}taxonID": "1", f"{DWC}scientificName": "Ariopsis felis", f"{DWC}taxonRank": "Species"}
    project, added = built(tmp_path, {"a.jsonl": f"{json.dumps(row)}\n" * 2}, add="a.jsonl")
    assert added.source.mapping == "dwca-checklist"
    assert ask(project, "?s dwc:taxonRank ?x") == ["species"]


def test_trade_of_cites_keeps_both_reports(tmp_path: Path) -> None:
    head = "Year,App.,Taxon,Importer,Exporter,Origin,Importer reported quantity,Exporter reported quantity,Term,Unit,"
    rows = "2015,I,Panthera aa,US,TH,,,12,teeth,,T,O\n2016,II,Python aa,DE,TG,,100.50,95.5,meat,kg,P,W\n"
    project, added = built(tmp_path, {"trade.csv": f"{head}Purpose,Source\n{rows}"})
    assert added.source.mapping == "cites-trade"
    said = "?c a wg:UseClaim ; wg:object ?o ; wg:place ?p ; wg:phenomenonTime ?t ; dwc:measurementValue ?v ; "
    said += "dwc:measurementUnit ?u . ?o skos:prefLabel ?l . ?p dwc:countryCode ?x"
    assert ask(project, said, "l", "x", "t", "v", "u") == [
        "commercial | TH | 2015 | 12 | number of specimens", "personal | TG | 2016 | 100.50 | kg",
        "personal | TG | 2016 | 95.5 | kg",
    ]  # fmt: skip
    assert left_out(project) == []


def test_records_of_observers_are_counted_under_their_own_column_names(tmp_path: Path) -> None:
    head = "SCIENTIFIC NAME\tCOUNTRY\tCOUNTRY CODE\tLATITUDE\tLONGITUDE\tOBSERVATION DATE"
    rows = "Garrulus aa\tSpain\tES\t40\t-3\t2019-04-05\nGarrulus aa\tSpain\tES\t41\t-3\t2019-05-06\n"
    project, added = built(tmp_path, {"obs.txt": f"{head}\n{rows}"}, add="obs.txt")
    assert added.source.mapping == "dwc-occurrence"
    assert ask(project, "?c wg:estimate ?n ; wg:phenomenonTime ?t", "n", "t") == ["2 | 2019"]
