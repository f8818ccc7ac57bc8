"""How often the normalisers agree with the validation data of TDWG's data quality tests (../shared/data).

Run: python benchmarks/normalisers.py
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
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


def filled(column: str, row: dict[str, str]) -> str:
    """Say whether a cell counts as filled when a table is read."""
    return "COMPLIANT" if (row.get(f"dwc:{column}") or "").strip() else "NOT_COMPLIANT"


def same_country(row: dict[str, str]) -> str:
    code, name = (canonical("country", row.get(f"dwc:{c}") or "") for c in ("countryCode", "country"))
    stated = (row.get("dwc:countryCode") or "").strip()
    if not name or not stated or len(stated) > 3:
        return ""
    return "COMPLIANT" if code == name and len(stated) == 2 else "NOT_COMPLIANT"


def in_range(row: dict[str, str]) -> str:
    found = normalise("date", row.get("dwc:eventDate") or "")
    if not found or not found.period or not found.period.start or not found.period.end:
        return ""
    return "COMPLIANT" if found.period.start.year >= 1500 and found.period.end.year <= 2100 else "NOT_COMPLIANT"


def days(row: dict[str, str]) -> str:
    """Return how long an event date lasts in seconds, to the day, which is how finely dates are kept."""
    found = normalise("date", row.get("dwc:eventDate") or "")
    if not found or not found.period or not found.period.start or not found.period.end:
        return "NOT_REPORTED"
    return str(((found.period.end - found.period.start).days + 1) * 86400)


def parts(row: dict[str, str]) -> str:
    """Return what an event date says of the columns that the data expects to be filled in, as they are there."""
    found = normalise("date", row.get("dwc:eventDate") or "")
    expected = row["Response.result"].strip()
    if not found or not found.period or not found.period.start or not found.period.end or not expected:
        return ""
    start, end = found.period.start, found.period.end
    said = {"year": start.year, "month": start.month, "day": start.day}
    said |= {"startDayOfYear": start.timetuple().tm_yday, "endDayOfYear": end.timetuple().tm_yday}
    return json.dumps(
        {name: str(said[name.removeprefix("dwc:")]) for name in json.loads(expected)}, separators=(",", ":")
    )


#: Tests of the same columns that ask something else of a reader, and what is answered; an empty answer is none.
FURTHER: Mapping[str, Callable[[dict[str, str]], str]] = {
    "COUNTRY_COUNTRYCODE_CONSISTENT": same_country,
    "EVENTDATE_INRANGE": in_range,
    "EVENTDATE_PRECISIONINSECONDS": days,
    "EVENT_FROM_EVENTDATE": parts,
} | {
    f"{label}_NOTEMPTY": partial(filled, column)
    for label, column in (
        ("BASISOFRECORD", "basisOfRecord"), ("COUNTRYCODE", "countryCode"), ("COUNTRY", "country"),
        ("EVENTDATE", "eventDate"), ("OCCURRENCESTATUS", "occurrenceStatus"), ("OCCUURENCESTATUS", "occurrenceStatus"),
        ("TAXONRANK", "taxonRank"),
    )
}  # fmt: skip
#: What the labels of tests about the columns of this benchmark contain.
ABOUT = ("COUNTRY", "EVENT", "DATEIDENTIFIED", "SEX", "TAXONRANK", "OCCURRENCESTATUS", "OCCUURENCE", "BASISOFRECORD")


def further(rows: list[dict[str, str]]) -> tuple[int, int]:
    """Return how many rows ask something else of the columns, and how many are answered as expected."""
    asked = right = 0
    for row in rows:
        label = row["Label"].strip().partition("_")[2]
        if label in FURTHER and row["Response.status"].strip() != "EXTERNAL_PREREQUISITES_NOT_MET":
            answer, expected = FURTHER[label](row), row["Response.result"].strip()
            asked += 1
            right += answer == expected
            if answer != expected:
                values = ", ".join(v for k, v in row.items() if k.startswith("dwc:") and v)
                wanted = expected or row["Response.status"]
                print(f"  {row['Label'].strip():45} {values!r:40} expected {wanted}, not {answer}")
    return asked, right


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
    print(f"{'all':20} {total:6} {sum(right.values()) / total:6.1%}")
    more, agreeing = further(rows)
    print(f"{'emptiness, range, ..':20} {more:6} {agreeing / more:6.1%}")
    print(f"{'together':20} {total + more:6} {(sum(right.values()) + agreeing) / (total + more):6.1%}")
    about = sum(any(word in row["Label"] for word in ABOUT) for row in rows)
    others = about - total - more
    print(f"{about} of {len(rows)} rows are about these columns. What {others} of them ask needs more than one cell:")
    print("other columns to compare with or to fill in from, coordinates, or a service.")


if __name__ == "__main__":
    main()
