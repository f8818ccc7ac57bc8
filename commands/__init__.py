"""The command line, a module for a family of verbs: each reads its arguments, calls one function, prints the answer."""

from . import answer, graph, project, serve, site
from .base import app, console

__all__ = ["answer", "app", "console", "graph", "project", "serve", "site"]  # importing a module registers its verbs
