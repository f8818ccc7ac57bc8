"""Publishing: the built dataset in the syntaxes people use, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from ..extract import UsageError, nearest
from ..ontology.context import Context, read_context
from ..ontology.terms import NAMESPACES, Term
from .build import DATASET, read_summary
from .store import FORMATS, read_quads, write_rdf

__all__ = ["export", "export_documents"]
