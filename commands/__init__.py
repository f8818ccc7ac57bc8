"""The command line, a module for a family of verbs: each reads its arguments, calls one function, prints the answer."""

from . import answer, extract, graph, link, link_serve, link_work, load, project, review, serve, site
from .base import app, console

# importing a module registers its verbs
__all__ = [
    "answer", "app", "console", "extract", "graph", "link", "link_serve", "link_work", "load", "project", "review",
    "serve", "site",
]  # fmt: skip
