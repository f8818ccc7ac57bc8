"""What was said, by whom: documents, tables and curated files read into claims."""

from .claim import Actor, Claim, Origin, Quantity, Rank, Review, Span, Text, token_hash
from .entity import Entity, Label
from .period import Period, parse_period
from .problems import InputError, MachineError, Problem, UsageError, WildgraphError
from .project import Project, Settings, open_project
from .source import Document, Source, open_document

__all__ = [
    "Actor",
    "Claim",
    "Document",
    "Entity",
    "InputError",
    "Label",
    "MachineError",
    "Origin",
    "Period",
    "Problem",
    "Project",
    "Quantity",
    "Rank",
    "Review",
    "Settings",
    "Source",
    "Span",
    "Text",
    "UsageError",
    "WildgraphError",
    "open_document",
    "open_project",
    "parse_period",
    "token_hash",
]
