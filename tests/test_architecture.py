"""The design, where a machine can hold us to it: layers, sizes, the public surface, the package's own list."""

import ast
import tomllib
from pathlib import Path

import wildgraph

ROOT = Path(wildgraph.__file__).parent
LAYERS = ("ontology", "extract", "graph", "queries", "commands")


def modules() -> list[Path]:
    return [ROOT / "__init__.py", ROOT / "__main__.py", *(p for name in LAYERS for p in (ROOT / name).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Return the first part of what a module imports: a layer of ours, or a package from outside."""
    layers_up = len(path.relative_to(ROOT).parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level in {0, layers_up}:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found


def test_imports_run_one_way() -> None:
    for path in modules():
        layer = path.relative_to(ROOT).parts[0]
        if layer in LAYERS:
            above = LAYERS[LAYERS.index(layer) + 1 :]
            assert not imported(path) & set(above), path


def test_only_the_store_knows_the_triple_store() -> None:
    users = {path.relative_to(ROOT).as_posix() for path in modules() if "pyoxigraph" in imported(path)}
    assert users == {"graph/store.py", "ontology/terms.py"}


def test_only_validate_knows_a_shacl_engine() -> None:
    users = {path.relative_to(ROOT).as_posix() for path in modules() if {"pyshacl", "shacl"} & imported(path)}
    assert users == {"graph/validate/reference.py", "graph/validate/worker.py"}


def test_modules_and_functions_stay_small() -> None:
    for path in modules():
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 500, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 45, (path, node.name)


def test_every_module_says_what_it_is_for() -> None:
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        names = [t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)]
        assert "__all__" in names, path


def test_public_surface() -> None:
    assert wildgraph.__all__ == [
        "Answer", "Build", "Check", "Claim", "Entity", "Finding", "Graph", "InputError", "MachineError", "Problem",
        "Project", "Question", "Severity", "Source", "UsageError", "WildgraphError", "ask", "build", "catalogue",
        "check_files", "check_project", "explain", "open_project",
    ]  # fmt: skip
    for name in wildgraph.__all__:
        assert getattr(wildgraph, name).__doc__, name


def test_packages_are_the_folders_with_an_init() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    inits = [p for name in LAYERS for p in (ROOT / name).rglob("__init__.py")]
    folders = {"wildgraph", *(".".join(("wildgraph", *p.parent.relative_to(ROOT).parts)) for p in inits)}
    assert set(listed) == folders
    assert {path.name for path in ROOT.glob("*.py")} == {"__init__.py", "__main__.py"}
