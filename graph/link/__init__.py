"""Linking names to the records of external datasets: an index of dumps, and a ladder of ways to match.

What others call is in `index` (Index), `match` (match, match_many) and `answer` (Query, Match); importing the package
alone loads none of them, because a build needs only the links that are already there.
"""

__all__ = ["answer", "index", "match"]
