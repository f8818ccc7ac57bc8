"""Pictures drawn from the built graph as SVG, each with the same facts as a table."""

from .gallery import KINDS, draw, pictures_of
from .picture import Picture
from .svg import STYLE_HASH

__all__ = ["KINDS", "STYLE_HASH", "Picture", "draw", "pictures_of"]
