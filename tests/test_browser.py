"""The server and the static site in a real browser: pages, search, questions, queries, the phone, the dark, and axe."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import wildgraph
from wildgraph.extract import MachineError
from wildgraph.queries.site import write_site
from wildgraph.queries.web.static import vendored
from wildgraph.queries.web.vendor import vendor

pytestmark = pytest.mark.browser

#: Without these Chromium looks for updates and names of its own accord, and needs a screen and a sandbox.
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip


def lacking(what: str) -> None:
    """Skip, or fail where the gate says that nothing may be lacking."""
    (pytest.fail if "WILDGRAPH_NEEDS_BROWSER" in os.environ else pytest.skip)(what)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """What `python -m http.server` does, without its log."""

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    if importlib.util.find_spec("playwright") is None:
        lacking("needs playwright: pip install 'wildgraph[browser]'")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        lacking("needs chromium: apt-get install chromium")
    from playwright import sync_api  # only who has the extra has it

    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core."""
    folder = tmp_path_factory.mktemp("axe")
    try:
        vendor(folder, use="tests")
    except MachineError as error:
        lacking(str(error))
    return (folder / "axe.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session", params=["files", "server"])
def site(request: pytest.FixtureRequest, reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the reference dataset: as files under a path of some host, and served."""
    if not vendored():
        lacking("needs the assets: python -m wildgraph.queries.web.vendor")
    yield from served(reference) if request.param == "server" else hosted(reference, tmp_path_factory.mktemp("host"))


def served(project: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "wildgraph", "serve", str(project), "--port", "0", "--quiet"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        line = next(line for line in process.stderr if line.startswith("serving "))
        yield line.split()[1].rstrip("/")
        process.send_signal(signal.SIGINT)
        process.stderr.read()


def hosted(project: Path, folder: Path) -> Iterator[str]:
    write_site(project, folder / "some path" / "leopard")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/some%20path/leopard"
    server.shutdown()
    thread.join()
    server.server_close()


class Visit:
    """A visitor: one window, and what went wrong in it."""

    def __init__(self, browser: Any, site: str, **settings: Any) -> None:
        self.site = site
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | settings)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context.on("request", self._note)
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.outside.append(request.url)

    def go(self, path: str) -> Any:
        self.page.goto(f"{self.site}/{path}")
        return self.page

    def query_page(self, asked: str = "") -> Any:
        page = self.go(f"query.html{asked}")
        page.wait_for_selector("body[data-ready]")
        return page

    def picture(self, folder: Path, name: str) -> None:
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.fixture
def visit(chromium: Any, site: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    settings = request.node.get_closest_marker("settings")
    visitor = Visit(chromium, site, **(settings.kwargs if settings else {}))
    yield visitor
    visitor.context.close()
    assert visitor.outside == []
    assert visitor.errors == []


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screenshots")


def test_the_first_page_says_what_is_in_it(visit: Visit, shots: Path) -> None:
    page = visit.go("index.html")
    assert page.inner_text("h1") == "Amur leopard reference dataset"
    assert page.locator("#picture-coverage svg").is_visible()
    visit.picture(shots, "first")
    page.click(".ranked >> text=Amur leopard")
    assert page.inner_text("h1") == "Amur leopard"


def test_a_species_page_shows_its_pictures_and_leads_on(visit: Visit, shots: Path) -> None:
    page = visit.go("taxon/amur-leopard.html")
    names = ("population", "status", "chain", "web", "map")
    assert all(page.locator(f"#picture-{name} svg").is_visible() for name in names)
    fill = "e => getComputedStyle(e).fill"
    assert page.locator("#picture-web text").first.evaluate(fill) == "rgb(31, 42, 51)"
    visit.picture(shots, "species")
    page.click("#picture-web a:has-text('roe deer')")
    assert page.inner_text("h1") == "roe deer"


def test_labels_of_pictures_are_as_wide_as_was_reckoned(visit: Visit) -> None:
    page = visit.go("taxon/amur-leopard.html")
    clipped = """() => [...document.querySelectorAll(".wg-picture")].flatMap((svg) => {
      const paper = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("text")].filter((text) => {
        const box = text.getBoundingClientRect();
        return box.left < paper.left || box.right > paper.right || box.top < paper.top || box.bottom > paper.bottom;
      }).map((text) => text.textContent);
    })"""
    assert page.evaluate(clipped) == []


@pytest.mark.parametrize(("typed", "first"), [("amur leop", "Amur leopard"), ("siberan tigre", "Amur tiger")])
def test_search_finds_names_as_typed_and_mistyped(visit: Visit, typed: str, first: str) -> None:
    page = visit.go("taxon/leopard.html")
    page.fill("#find", typed)
    page.wait_for_selector("#suggestions li")
    assert page.inner_text("#suggestions li >> nth=0").startswith(first)
    page.press("#find", "Enter")
    page.wait_for_selector("#results li")
    assert page.inner_text("#results li b >> nth=0") == first


def test_a_suggestion_is_taken_with_the_keyboard(visit: Visit) -> None:
    page = visit.go("index.html")
    page.fill("#find", "amur leop")
    page.wait_for_selector("#suggestions li")
    page.press("#find", "ArrowDown")
    page.press("#find", "Enter")
    page.wait_for_url("**/taxon/amur-leopard.html")


def test_a_question_of_the_catalogue_is_answered_in_the_browser(visit: Visit, shots: Path) -> None:
    page = visit.query_page("?question=threats-of")
    page.wait_for_selector(".answers td")
    assert "15 rows" in page.inner_text("#status")
    assert "conversion of forest to farmland" in page.inner_text(".answers")
    page.select_option("#question", "population-of")
    page.fill("#parameters input", "Far Eastern leopard")
    page.click("text=Ask this question")
    page.wait_for_selector("#status:has-text('12 rows in')")
    visit.picture(shots, "question")


def test_a_question_is_asked_of_everything_where_a_parameter_is_left_out(visit: Visit, reference: Path) -> None:
    values: list[dict[str, Any]] = [{}, {"taxon": "amur-leopard"}]
    everything, one = (len(wildgraph.ask(reference, "unaddressed-threats", **some)) for some in values)
    assert everything > one > 0
    page = visit.query_page("?question=unaddressed-threats")
    page.wait_for_selector(f"#status:has-text('{everything} rows in')")
    page.fill("#parameters input", "Amur leopard")
    page.click("text=Ask this question")
    page.wait_for_selector(f"#status:has-text('{one} row')")


def test_the_endpoint_answers_a_protocol_request(visit: Visit) -> None:
    page = visit.query_page("?query=ASK%20{}")
    page.wait_for_selector(".answers td")
    got = page.evaluate("fetch('sparql?query=ASK%20%7B%7D').then((r) => r.text())")
    assert '"boolean":true' in got.replace(" ", "")
    turtle = page.evaluate(
        "fetch('sparql', {method: 'POST', body: new URLSearchParams({query: 'DESCRIBE <https://w3id.org/wildgraph/amur-leopard/threat/poaching>'})})"
        ".then(async (r) => [r.status, r.headers.get('content-type'), await r.text()])"
    )
    assert turtle[0] == 200
    assert turtle[1].startswith("text/turtle")
    assert "poaching" in turtle[2]


def test_a_typed_query_is_answered_with_labels_and_views(visit: Visit, shots: Path) -> None:
    page = visit.query_page()
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT ?taxon ?food WHERE { ?taxon obo:RO_0002439 ?food } ORDER BY ?taxon ?food")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".answers td a")
    assert page.inner_text(".answers td a >> nth=0") in {"African leopard", "Amur leopard"}
    page.click("#views >> text=Network")
    page.wait_for_selector(".network canvas")
    page.wait_for_timeout(800)  # while the network finds its place
    visit.picture(shots, "network")
    assert "view=network" in page.url
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    page.wait_for_selector(".network canvas")


def test_numbers_are_drawn_and_countries_are_mapped(visit: Visit, shots: Path) -> None:
    page = visit.query_page(
        "?view=chart&query=SELECT%20?t%20(COUNT(?c)%20AS%20?n)%20{%20?c%20wg:subject%20?t%20}%20GROUP%20BY%20?t"
    )
    page.wait_for_selector(".chart rect")
    visit.picture(shots, "chart")
    page = visit.query_page("?view=map&query=SELECT%20?p%20?c%20{%20?p%20dwc:countryCode%20?c%20}")
    page.wait_for_selector(".world path.here")
    assert page.locator(".world path.here").count() == 4
    visit.picture(shots, "map")


def test_a_wrong_query_says_what_is_wrong(visit: Visit) -> None:
    page = visit.query_page("?query=SELECT%20WHERE")
    page.wait_for_selector("#status.failed")
    assert "the query" in page.inner_text("#status")
    visit.errors.clear()  # the browser notes the 400


def test_completion_knows_the_graphs_own_terms(visit: Visit) -> None:
    page = visit.query_page()
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("SELECT * { ?c wg:subj")
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hint >> text=wg:subject")


def test_an_answer_is_downloaded(visit: Visit) -> None:
    page = visit.query_page("?query=SELECT%20?t%20{%20?t%20a%20wg:Threat%20}%20ORDER%20BY%20?t")
    page.wait_for_selector(".answers td")
    with page.expect_download() as download:
        page.click("text=Download .csv")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.splitlines()[:2] == ["t", "https://w3id.org/wildgraph/amur-leopard/threat/farmland-conversion"]


def test_the_network_of_a_thing_grows(visit: Visit, shots: Path) -> None:
    page = visit.go("taxon/amur-leopard.html")
    page.click("text=Walk the network from here")
    page.wait_for_selector("#walk canvas")
    page.wait_for_selector("#walk [role=status]:has-text('things.')")
    page.wait_for_timeout(600)
    page.locator("#walk").screenshot(path=shots / "walk.png")


@pytest.mark.settings(service_workers="block")
def test_without_service_workers_the_page_holds_the_engine(visit: Visit) -> None:
    page = visit.query_page("?question=threats-of")
    page.wait_for_selector("#status:has-text('15 rows in')")


def test_without_the_editor_the_plain_field_does(visit: Visit) -> None:
    visit.page.route("**/assets/yasgui.js", lambda route: route.abort())
    page = visit.query_page()
    page.fill("textarea#query", "SELECT ?t { ?t a wg:Threat }")
    page.click("#sparql-form >> text=Ask")
    page.wait_for_selector("#status:has-text('9 rows in')")
    visit.errors.clear()  # the browser notes the file that did not come


def test_the_tab_key_leaves_the_editor(visit: Visit) -> None:
    page = visit.query_page()
    page.locator(".CodeMirror").click()
    page.keyboard.press("Tab")  # to what scrolls the editor
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.CodeMirror')") is None


def test_a_label_does_nothing_but_stand_there(chromium: Any, project: Path, tmp_path: Path) -> None:
    entities = project / "entities.tsv"
    label = "<img src=x onerror=alert(1)>"
    entities.write_text(entities.read_text(encoding="utf-8").replace("\tred fox\t", f"\t{label}\t"), encoding="utf-8")
    wildgraph.build(project)
    for address in hosted(project, tmp_path / "host"):
        visitor = Visit(chromium, address)
        page = visitor.go("taxon/red-fox.html")
        assert page.inner_text("h1") == label
        page.fill("#find", "img src")
        page.wait_for_selector("#suggestions li")
        visitor.query_page("?question=threats-of").wait_for_selector(".answers td")
        page.goto(f"{address}/query.html?view=network&query=SELECT%20?a%20?b%20{{%20?a%20wg:threatenedBy%20?b%20}}")
        page.wait_for_selector(".network canvas")
        assert page.locator("main img").count() == 0
        assert visitor.errors == []
        assert visitor.outside == []
        visitor.context.close()


@pytest.mark.settings(viewport={"width": 360, "height": 740}, device_scale_factor=2, has_touch=True, is_mobile=True)
@pytest.mark.parametrize(
    "path", ["index.html", "taxon/amur-leopard.html", "browse.html", "conflicts.html", "query.html?question=threats-of"]
)
def test_nothing_is_wider_than_a_phone(visit: Visit, shots: Path, path: str) -> None:
    page = visit.query_page(path.removeprefix("query.html")) if "query" in path else visit.go(path)
    if "query" in path:
        page.wait_for_selector(".answers td")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    visit.picture(shots, f"phone-{path.partition('.')[0].replace('/', '-')}")


@pytest.mark.settings(color_scheme="dark")
def test_the_dark_is_dark(visit: Visit, shots: Path) -> None:
    page = visit.go("taxon/amur-leopard.html")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(19, 23, 22)"
    text = page.locator("#picture-population text").first
    assert text.evaluate("e => getComputedStyle(e).fill") == "rgb(231, 236, 239)"
    visit.picture(shots, "dark-species")
    visit.query_page("?question=threats-of").wait_for_selector(".answers td")
    visit.picture(shots, "dark-query")


AXE_PAGES = (
    "index.html", "taxon/amur-leopard.html", "threat/poaching.html", "browse.html", "conflicts.html",
    "scheme/iucn-threats-3.3.html", "list/source.html", "search.html?q=leopard", "query.html?question=threats-of",
)  # fmt: skip


def serious(visit: Visit, axe: str) -> list[str]:
    # A page's policy refuses inline scripts; a string that the debugger evaluates is none.
    visit.page.evaluate(axe)
    found = visit.page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"][:3]
    ]


@pytest.mark.parametrize("path", AXE_PAGES)
def test_axe_has_no_serious_finding(visit: Visit, axe: str, path: str) -> None:
    visit.go(path)
    if "query" in path:
        visit.page.wait_for_selector(".answers td")
    assert serious(visit, axe) == []


@pytest.mark.settings(color_scheme="dark", viewport={"width": 360, "height": 740})
@pytest.mark.parametrize("path", ["index.html", "taxon/amur-leopard.html", "query.html?question=threats-of"])
def test_axe_has_no_serious_finding_in_the_dark_on_a_phone(visit: Visit, axe: str, path: str) -> None:
    visit.go(path)
    if "query" in path:
        visit.page.wait_for_selector(".answers td")
    assert serious(visit, axe) == []
