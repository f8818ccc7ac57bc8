"""Prints how fast validators that pip can install are on the same shapes and data, one of them wildgraph.

    python benchmarks/validators.py [--triples 1000000] [--runs 1] [--limit 900]

The data are the reference dataset's graph repeated with new names, as N-Triples; the shapes are those that wildgraph
ships. Each validator runs in a process of its own from an environment that is made for it and thrown away; the results
are counted, and must be as many. Without an audit are all but the first line. What does not install, or does not do it,
is named with its last words.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from wildgraph.benchmarks.copies import make_build
from wildgraph.benchmarks.validation import BARE, ENGINE_ONLY, VALIDATE, Figure, measured
from wildgraph.graph.validate import shape_files
from wildgraph.graph.validate.shapes import read_shapes

#: What is installed, and code that validates DATA against SHAPES and prints how many results there are.
RIVALS = {
    "shacl==0.3.4": BARE,
    "shacl-rust==0.2.12": """
import shacl_rust
print(len(shacl_rust.validate_file(DATA, SHAPES)["results"]), "-")
""",
    "shacl-rust==0.2.12, with its index": """
import shacl_rust
print(len(shacl_rust.validate_file(DATA, SHAPES, experimental_index=True)["results"]), "-")
""",
    "pyshifty==0.5.1": """
from pathlib import Path
import shifty
found = shifty.validate_algebra(Path(DATA), Path(SHAPES), infer=False, graph_mode="data")
print(sum(len(violation.reasons) for violation in found.violations), "-")
""",
    "pyrudof==0.3.35": """
import pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(DATA, format=pyrudof.RDFFormat.NTriples)
rudof.read_shacl(SHAPES, format=pyrudof.ShaclFormat.NTriples)
print(len(rudof.validate_shacl()), "-")
""",
    "pyshacl-turbo==0.6.5": """
import pyshacl_turbo
from rdflib import SH
_, report, _ = pyshacl_turbo.validate(DATA, shacl_graph=SHAPES, data_graph_format="nt", shacl_graph_format="nt")
print(len(set(report.objects(None, SH.result))), "-")
""",
    "maplib==0.20.26": """
import maplib
model = maplib.Model()
model.read(DATA)
model.read(SHAPES, graph="urn:shapes")
print(len(model.validate("urn:shapes").results()), "-")
""",
    "rudof==0.1.12": """
import rudof
print(len(rudof.validate(DATA, SHAPES)), "-")
""",
}


def environment(folder: Path, package: str) -> str:
    """Make an environment with one package; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", package]
    subprocess.run(install, check=True, capture_output=True, text=True)
    return python


def rival(name: str, code: str, runs: int, limit: int, data: Path, shapes: Path) -> Figure | str:
    """Measure one validator; return in words why not when it cannot be."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            python = environment(Path(folder), name.partition(",")[0])
            return measured(code, runs, python=python, limit=limit, DATA=str(data), SHAPES=str(shapes))
        except subprocess.CalledProcessError as error:
            words = (error.stderr or "").strip().splitlines()
            return words[-1] if words else f"ended with {error.returncode}"


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--triples", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=1)
    arguments.add_argument("--limit", type=int, default=900, help="seconds for a run")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shapes, data = folder / "shapes.nt", folder / "data.nt"
        shapes.write_text(read_shapes(shape_files()).ntriples(), encoding="utf-8")
        quads = make_build(folder / "project", asked.triples, store=False) / "dataset.nq"
        with quads.open("rb") as file, data.open("wb") as out:
            out.writelines(line[: line.rindex(b" <")] + b" .\n" for line in file)
        print(f"{sum(1 for _ in data.open('rb')):,} triples")
        print(f"{'validator':>36} {'CPU s':>8} {'wall s':>8} {'MiB':>6} {'results':>8}")
        found: dict[str, Figure] = {}
        for title, code in (("wildgraph, with audit", VALIDATE), ("wildgraph's engine, no audit", ENGINE_ONLY)):
            show(title, figure := measured(code, asked.runs, DATA=str(data), ENGINE="fast"))
            found[title] = figure
        for title, code in RIVALS.items():
            result = rival(title, code, asked.runs, asked.limit, data, shapes)
            show(title, result)
            if isinstance(result, Figure):
                found[title] = result
    print(f"as many results everywhere: {len({figure.results for figure in found.values()}) == 1}")
    compare(found)


def show(title: str, result: Figure | str) -> None:
    """Print one line of the table."""
    if isinstance(result, Figure):
        result = f"{result.cpu:8.1f} {result.wall:8.1f} {result.memory:6} {result.results:8,}"
    print(f"{title:>36} {result}", flush=True)


def compare(found: dict[str, Figure]) -> None:
    """Print how wildgraph stands to the fastest of the others."""
    fastest = min((title for title in found if title in RIVALS), key=lambda title: found[title].wall)
    for title in ("wildgraph, with audit", "wildgraph's engine, no audit"):
        ratio = found[title].wall / found[fastest].wall
        print(f"{title}: {ratio:.2f} of the wall time of {fastest}")


if __name__ == "__main__":
    main()
