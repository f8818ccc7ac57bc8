"""Text: candidate claims found in documents by rules that are data."""

from .extract import EXTRACTOR, Extraction, extract, read_sentence
from .lexicon import Lexicon, load_lexicon
from .rules import Example, Rule, load_rules
from .subject import Subject

__all__ = [
    "EXTRACTOR",
    "Example",
    "Extraction",
    "Lexicon",
    "Rule",
    "Subject",
    "extract",
    "load_lexicon",
    "load_rules",
    "read_sentence",
]
