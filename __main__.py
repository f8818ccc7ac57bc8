"""The program `wildgraph`: runs the verbs of `commands` and turns what goes wrong into a message and an exit code."""

from __future__ import annotations

import os
import sys

from .commands import app, console
from .extract import InputError, MachineError, UsageError, WildgraphError

__all__ = ["app", "main"]

INTERRUPTED = 130  # what typer makes of Ctrl-C, and shells of a process that SIGINT ended


def main() -> None:
    """Run the command line and exit as docs/commands.md says, without a traceback for anything a user did."""
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        from .queries.report import show_problems

        show_problems(error.problems, console(stderr=True))
        count = len(error.problems)
        _fail(f"{count} problem{'' if count == 1 else 's'} in the input; nothing was changed", error.exit_code)
    except WildgraphError as error:
        _fail(str(error), error.exit_code)
    except (BrokenPipeError, SystemExit):
        # The reader of our output went away (`| head`), which typer makes a SystemExit of: nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}", MachineError.exit_code)
    except Exception as error:  # typer's own errors have no public base class
        if not hasattr(error, "format_message"):
            raise
        said = error.format_message()
        if said.startswith("Usage:"):  # a family of verbs without a verb
            print(said, file=sys.stderr)
            sys.exit(UsageError.exit_code)
        _fail(f"{said}; try: wildgraph --help", UsageError.exit_code)
    if code == INTERRUPTED:
        _fail("stopped; nothing was changed", INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> None:
    print(f"wildgraph: {message}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
