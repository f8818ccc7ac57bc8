"""Draws queries/pictures/countries.tsv anew from Natural Earth, as the npm package world-atlas 2.0.2 carries it.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python .ci/countries.py package queries/pictures/countries.tsv      # needs pycountry for the two-letter codes

Lines are simplified arc by arc, so that neighbours keep their common border; a country too small for the
1:110 million map has a place for its name and no outline.
"""

import json
import sys
from pathlib import Path

import pycountry

TOLERANCE = 0.15  # degrees
XK = {"Kosovo": "XK"}  # the code in use; ISO 3166-1 has none
JOINED = {"N. Cyprus": "CY", "Somaliland": "SO"}  # drawn apart by Natural Earth, under one code in ISO 3166-1

Point = tuple[float, float]


def simplified(line: list[Point]) -> list[Point]:
    """Return a line without the points that lie nearer than the tolerance to it (Douglas and Peucker 1973)."""
    if len(line) < 3:
        return line
    if line[0] == line[-1]:
        half = len(line) // 2
        return simplified(line[: half + 1]) + simplified(line[half:])[1:]
    (x1, y1), (x2, y2) = line[0], line[-1]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    far = [abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length for x, y in line]
    most = max(range(len(line)), key=far.__getitem__)
    if far[most] < TOLERANCE:
        return [line[0], line[-1]]
    return simplified(line[: most + 1]) + simplified(line[most:])[1:]


def arcs(atlas: dict) -> list[list[Point]]:
    (sx, sy), (tx, ty) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    found = []
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        found.append(simplified(line))
    return found


def rings(geometry: dict, lines: list[list[Point]]) -> list[list[Point]]:
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    found = []
    for ring in (ring for polygon in polygons for ring in polygon):
        points: list[Point] = []
        for index in ring:
            line = lines[index] if index >= 0 else lines[~index][::-1]
            points += line[1:] if points else line
        found.append(unwrapped(points))
    return found


def unwrapped(ring: list[Point]) -> list[Point]:
    """Return a ring that crosses the 180th meridian with longitudes that go on past it."""
    found = ring[:1]
    for x, y in ring[1:]:
        found.append((x + 360 * round((found[-1][0] - x) / 360), y))
    return found


def area(ring: list[Point]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def middle(ring: list[Point]) -> Point:
    """Return the centroid of a polygon, or the mean of its points where it has no area."""
    size = area(ring)
    if abs(size) < 1e-9:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (6 * size), y / (6 * size)


def code(geometry: dict) -> str:
    name = geometry["properties"]["name"]
    known = pycountry.countries.get(numeric=geometry["id"]) if "id" in geometry else None
    return known.alpha_2 if known else XK.get(name) or JOINED.get(name, "")


def full(name: str, key: str) -> str:
    """Return the name, written out where Natural Earth abbreviates it."""
    known = pycountry.countries.get(alpha_2=key)
    return getattr(known, "common_name", known.name) if known and "." in name else name


def main(package: Path, target: Path) -> None:
    coarse = json.loads((package / "countries-110m.json").read_text())
    fine = json.loads((package / "countries-50m.json").read_text())
    lines = arcs(fine)
    outlines: dict[str, list[list[Point]]] = {}
    names: dict[str, str] = {}
    middles: dict[str, Point] = {}
    largest: dict[str, float] = {}
    for geometry in coarse["objects"]["countries"]["geometries"]:
        found = [ring for ring in rings(geometry, arcs(coarse)) if len(ring) > 3]
        outlines.setdefault(code(geometry), []).extend(found)
    for geometry in fine["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        if (key := code(geometry)) and name not in JOINED:
            ring = max(outlines.get(key) or rings(geometry, lines), key=lambda ring: abs(area(ring)))
            if abs(area(ring)) > largest.get(key, 0):
                names[key] = full(name, key)
                middles[key] = middle(ring)
                largest[key] = abs(area(ring))
    with target.open("w", encoding="utf-8", newline="\n") as file:
        file.write("code\tname\tlongitude\tlatitude\toutline\n")
        for key in sorted(names):
            x, y = middles[key]
            parts = [" ".join(f"{a:.1f},{b:.1f}" for a, b in ring) for ring in outlines.get(key, [])]
            file.write(f"{key}\t{names[key]}\t{x:.1f}\t{y:.1f}\t{';'.join(parts)}\n")


main(Path(sys.argv[1]), Path(sys.argv[2]))
