"""Articles in JATS XML (journals, PubMed Central) and its TaxPub form, which marks taxon treatments."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from .converted import Converted, Piece, join_pieces
from .xml import local_name, parse_xml

__all__ = ["convert_jats"]

_SKIPPED = {
    "ref-list", "fn-group", "ack", "journal-meta", "contrib-group", "aff", "author-notes", "pub-date", "history",
    "permissions", "graphic", "media", "object-id", "label", "xref-group", "disp-formula", "inline-formula", "xref",
    "tex-math", "math", "article-id", "subj-group", "volume", "issue", "fpage", "lpage", "elocation-id", "kwd-group",
    "table-wrap", "supplementary-material", "self-uri", "funding-group", "article-categories", "named-content-group",
    "nomenclature-citation-list", "counts",
}  # fmt: skip
_HEADINGS = {"title": 0, "article-title": 1, "nomenclature": 2}
_BLOCKS = {"p": "paragraph", "list-item": "list-item", "caption": "caption"}


def convert_jats(content: bytes) -> Converted:
    """Return the text of an article: title, abstract and body, without references, tables and formulae."""
    root = parse_xml(content)
    if local_name(root) not in {"article", "pmc-articleset", "book", "sub-article"}:
        raise ValueError(f"XML of an unknown kind (<{local_name(root)}>), known are JATS articles")
    text, marks = join_pieces(_pieces(root, 0, "paragraph"))
    return Converted(
        text,
        "jats/1",
        marks,
        title=_first(root, "article-title"),
        language=next((v.lower() for k, v in sorted(root.attrib.items()) if k.endswith("lang")), ""),
        publisher=_first(root, "publisher-name"),
        year=_first(root, "year"),
    )


def _pieces(element: Element, level: int, kind: str) -> Iterator[Piece]:
    for child in element:
        name = local_name(child)
        if name in _SKIPPED:
            continue
        if name in _HEADINGS:
            yield Piece(_text(child), "heading", _HEADINGS[name] or level + 1)
        elif name == "p":
            yield Piece(_text(child), kind)
        else:
            deeper = level + (name in {"sec", "treatment-sec", "abstract", "taxon-treatment", "back"})
            yield from _pieces(child, deeper, _BLOCKS.get(name, kind))


def _text(element: Element) -> str:
    parts = [element.text or ""]
    for child in element:
        name = local_name(child)
        if name not in _SKIPPED or name == "xref":
            parts.append(_text(child))
            # The parts of a taxon name are elements side by side, at times without a space between them.
            parts.append(" " if name in {"taxon-name-part", "named-content"} and not child.tail else "")
        parts.append(child.tail or "")
    return "".join(parts)


def _first(root: Element, name: str) -> str:
    found = next((element for element in root.iter() if local_name(element) == name), None)
    return " ".join(_text(found).split()) if found is not None else ""
