"""Tables as a graph: a mapping compiled to SQL (`compile`), run by the embedded engine (`source`)."""

from .compile import Context, compile_mapping
from .plan import Plan, Select
from .source import Counts, write_source

__all__ = ["Context", "Counts", "Plan", "Select", "compile_mapping", "write_source"]
