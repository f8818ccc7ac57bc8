"""Documents: the local copy of a source, and the text that offsets count in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .converted import Converted
from .formats import convert

__all__ = ["Document"]


@dataclass(frozen=True)
class Document:
    """The bytes of a file. Its text is the output of the converter of its format, for every use in wildgraph."""

    path: Path
    content: bytes

    @cached_property
    def converted(self) -> Converted:
        """The text with what its format declares. Raises ValueError when the bytes cannot be read."""
        return convert(self.content, self.path.name)

    @property
    def text(self) -> str:
        """The canonical text, which offsets count in. Raises ValueError when the bytes cannot be read."""
        return self.converted.text

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def canonical_sha256(self) -> str:
        """Hash of the canonical text in UTF-8."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
