"""What a validation finds: results and the standard report, whichever engine found them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...ontology.terms import Term, expand
from ..findings import Severity
from ..spool import Spool

__all__ = ["NotChecked", "Outcome", "Report", "Result", "joined", "severity_of"]

_SEVERITIES = {
    expand("sh:Violation"): Severity.VIOLATION,
    expand("sh:Warning"): Severity.WARNING,
    expand("sh:Info"): Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result. `path` is the IRI of the property, empty for a node or a compound path.

    `shape` is the IRI of the shape that raised it, empty when it is a blank node; `constraint` says in words what the
    shape asks for, and `message` what the shape says itself, or else the same.
    """

    severity: Severity
    focus: Term
    path: str
    value: Term | None
    component: str
    shape: str
    message: str
    constraint: str = ""
    fix: str = ""

    def key(self) -> tuple[str, str, str, str, str, int]:
        """Return what two engines must agree on; names of blank nodes are theirs."""
        focus = "" if self.focus.kind == "bnode" else self.focus.text
        value = "" if self.value is None or self.value.kind == "bnode" else self.value.text
        return self.shape, self.component, focus, self.path, value, self.severity

    def order(self) -> tuple[int, str, str, str, str, str, str]:
        """Return what results are sorted by: worst first, then by shape and place; none is left to chance."""
        value = self.value.text if self.value else ""
        return -self.severity, self.shape, self.focus.text, self.path, value, self.message, self.component


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A shape that could not be checked, and why. A report with one of these does not conform."""

    shape: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one engine found, its report as N-Triples if asked for, and the shapes it could not check."""

    results: Spool[Result]
    ntriples: str = ""
    missed: tuple[NotChecked, ...] = ()


def joined(parts: Iterable[Outcome]) -> Outcome:
    """Join outcomes, each taken when the one before is done with, so that only one is in memory."""
    reports: list[str] = []
    missed: list[NotChecked] = []

    def results() -> Iterator[Result]:
        for part in parts:
            reports.append(part.ntriples)
            missed.extend(part.missed)
            yield from part.results

    spool = Spool(results(), Result.order)
    return Outcome(spool, _one_report([text for text in reports if text]), tuple(missed))


def _one_report(reports: Sequence[str]) -> str:
    """Join standard reports in N-Triples to one, which conforms if they all do; each has blank nodes of its own."""
    if len(reports) < 2:
        return "".join(reports)
    kind, conforms = f"<{expand('rdf:type')}> <{expand('sh:ValidationReport')}> .", f"<{expand('sh:conforms')}>"
    lines, all_conform = [], True
    for number, text in enumerate(reports):
        triples = [line.split(" ", 2) for line in text.splitlines()]
        (report,) = {subject for subject, predicate, value in triples if f"{predicate} {value}" == kind}
        all_conform &= any(p == conforms and value.startswith('"true"') for _, p, value in triples)
        for subject, predicate, value in triples:
            if predicate != conforms:
                names = ("_:report" if term.split(" ")[0] == report else term for term in (subject, value))
                subject, value = (f"_:r{number}x{t[2:]}" if t[:2] == "_:" and t != "_:report" else t for t in names)
                lines.append(f"{subject} {predicate} {value}\n")
    said = f'"{str(all_conform).lower()}"^^<{expand("xsd:boolean")}>'
    return "".join([*dict.fromkeys(lines), f"_:report {conforms} {said} .\n"])


@dataclass(frozen=True, slots=True)
class Report:
    """What a validation found. `ntriples` is the standard sh:ValidationReport, where it was asked for.

    `aimless` says that no shape had anything to look at in the data.
    """

    results: Spool[Result]
    engine: str
    ntriples: str = ""
    not_checked: tuple[NotChecked, ...] = ()
    audited: int = 0
    aimless: bool = False

    @property
    def conforms(self) -> bool:
        """Whether everything was checked and nothing is a violation."""
        worst = next(iter(self.results), None)
        return not self.not_checked and (worst is None or worst.severity is not Severity.VIOLATION)

    def serialize(self, syntax: str) -> str:
        """Return the standard report in an RDF syntax (a name of `FORMATS`)."""
        import rdflib  # slow to import, and only the standard report needs it

        graph = rdflib.Graph()
        graph.parse(data=self.ntriples, format="nt")
        for prefix in ("sh", "wg", "wgs", "dwc"):
            graph.bind(prefix, expand(f"{prefix}:"))
        names = {"ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
        return graph.serialize(format=names.get(syntax, syntax))


def severity_of(iri: str) -> Severity:
    """Return the severity of its SHACL IRI; one of somebody's own counts as a violation."""
    return _SEVERITIES.get(iri, Severity.VIOLATION)
