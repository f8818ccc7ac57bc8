"""Negotiation: which of the media types at hand a client likes best (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

__all__ = ["best"]


@lru_cache(maxsize=256)  # clients send the same header again and again
def best(accept: str, offers: tuple[str, ...]) -> str:
    """Return the offer that an Accept header likes best, the first of equals; empty when it likes none.

    >>> best("text/csv;q=0.5, application/*", ("text/csv", "application/json"))
    'application/json'
    >>> best("image/png", ("text/csv",))
    ''
    """
    ranges = _ranges(accept) if accept.strip() else [("*/*", 1.0)]
    rated = [(_quality(offer, ranges), -place) for place, offer in enumerate(offers)]
    quality, place = max(rated, default=(0.0, 0))
    return offers[-place] if quality > 0 else ""


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(","):
        media, *parameters = (text.strip().lower() for text in part.split(";"))
        quality = 1.0
        for name, _, value in (parameter.partition("=") for parameter in parameters):
            if name.strip() == "q":
                quality = _number(value.strip())
        if media:
            found.append((media, quality))
    return found


def _number(text: str) -> float:
    """Return a q-value; one that cannot be read counts as nothing wanted."""
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return how much an offer is liked: what the most specific range that fits says."""
    kind = offer.partition(";")[0].strip()
    for pattern in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        qualities = [quality for media, quality in ranges if media == pattern]
        if qualities:
            return max(qualities)
    return 0.0
