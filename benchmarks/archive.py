"""A Darwin Core checklist to a graph that can be asked, beside python-dwca-reader and rdflib doing the same.

    pip install python-dwca-reader
    python benchmarks/archive.py ../shared/data/checklist-vascan/vascan.zip [--times 3]

Both make of each taxon its type, label, name, authorship, rank, status, parent, accepted name and vernacular names, and
of each row of the distribution a claim with its place. wildgraph reads, checks, writes N-Quads and loads a store on
disk; the other fills a graph in memory and writes N-Triples. Each runs in a process of its own; medians, the load of
the machine, and how many of each a query finds in both.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

MAPPING = """
format = "dwca"
core = "Taxon"
[[entity]]
from = "Taxon"
type = "taxon"
id = "id"
label = "scientificName -> text('la')"
[entity.properties]
"dwc:scientificName" = "scientificName -> without(scientificNameAuthorship)"
"dwc:scientificNameAuthorship" = "scientificNameAuthorship"
"dwc:taxonRank" = "taxonRank"
"dwc:taxonomicStatus" = "taxonomicStatus"
"wg:parentTaxon" = "parentNameUsageID -> other-than(id) -> taxon"
[[facts]]
from = "Taxon"
subject = "id -> taxon"
[facts.properties]
"wg:acceptedTaxon" = "acceptedNameUsageID -> split('|') -> other-than(id) -> taxon"
[[facts]]
from = "VernacularName"
subject = "coreid -> taxon"
[facts.properties]
"skos:altLabel" = "vernacularName -> text(language)"
[[entity]]
from = "Distribution"
type = "place"
id = "locationID | locality"
label = "locality"
distinct = true
[[claim]]
from = "Distribution"
predicate = "range"
subject = "coreid -> taxon"
object = "locationID | locality -> place"
[claim.properties]
"dwc:occurrenceStatus" = "occurrenceStatus"
"dwc:establishmentMeans" = "establishmentMeans"
"dcterms:bibliographicCitation" = "source"
"""
COUNTS = {
    "taxa": "SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE { ?x a wg:Taxon }",
    "vernacular names": "SELECT (COUNT(?n) AS ?n2) WHERE { ?x a wg:Taxon ; skos:altLabel ?n }",
    "accepted names": "SELECT (COUNT(?y) AS ?n) WHERE { ?x wg:acceptedTaxon ?y }",
    "ranges": "SELECT (COUNT(?y) AS ?n) WHERE { ?x a wg:RangeClaim ; wg:object ?y }",
}
WG, SKOS = "https://w3id.org/wildgraph/ns#", "http://www.w3.org/2004/02/skos/core#"
DWC, DCTERMS = "http://rs.tdwg.org/dwc/terms/", "http://purl.org/dc/terms/"
BASE = "https://example.org/archive/"


def with_wildgraph(archive: Path, folder: Path) -> list[int]:
    """Build a project of the archive; return the counts."""
    import wildgraph
    from wildgraph.extract.tables.add import add_tables

    (folder / "own.toml").write_text(MAPPING)
    add_tables(archive, folder, mapping="own.toml", name="archive")
    wildgraph.build(folder)
    answers = [wildgraph.ask(folder, sparql=query) for query in COUNTS.values()]
    return [int(answer.rows[0][0].text) for answer in answers if answer.rows[0][0]]


def with_dwca_reader(archive: Path, folder: Path) -> list[int]:
    """Fill a graph from the rows and their extensions, as the mapping says; return the counts."""
    import rdflib
    from dwca.read import DwCAReader  # installed by who runs this

    graph, wg, dwc, skos = (
        rdflib.Graph(), rdflib.Namespace(WG), rdflib.Namespace(DWC), rdflib.Namespace(SKOS),
    )  # fmt: skip

    def put(subject: rdflib.URIRef, predicate: rdflib.URIRef, text: str, language: str | None = None) -> None:
        if text:
            graph.add((subject, predicate, rdflib.Literal(text, lang=language)))

    def thing(kind: str, key: str) -> rdflib.URIRef:
        return rdflib.URIRef(f"{BASE}{kind}/{quote(key)}")

    with DwCAReader(str(archive)) as reader:
        for row in reader:
            data, taxon = row.data, thing("taxon", row.id)
            name, author = data[f"{DWC}scientificName"], data[f"{DWC}scientificNameAuthorship"]
            graph.add((taxon, rdflib.RDF.type, wg.Taxon))
            put(taxon, skos.prefLabel, name, "la")
            put(taxon, dwc.scientificName, name.removesuffix(author).strip())
            for term in ("scientificNameAuthorship", "taxonRank", "taxonomicStatus"):
                put(taxon, dwc[term], data[DWC + term])
            if parent := data[f"{DWC}parentNameUsageID"]:
                graph.add((taxon, wg.parentTaxon, thing("taxon", parent)))
            for accepted in filter(None, data[f"{DWC}acceptedNameUsageID"].split("|")):
                if accepted != row.id:
                    graph.add((taxon, wg.acceptedTaxon, thing("taxon", accepted)))
            for extension in row.extensions:
                more = extension.data
                if extension.rowtype.endswith("/VernacularName"):
                    language = more[f"{DCTERMS}language"].lower()
                    put(taxon, skos.altLabel, more[f"{DWC}vernacularName"], language)
                elif extension.rowtype.endswith("/Distribution"):
                    place = thing("place", more[f"{DWC}locationID"] or more[f"{DWC}locality"])
                    claim = thing("claim", f"{row.id}-{extension.position}")
                    graph.add((place, rdflib.RDF.type, wg.Place))
                    put(place, skos.prefLabel, more[f"{DWC}locality"])
                    graph.add((claim, rdflib.RDF.type, wg.RangeClaim))
                    graph.add((claim, wg.subject, taxon))
                    graph.add((claim, wg.object, place))
                    for term in ("occurrenceStatus", "establishmentMeans"):
                        put(claim, dwc[term], more[DWC + term])
                    put(claim, rdflib.DCTERMS.bibliographicCitation, more[f"{DCTERMS}source"])
    graph.serialize(str(folder / "graph.nt"), format="nt", encoding="utf-8")
    prefixes = {"wg": wg, "skos": skos}
    found = [list(graph.query(query, initNs=prefixes))[0] for query in COUNTS.values()]  # noqa: RUF015
    return [int(str(row[0])) for row in found if isinstance(row, rdflib.query.ResultRow)]


WAYS = {"wildgraph": with_wildgraph, "python-dwca-reader + rdflib": with_dwca_reader}


class Run(NamedTuple):
    """Seconds on the clock and of the processors, MiB at the peak, and the counts."""

    seconds: float
    busy: float
    memory: float
    counts: list[int]


def measure(way: str, archive: Path) -> Run:
    """Run one way in a process of its own."""
    command = [sys.executable, __file__, str(archive), "--run", way]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    seconds, busy, memory = map(float, told[:3])
    return Run(seconds, busy, memory, [int(n) for n in told[3:]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--run", choices=WAYS)
    given = parser.parse_args()
    if given.run:
        import resource

        with tempfile.TemporaryDirectory() as name:
            start, busy = time.perf_counter(), time.process_time()
            counts = WAYS[given.run](given.archive.resolve(), Path(name))
            used, took = time.process_time() - busy, time.perf_counter() - start
        print(took, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, *counts)
        return
    before = os.getloadavg()[0]
    runs = {way: [measure(way, given.archive) for _ in range(given.times)] for way in WAYS}
    print(
        f"{given.archive.name}, medians of {given.times}, load {before:.1f} before and {os.getloadavg()[0]:.1f} after"
    )
    print(f"{'':28} {'seconds':>8} {'of CPU':>8} {'MiB':>6}  {', '.join(COUNTS)}")
    for way, found in runs.items():
        seconds, busy = (statistics.median(values) for values in ([r.seconds for r in found], [r.busy for r in found]))
        told = ", ".join(f"{n:,}" for n in found[0].counts)
        print(f"{way:28} {seconds:8.2f} {busy:8.2f} {max(r.memory for r in found):6.0f}  {told}")
    print(f"the same counts: {len({tuple(r.counts) for found in runs.values() for r in found}) == 1}")


if __name__ == "__main__":
    main()
