"""The command line, a module for a family of verbs: each reads its arguments, calls one function, prints the answer."""

from . import answer, graph, project, review
from .base import app, console

__all__ = ["answer", "app", "console", "graph", "project", "review"]  # importing a module registers its verbs
