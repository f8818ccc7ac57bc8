"""Other tools making the lines that tables.py compares: run by it, each in an environment that it makes for it.

    python benchmarks/peers.py WAY FOLDER OUT

`FOLDER` has `taxa-ready.parquet`, `parents-ready.parquet` and so on: what these tools have no means for (row numbers,
distinct places, encoded names, gaps in columns, the hash that names a claim) is done for them beforehand and not timed.
Prints seconds, seconds of CPU and MiB at the peak, those of child processes among them.
"""

from __future__ import annotations

import os
import resource
import runpy
import sys
import time
from pathlib import Path
from typing import Any

BASE = "https://example.org/b/"
G, D = f"{BASE}graph/source/s", f"{BASE}graph/derived"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
WG, DWC = "https://w3id.org/wildgraph/ns#", "http://rs.tdwg.org/dwc/terms/"
LABEL, SOURCE = "http://www.w3.org/2004/02/skos/core#prefLabel", "http://www.w3.org/ns/prov#hadPrimarySource"
RANGE = "https://w3id.org/wildgraph/scheme/predicates/1.0/range"
TAXON, PLACE, CLAIM = BASE + "taxon/s/{id}", BASE + "place/s/{key}", BASE + "claim/{hash}"
#: Table -> graph, subject, and of each line predicate, kind of term, and template, constant or column.
LINES = {
    "taxa": (G, TAXON, [
        (RDF_TYPE, "iri", WG + "Taxon"), (LABEL, "la", "name"), (DWC + "scientificName", "text", "name"),
        (DWC + "taxonRank", "text", "rank"), (DWC + "nameAccordingTo", "text", "'the checklist'"),
        (WG + "row", "text", "row"),
    ]),
    "parents": (G, TAXON, [(WG + "parentTaxon", "iri", BASE + "taxon/s/{parent}")]),
    "places": (G, PLACE, [(RDF_TYPE, "iri", WG + "Place"), (LABEL, "en", "place")]),
    "claims": (G, CLAIM, [
        (RDF_TYPE, "iri", WG + "RangeClaim"), (RDF_TYPE, "iri", DWC + "Assertion"),
        (RDF_TYPE, "iri", "http://www.w3.org/ns/prov#Entity"), (WG + "subject", "iri", BASE + "taxon/s/{taxon}"),
        (WG + "predicate", "iri", RANGE), (SOURCE, "iri", BASE + "source/s"), (WG + "object", "iri", PLACE),
        (DWC + "establishmentMeans", "text", "means"), (WG + "row", "text", "row"),
    ]),
    "derived": (D, BASE + "taxon/s/{taxon}", [(WG + "occursIn", "iri", PLACE)]),
}  # fmt: skip


def table(folder: Path, name: str) -> Path:
    """Return the file that the lines of a table are made of."""
    return folder / f"{'claims' if name == 'derived' else name}-ready.parquet"


def morph_kgc(folder: Path, out: Path) -> None:
    """By an RML mapping, on two processes."""
    rules = ["@prefix rr: <http://www.w3.org/ns/r2rml#> .", "@prefix rml: <http://semweb.mmlab.be/ns/rml#> ."]
    for name, (graph, subject, lines) in LINES.items():
        objects = []
        for predicate, kind, value in lines:
            value = value.replace("{key}", "{place}")  # it encodes names itself
            if kind == "iri":
                term = f'rr:template "{value}"; rr:termType rr:IRI' if "{" in value else f"rr:constant <{value}>"
            elif value.startswith("'"):
                term = f'rr:constant "{value[1:-1]}"'
            else:
                term = f'rml:reference "{value}"' + ("" if kind == "text" else f'; rr:language "{kind}"')
            objects.append(f"rr:predicateObjectMap [ rr:predicate <{predicate}>; rr:objectMap [ {term} ] ]")
        rules.append(
            f'<#{name}> rml:logicalSource [ rml:source "{table(folder, name)}" ]; rr:subjectMap [ rr:template '
            f'"{subject.replace("{key}", "{place}")}"; rr:graph <{graph}> ]; {"; ".join(objects)} .'
        )
    (folder / "rules.ttl").write_text("\n".join(rules))
    options = f"output_file: {out}/out.nq\noutput_format: N-QUADS\nnumber_of_processes: 2\nlogging_level: ERROR"
    (folder / "config.ini").write_text(f"[CONFIGURATION]\n{options}\n[S]\nmappings: {folder}/rules.ttl\n")
    sys.argv = ["morph_kgc", str(folder / "config.ini")]
    runpy.run_module("morph_kgc", run_name="__main__")


def maplib(folder: Path, out: Path) -> None:
    """By an OTTR template for each table, over IRIs that polars joins; N-Triples, a file a graph, labels untagged."""
    import polars as pl
    from maplib import Model

    model = Model()
    for name, (graph, subject, lines) in LINES.items():
        columns = {"subject": subject}
        triples = []
        for predicate, kind, value in lines:
            if value[0] == "'":
                term = f'"{value[1:-1]}"'
            elif kind == "iri" and "{" not in value:
                term = f"<{value}>"
            else:
                columns[f"o{len(columns)}"] = value if kind == "iri" else f"{{{value}}}"
                term = f"?o{len(columns) - 1}"
            triples.append(f"ottr:Triple(?subject, <{predicate}>, {term})")
        types = {c: "ottr:IRI" if "/" in template else "xsd:string" for c, template in columns.items()}
        arguments = ", ".join(f"{'? ' if c != 'subject' else ''}{types[c]} ?{c}" for c in columns)
        model.add_template(f"<urn:t:{name}> [ {arguments} ] :: {{ {', '.join(triples)} }} .")
        model.map(f"urn:t:{name}", pl.read_parquet(table(folder, name)).select(**_joined(columns)), graph=graph)
    for name, graph in (("source", G), ("derived", D)):
        model.write(str(out / f"{name}.nt"), format="ntriples", graph=graph)


def _joined(columns: dict[str, str]) -> dict[str, Any]:
    import polars as pl

    found = {}
    for name, template in columns.items():
        start, _, column = template.rstrip("}").partition("{")
        found[name] = pl.lit(start) + pl.col(column).cast(pl.String)
    return found


def rdflib(folder: Path, out: Path) -> None:
    """Term by term into a dataset, which is then serialised."""
    import duckdb
    from rdflib import Dataset, Literal, URIRef

    dataset = Dataset()
    for name, (graph, subject, lines) in LINES.items():
        context = dataset.graph(URIRef(graph))
        rows = duckdb.execute(f"SELECT * FROM '{table(folder, name)}'")
        names = [column[0] for column in rows.description or ()]
        while some := rows.fetchmany(10_000):
            for row in (dict(zip(names, values, strict=True)) for values in some):
                node = URIRef(subject.format(**row))
                for predicate, kind, value in lines:
                    if kind == "iri":
                        context.add((node, URIRef(predicate), URIRef(value.format(**row))))
                        continue
                    text = value[1:-1] if value[0] == "'" else row[value]
                    context.add((node, URIRef(predicate), Literal(text, lang=None if kind == "text" else kind)))
    dataset.serialize(str(out / "out.nq"), format="nquads")


WAYS = {"morph-kgc": morph_kgc, "maplib": maplib, "rdflib": rdflib}


def main() -> None:
    way, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    start, busy = time.perf_counter(), sum(os.times()[:4])
    WAYS[way](folder, out)
    used, taken = sum(os.times()[:4]) - busy, time.perf_counter() - start
    own = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    print(taken, used, max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024)


if __name__ == "__main__":
    main()
