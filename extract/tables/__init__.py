"""Tables: packages of them described from their own content, and the mappings that say what their columns mean."""

from .description import Column, Dialect, Package, Table
from .detect import describe
from .mapping import Rule, TableMapping, read_mapping, shipped_mappings

__all__ = [
    "Column",
    "Dialect",
    "Package",
    "Rule",
    "Table",
    "TableMapping",
    "describe",
    "read_mapping",
    "shipped_mappings",
]
