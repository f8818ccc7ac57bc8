"""Inference before validation: the OWL 2 RL closure of the data, made once and given to both engines alike."""

from __future__ import annotations

from pathlib import Path

import rdflib
from rdflib import OWL

from ...extract import MachineError

__all__ = ["append_closure"]


def append_closure(data: Path) -> int:
    """Append to a file of N-Triples what follows from it by OWL 2 RL; return how many triples that are.

    Subclasses, subproperties, inverse, symmetric and transitive properties, domains and ranges (OWL 2 Profiles, 4.3).
    That a thing is an owl:Thing is left out. Raises MachineError when the reasoner is not installed.
    """
    try:
        import reasonable  # an extra, which only those need who ask for inference
    except ImportError as error:
        message = "inference needs the package reasonable; try: pip install 'wildgraph[inference]'"
        raise MachineError(message) from error
    reasoner = reasonable.PyReasoner()
    as_turtle = data.rename(data.with_suffix(".ttl"))  # N-Triples is Turtle, and this name is all the reasoner takes
    reasoner.load_file(str(as_turtle))
    as_turtle.rename(data)
    graph = rdflib.Graph()
    for triple in set(reasoner.reason()) - set(reasoner.get_base_triples()):
        if triple[2] != OWL.Thing:
            graph.add(triple)
    with data.open("a", encoding="utf-8", newline="\n") as file:
        file.writelines(sorted(graph.serialize(format="nt").splitlines(keepends=True)))
    return len(graph)
