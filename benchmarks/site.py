"""Prints how long a static site takes to write, and how long its search and its queries take in a browser.

    python benchmarks/site.py [--claims 4400]

The dataset is the reference dataset repeated with new ids; 4,400 claims are about 100,000 triples. Needs what the
browser tests need. Times in the browser are medians of several runs and include the way through the service worker.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import wildgraph
from playwright import sync_api
from wildgraph.benchmarks.growth import repeat
from wildgraph.extract.scaffold import init
from wildgraph.queries.site import write_site

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ASKED = """async ([path, query]) => {
  const { ask } = await import(path);
  const began = performance.now();
  const text = await (await ask(query)).text();
  return [performance.now() - began, text.length];
}"""
SEARCHED = """async ([path, words]) => {
  const { find } = await import(path);
  const began = performance.now();
  const hits = await find(words);
  return [performance.now() - began, hits.length];
}"""
GROUPED = "SELECT ?predicate (COUNT(*) AS ?n) WHERE { ?c wg:subject ?s ; wg:predicate ?predicate } GROUP BY ?predicate"
POINT = "SELECT ?name WHERE { <https://w3id.org/wildgraph/amur-leopard/taxon/amur-leopard-7> skos:prefLabel ?name }"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


def main(claims: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        init(folder / "seed", example=True)
        repeat(folder / "seed", folder / "many", claims)
        built = wildgraph.build(folder / "many")
        print(f"triples                       {sum(built.summary.triples.values()):12,}")
        start = time.perf_counter()
        site = write_site(folder / "many", folder / "host" / "site")
        taken = time.perf_counter() - start
        print(f"writing {site.pages + site.files:,} files, {site.bytes / 1e6:,.0f} MB  {taken:12.1f} s")
        packed = (folder / "host" / "site" / "data" / "dataset.nq.gz").stat().st_size
        print(f"dataset for the browser       {packed / 1e6:12.2f} MB")
        serve(folder / "host")


def serve(folder: Path) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page(bypass_csp=True)
        page.goto(f"http://127.0.0.1:{server.server_port}/site/query.html")
        page.wait_for_selector("body[data-ready]")
        measure(page)
        browser.close()
    server.shutdown()


def measure(page: Any) -> None:
    sparql, search = "./assets/sparql.js", "./assets/search.js"
    urls = {name: page.evaluate("path => new URL(path, location.href).href", name) for name in (sparql, search)}
    first, _ = page.evaluate(ASKED, [urls[sparql], "ASK {}"])
    print(f"first query, with the load    {first:12.0f} ms")
    for name, query in (("point query", POINT), ("grouped query", GROUPED)):
        taken = [page.evaluate(ASKED, [urls[sparql], query])[0] for _ in range(9)]
        print(f"{name:30}{statistics.median(taken):12.1f} ms")
    first, _ = page.evaluate(SEARCHED, [urls[search], "leopard"])
    print(f"first search, with the load   {first:12.0f} ms")
    taken = [page.evaluate(SEARCHED, [urls[search], words])[0] for words in ("amur leop", "siberan tigre", "poching")]
    print(f"{'search':30}{statistics.median(taken):12.1f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=4400)
    main(parser.parse_args().claims)
