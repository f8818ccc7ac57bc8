"""Formats: which converter reads which bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from .converted import Converted
from .docx import convert_docx
from .encoding import decode
from .html import convert_html
from .jats import convert_jats
from .pdf import convert_pdf

__all__ = ["FORMATS", "convert"]

#: File-name endings by format. What is in a file counts more than what it is called.
FORMATS = {
    "text": (".txt", ".text", ""),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm", ".xhtml"),
    "docx": (".docx",),
    "jats": (".xml", ".nxml"),
    "pdf": (".pdf",),
}
#: Characters of canonical text beyond which a document is refused; the longest books have a tenth of it.
LIMIT = 10_000_000
_CONVERTERS: dict[str, Callable[[bytes], Converted]] = {
    "docx": convert_docx,
    "html": convert_html,
    "jats": convert_jats,
    "pdf": convert_pdf,
}


def convert(content: bytes, name: str) -> Converted:
    """Return the canonical text of a document.

    Raises ValueError that says why it cannot be read, and MachineError when a converter is not installed.
    """
    if len(content) > 3 * LIMIT:
        raise ValueError(f"{len(content):,} bytes, more than the limit of {3 * LIMIT:,}; split it")
    kind = _kind(content, PurePath(name).suffix.lower())
    if kind in _CONVERTERS:
        made = _CONVERTERS[kind](content)
    else:
        # Markdown keeps its marks: offsets count in the file as it is, and readers see past the marks.
        text, notes = decode(content)
        made = Converted(text, f"{kind}/1", notes=notes)
    if len(made.text) > LIMIT:
        raise ValueError(f"{len(made.text):,} characters, more than the limit of {LIMIT:,}; split it")
    return made


def _kind(content: bytes, ending: str) -> str:
    head = content[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if head.startswith(b"%pdf"):
        return "pdf"
    if head.startswith(b"pk\x03\x04"):
        return "docx"
    if head.startswith(b"<!doctype html") or head.startswith(b"<html"):
        return "html"
    if head.startswith((b"<?xml", b"<!doctype article", b"<article")) and ending != ".txt":
        return "html" if b"<html" in head else "jats"
    named = next((kind for kind, endings in FORMATS.items() if ending in endings), "text")
    return "text" if named in {"pdf", "docx"} else named
