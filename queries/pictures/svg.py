"""The layer that all pictures share: a palette for light and dark, and elements of SVG written as text.

Every colour is written twice: as an attribute with its light value, which every program understands, and as a class,
through which a browser in the dark finds the other. The one style sheet is the same in all pictures, so that a page
can allow it by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from .measure import cut, width, wrapped

__all__ = ["FONT", "SERIES", "STYLE_HASH", "Drawing", "element", "in_dark", "without_style"]

FONT = "'Helvetica Neue', Arial, 'Liberation Sans', Helvetica, sans-serif"

#: Light and dark. Text has a contrast of 4.5 and more to the paper, marks one of 3 and more, in both.
_PALETTE = {
    "paper": ("#fefefd", "#14191d"),
    "ink": ("#1f2a33", "#e7ecef"),
    "soft": ("#586570", "#a5b1ba"),
    "grid": ("#e5e9ec", "#2a333a"),
    "axis": ("#8b97a1", "#76838d"),
    "land": ("#e9ecea", "#262f34"),
    "border": ("#c6cdcb", "#3c474d"),
    "blue": ("#2b6cb0", "#7db4ee"),
    "orange": ("#b4560d", "#f0a562"),
    "green": ("#2f7d4e", "#80cf9f"),
    "purple": ("#87489f", "#cfa4ea"),
    "red": ("#b4334a", "#f1929f"),
    "teal": ("#17798a", "#6fcfdd"),
    "brown": ("#7b5b3b", "#cfb08a"),
    "slate": ("#5c6874", "#abb6c0"),
    "blue-wash": ("#e7eff8", "#1d2c3b"),
    "orange-wash": ("#faeee2", "#35281b"),
    "green-wash": ("#e6f2ea", "#1b3025"),
    "purple-wash": ("#f3e9f6", "#2e2336"),
    "red-wash": ("#f9e8eb", "#381f25"),
}
#: One colour a source, or whatever else is told apart; each keeps apart for the colour-blind with its neighbours.
SERIES = ("blue", "orange", "green", "purple", "red", "teal", "brown", "slate")


def _style() -> str:
    light = "".join(f"--wg-{name}:{pair[0]};" for name, pair in _PALETTE.items())
    dark = "".join(f"--wg-{name}:{pair[1]};" for name, pair in _PALETTE.items())
    names = "".join(f".wf-{n}{{fill:var(--wg-{n})}}.ws-{n}{{stroke:var(--wg-{n})}}" for n in _PALETTE)
    return (
        f".wg-picture{{{light}}}@media screen and (prefers-color-scheme:dark){{.wg-picture{{{dark}}}}}{names}"
        ".wg-picture a{text-decoration:none}"
        ".wg-picture a:hover text,.wg-picture a:focus text{text-decoration:underline}"
    )


_STYLE = _style()
#: What a Content-Security-Policy says to allow the style sheet of the pictures in `style-src`.
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_DARK = dict(_PALETTE.values())


def in_dark(svg: str) -> str:
    """Return a picture with the dark colours as attributes, for programs without style sheets."""
    return re.sub(r"#[0-9a-f]{6}\b", lambda match: _DARK.get(match[0], match[0]), svg)


def without_style(svg: str) -> str:
    """Return a picture that takes its colours from its attributes alone."""
    return re.sub(r"<style>.*?</style>", "", svg)


def element(name: str, content: str = "", /, **attributes: Any) -> str:
    """Return an element. `fill` and `stroke` take names of the palette; `_` in a name stands for `-`.

    Numbers are written with at most one decimal, `content` as it is; what is None is left out.
    """
    written, classes = [], []
    for key, value in attributes.items():
        if value is None:
            continue
        if key in {"fill", "stroke"} and value in _PALETTE:
            classes.append(f"w{key[0]}-{value}")
            value = _PALETTE[str(value)][0]
        text = f"{round(value, 1):g}" if isinstance(value, int | float) else escape(str(value))
        written.append(f'{key.rstrip("_").replace("_", "-")}="{text}"')
    if classes:
        written.append(f'class="{" ".join(classes)}"')
    head = " ".join([name, *written])
    return f"<{head}>{content}</{name}>" if content else f"<{head}/>"


class Drawing:
    """A sheet of paper with a heading, on which a picture adds elements from the top down."""

    def __init__(self, name: str, title: str, *, paper: float = 720, margin: float = 24) -> None:
        self.name, self.title, self.paper, self.margin = name, title, paper, margin
        self.parts: list[str] = []
        self.y = margin
        for line in wrapped(title, 17, paper - 2 * margin, bold=True):
            self.y += 20
            self.text(margin, self.y - 5, line, size=17, weight="bold")
        self.y += 8

    def add(self, name: str, content: str = "", /, **attributes: Any) -> None:
        """Add an element, as `element` writes it."""
        self.parts.append(element(name, content, **attributes))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        fill: str = "ink",
        anchor: str | None = None,
        weight: str | None = None,
        halo: bool = False,
    ) -> None:
        """Add a line of text with its base line at `y`; `anchor` is start, middle or end.

        A halo keeps it legible on what is drawn below.
        """
        look: dict[str, object] = {"x": x, "y": y, "font_size": size, "fill": fill, "text_anchor": anchor}
        if halo:
            look |= {"stroke": "paper", "stroke_width": 3, "stroke_linejoin": "round", "paint_order": "stroke"}
        self.add("text", escape(text), **look, font_weight=weight)

    def note(self, text: str) -> None:
        """Add a paragraph in small type below what there is."""
        for line in wrapped(text, 12, self.paper - 2 * self.margin):
            self.y += 17
            self.text(self.margin, self.y - 1, line, fill="soft")

    def legend(self, entries: Iterable[tuple[str, str]]) -> None:
        """Add marks (elements drawn around 0, 0) with their words, in as many lines as they need."""
        most = self.paper - 2 * self.margin - 24
        listed = [(mark, cut(words, 12, most)) for mark, words in entries]
        if not listed:
            return
        x = self.margin
        self.y += 10
        for mark, words in listed:
            room = 22 + width(words, 12) + 20
            if x + room - 20 > self.paper - self.margin and x > self.margin:
                x, self.y = self.margin, self.y + 20
            self.add("g", mark, transform=f"translate({x + 8:g} {self.y + 8:g})")
            self.text(x + 22, self.y + 12, words, fill="soft")
            x += room
        self.y += 20

    def svg(self, description: str) -> str:
        """Return the whole, with the title and a description that stands for the picture."""
        tall = self.y + self.margin
        head = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {self.paper:g} {tall:g}"}
        size = {"width": self.paper, "height": tall, "role": "group", "class_": "wg-picture"}
        names = {"aria_labelledby": f"{self.name}-title", "aria_describedby": f"{self.name}-words"}
        body = [
            element("title", escape(self.title), id=f"{self.name}-title"),
            element("desc", escape(description), id=f"{self.name}-words"),
            element("style", _STYLE),
            element("rect", width=self.paper, height=tall, fill="paper"),
            *self.parts,
        ]
        return element("svg", "\n" + "\n".join(body) + "\n", **head, **size, **names, font_family=FONT) + "\n"
