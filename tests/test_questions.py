"""The question catalogue on the reference dataset: every question, every row of its answer."""

import re
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import wildgraph
from rich.console import Console
from wildgraph import Answer, InputError, UsageError
from wildgraph.queries.ask import Asker
from wildgraph.queries.question import Question, load_questions, read_question

ANSWERS = Path(__file__).parent / "answers"
QUESTIONS = load_questions()


def table(answer: Answer) -> str:
    """Return an answer as lines of labels between bars, so that a reviewer can read it."""
    rows = [answer.columns, *([answer.words(value) for value in row] for row in answer.rows)]
    return "".join(" | ".join(row).rstrip() + "\n" for row in rows)


@pytest.mark.parametrize("name", QUESTIONS)
def test_answer(name: str, reference: Path) -> None:
    expected = (ANSWERS / f"{name}.txt").read_text(encoding="utf-8")
    assert table(wildgraph.ask(reference, name)) == expected


def test_every_question_has_an_answer_and_every_answer_a_question() -> None:
    assert {path.stem for path in ANSWERS.glob("*.txt")} == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_describes_its_columns(name: str, reference: Path) -> None:
    question = QUESTIONS[name]
    assert question.title
    assert question.description
    assert wildgraph.ask(reference, name).columns == tuple(question.columns)
    assert re.search(r"^ORDER BY", question.sparql, re.MULTILINE), "an answer has an order"


def in_words(question: Question) -> str:
    """Return the section of docs/questions.md about a question."""
    lines = [f"## {question.name}", "", question.description, ""]
    if question.parameters:
        lines += ["| parameter | what |", "|---|---|"]
        for p in question.parameters.values():
            kind = f"{p.type}, optional" if p.optional else p.type
            lines.append(f"| `{p.name}` | {p.description} ({kind}) |")
        lines.append("")
    lines += ["| column | what |", "|---|---|"]
    lines += [f"| `{name}` | {what} |" for name, what in question.columns.items()]
    return "\n".join(lines) + "\n"


def test_the_page_of_questions_is_what_the_questions_say() -> None:
    page = (Path(__file__).parent.parent / "docs/questions.md").read_text(encoding="utf-8")
    start = page.index("## actions-against")
    assert page[start:] == "\n".join(map(in_words, QUESTIONS.values()))


def test_a_limit_gives_some_rows_and_tells_the_total(reference: Path) -> None:
    every = wildgraph.ask(reference, "unlinked")
    some = wildgraph.ask(reference, "unlinked", limit=5)
    assert every.total is None
    assert (len(some), some.total) == (5, len(every))
    assert [row for row in every.rows if row in some.rows] == list(some.rows)
    assert wildgraph.ask(reference, "unlinked", limit=len(every)) == every


def test_a_limit_counts_what_was_asked(reference: Path) -> None:
    answer = wildgraph.ask(reference, "threats-of", taxon="amur-leopard", limit=1)
    assert (len(answer), answer.total) == (1, len(wildgraph.ask(reference, "threats-of")))


def test_a_limit_of_a_ranking_gives_the_first_rows(reference: Path) -> None:
    every = wildgraph.ask(reference, "main-threats")
    some = wildgraph.ask(reference, "main-threats", limit=2)
    assert (some.rows, some.total) == (every.rows[:2], len(every))


def test_a_table_that_is_cut_says_so(reference: Path) -> None:
    console = Console(file=StringIO(), width=200)
    wildgraph.ask(reference, "main-threats", limit=2).show(console)
    assert console.file.getvalue().splitlines()[-1] == "2 of 9 rows; --all prints every one, in order"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ({"number": "70"}, 4),
        ({"number": "70.0"}, 4),
        ({"number": "70", "taxon": "amur-tiger"}, 0),
        ({"number": "4.5"}, 0),
    ],
)
def test_who_says_a_number(reference: Path, values: dict[str, Any], rows: int) -> None:
    assert len(wildgraph.ask(reference, "who-says", **values)) == rows


@pytest.mark.parametrize(("before", "rows"), [("2013", 0), ("2014", 1)])
def test_figures_older_than_a_year(reference: Path, before: str, rows: int) -> None:
    assert len(wildgraph.ask(reference, "old-figures", before=before)) == rows


def test_what_is_unlinked_is_what_the_share_counts(reference: Path) -> None:
    counted = {row[0]: row[2] for row in wildgraph.ask(reference, "linked-share").rows}
    listed = Counter(row[1] for row in wildgraph.ask(reference, "unlinked").rows)
    assert {kind: int(count.text) for kind, count in counted.items() if count and count.text != "0"} == listed


def test_parameters_take_ids_labels_scientific_names_and_iris(reference: Path) -> None:
    iri = "https://w3id.org/wildgraph/amur-leopard/taxon/amur-tiger"
    answers = [
        wildgraph.ask(reference, "status-of", taxon=name).rows
        for name in ("amur-tiger", "Amur tiger", "siberian tiger", "Panthera tigris altaica", iri)
    ]
    assert len(answers[0]) == 1
    assert all(rows == answers[0] for rows in answers)


def test_parameters_are_bound_and_not_pasted(reference: Path) -> None:
    with pytest.raises(UsageError, match="no taxon is called"):
        wildgraph.ask(reference, "status-of", taxon="x> } UNION { ?s ?p ?o } #")
    hostile = 'https://example.org/x" . ?a ?b ?c'
    with pytest.raises(UsageError, match="no taxon is called"):
        wildgraph.ask(reference, "status-of", taxon=hostile)


@pytest.mark.parametrize(
    ("question", "values", "message"),
    [
        ("threat-of", {}, "no question is called 'threat-of'; did you mean threats-of"),
        ("threats-of", {"taxo": "x"}, "threats-of has no parameter 'taxo'; did you mean taxon"),
        ("threats-of", {"taxon": "amur-leopart"}, "no taxon is called 'amur-leopart'; did you mean amur-leopard"),
    ],
)
def test_wrong_calls(reference: Path, question: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        wildgraph.ask(reference, question, **values)


def test_labels_in_place_of_iris(reference: Path) -> None:
    answer = wildgraph.ask(reference, "status-of", taxon="Amur leopard")
    assert answer.csv(labels=True).splitlines()[1].startswith("Critically Endangered,")
    assert answer.csv().splitlines()[1].startswith("https://")
    assert answer.to_polars(labels=True)["category"][0] == "Critically Endangered"
    assert answer.to_pandas()["category"][0].startswith("https://")


def test_a_notebook_shows_labels_that_lead_to_the_iris(reference: Path) -> None:
    shown = wildgraph.ask(reference, "status-of")._repr_html_()
    assert shown.startswith("<table><caption>Status of a taxon: Amur leopard</caption><thead><tr><th>category</th>")
    assert '3.1/CR">Critically Endangered</a></td>' in shown
    hostile = wildgraph.ask(reference, sparql='SELECT ("<script>" AS ?x) (<javascript:alert(1)> AS ?y) {}')
    assert "<td>&lt;script&gt;</td><td>javascript:alert(1)</td>" in hostile._repr_html_()


def test_a_label_that_a_spreadsheet_would_run_is_text(project: Path) -> None:
    path = project / "entities.tsv"
    path.write_text(path.read_text().replace("red fox", "=1+1"))
    wildgraph.build(project)
    found = wildgraph.ask(project, sparql="SELECT ?t { ?t a wg:Taxon }").csv(labels=True)
    assert found == "t\r\n'=1+1\r\n"


def test_any_sparql(reference: Path) -> None:
    answer = wildgraph.ask(reference, sparql="SELECT (COUNT(*) AS ?n) WHERE { ?c a wg:ThreatClaim }")
    assert answer.format("csv") == "n\r\n21\r\n"
    assert '"boolean": true' in wildgraph.ask(reference, sparql="ASK { ?c a wg:ThreatClaim }").format("json")


def test_construct_makes_turtle_and_jsonld(reference: Path) -> None:
    answer = wildgraph.ask(reference, sparql="CONSTRUCT { ?t wg:threatenedBy ?x } WHERE { ?t wg:threatenedBy ?x }")
    assert "wg:threatenedBy" in answer.format("turtle")
    assert '"@id"' in answer.format("jsonld")
    with pytest.raises(UsageError, match="use --format turtle or jsonld, not csv"):
        answer.format("csv")


def test_sparql_that_does_not_parse(reference: Path) -> None:
    with pytest.raises(UsageError, match="the query does not parse: error at 1:"):
        wildgraph.ask(reference, sparql="SELEC ?x WHERE {}")


def test_results_in_standard_formats(reference: Path) -> None:
    answer = wildgraph.ask(reference, "status-of")
    assert answer.format("csv").startswith("category,place,authority,time,asserted,source\r\nhttps://w3id.org/")
    assert answer.format("tsv").startswith("?category\t?place\t?authority\t?time\t?asserted\t?source\n<https://")
    assert '"vars": [\n   "category",' in answer.format("json")


def test_data_frames(reference: Path) -> None:
    answer = wildgraph.ask(reference, "population-of")
    estimates = [70, 70, 70, 70, 50, 50, 35, 35, 45, 45]
    assert [n for n in answer.to_polars()["estimate"].to_list() if n is not None] == estimates
    assert answer.to_pandas()["estimate"].dropna().tolist() == estimates
    assert [n for n in answer.to_arrow()["estimate"].to_pylist() if n is not None] == estimates


def test_a_project_adds_its_own_questions(project: Path) -> None:
    (project / "queries").mkdir()
    (project / "queries/all-places.rq").write_text(
        '#+ title = "All places"\nSELECT ?place WHERE { ?place a wg:Place } ORDER BY ?place\n'
    )
    wildgraph.build(project)
    assert "all-places" in {question.name for question in wildgraph.catalogue(project)}
    assert table(wildgraph.ask(project, "all-places")) == "place\nExample Valley\n"


def test_a_question_may_make_triples(project: Path) -> None:
    (project / "queries").mkdir()
    (project / "queries/places.rq").write_text(
        '#+ title = "Places"\nCONSTRUCT { ?place a skos:Concept } WHERE { ?place a wg:Place }\n'
    )
    wildgraph.build(project)
    assert "place/example-valley> a skos:Concept" in wildgraph.ask(project, "places").format("turtle")


def test_a_select_may_have_a_line_that_starts_with_describe(reference: Path) -> None:
    assert wildgraph.ask(reference, sparql='SELECT ("""\ndescribe""" AS ?x) {}').rows


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ('#+ titel = "x"', "q.rq:1:1: unknown key: 'titel'"),
        ('#+ title = "x', "q.rq:1:1: "),
        (
            '#+ title = "x"\n#+ [params.taxon]\n#+ type = "taxn"',
            "q.rq:2:1: unknown type of parameter: 'taxn'\n    did you mean",
        ),
        ('#+ [params.other]\n#+ type = "taxon"', "q.rq:1:1: the query does not use the parameter: 'other'"),
    ],
)
def test_heads_that_are_wrong(tmp_path: Path, head: str, message: str) -> None:
    path = tmp_path / "q.rq"
    path.write_text(f"{head}\nSELECT ?taxon WHERE {{ ?taxon a wg:Taxon }}\n")
    with pytest.raises(InputError) as caught:
        read_question(path)
    assert message in str(caught.value)


def test_a_default_that_the_project_does_not_give(project: Path) -> None:
    wildgraph.build(project)
    with pytest.raises(UsageError, match=r"declining-in needs habitat \(The habitat\); write habitat="):
        Asker.open(project).question(QUESTIONS["declining-in"], {})
