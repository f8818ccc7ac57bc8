"""XML from strangers: parsed without entities, so that no document can expand or fetch anything."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

__all__ = ["local_name", "parse_xml"]

#: Elements inside one another beyond which a document is refused: walking them would exhaust the stack.
_DEPTH = 500


class _Shallow(TreeBuilder):
    depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self.depth += 1
        if self.depth > _DEPTH:
            raise ValueError(f"XML with elements nested deeper than {_DEPTH}")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)


def parse_xml(content: bytes) -> Element:
    """Return the root element. Raises ValueError for XML that is broken, nested too deep, or declares entities."""
    if b"<!ENTITY" in content:
        raise ValueError("XML that declares entities is not read")
    parser = XMLParser(target=_Shallow())
    try:
        parser.feed(content)
        root = parser.close()
    except ParseError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
    assert isinstance(root, Element)
    return root


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
