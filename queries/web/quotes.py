"""Quotes: the sentences around evidence, only where a source's copy is at hand and its licence allows to show them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from ...extract.documents import Document
from ...extract.problems import InputError, MachineError, UsageError
from ...extract.source import SOURCES
from ...extract.table import find_table, read_table
from ...ontology.terms import expand
from .reader import Reader

__all__ = ["Quotes", "may_be_quoted"]

_LICENCES = Path(__file__).parent / "licences.tsv"
_ENDS = (". ", "! ", "? ", "\n")
#: The most that is shown on either side of a span, in code points.
_MARGIN = 300


class Quotes:
    """The texts of a project's sources, read when first asked for, and only if they are what the graph says."""

    def __init__(self, root: Path, reader: Reader) -> None:
        self._root = root
        self._reader = reader
        self._files: dict[str, str] | None = None
        self._texts: dict[str, str] = {}

    def sentence(self, source: str, start: int, end: int) -> tuple[str, str, str] | None:
        """Return the sentence around a span, cut in three at the span, or None when it may not be shown."""
        if source not in self._texts:
            self._texts[source] = self._text(source)
        text = self._texts[source]
        if not 0 <= start < end <= len(text):
            return None
        return _sentence(text, start, end)

    def _text(self, source: str) -> str:
        """Return the text of a source, empty when it is not at hand, not as it was, or not free to be shown."""
        node = self._reader.node(source)
        licence = next((term.text for term in node.get(expand("dcterms:license"), ())), "")
        stated = next((term.text for term in node.get(expand("wg:canonicalSha256"), ())), "")
        if not may_be_quoted(licence):
            return ""
        path = (self._root / self._file(source)).resolve()
        if not path.is_relative_to(self._root.resolve()):
            return ""
        try:
            text = Document(path, path.read_bytes()).text
        except (OSError, ValueError, MachineError):
            return ""
        return text if not stated or sha256(text.encode()).hexdigest() == stated else ""

    def _file(self, source: str) -> str:
        if self._files is None:
            try:
                rows = read_table(find_table(self._root, "sources"), SOURCES, shown_as="sources.tsv", problems=[])
                self._files = {row.get("id"): row.get("file") for row in rows}
            except (InputError, UsageError, OSError):
                self._files = {}
        return self._files.get(source.rpartition("/")[2], "")


@cache
def _allowed() -> tuple[str, ...]:
    rows = _LICENCES.read_text(encoding="utf-8").splitlines()[1:]
    return tuple(row.split("\t")[0].casefold() for row in rows if row)


def may_be_quoted(licence: str) -> bool:
    """Whether a licence, as an SPDX identifier or the start of one, lets anybody show the text.

    >>> may_be_quoted("CC-BY-4.0"), may_be_quoted("CC-BY-NC-4.0"), may_be_quoted("unknown"), may_be_quoted("")
    (True, False, False, False)
    """
    name = licence.casefold()
    for known in _allowed():
        version = name.removeprefix(known)
        if name == known or (known.endswith("-") and version != name and version[:1].isdigit()):
            return True
    return False


def _sentence(text: str, start: int, end: int) -> tuple[str, str, str]:
    before = text[max(0, start - _MARGIN) : start]
    after = text[end : end + _MARGIN]
    first = max((i + len(mark) for mark in _ENDS if (i := before.rfind(mark)) >= 0), default=0)
    ended = text[start:end].rstrip().endswith((".", "!", "?"))
    last = 0 if ended else min((i + 1 for mark in _ENDS if (i := after.find(mark)) >= 0), default=len(after))
    return before[first:].lstrip(), text[start:end], after[:last].rstrip()
