"""Which IRI a thing has: the one place that knows how names of a dataset are made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ..extract import Claim, Span

__all__ = ["Names"]


@dataclass(frozen=True, slots=True)
class Names:
    """The IRIs of a dataset whose base is `base`."""

    base: str

    def entity(self, kind: str, name: str) -> str:
        """Return `B{type}/{id}`."""
        return f"{self.base}{kind}/{name}"

    def source(self, name: str) -> str:
        """Return `Bsource/{id}`."""
        return f"{self.base}source/{name}"

    def graph(self, name: str) -> str:
        """Return the IRI of a named graph: `entities`, `derived`, `source/wwf`."""
        return f"{self.base}graph/{name}"

    def claim(self, claim: Claim) -> str:
        """Return an IRI that is the hash of what the claim states and who states it."""
        return f"{self.base}claim/{_digest(claim.statement())}"

    def conflict(self, claims: Iterable[str]) -> str:
        """Return the IRI of the conflict between the claims with these IRIs."""
        return f"{self.base}conflict/{_digest(' '.join(sorted(claims)))}"

    def link(self, digest: str) -> str:
        """Return `Blink/{24 hex digits}` of the digest of what a link says."""
        return f"{self.base}link/{digest}"

    def evidence(self, source: str, span: Span) -> str:
        """Return the IRI of a span of a source."""
        return f"{self.base}evidence/{source}/{span.start}-{span.end}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
