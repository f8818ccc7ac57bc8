"""The chain of a taxon: who does what, against which threat, and which stress each threat causes."""

from __future__ import annotations

from ..ask import Asker
from .layers import Edge, Layer, Layers
from .picture import Picture
from .rows import Entry, claims, pairs
from .svg import Drawing

__all__ = ["chain"]

#: Read from the claims and not from the derived triples: who does a thing for one taxon need not do it for another.
_FIELDS = {
    "object": "wg:object", "actor": "wg:actor", "mitigated": "wg:mitigatedThreat", "stress": "wg:causedStress",
    "threat": "wg:causingThreat",
}  # fmt: skip
_COLUMNS = ("from", "how", "to")
_HEADS = ("organisation", "action", "threat", "stress")
_COLOURS = ("blue", "green", "orange", "red")


def chain(asker: Asker, iri: str) -> list[Picture]:
    """Return the chain of a taxon, if a threat, a stress or an action is said of it."""
    acted, threatened, stressed = (
        claims(asker, iri, f"wg:{kind}Claim", _FIELDS, current=True) for kind in ("Action", "Threat", "Stress")
    )
    undertaken, mitigated = pairs(acted, "actor", "object"), pairs(acted, "object", "mitigated")
    caused = sorted({*pairs(threatened, "object", "stress"), *pairs(stressed, "threat", "object")})
    threats = _objects(threatened) | {a for a, _ in caused}
    stresses = _objects(stressed) | {b for _, b in caused}
    actions = _objects(acted)
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


def _objects(entries: list[Entry]) -> set[str]:
    return {term.text for entry in entries for term in entry["object"]}
