"""The command line, a module for a family of verbs: each reads its arguments, calls one function, prints the answer."""

from . import answer, extract, graph, project
from .base import app, console

__all__ = ["answer", "app", "console", "extract", "graph", "project"]  # importing a module registers its verbs
