"""A picture: an SVG and the same facts in words and as a table, for those who do not see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape

from ...extract import MachineError
from .svg import in_dark, without_style

__all__ = ["Picture"]

_LINK = re.compile(r'<a href="([^"]*)">')


@dataclass(frozen=True, slots=True)
class Picture:
    """What was drawn. `rows` under `columns` hold every fact of the SVG, those too that had no room for a label.

    Links in the SVG lead to the IRIs of things.
    """

    name: str
    title: str
    description: str
    svg: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def links(self) -> list[str]:
        """The IRIs that the SVG links to."""
        return sorted({unescape(target) for target in _LINK.findall(self.svg)})

    def with_links(self, url: Callable[[str], str]) -> str:
        """Return the SVG with links to where `url` says that the page of an IRI is; without it where that is empty."""

        def link(match: re.Match[str]) -> str:
            target = url(unescape(match[1]))
            return f'<a href="{escape(target)}">' if target else "<a>"

        return _LINK.sub(link, self.svg)

    def png(self, *, scale: float = 2.0, dark: bool = False) -> bytes:
        """Return the picture as PNG, `scale` pixels for each unit of the SVG.

        Raises MachineError when the optional package that draws it is missing.
        """
        try:
            import resvg_py  # optional: only for those who want pixels
        except ImportError as error:
            fix = "try: pip install 'wildgraph[png]', or write .svg"
            raise MachineError(f"drawing PNG needs the package resvg-py; {fix}") from error
        plain = without_style(in_dark(self.svg) if dark else self.svg)
        return bytes(resvg_py.svg_to_bytes(svg_string=plain, zoom=scale))
