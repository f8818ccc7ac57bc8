"""HTML pages: their blocks in reading order, without scripts, forms and what surrounds the page proper."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from .converted import Converted, Piece, join_pieces
from .encoding import decode

__all__ = ["convert_html"]

_SKIPPED = {"script", "style", "noscript", "template", "svg", "iframe", "object", "form", "button", "select",
            "textarea", "head", "math", "canvas", "audio", "video", "sup"}  # fmt: skip
_KINDS = {"nav": "navigation", "footer": "boilerplate", "aside": "boilerplate", "figcaption": "caption",
          "caption": "caption", "li": "list-item", "dd": "paragraph", "dt": "paragraph", "tr": "key-value"}  # fmt: skip
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLOCKS = {
    *_KINDS, *_HEADINGS, "p", "div", "section", "article", "main", "header", "table", "ul", "ol", "dl", "blockquote",
    "pre", "br", "hr", "body", "html", "address", "figure", "td", "th", "tbody", "thead",
}  # fmt: skip
#: Elements inside one another beyond which a page is refused: a parser looks through all open ones at each tag.
_DEPTH = 20_000
_NESTING = re.compile(
    r"<(/?)(?!(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|tbody|td|th|thead|tfoot"
    r"|tr|track|wbr)\b)[a-z]",
    re.IGNORECASE,
)
#: What a kind passes on to the blocks inside it.
_INHERITED = ("navigation", "boilerplate", "caption")


def convert_html(content: bytes) -> Converted:
    """Return the text of a page; superscript footnote marks are left out. Scripts are never run."""
    source, notes = decode(content)
    if _is_too_deep(source):
        raise ValueError(f"HTML with elements nested deeper than {_DEPTH:,}")
    tree = LexborHTMLParser(source)
    text, marks = join_pieces(_pieces(tree.body or tree.root))
    root = tree.css_first("html")
    return Converted(
        text,
        "html/1",
        marks,
        title=_text(tree, "title"),
        language=((root.attributes.get("lang") or "") if root else "").lower(),
        publisher=_meta(tree, "og:site_name"),
        year=_meta(tree, "article:published_time")[:4],
        notes=notes,
    )


def _is_too_deep(source: str) -> bool:
    """Count tags that must be closed; those that need not be say nothing of depth."""
    depth = 0
    for match in _NESTING.finditer(source):
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > _DEPTH:
            return True
    return False


def _pieces(root: LexborNode | None) -> Iterator[Piece]:
    """Yield blocks in order. Walks with a stack of its own, since pages may nest deeper than Python recurses."""
    words: list[str] = []
    kinds: list[tuple[str, int]] = [("paragraph", 0)]
    stack: list[tuple[LexborNode | None, str]] = [(root, "")]

    def flush() -> Iterator[Piece]:
        if words:
            yield Piece("".join(words), *kinds[-1])
            words.clear()

    while stack:
        node, closing = stack.pop()
        if node is None:
            if closing in {"td", "th"}:
                words.append(" : " if closing == "th" else "  ")
                continue
            yield from flush()
            kinds.pop()
            continue
        tag = node.tag
        if tag == "-text":
            words.append(node.text_content or "")
            continue
        if tag in _SKIPPED or tag == "_comment" or "hidden" in node.attributes:
            continue
        if tag in {"td", "th"}:
            stack.append((None, tag))
        elif tag in _BLOCKS:
            yield from flush()
            kinds.append(_kind(node, tag, kinds[-1]))
            stack.append((None, tag))
        stack.extend((child, "") for child in reversed(_children(node)))
    yield from flush()


def _children(node: LexborNode) -> list[LexborNode]:
    return list(node.iter(include_text=True))


def _kind(node: LexborNode, tag: str, outer: tuple[str, int]) -> tuple[str, int]:
    if outer[0] in _INHERITED:
        return outer
    if node.attributes.get("role") == "navigation":
        return "navigation", 0
    if tag in _HEADINGS:
        return "heading", _HEADINGS[tag]
    return _KINDS.get(tag) or (outer[0] if outer[0] in {"list-item", "key-value"} else "paragraph"), 0


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return " ".join(node.text().split()) if node else ""


def _meta(tree: LexborHTMLParser, name: str) -> str:
    node = tree.css_first(f'meta[property="{name}"]') or tree.css_first(f'meta[name="{name}"]')
    return (node.attributes.get("content") or "").strip() if node else ""
