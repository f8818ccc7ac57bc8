"""The best pairing of two sets: every member is used once at most, and the sum of the pairs' worth is the greatest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

__all__ = ["best_pairs"]

_Pair = tuple[int, int]


def best_pairs(worth: Mapping[_Pair, int]) -> dict[int, int]:
    """Return which right each left goes with, where `worth` gives the possible pairs and their positive worth.

    The same worth gives the same pairs, in whatever order it is given. Kuhn's Hungarian method, in the form with
    potentials (Jonker and Volgenant 1987), on each group of lefts and rights that hang together.
    """
    found = {}
    for lefts, rights in _groups(worth):
        table = [[-worth.get((left, right), 0) for right in rights] + [0] * len(lefts) for left in lefts]
        for column, row in _least_cost(table).items():
            pair = (lefts[row], rights[column]) if column < len(rights) else None
            if pair in worth:
                found[lefts[row]] = rights[column]
    return dict(sorted(found.items()))


def _groups(worth: Mapping[_Pair, int]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the connected parts of the graph of possible pairs."""
    nodes: dict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    for left, right in worth:
        nodes["left", left].add(("right", right))
        nodes["right", right].add(("left", left))
    seen: set[tuple[str, int]] = set()
    for start in sorted(nodes):
        if start in seen:
            continue
        part, todo = {start}, [start]
        while todo:
            fresh = nodes[todo.pop()] - part
            part |= fresh
            todo += fresh
        seen |= part
        yield sorted(n for side, n in part if side == "left"), sorted(n for side, n in part if side == "right")


def _least_cost(cost: list[list[int]]) -> dict[int, int]:
    """Return the row of each used column in a cheapest assignment of every row; rows are at most as many as columns."""
    height, width = len(cost), len(cost[0])
    endless = 1 << 60
    row_price, column_price = [0] * height, [0] * (width + 1)
    owner = [-1] * (width + 1)  # the last column is where the row to be placed waits
    for row in range(height):
        owner[width], column = row, width
        slack, came_from, done = [endless] * width, [width] * width, [False] * (width + 1)
        while owner[column] != -1:
            done[column] = True
            here = owner[column]
            for j in range(width):
                reduced = cost[here][j] - row_price[here] - column_price[j]
                if not done[j] and reduced < slack[j]:
                    slack[j], came_from[j] = reduced, column
            nearest = min((j for j in range(width) if not done[j]), key=lambda j: slack[j])
            step = slack[nearest]
            for j in range(width + 1):
                if done[j]:
                    row_price[owner[j]] += step
                    column_price[j] -= step
                elif j < width:
                    slack[j] -= step
            column = nearest
        while column != width:
            owner[column] = owner[came_from[column]]
            column = came_from[column]
    return {column: row for column, row in enumerate(owner[:width]) if row != -1}
