"""The graph in a browser: pages, search, downloads and a SPARQL endpoint."""

from .pages import Pages

__all__ = ["Pages"]
