"""PDF documents, by pdfium; needs the extra `pdf`."""

from __future__ import annotations

import re

from ..problems import MachineError
from .converted import Converted

__all__ = ["convert_pdf"]

_HYPHEN = re.compile(r"(?<=[a-z])[\u00ad\ufffe\u0002]\n?(?=[a-z])")
_BLANK = re.compile(r"[ \t]+\n")


def convert_pdf(content: bytes) -> Converted:
    """Return the text layer, pages with an empty line between them.

    Raises ValueError for a broken or locked file and for one without a text layer, as scans are.
    """
    try:
        import pypdfium2 as pdfium  # an extra: a native library of several megabytes
    except ImportError as error:
        raise MachineError("PDF needs pypdfium2: pip install 'wildgraph[pdf]'") from error
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise ValueError(f"a PDF that cannot be opened: {error}") from error
    try:
        text = "\n\n".join(_page(document, number) for number in range(len(document)))
        title = document.get_metadata_value("Title")
    finally:
        document.close()
    if not text.strip():
        raise ValueError("a PDF without a text layer; run text recognition (OCR) on it first")
    return Converted(text, f"pdf/1 pdfium/{pdfium.PDFIUM_INFO.build}", title=title)


def _page(document: object, number: int) -> str:
    page = document[number]  # type: ignore[index]
    words = page.get_textpage()
    try:
        text: str = words.get_text_bounded()
    finally:
        words.close()
        page.close()
    return _BLANK.sub("\n", _HYPHEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
