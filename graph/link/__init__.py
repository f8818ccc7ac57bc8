"""Linking names to the records of external datasets: an index of dumps, and a ladder of ways to match."""

from .answer import Candidate, Kind, Match, Outcome, Query, Relation, Rung
from .index import DEFAULT_INDEX, Dump, Index
from .match import match, match_each, match_many

__all__ = [
    "DEFAULT_INDEX",
    "Candidate",
    "Dump",
    "Index",
    "Kind",
    "Match",
    "Outcome",
    "Query",
    "Relation",
    "Rung",
    "match",
    "match_each",
    "match_many",
]
