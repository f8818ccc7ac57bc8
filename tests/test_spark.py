"""One mapping, two engines: Spark on a real cluster makes the quads that DuckDB makes, even when a worker dies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import wildgraph
from wildgraph import UsageError
from wildgraph.extract.scaffold import init
from wildgraph.extract.tables.add import add_tables

pytest.importorskip("pyspark", reason="needs Spark; try: pip install 'wildgraph[spark]'")
sys.path.insert(0, str(Path(__file__).parent))
from spark_cluster import Cluster, cluster
from wildgraph.graph.tables.spark import to_spark

pytestmark = pytest.mark.spark

HEADER = "taxonID\tscientificName\tscientificNameAuthorship\ttaxonRank\tparentNameUsageID\ttaxonRemarks\tcountryCode\n"
#: What is hard to write in N-Quads or differs between engines: quotes, backslashes, controls, spaces, empty cells.
ODD = [
    'a 1\tPanthera "onca"\tLinnaeus, 1758\tspecies\t\tback\\slash and "quotes"\tBR',
    "é/2\tFelis silvestris ssp. grampia\t(Miller, 1907)\tsubspecies\ta 1\ttab\\t and percent %41\tGB",
    "<3>\tLynx × hybrida\t\thybrid\tmissing\t\u2028line separator\t",
    "4+5*~\tPuma concolor\tL.\tspecies\ta 1\tcontrol \x01 and \x7f\tus",
    "007\tCanis lupus\tL.\tspecies\ta 1\t1.50\tUS",
]
CONTESTED = """format = "csv"
[[entity]]
from = "{name}"
type = "taxon"
id = "name -> taxon('names')"
label = "name -> text('la')"
distinct = true
[[claim]]
from = "{name}"
predicate = "population"
subject = "name -> taxon('names')"
quantity = "n -> quantity"
when = "when -> date"
[[claim]]
from = "{name}"
predicate = "status"
subject = "name -> taxon('names')"
object = "cat -> red-list-category"
when = "when -> date"
"""


def checklist(folder: Path, rows: int) -> Path:
    """Make a project with a table of odd rows and many plain ones."""
    init(folder)
    plain = (
        f"t{n}\tGenus{n % 997} species{n}\tAuthor, {1800 + n % 200}\tspecies\ta 1\tremark {n}\tDE" for n in range(rows)
    )
    with (folder / "taxa.tsv").open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEADER)
        file.writelines(f"{row}\n" for row in (*ODD, *plain))
    add_tables(folder / "taxa.tsv", folder)
    return folder


def dataset(project: Path) -> list[bytes]:
    """Return the sorted lines of a build; how it was built is not in them."""
    return sorted((project / "build/dataset.nq").read_bytes().splitlines())


def on_spark(project: Path, master: str) -> subprocess.Popen[str]:
    """Start a build on a cluster, in a process of its own as a user has it."""
    conf = project.parent / "conf"
    conf.mkdir(exist_ok=True)
    (conf / "spark-defaults.conf").write_text("spark.executor.memory 512m\nspark.driver.host 127.0.0.1\n")
    environment = os.environ | {"SPARK_CONF_DIR": str(conf), "SPARK_LOCAL_IP": "127.0.0.1"}
    command = [sys.executable, "-m", "wildgraph", "build", str(project), "--engine", master]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def finish(build: subprocess.Popen[str]) -> None:
    said, _ = build.communicate(timeout=600)
    assert build.returncode == 0, said


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def test_both_engines_make_the_same_quads(spark: Cluster, tmp_path: Path) -> None:
    project = checklist(tmp_path / "project", 2000)
    wildgraph.build(project)
    expected = dataset(project)
    shutil.rmtree(project / "build")
    finish(on_spark(project, spark.master))
    assert dataset(project) == expected
    assert sum(b"007" in line for line in expected) > 0


def contested(folder: Path) -> Path:
    """Make a project of two tables that differ about some taxa, and of categories given in several years."""
    init(folder)
    for number, name in enumerate("ab"):
        rows = (f"Genus s{n},{n + number * (n % 10 == 0)},2013,{'LC' if n % 7 else 'VU'}\n" for n in range(500))
        (folder / f"{name}.csv").write_text("name,n,when,cat\n" + "".join(rows))
        (folder / f"{name}.toml").write_text(CONTESTED.format(name=name))
        add_tables(folder / f"{name}.csv", folder, mapping=f"{name}.toml")
    return folder


def test_conflicts_are_the_same_whoever_made_the_quads(spark: Cluster, tmp_path: Path) -> None:
    project = contested(tmp_path / "project")
    wildgraph.build(project)
    expected = dataset(project)
    assert sum(b"/ns#Conflict>" in line and b"graph/derived>" in line for line in expected) == 50
    shutil.rmtree(project / "build")
    finish(on_spark(project, spark.master))
    assert dataset(project) == expected


def test_a_worker_that_is_killed_changes_nothing(tmp_path: Path) -> None:
    project = checklist(tmp_path / "project", 200_000)
    wildgraph.build(project)
    expected = dataset(project)
    shutil.rmtree(project / "build")
    (tmp_path / "cluster").mkdir()
    with cluster(tmp_path / "cluster") as running:
        build = on_spark(project, running.master)
        wait_for_writing(project, build)
        running.kill_worker()
        finish(build)
    assert dataset(project) == expected


def writing(project: Path) -> bool:
    """Say whether a part of the quads is being written: there is one, and Spark has not said that all are whole."""
    for parts in project.glob(".build-*/**/*.parts"):
        with suppress(FileNotFoundError):  # what Spark moves away while we look
            if not (parts / "_SUCCESS").exists() and any(parts.rglob("part-*")):
                return True
    return False


def wait_for_writing(project: Path, build: subprocess.Popen[str]) -> None:
    """Wait until workers have begun to write and are not done."""
    end = time.monotonic() + 300
    while not writing(project):
        assert build.poll() is None, build.communicate()[0]
        assert time.monotonic() < end, "no worker began to write"
        time.sleep(0.02)


def test_what_a_column_has_to_be_replaced_is_all_that_is_replaced() -> None:
    changed = {("wg_escape", "a"): '"\\', ("wg_escape", "b"): "", ("wg_encode", "b"): " %é"}
    assert to_spark('SELECT wg_escape(t."a") FROM t ORDER BY 1', changed) == (
        "SELECT REPLACE(REPLACE(t.`a`, CHR(92), CONCAT('', CHR(92), '', CHR(92), '')), "
        "CHR(34), CONCAT('', CHR(92), '\"')) FROM t"
    )
    assert to_spark('SELECT wg_escape(t."b") FROM t', changed) == "SELECT t.`b` FROM t"
    assert to_spark('SELECT wg_encode(t."b") FROM t', changed) == (
        "SELECT REPLACE(REPLACE(REPLACE(t.`b`, CHR(37), '%25'), CHR(32), '%20'), 'é', '%C3%A9') FROM t"
    )


def test_an_engine_that_is_not_there(tmp_path: Path) -> None:
    project = checklist(tmp_path / "project", 1)
    with pytest.raises(UsageError, match="no engine is called 'spork'; write duckdb, spark or the address"):
        wildgraph.build(project, engine="spork")
