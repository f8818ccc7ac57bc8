"""Positions of places: written in two columns, kept as they are written, shown as a dot."""

from pathlib import Path

import pytest
import wildgraph
from wildgraph.extract import InputError
from wildgraph.queries.ask import Asker
from wildgraph.queries.pictures import draw

VALLEY = "example-valley\tplace\tExample Valley\t\t\t\t\t\tGB\n"


def placed(project: Path, latitude: str, longitude: str, row: str = VALLEY) -> None:
    path = project / "entities.tsv"
    head, *rows = path.read_text().splitlines(keepends=True)
    rows = [f"{line[:-1]}\t{latitude}\t{longitude}\n" if line == row else line for line in rows]
    path.write_text(f"{head[:-1]}\tlatitude\tlongitude\n" + "".join(rows))


def test_a_position_is_kept_as_it_is_written_and_drawn(project: Path) -> None:
    placed(project, "51.50", "-0.12")
    wildgraph.build(project)
    quads = (project / "build/dataset.nq").read_text()
    decimal = "^^<http://www.w3.org/2001/XMLSchema#decimal>"
    assert f'<http://rs.tdwg.org/dwc/terms/decimalLatitude> "51.50"{decimal}' in quads
    assert f'<http://rs.tdwg.org/dwc/terms/decimalLongitude> "-0.12"{decimal}' in quads
    assert wildgraph.check_project(project).report.conforms
    assert "Example Valley" in draw(Asker.open(project), "red-fox", kind="map").svg


@pytest.mark.parametrize(
    ("latitude", "longitude", "message"),
    [
        ("91", "0", r"entities\.tsv:3:\d+: latitude is no number from -90 to 90: '91'"),
        ("51.5", "180.5", r"longitude is no number from -180 to 180: '180\.5'"),
        ("51°30'", "0", "latitude is no number"),
        ("51.5", "", "latitude without longitude"),
    ],
)
def test_positions_that_are_none_are_told_with_their_place(
    project: Path, latitude: str, longitude: str, message: str
) -> None:
    placed(project, latitude, longitude)
    with pytest.raises(InputError, match=message):
        wildgraph.build(project)


def test_only_places_have_a_position(project: Path) -> None:
    fox = "red-fox\ttaxon\tred fox\tRotfuchs@de\tVulpes vulpes\tspecies\tCommon usage of mammal checklists\t\t\n"
    placed(project, "51.5", "0", fox)
    with pytest.raises(InputError, match="only places have a latitude"):
        wildgraph.build(project)
