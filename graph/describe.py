"""Claims in plain words: the sentence that a report or an explanation shows."""

from __future__ import annotations

from ..extract import Claim, Project, Quantity, Text
from ..extract.claim import plain
from ..ontology import Concept

__all__ = ["amount", "circumstances", "sentence", "value"]


def sentence(claim: Claim, project: Project) -> str:
    """Return a claim in one line: `Amur leopard: population around 45 individuals, adult, 2013`."""
    subject = project.entities[claim.subject].label.text
    parts = [f"{subject}: {'not ' if claim.negated else ''}{claim.predicate.label} {value(claim, project)}"]
    return ", ".join([*parts, *circumstances(claim, project)])


def value(claim: Claim, project: Project) -> str:
    """Return what the claim says of its subject, with labels for ids."""
    shown = []
    if isinstance(claim.object, Concept):
        shown.append(claim.object.label)
    elif isinstance(claim.object, Text):
        shown.append(claim.object.text)
    elif claim.object:
        shown.append(project.entities[claim.object].label.text)
    if claim.quantity:
        shown.append(amount(claim.quantity))
    return " ".join(shown)


def amount(quantity: Quantity) -> str:
    """Return a quantity as a person would say it: `less than 60 individuals`, `3 to 4 cm`."""
    unit = quantity.unit.label
    hedge = f"{quantity.hedge.label} " if quantity.hedge else ""
    if quantity.lower is not None and quantity.upper is not None:
        numbers = f"{plain(quantity.lower)} to {plain(quantity.upper)}"
    elif quantity.estimate is not None:
        numbers = plain(quantity.estimate)
    elif quantity.upper is not None:
        hedge = hedge or ("less than " if quantity.upper_exclusive else "at most ")
        numbers = plain(quantity.upper)
    elif quantity.lower is not None:
        hedge = hedge or ("more than " if quantity.lower_exclusive else "at least ")
        numbers = plain(quantity.lower)
    else:
        return unit
    return f"{hedge}{numbers} {unit}"


def circumstances(claim: Claim, project: Project) -> list[str]:
    """Return place, life stage, date and the like, each in a few words."""
    shown = [concept.label for name, found in claim.circumstances.items() for concept in found if name != "polarity"]
    if claim.place:
        shown.append(project.entities[claim.place].label.text)
    if claim.when:
        shown.append(claim.when.text + (" (inferred)" if claim.when.inferred else ""))
    return shown
