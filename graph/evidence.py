"""Evidence: every span is checked against its source where a copy of the source is at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..extract import Claim, Document, Problem, Project, Span, open_document, token_hash
from ..ontology.terms import expand
from .identify import Names
from .quads import Quad, iri, wg

__all__ = ["local_documents", "span_problems", "verification_quads"]


def local_documents(project: Project) -> dict[str, Document]:
    """Return the local copies of a project's sources, by source id."""
    found = {name: open_document(project.root, source) for name, source in project.sources.items()}
    return {name: document for name, document in found.items() if document is not None}


def span_problems(project: Project, documents: Mapping[str, Document]) -> list[Problem]:
    """Return what is wrong with the spans of claims whose source is at hand."""
    return [
        problem
        for claim in project.claims
        if claim.source in documents
        for span in claim.evidence
        if (problem := _problem(claim, span, documents[claim.source].text))
    ]


def _problem(claim: Claim, span: Span, text: str) -> Problem | None:
    where = claim.origin
    shown = f"{span.start}-{span.end}"
    if span.end > len(text):
        fix = f"{claim.source} has {len(text)} characters; find the words again and correct the offsets"
        return Problem(where.path, where.line, 1, "the evidence ends past the end of its source", shown, fix)
    actual = token_hash(text[span.start : span.end])
    if span.hash and span.hash != actual:
        message = "the evidence does not match its source"
        fix = f"the words there have the hash {actual}: correct the offsets, or the hash if the span is right"
        return Problem(where.path, where.line, 1, message, f"{shown}:{span.hash}", fix)
    return None


def verification_quads(project: Project, documents: Mapping[str, Document]) -> Iterator[Quad]:
    """Yield, for every span, whether this build has seen its words; repeated where claims share a span."""
    names = Names(project.settings.base)
    graph = iri(names.graph("build"))
    scheme = expand("wgv:") + "verification/1.0/"
    for claim in project.claims:
        for span in claim.evidence:
            seen = span.hash and claim.source in documents
            status = iri(scheme + ("verified" if seen else "unverified-here"))
            yield Quad(iri(names.evidence(claim.source, span)), wg("verification"), status, graph)
