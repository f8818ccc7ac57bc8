"""The chain of a taxon: who does what, against which threat, and which stress each threat causes."""

from __future__ import annotations

from ...ontology.terms import Term
from ..ask import Asker
from .layers import Edge, Layer, Layers
from .picture import Picture
from .rows import pairs
from .svg import Drawing

__all__ = ["chain"]

#: Asked of the claims and not of the derived triples: who does a thing for one taxon need not do it for another.
_HOLDS = """FILTER NOT EXISTS { ?claim wg:rank claim-rank-1.0:deprecated }
  FILTER NOT EXISTS { ?claim wg:polarity polarity-1.0:negated }"""
_DONE = f"?claim wg:subject ?taxon ; a wg:ActionClaim {_HOLDS}"
_UNDERTAKEN = f"SELECT DISTINCT ?a ?b WHERE {{ {_DONE} ?claim wg:actor ?a ; wg:object ?b }}"
_MITIGATED = f"SELECT DISTINCT ?a ?b WHERE {{ {_DONE} ?claim wg:object ?a ; wg:mitigatedThreat ?b }}"
_CAUSED = (
    f"SELECT DISTINCT ?a ?b WHERE {{ ?claim wg:subject ?taxon ; a wg:ThreatClaim {_HOLDS}"
    " ?claim wg:object ?a ; wg:causedStress ?b }",
    f"SELECT DISTINCT ?a ?b WHERE {{ ?claim wg:subject ?taxon ; a wg:StressClaim {_HOLDS}"
    " ?claim wg:object ?b ; wg:causingThreat ?a }",
)
_OBJECTS = "SELECT DISTINCT ?a ?b WHERE {{ ?claim wg:subject ?taxon ; a wg:{kind} ; wg:object ?a , ?b {holds} }}"
_COLUMNS = ("from", "how", "to")
_HEADS = ("organisation", "action", "threat", "stress")
_COLOURS = ("blue", "green", "orange", "red")


def chain(asker: Asker, iri: str) -> list[Picture]:
    """Return the chain of a taxon, if a threat, a stress or an action is said of it."""
    taxon = {"taxon": Term("iri", iri)}
    undertaken, mitigated = (pairs(asker, query, taxon) for query in (_UNDERTAKEN, _MITIGATED))
    caused = sorted({pair for query in _CAUSED for pair in pairs(asker, query, taxon)})
    done = _objects(asker, "ActionClaim", taxon)
    threats = _objects(asker, "ThreatClaim", taxon) | {a for a, _ in caused}
    stresses = _objects(asker, "StressClaim", taxon) | {b for _, b in caused}
    actions = done | {a for a, _ in mitigated}
    if not threats | stresses | actions:
        return []
    threats |= {b for _, b in mitigated} - stresses
    columns = ({o for o, _ in undertaken}, actions, threats, stresses)
    names = {iri, *(name for column in columns for name in column)}
    labels = {name: name.rpartition("/")[2] for name in names} | asker.graph.labels(names)
    ways = (("does", undertaken), ("against", mitigated), ("causes", caused))
    edges = [
        Edge(a, b, faint=way == "against" and b not in threats, words=f"{labels[a]} – {way} – {labels[b]}")
        for way, found in ways
        for a, b in found
    ]
    layers = [Layer(*entry) for entry in zip(_HEADS, _COLOURS, columns, strict=True)]
    layout = Layers(layers, edges, labels)
    title = f"{labels[iri]}: who does what, against which threat, and what the threats cause"
    drawing = Drawing("chain", title, paper=layout.paper)
    layout.draw(drawing)
    rows = tuple(sorted((labels[a], way, labels[b]) for way, found in ways for a, b in found))
    joined = {name for _, found in ways for pair in found for name in pair}
    alone = tuple(
        (labels[name], "no link to another", head)
        for head, c in zip(_HEADS, columns, strict=True)
        for name in sorted(c - joined)
    )
    told = "; ".join(f"{a} {way} {b}" for a, way, b in rows)
    counts = ", ".join(
        f"{len(c)} {head}{'' if len(c) == 1 else 'es' if head == 'stress' else 's'}"
        for head, c in zip(_HEADS, columns, strict=True)
    )
    words = f"{counts}. {told}."
    return [Picture("chain", title, words, drawing.svg(words), _COLUMNS, rows + alone)]


def _objects(asker: Asker, kind: str, taxon: dict[str, Term]) -> set[str]:
    return {a for a, _ in pairs(asker, _OBJECTS.format(kind=kind, holds=_HOLDS), taxon)}
