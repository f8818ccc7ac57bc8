"""Classes of OBO ontologies such as ENVO: as OBO Graphs JSON, as OWL in RDF/XML, and as OBO text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any
from xml.etree import ElementTree

from .files import Files, json_items
from .known import known
from .record import Reading, Release, ThingRow

__all__ = ["open_graph", "open_owl", "open_text"]

_OBO = "http://purl.obolibrary.org/obo/"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_RDFS = "{http://www.w3.org/2000/01/rdf-schema#}"
_OWL = "{http://www.w3.org/2002/07/owl#}"
_OIO = "{http://www.geneontology.org/formats/oboInOwl#}"
_DEFINITION = f"{{{_OBO}}}IAO_0000115"
_REPLACED = f"{{{_OBO}}}IAO_0100001"
_SYNONYMS = {"Exact": "alias", "Broad": "broad", "Narrow": "narrow", "Related": "related"}
_STANZA = re.compile(r'^(def|synonym): "((?:[^"\\]|\\.)*)"\s*([A-Z]*)')


def _release(about: str, version: str) -> Release:
    """`about` is the IRI of the ontology, `version` whatever it says of its version."""
    date = re.search(r"\d{4}-\d{2}-\d{2}", version)
    word = re.sub(r"(\.owl|\.obo|\.json)$", "", about.rstrip("/").rpartition("/")[2].lower())
    name = re.sub(r"[^a-z0-9]+", "-", word).strip("-")
    release = known("Environment Ontology") if "envo" in about.lower() else Release(title=about)
    found = date[0] if date else ""
    return replace(
        release, kind="habitat", name=name, release=found, date=found, title=release.title or name, url=about
    )


def open_graph(files: Files) -> Reading | None:
    """Open OBO Graphs JSON; None when the file is something else."""
    for name in files.with_suffix(".json"):
        if re.match(rb'\s*\{\s*"graphs"', files.head(name)):
            graphs = [g for d in json_items(files, name) for g in d.get("graphs", ()) if isinstance(g, dict)]
            meta = graphs[0].get("meta", {}) if graphs else {}
            about = str(graphs[0].get("id", "")) if graphs else ""
            release = _release(about, str(meta.get("version", "")) + str(meta.get("basicPropertyValues", "")))
            return Reading("OBO Graphs JSON", release, chain.from_iterable(map(_nodes, graphs)))
    return None


def _nodes(graph: dict[str, Any]) -> Iterator[ThingRow]:
    parents = {e["sub"]: e["obj"] for e in graph.get("edges", ()) if e.get("pred") == "is_a"}
    for node in graph.get("nodes", ()):
        if node.get("type") != "CLASS" or not node.get("lbl"):
            continue
        meta = node.get("meta", {})
        labels = [
            (str(s["val"]), _SYNONYMS.get(s["pred"][3:].removesuffix("Synonym"), "related"))
            for s in meta.get("synonyms", ())
        ]
        values = meta.get("basicPropertyValues", ())
        replaced = next((str(v["val"]) for v in values if v["pred"].endswith("IAO_0100001")), "")
        yield _row(
            node["id"], node["lbl"], labels, str(meta.get("definition", {}).get("val", "")),
            bool(meta.get("deprecated")), replaced, parents.get(node["id"], ""),
        )  # fmt: skip


def _row(
    ref: str, label: str, labels: list[tuple[str, str]], definition: str, old: bool, replaced: str, parent: str
) -> ThingRow:
    status = "obsolete" if old else "accepted"
    return ThingRow(
        ref, label, tuple(labels), ref.rpartition("/")[2].partition("_")[0], status=status,
        accepted=(_iri(replaced) if old else None), parent=parent, definition=" ".join(definition.split()),
    )  # fmt: skip


def _iri(ref: str) -> str:
    return ref if ref.startswith("http") or not ref else _OBO + ref.replace(":", "_")


def open_owl(files: Files) -> Reading | None:
    """Open OWL in RDF/XML; None when the file is something else. Raises InputError where the XML is broken."""
    for name in files.with_suffix(".owl", ".rdf", ".xml"):
        head = files.head(name, size=1 << 14)
        if name.lower().endswith(".owl") and not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            raise files.problem("not RDF/XML in spite of its name", value=head[:30].decode("utf-8", "replace"),
                                fix="convert it: robot convert --input FILE --output FILE.json", name=name)  # fmt: skip
        if b"rdf:RDF" in head and b"owl#" in head:
            text = head.decode("utf-8", "replace")
            about = re.search(r'<owl:Ontology rdf:about="([^"]+)"', text)
            version = re.search(r"\d{4}-\d{2}-\d{2}", text.partition("versionI")[2])
            return Reading(
                "OWL",
                _release(about[1] if about else files.path.name, version[0] if version else ""),
                _classes(files, name),
            )
    return None


def _classes(files: Files, name: str) -> Iterator[ThingRow]:
    try:
        with files.open(name) as stream:
            depth = 0
            for event, element in ElementTree.iterparse(stream, events=("start", "end")):
                depth += 1 if event == "start" else -1
                if event == "end" and depth == 1:
                    if element.tag == f"{_OWL}Class" and element.get(f"{_RDF}about"):
                        yield from _class(element)
                    element.clear()
    except ElementTree.ParseError as error:
        raise files.problem("not XML", line=error.position[0], value=str(error), name=name) from error


def _class(element: ElementTree.Element) -> Iterator[ThingRow]:
    label = (element.findtext(f"{_RDFS}label") or "").strip()
    if not label:
        return
    labels = [
        ((found.text or "").strip(), kind)
        for word, kind in _SYNONYMS.items()
        for found in element.findall(f"{_OIO}has{word}Synonym")
    ]
    parents = [p.get(f"{_RDF}resource", "") for p in element.findall(f"{_RDFS}subClassOf")]
    replaced = element.find(_REPLACED)
    target = "" if replaced is None else replaced.get(f"{_RDF}resource", "") or (replaced.text or "")
    yield _row(
        element.get(f"{_RDF}about", ""), label, labels, element.findtext(_DEFINITION) or "",
        element.findtext(f"{_OWL}deprecated") == "true", target, next(filter(None, parents), ""),
    )  # fmt: skip


def open_text(files: Files) -> Reading | None:
    """Open OBO text; None when the file is something else."""
    for name in files.with_suffix(".obo"):
        head = files.head(name, size=1 << 16).decode("utf-8", "replace")
        about = re.search(r"^ontology: (.+)$", head, re.MULTILINE)
        version = re.search(r"^data-version: (.+)$", head, re.MULTILINE)
        release = _release(about[1].strip() if about else files.path.name, version[1] if version else "")
        return Reading("OBO", release, _stanzas(files, name))
    return None


def _stanzas(files: Files, name: str) -> Iterator[ThingRow]:
    with files.text(name) as stream:
        terms = re.split(r"^\[", stream.read(), flags=re.MULTILINE)
    for term in terms[1:]:
        if not term.startswith("Term]"):
            continue
        said: dict[str, str] = {}
        labels = []
        for line in term.splitlines()[1:]:
            quoted = _STANZA.match(line)
            if quoted and quoted[1] == "synonym":
                labels.append((quoted[2], _SYNONYMS.get(quoted[3].capitalize() or "Related", "related")))
            elif quoted:
                said["def"] = quoted[2]
            else:
                key, _, value = line.partition(": ")
                said.setdefault(key, value.partition(" ! ")[0].strip())
        if said.get("name"):
            yield _row(
                _iri(said.get("id", "")), said["name"], labels, said.get("def", ""), said.get("is_obsolete") == "true",
                said.get("replaced_by", ""), _iri(said.get("is_a", "")),
            )  # fmt: skip
