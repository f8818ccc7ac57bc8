"""Claims as a graph: identified, assembled, compared, stored, checked and published."""

from .build import Build, Summary, build
from .check import Check, check_files, check_project
from .findings import Finding, Severity
from .store import Graph, Solutions

__all__ = [
    "Build",
    "Check",
    "Finding",
    "Graph",
    "Severity",
    "Solutions",
    "Summary",
    "build",
    "check_files",
    "check_project",
]
