"""Word documents (.docx): a zip of XML, of which only the main part is read."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from .converted import Converted, Piece, join_pieces
from .xml import local_name, parse_xml

__all__ = ["convert_docx"]

_MAIN = "word/document.xml"
#: Bytes of XML beyond which the main part is refused: a zip can hold a thousand times its own size.
_LIMIT = 200_000_000
_HEADING = re.compile(r"(?i)heading\s*(\d)|title")


def convert_docx(content: bytes) -> Converted:
    """Return the paragraphs of a document; deleted text, notes, headers and footers are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if _MAIN not in archive.namelist():
                raise ValueError("a zip file, but not a Word document")
            if archive.getinfo(_MAIN).file_size > _LIMIT:
                raise ValueError(f"a Word document of more than {_LIMIT:,} bytes of text")
            root = parse_xml(archive.read(_MAIN))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"a broken Word document: {error}") from error
    text, marks = join_pieces(_pieces(root))
    return Converted(text, "docx/1", marks)


def _pieces(root: Element) -> Iterator[Piece]:
    for element in root.iter():
        if local_name(element) == "p":
            kind, level = _kind(element)
            yield Piece("".join(_runs(element)), kind, level)


def _kind(paragraph: Element) -> tuple[str, int]:
    for element in paragraph.iter():
        name = local_name(element)
        if name == "numPr":
            return "list-item", 0
        if name == "pStyle":
            style = next((value for key, value in element.attrib.items() if key.endswith("val")), "")
            if match := _HEADING.match(style):
                return "heading", int(match[1] or 1)
            if style.lower().startswith("list"):
                return "list-item", 0
            if style.lower().startswith("caption"):
                return "caption", 0
    return "paragraph", 0


def _runs(paragraph: Element) -> Iterator[str]:
    for element in paragraph.iter():
        match local_name(element):
            case "t":
                yield element.text or ""
            case "tab" | "br" | "cr":
                yield " "
            case "noBreakHyphen":
                yield "-"
