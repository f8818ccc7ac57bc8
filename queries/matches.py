"""Showing how a name was matched: the rungs of the ladder, the outcome, the candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..graph.link.answer import Candidate, Match

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_match"]

_RELATIONS = {"exact": "the same", "close": "close to it", "broad": "above it"}


def show_match(match: Match, console: Console) -> None:
    """Print one match: a line for each rung, then the candidates."""
    console.print(f"{match.dump}: {match.outcome}", soft_wrap=True)
    for rung in match.rungs:
        found = str(rung.found) if rung.found else "-"
        console.print(f"  {rung.name:20} {found:>5}  {rung.why}", soft_wrap=True)
    for number, candidate in enumerate(match.candidates):
        mark = "->" if match.linked and number == 0 else " ?"
        console.print(f"  {mark} {_shown(candidate, near=match.outcome == 'none')}", soft_wrap=True)
    console.print("")


def _shown(candidate: Candidate, *, near: bool) -> str:
    about = [candidate.rank, candidate.family or candidate.kingdom, candidate.country, candidate.type]
    words = [f"{candidate.name} {candidate.authorship}".strip(), f"[{candidate.id}]", ", ".join(filter(None, about))]
    if candidate.status != "accepted":
        target = f" of {candidate.accepted_name} [{candidate.accepted_id}]" if candidate.accepted_id else ""
        words.append(f"({candidate.status}{target})")
    if not near:
        words.append(f"{_RELATIONS[candidate.relation]}, {candidate.score:.2f}")
    text = "  ".join(filter(None, words))
    return f"{text}\n       {candidate.definition}" if candidate.definition else text
