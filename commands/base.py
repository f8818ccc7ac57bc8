"""What every verb shares: the application, the options all have, the console, progress and JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from .pace import Pace

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["HERE", "AsJson", "Folder", "InProject", "app", "console", "print_json", "progress"]

#: The verbs in the order that work goes, which is the order of --help.
ORDER = [
    "init",
    "add",
    "extract",
    "review",
    "score",
    "build",
    "check",
    "query",
    "explain",
    "plot",
    "link",
    "export",
    "load",
    "serve",
    "site",
    "doctor",
]


class Verbs(TyperGroup):
    """Lists the verbs in the order that work goes."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the verbs, in `ORDER`."""
        return sorted(super().list_commands(ctx), key=ORDER.index)


app = typer.Typer(
    cls=Verbs,
    help="Build, check, query and publish knowledge-graph datasets for wildlife conservation.",
    epilog="Exit codes: 0 fine, 1 findings, 2 wrong use, 3 the machine cannot, 4 bad input.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,  # Rich help takes twice the time that the whole of --help may
    pretty_exceptions_enable=False,
)


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(f"wildgraph {installed('wildgraph')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Project folder.", show_default="the current folder")]
InProject = Annotated[Path, typer.Option("--project", metavar="DIR", help="Project folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (docs/commands.md has the schemas).")]
HERE = Path()


def console(*, stderr: bool = False) -> Console:
    from rich.console import Console  # a tenth of a second that --help need not pay

    class Output(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # to `main`, where it is no error; Rich would exit with 1

    return Output(stderr=stderr, highlight=False, emoji=False, markup=False)


def print_json(value: object) -> None:
    print(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, default=str))


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show steps on stderr, when it is a terminal: how much is done, rows a second and the time left."""
    if not sys.stderr.isatty():
        yield lambda _name, _done, _total: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task, pace = bar.add_task("", pace=""), Pace()

        def tell(name: str, done: int, total: int) -> None:
            words = pace.words(done, total, time.monotonic())
            bar.update(task, description=name, completed=done, total=total or None, pace=words)

        yield tell
