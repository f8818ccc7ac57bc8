"""A review in a real terminal: a key for each decision, and every decision saved."""

import re
import sys
from pathlib import Path

import pexpect
from candidates import COUNT, ROAD, candidate, run, write_candidates
from wildgraph.extract.candidate import Thing
from wildgraph.extract.ledger import read_ledger


def spawn(project: Path, *arguments: str) -> pexpect.spawn:
    environment = {"PATH": "/usr/bin:/bin", "TERM": "xterm", "COLUMNS": "90", "LINES": "40"}
    command = ["-m", "wildgraph", "review", "--curator", "Ada", "--date", "2026-11-21", *arguments]
    return pexpect.spawn(
        sys.executable, command, cwd=str(project), env=environment, encoding="utf-8", timeout=30, dimensions=(40, 90)
    )


def test_a_review_in_a_terminal(waiting: Path) -> None:
    terminal = spawn(waiting)
    terminal.expect("1 of 3")
    terminal.expect(re.escape("\x1b[1;30;43m" + COUNT))  # the span stands out
    terminal.expect("quit")
    terminal.send("a")
    terminal.expect("2 of 3")
    assert len(read_ledger(waiting / "review/ada.tsv")) == 1
    terminal.expect("quit")
    terminal.send("u")
    terminal.expect("1 of 3")
    assert read_ledger(waiting / "review/ada.tsv") == []
    terminal.expect("quit")
    terminal.send("s")
    terminal.expect(ROAD)
    terminal.expect("quit")
    terminal.send("e")
    terminal.expect("edit> ")
    terminal.sendline("objct=x")
    terminal.expect("did you mean object")
    terminal.sendline("object=nowhere")
    terminal.expect("unknown entity")
    terminal.sendline("object=road-traffic")
    terminal.sendline("timing=ongoing")
    terminal.sendline("")
    terminal.expect("warning-signs")
    terminal.expect("quit")
    terminal.send("r")
    terminal.expect("2 of 3 decided, 0 left in this session; saved in review/ada.tsv")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    made = read_ledger(waiting / "review/ada.tsv")
    assert [(d.verdict, d.edited) for d in made] == [("edit", ("timing",)), ("reject", ())]


def test_leaving_a_review_at_any_moment_keeps_the_decisions(waiting: Path) -> None:
    terminal = spawn(waiting, "--predicate", "threat")
    terminal.expect("1 of 1")
    terminal.expect("quit")
    terminal.sendcontrol("c")
    terminal.expect("0 of 1 decided, 1 left")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_a_claim_that_lacks_an_entity_is_refused_until_it_is_there(waiting: Path) -> None:
    write_candidates(waiting, [candidate(waiting, ROAD, "threat", Thing("new railway"))])
    terminal = spawn(waiting)
    terminal.expect("add a row with id new-railway to entities.tsv")
    terminal.expect("quit")
    terminal.send("a")
    terminal.expect("not a claim yet")
    terminal.expect("add what is missing")
    terminal.expect("quit")
    with (waiting / "entities.tsv").open("a", encoding="utf-8") as file:
        file.write("new-railway\tthreat\tnew railway\n")
    terminal.send("a")
    terminal.expect("not a claim yet|1 of 1 decided")
    terminal.expect("quit|1 of 1 decided")
    terminal.send("a")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert [d.cells["object"] for d in read_ledger(waiting / "review/ada.tsv")] == ["new-railway"]


def test_a_key_writes_the_entity_that_is_missing(waiting: Path) -> None:
    write_candidates(waiting, [candidate(waiting, ROAD, "threat", Thing("hunters", "hunting"))])
    terminal = spawn(waiting)
    terminal.expect("unknown entity 'hunting'")
    terminal.expect("quit")
    terminal.send("n")
    terminal.expect("entities.tsv:9  hunting: type threat, label hunting, codes iucn-threats-3.3:5.1")
    terminal.expect("quit")
    terminal.send("n")
    terminal.expect("every entity of this claim is known")
    terminal.expect("quit")
    terminal.send("a")
    terminal.expect("1 of 1 decided")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert (waiting / "entities.tsv").read_text().endswith("hunting\tthreat\thunting\t\t\t\t\tiucn-threats-3.3:5.1\t\n")


def test_without_a_terminal_it_says_what_to_do(waiting: Path) -> None:
    result = run("review", "--curator", "Ada", folder=waiting)
    assert (result.returncode, "needs a terminal" in result.stderr) == (2, True)
