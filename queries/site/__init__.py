"""The pages of a build as files that any web host can serve, with search and SPARQL in the visitor's browser."""

from .write import Site, write_site

__all__ = ["Site", "write_site"]
