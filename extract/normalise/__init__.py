"""Normalisers: what people really type in a column, as the value that is meant. Word lists are the .tsv files here."""

from .normalise import Normal, normalise, normalisers

__all__ = ["Normal", "normalise", "normalisers"]
