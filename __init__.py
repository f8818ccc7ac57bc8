"""wildgraph: knowledge-graph datasets for wildlife conservation, from curated claims with evidence to RDF."""

from .extract import (
    Claim,
    Entity,
    InputError,
    MachineError,
    Problem,
    Project,
    Source,
    UsageError,
    WildgraphError,
    open_project,
)
from .graph import Build, Check, Finding, Graph, Severity, build, check_files, check_project
from .queries import Answer, Question, ask, catalogue, explain

__all__ = [
    "Answer",
    "Build",
    "Check",
    "Claim",
    "Entity",
    "Finding",
    "Graph",
    "InputError",
    "MachineError",
    "Problem",
    "Project",
    "Question",
    "Severity",
    "Source",
    "UsageError",
    "WildgraphError",
    "ask",
    "build",
    "catalogue",
    "check_files",
    "check_project",
    "explain",
    "open_project",
]
