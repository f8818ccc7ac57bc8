"""Links to other datasets: an index of their names, candidates for each entity, and the links people accepted."""

from .mapping import Link

__all__ = ["Link"]
