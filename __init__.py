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

__all__ = [

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

    "Severity",
    "Source",
    "UsageError",
    "WildgraphError",
    "build",
    "check_files",
    "check_project",

    "open_project",

]
