"""Documents: bytes turned into one canonical text, its blocks and its sentences."""

from .blocks import Block, find_blocks
from .converted import Converted, Mark
from .document import Document
from .formats import FORMATS, convert
from .reading import Reading, Sentence, read

__all__ = ["FORMATS", "Block", "Converted", "Document", "Mark", "Reading", "Sentence", "convert", "find_blocks", "read"]
