"""What goes wrong, said so that a biologist can act on it.

WildgraphError            exit code
├── UsageError                2   the command was wrong
├── MachineError              3   something on this machine is missing or full
└── InputError                4   files say something they should not; carries every problem found
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["InputError", "MachineError", "Problem", "UsageError", "WildgraphError", "nearest"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in one place. `line` and `column` count from 1; 0 means the whole file."""

    path: str
    line: int
    column: int
    message: str
    value: str = ""
    fix: str = ""
    warning: bool = False

    @property
    def where(self) -> str:
        """The place as `file:line:column`, as editors and terminals understand it."""
        place = [str(n) for n in (self.line, self.column) if n] if self.line else []
        return ":".join([self.path, *place])

    def __str__(self) -> str:
        value = f": {shown(self.value)}" if self.value else ""
        fix = f"\n    {self.fix}" if self.fix else ""
        return f"{self.where}: {self.message}{value}{fix}"


class WildgraphError(Exception):
    """Anything wildgraph refuses to go on with. `exit_code` is what the command ends with."""

    exit_code = 1


class UsageError(WildgraphError):
    """The call was wrong: an unknown name, a missing argument."""

    exit_code = 2


class MachineError(WildgraphError):
    """The machine cannot do it: no space, no permission, a missing program."""

    exit_code = 3


class InputError(WildgraphError):
    """Input that cannot be used. `problems` holds all that were found, in order of place."""

    exit_code = 4

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `did you mean a or b?` for the names nearest to a word, or an empty string."""
    from rapidfuzz import fuzz, process  # a tenth of a second that only a mistake should cost

    matches = process.extract(word, sorted(set(known)), scorer=fuzz.ratio, score_cutoff=60, limit=2)
    return f"did you mean {' or '.join(match[0] for match in matches)}?" if matches else ""


def shown(value: str, *, width: int = 60) -> str:
    """Return a value in quotes, shortened, with control characters made visible."""
    text = value if len(value) <= width else value[: width - 1] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text) + "'"
