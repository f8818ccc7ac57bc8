"""The index of names that a static site is searched by, in the form that MiniSearch 7 loads as it is."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import count

from ..web.index import Entry
from ..web.search import folded

__all__ = ["FIELDS", "name_index"]

#: What a thing is found by, in the order of the fields' numbers: the label, and all else that it is called.
FIELDS = ("label", "also")


def name_index(entries: Iterable[Entry]) -> str:
    """Return the JSON that `MiniSearch.loadJSON` reads (serialisation version 2), the same for the same names.

    Terms are those of `folded`, which `style/search.js` does the same way.
    """
    listed = sorted(entries, key=lambda entry: (-entry.claims, entry.page))
    terms: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    lengths: dict[str, list[int]] = {}
    for number, entry in zip(count(), listed):
        words = [folded(entry.label).split(), folded(" ".join(entry.names[1:])).split()]
        lengths[str(number)] = [len(set(found)) for found in words]
        for field, found in enumerate(words):
            for term, times in Counter(found).items():
                terms[term][str(field)][str(number)] = times
    total = len(listed)
    means = [sum(length[field] for length in lengths.values()) / max(total, 1) for field in range(len(FIELDS))]
    document = {
        "documentCount": total,
        "nextId": total,
        "documentIds": {str(i): entry.page for i, entry in enumerate(listed)},
        "fieldIds": {name: i for i, name in enumerate(FIELDS)},
        "fieldLength": lengths,
        "averageFieldLength": [round(mean, 6) for mean in means],
        "storedFields": {str(i): _stored(entry) for i, entry in enumerate(listed)},
        "dirtCount": 0,
        "index": [[term, terms[term]] for term in sorted(terms)],
        "serializationVersion": 2,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _stored(entry: Entry) -> dict[str, object]:
    """Return what is shown of a thing that was found."""
    return {"label": entry.label, "kind": entry.kind, "scientific": entry.scientific, "names": list(entry.names)}
