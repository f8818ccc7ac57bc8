"""How often the normalisers agree with the validation data of TDWG's data quality tests (../shared/data).

Run: python benchmarks/normalisers.py
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

from wildgraph.extract.normalise import normalise

DATA = Path(__file__).parents[2] / "shared/data/bdq-data-quality/TG2_test_validation_data.csv"
#: Column -> normaliser, and the names of the tests of that column in the data.
COLUMNS = {
    "countryCode": ("country", ("COUNTRYCODE_STANDARD", "COUNTRYCODE_STANDARDIZED")),
    "country": ("country", ("COUNTRY_FOUND",)),
    "eventDate": ("date", ("EVENTDATE_STANDARD", "EVENTDATE_STANDARDIZED")),
    "verbatimEventDate": ("date", ("EVENTDATE_FROM_VERBATIM",)),
    "dateIdentified": ("date", ("DATEIDENTIFIED_STANDARD", "DATEIDENTIFIED_STANDARDIZED")),
    "sex": ("sex", ("SEX_STANDARD", "SEX_STANDARDIZED")),
    "taxonRank": ("rank", ("TAXONRANK_STANDARD", "TAXONRANK_STANDARDIZED")),
    "occurrenceStatus": ("occurrence-status", ("OCCURRENCESTATUS_STANDARD", "OCCURRENCESTATUS_STANDARDIZED")),
    "basisOfRecord": ("basis-of-record", ("BASISOFRECORD_STANDARD", "BASISOFRECORD_STANDARDIZED")),
}


def canonical(name: str, text: str) -> str | None:
    """Return what a normaliser makes of a value, in the words of the data; None where it does not understand it."""
    found = normalise(name, text) if text.strip() else None
    if found is None:
        return None
    if name == "occurrence-status":
        return "absent" if found.text else "present"
    return found.text.rpartition(":")[2] if found.concept else found.text


def plain(name: str, text: str) -> str:
    """Return a value as it is compared: without case; a date as its first and last day."""
    found = normalise("date", text) if name == "date" and text else None
    return f"{found.period.start} {found.period.end}" if found and found.period else text.strip().casefold()


def agrees(column: str, value: str, row: dict[str, str]) -> bool:
    """Say whether a normaliser gives the answer that the data expects of a test."""
    name = COLUMNS[column][0]
    answer, expected = canonical(name, value), row["Response.result"].strip()
    status = row["Response.status"].strip()
    if status.endswith("PREREQUISITES_NOT_MET"):
        return answer is None
    if expected in {"COMPLIANT", "NOT_COMPLIANT"}:
        standard = answer is not None and (plain(name, answer) == plain(name, value) or column == "country")
        return standard == (expected == "COMPLIANT")
    if status in {"AMENDED", "FILLED_IN"}:
        wanted = next(iter(json.loads(expected).values()))
        return answer is not None and plain(name, answer) == plain(name, wanted)
    return answer is None or answer == "" or plain(name, answer) == plain(name, value)


def beside_the_point(column: str, row: dict[str, str]) -> bool:
    """Say whether a row tests something else than reading: a service that is down, or which of two columns wins."""
    down = row["Response.status"].strip() == "EXTERNAL_PREREQUISITES_NOT_MET"
    return down or (column == "verbatimEventDate" and bool(row.get("dwc:eventDate")))


def main() -> None:
    with DATA.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row in rows:
        label = row["Label"].strip().partition("_")[2]
        for column, (_, tests) in COLUMNS.items():
            if label in tests and not beside_the_point(column, row):
                asked[column] += 1
                good = agrees(column, row.get(f"dwc:{column}") or "", row)
                right[column] += good
                if not good:
                    value, result = row.get(f"dwc:{column}"), row["Response.result"]
                    print(f"  {row['Label'].strip():45} {value!r:40} expected {row['Response.status']} {result}")
    print(f"{'column':20} {'tests':>6} {'agree':>6}")
    for column in COLUMNS:
        print(f"{column:20} {asked[column]:6} {right[column] / asked[column]:6.0%}")
    total = sum(asked.values())
    print(
        f"{'all':20} {total:6} {sum(right.values()) / total:6.1%}   of {len(rows)} rows; the others test other columns"
    )


if __name__ == "__main__":
    main()
