"""The page to work through links with: one HTML file without scripts, which needs nothing from anywhere."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from ..extract import Project
from ..graph.link.coverage import Coverage
from ..graph.link.targets import targets

__all__ = ["link_page"]

_KINDS = {"taxon": "Taxa", "organization": "Organisations", "place": "Places", "habitat": "Habitats"}
_RELATIONS = {
    "exactMatch": "exact",
    "closeMatch": "close",
    "broadMatch": "broader",
    "narrowMatch": "narrower",
    "relatedMatch": "related",
}


def link_page(project: Project, found: Coverage) -> str:
    """Return the page for a project; the same links give the same bytes."""
    from jinja2 import Environment, StrictUndefined  # only pages need it

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((Path(__file__).parent / "links.html").read_text(encoding="utf-8"))
    return template.render(
        coverage=found,
        groups=[(_KINDS[kind], list(rows)) for kind, rows in groupby(found.rows, key=lambda row: row.type)],
        ambiguous=[group for group in found.queue if group.ambiguous],
        proposed=[group for group in found.queue if not group.ambiguous],
        parts=("exact", "other", "ambiguous", "proposed"),
        titles={name: target.title for name, target in targets().items()},
        labels={name: entity.label.text for name, entity in project.entities.items()},
        relations=_RELATIONS,
    )
