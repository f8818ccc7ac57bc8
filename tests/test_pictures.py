"""Pictures: what they show, that labels keep clear of each other, and that they say the same in words."""

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
import wildgraph
from wildgraph.queries.ask import Asker
from wildgraph.queries.pictures import KINDS, Picture, draw, pictures_of
from wildgraph.queries.pictures.measure import cut, width, wrapped
from wildgraph.queries.pictures.scale import linear, logarithmic, years

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"

Fox = Callable[[str], Asker]


@pytest.fixture(scope="session")
def leopard(reference: Path) -> Asker:
    return Asker.open(reference)


@pytest.fixture
def fox(project: Path) -> Fox:
    """Build the small project with rows of claims in place of its own figure."""

    def asker(rows: str) -> Asker:
        claims = project / "claims" / "claims.tsv"
        kept = [line for line in claims.read_text(encoding="utf-8").splitlines() if "\tpopulation\t" not in line]
        claims.write_text("\n".join([*kept, ""]), encoding="utf-8")
        head = "subject\tpredicate\tobject\testimate\tlower\tupper\thedge\tplace\twhen\tsource\n"
        (project / "claims" / "more.tsv").write_text(head + rows, encoding="utf-8")
        wildgraph.build(project)
        return Asker.open(project)

    return asker


def figure(estimate: str = "", lower: str = "", upper: str = "", hedge: str = "", when: str = "") -> str:
    return f"red-fox\tpopulation\t\t{estimate}\t{lower}\t{upper}\t{hedge}\t\t{when}\texample-page\n"


def texts(picture: Picture) -> list[str]:
    return [node.text or "" for node in ET.fromstring(picture.svg).iter(f"{SVG}text")]


def boxes(picture: Picture) -> list[tuple[float, float, float, float, str]]:
    """Return where each line of text stands, by the widths of its characters."""
    found = []
    for node in ET.fromstring(picture.svg).iter(f"{SVG}text"):
        size, x, y, text = float(node.attrib["font-size"]), float(node.attrib["x"]), float(node.attrib["y"]), node.text
        wide = width(text or "", size, bold=node.get("font-weight") == "bold")
        left = x - {"middle": wide / 2, "end": wide}.get(node.get("text-anchor", ""), 0)
        found.append((left, y - size * 0.72, left + wide, y + size * 0.2, text or ""))
    return found


def test_every_kind_is_drawn_of_the_reference_dataset(leopard: Asker) -> None:
    taxon = leopard.thing("taxon", "amur-leopard").text
    assert [p.name for p in pictures_of(leopard, taxon)] == ["population", "status", "chain", "web", "map"]
    assert [p.name for p in pictures_of(leopard, leopard.base)] == ["coverage", "years"]
    assert pictures_of(leopard, leopard.thing("threat", "poaching").text) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_has_a_title_words_and_a_table_and_no_script(leopard: Asker, kind: str) -> None:
    picture = draw(leopard, "amur-leopard", kind=kind)
    root = ET.fromstring(picture.svg)
    names = {root.attrib["aria-labelledby"], root.attrib["aria-describedby"]}
    assert names == {node.attrib["id"] for tag in ("title", "desc") for node in root.findall(f"{SVG}{tag}")}
    assert picture.title
    assert picture.description == root.findtext(f"{SVG}desc")
    assert picture.rows
    assert {len(row) for row in picture.rows} == {len(picture.columns)}
    assert not list(root.iter(f"{SVG}script"))
    assert "http" not in re.sub(r'<a href="[^"]*"|xmlns="[^"]*"', "", picture.svg)


@pytest.mark.parametrize("kind", KINDS)
def test_labels_neither_meet_nor_leave_the_paper(leopard: Asker, kind: str) -> None:
    picture = draw(leopard, "amur-leopard", kind=kind)
    root = ET.fromstring(picture.svg)
    wide, tall = float(root.attrib["width"]), float(root.attrib["height"])
    found = boxes(picture)
    assert all(left >= 0 and top >= 0 and right <= wide and bottom <= tall for left, top, right, bottom, _ in found)
    for one, other in itertools.combinations(found, 2):
        meet = one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        assert not meet, (one[4], other[4])


def test_a_bound_is_open_and_not_a_point(fox: Fox) -> None:
    picture = draw(fox(figure(upper="<60", when="2018")), "red-fox", kind="population")
    assert picture.rows == (("less than 60 individuals", "", "2018", "Foxes of Example Valley", ""),)
    assert "less than 60" in texts(picture)
    assert "less than, at most" in texts(picture)
    assert "stroke-dasharray" in picture.svg


@pytest.mark.parametrize(
    ("row", "shown", "legend"),
    [
        (figure("70", hedge="as-few-as"), "as few as 70", "as few as: a low estimate"),
        (figure("70", hedge="nearly"), "nearly 70", "nearly"),
        (figure("70", hedge="around"), "around 70", "around"),
        (figure(lower=">70"), "more than 70", "more than, at least"),
        (figure(lower="70", upper="90"), "70 to 90", ""),
    ],
)
def test_a_hedge_is_shown(fox: Fox, row: str, shown: str, legend: str) -> None:
    found = texts(draw(fox(row), "red-fox", kind="population"))
    assert shown in found
    assert not legend or legend in found
    assert "no date given" not in found  # it was said in 2021, which dates the mark
    assert "dated by when it was said" in found


def test_fifty_figures_are_all_in_the_table_and_no_label_covers_another(fox: Fox) -> None:
    rows = "".join(figure(str(500 + i * 37 % 100), when=str(2000 + i * 7 % 10)) for i in range(50))
    picture = draw(fox(rows), "red-fox", kind="population")
    assert len(picture.rows) == 50
    assert picture.svg.count("<circle") >= 50
    assert any(text.endswith("labels had no room; the table has all figures.") for text in texts(picture))
    for one, other in itertools.combinations(boxes(picture), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (one, other)


def test_figures_far_apart_stand_on_powers_of_ten(fox: Fox) -> None:
    found = texts(draw(fox(figure("30", when="2001") + figure("2000000", when="2002")), "red-fox", kind="population"))
    assert {"10", "100", "1,000", "10,000,000"} <= set(found)


def test_without_figures_there_is_no_picture_and_the_rest_is_named(fox: Fox) -> None:
    asker = fox("")
    assert "population" not in [p.name for p in pictures_of(asker, asker.thing("taxon", "red-fox").text)]
    with pytest.raises(wildgraph.UsageError, match=r"no claim gives 'red fox' a population; .*--kind chain"):
        draw(asker, "red-fox", kind="population")


def test_a_place_in_a_country_is_not_drawn_as_the_country(fox: Fox) -> None:
    picture = draw(fox(""), "red-fox", kind="map")
    assert picture.rows == (("Example Valley", "United Kingdom", "today", "Foxes of Example Valley"),)
    assert "lives somewhere in it" in texts(picture)
    assert "lives here" not in texts(picture)


PLACES = """@prefix wg: <https://w3id.org/wildgraph/ns#> . @prefix dwc: <http://rs.tdwg.org/dwc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix : <https://example.org/place/> .
:hut a wg:Place ; skos:prefLabel "Ranger hut" ; dwc:decimalLatitude -1.5 ; dwc:decimalLongitude 29.6 .
:isles a wg:Place ; skos:prefLabel "Fiji" ; dwc:countryCode "FJ" .
:small a wg:Place ; skos:prefLabel "Mauritius" ; dwc:countryCode "MU" .
:nowhere a wg:Place ; skos:prefLabel "the wild" ; dwc:countryCode "ZZ" .
"""


@pytest.mark.parametrize(
    ("place", "row"),
    [
        ("hut", ("Ranger hut", "", "", "")),
        ("isles", ("Fiji", "Fiji", "", "")),
        ("small", ("Mauritius", "Mauritius", "", "")),
        ("nowhere", None),
    ],
)
def test_a_place_is_on_the_map_by_its_point_or_its_country(tmp_path: Path, place: str, row: tuple[str] | None) -> None:
    (tmp_path / "places.ttl").write_text(PLACES)
    asker = Asker(wildgraph.Graph.load(tmp_path / "places.ttl"), "https://example.org/", {})
    found = pictures_of(asker, f"https://example.org/place/{place}")
    assert [picture.rows for picture in found] == ([(row,)] if row else [])
    assert not found or row[0] in texts(found[0])  # type: ignore[index]


def test_a_label_cannot_become_markup(fox: Fox, edit: Callable[[str, str, str], None]) -> None:
    edit("entities.tsv", "red fox\t", '<script>alert("fox")</script> & co\t')
    picture = draw(fox(figure("70")), "red-fox", kind="population")
    assert "<script" not in picture.svg
    assert picture.title.startswith("<script>")


def test_links_lead_where_the_page_is(leopard: Asker) -> None:
    picture = draw(leopard, "amur-leopard", kind="web")
    linked = picture.with_links(lambda iri: "../" + iri.removeprefix(leopard.base) if "deer" in iri else "")
    assert '<a href="../taxon/roe-deer">' in linked
    assert "https" not in linked.partition("<style>")[2]


def test_the_png_is_dark_where_asked(leopard: Asker) -> None:
    picture = draw(leopard, "amur-leopard", kind="web")
    light, dark = picture.png(scale=1), picture.png(scale=1, dark=True)
    assert light.startswith(b"\x89PNG")
    assert light != dark


def test_the_picture_in_the_docs_is_the_one_that_plot_draws(leopard: Asker) -> None:
    assert (ROOT / "docs" / "chain.svg").read_text(encoding="utf-8") == draw(leopard, "amur-leopard").svg


def test_texts_are_measured_cut_and_wrapped() -> None:
    assert width("Wii", 10) == pytest.approx(9.44 + 2 * 2.22)
    assert width("中", 10) == 10
    assert cut("a long label", 10, 40) == "a long…"
    assert wrapped("one two three four", 10, 45) == ["one two", "three four"]
    assert wrapped("one two three four", 10, 50, most=1) == ["one two…"]


def test_scales_have_round_values() -> None:
    assert linear([58, 70], 0, 100).ticks == (0, 20, 40, 60, 80)
    assert linear([], 0, 100).ticks[0] == 0
    assert logarithmic([30, 2_000_000], 0, 100).ticks == (10, 100, 1000, 10000, 100000, 1000000, 10000000)
    assert years([2007, 2026], 0, 100).ticks == (2010, 2015, 2020, 2025)
    assert years([2020, 2020], 0, 100).ticks == (2020,)
