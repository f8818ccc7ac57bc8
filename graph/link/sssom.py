"""Link files: SSSOM tables (https://mapping-commons.github.io/sssom/) read and written with sssom-pydantic.

The rows are read as every table of a project is, so that a problem names its cell; the model that judges a row and
the writer are the library's. A file is written with all of its columns and nothing moved to the head, because a
value that moves when another row changes makes git conflicts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...extract import Origin, Problem
from ...extract.problems import nearest
from ...extract.table import Row, Sheet, read_table
from ...extract.whole import write_whole
from ...ontology.terms import NAMESPACES
from .mapping import PREDICATES, Link, sort_key
from .targets import TARGET_IRI, targets

if TYPE_CHECKING:
    import curies
    from sssom_pydantic.models import Record

__all__ = ["SUFFIX", "Header", "read_sssom", "write_sssom"]

SUFFIX = ".sssom.tsv"

#: The columns that are written, in the order that SSSOM lists them.
COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "mapping_justification", "reviewer_id", "reviewer_label", "object_source", "object_source_version", "mapping_tool",
    "mapping_tool_version", "mapping_date", "review_date", "confidence", "comment",
)  # fmt: skip
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
#: Prefixes that every head has, used or not, so that heads of two branches seldom differ.
_ALWAYS = ("this", "skos", "semapv", "orcid", "target")
_SEMAPV = "https://w3id.org/semapv/vocab/"


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a link file says: the dataset that the links are of."""

    base: str
    title: str
    license: str


def read_sssom(path: Path, header: Header, *, shown_as: str, problems: list[Problem]) -> Iterator[Link]:
    """Yield the links of a file; what is wrong is added to `problems`, and the row left out.

    CURIEs are read by the file's own `curie_map`, then by the prefixes of the known datasets.
    """
    from sssom_pydantic.models import Record  # a quarter of a second that a project without links need not pay

    head = _read_head(path, shown_as, problems)
    if head is None:
        return
    converter = _converter(header, head.get("curie_map") or {})
    prefixes = converter.bimap  # worked out anew at every look, which thousands of rows would feel
    own = [str(extension.get("slot_name")) for extension in head.get("extension_definitions") or ()]
    sheet = Sheet("links", tuple(name for name in (*Record.model_fields, *own) if name != "extensions"), _REQUIRED)
    for row in read_table(path, sheet, shown_as=shown_as, problems=problems):
        link = _read_row(row, head, converter, prefixes, problems)
        if link is not None:
            yield link


def write_sssom(path: Path, links: Iterable[Link], header: Header) -> None:
    """Write a link file: sorted, all columns, LF; the same links give the same bytes."""
    from sssom_pydantic import write_unprocessed
    from sssom_pydantic.api import row_to_record
    from sssom_pydantic.constants import PROPAGATABLE
    from sssom_pydantic.models import Record

    old = (_read_head(path, path.name, []) or {}) if path.is_file() else {}
    converter = _converter(header, old.pop("curie_map", None) or {})
    rows = [link.without_content() for link in sorted(links, key=sort_key)]
    cells = [_cells(link, converter) for link in rows]
    columns = [
        *COLUMNS,
        *(name for name in Record.model_fields if name not in COLUMNS and any(name in c for c in cells)),
    ]
    records = [row_to_record(row, converter=converter) for row in cells]
    name = path.name.removesuffix(SUFFIX)
    metadata = {
        "mapping_set_id": f"{header.base}links/{name}",
        "mapping_set_title": f"{header.title}: {name}",
        "license": f"https://spdx.org/licenses/{header.license}",
        **{key: value for key, value in old.items() if key not in PROPAGATABLE},
    }
    used = {str(row[name]).partition(":")[0] for row in cells for name in ("subject_id", "object_id")}
    head = converter.get_subconverter({*used, *_ALWAYS} & set(converter.bimap))
    text = io.StringIO()
    write_unprocessed(records, text, metadata=metadata, converter=head, columns=columns, condense=False)
    write_whole(path, text.getvalue().replace("\r\n", "\n"))


def _read_head(path: Path, shown_as: str, problems: list[Problem]) -> dict[str, Any] | None:
    """Return the metadata in the comment lines at the head of a file; None when it cannot be understood."""
    import yaml
    from pydantic import ValidationError
    from sssom_pydantic import MappingSetRecord

    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            lines = [line[1:] for line in _while_comment(file)]
    except OSError:
        return {}  # reading the rows says what is wrong
    try:
        document = yaml.safe_load("".join(lines)) or {}
        if document:
            MappingSetRecord.model_validate({"mapping_set_id": TARGET_IRI, **document})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = (min(mark.line + 1, len(lines)), mark.column + 2) if mark else (1, 1)
        fix = "write it as YAML: key: value"
        problems.append(Problem(shown_as, place[0], place[1], "the head of the file cannot be read", "", fix))
        return None
    except ValidationError as error:
        for detail in error.errors():
            key = str(detail["loc"][0]) if detail["loc"] else ""
            line = next((n for n, text in enumerate(lines, 1) if text.strip().startswith(f"{key}:")), 1)
            message = f"{key} in the head: {detail['msg']}" if key else str(detail["msg"])
            problems.append(Problem(shown_as, line, 2, message, "", "see https://w3id.org/sssom/MappingSet"))
        return None
    return dict(document)


def _while_comment(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("#"):
            return
        yield line


def _read_row(
    row: Row,
    head: Mapping[str, Any],
    converter: curies.Converter,
    prefixes: Mapping[str, str],
    problems: list[Problem],
) -> Link | None:
    from pydantic import ValidationError
    from sssom_pydantic.api import row_to_record
    from sssom_pydantic.constants import PROPAGATABLE

    shared = {name: head[name] for name in PROPAGATABLE if name in head and not row.get(name)}
    try:
        record = row_to_record(dict(row.cells), converter=converter, propagatable=shared)
    except ValidationError as error:
        for detail in error.errors():
            column = str(detail["loc"][0]) if detail["loc"] else ""
            fix = f"see https://w3id.org/sssom/{column}"
            problems.append(row.problem(column, f"{column}: {detail['msg']}", fix=fix))
        return None
    found = len(problems)
    iris = {name: _expand(row, name, prefixes, problems) for name in ("subject_id", "predicate_id", "object_id")}
    predicate = _predicate(row, iris["predicate_id"], problems)
    if len(problems) > found:
        return None
    return Link(
        subject=iris["subject_id"],
        predicate=predicate,
        object=iris["object_id"],
        negated=record.predicate_modifier == "Not",
        justification=record.mapping_justification.rpartition(":")[2],
        confidence=record.confidence,
        subject_label=record.subject_label or "",
        object_label=record.object_label or "",
        release=record.object_source_version or "",
        tool=record.mapping_tool or "",
        tool_version=record.mapping_tool_version or "",
        date=str(record.mapping_date or ""),
        reviewer=" | ".join([*(record.reviewer_id or []), *(record.reviewer_label or [])]),
        reviewed=str(record.review_date or ""),
        comment=record.comment or "",
        extra=_extra(record),
        origin=Origin(row.path, row.line),
    )


def _extra(record: Record) -> tuple[tuple[str, str], ...]:
    """Return the cells of columns that a link has no use for, so that writing the row again loses nothing."""
    values = record.model_dump(mode="json", exclude_none=True, exclude={*COLUMNS, "extensions"})
    return tuple((k, "|".join(map(str, v)) if isinstance(v, list) else str(v)) for k, v in sorted(values.items()))


def _expand(row: Row, column: str, prefixes: Mapping[str, str], problems: list[Problem]) -> str:
    text = row.get(column)
    if "://" in text or text.startswith("urn:"):
        return text
    prefix, colon, local = text.partition(":")
    if not colon or prefix not in prefixes:
        hint = nearest(prefix, prefixes) or f"add {prefix} to the curie_map in the head of the file"
        problems.append(row.problem(column, f"{column} has an unknown prefix", fix=hint))
        return ""
    return prefixes[prefix] + local


def _predicate(row: Row, iri: str, problems: list[Problem]) -> str:
    name = iri.removeprefix(NAMESPACES["skos"])
    if iri and (name == iri or name not in PREDICATES):
        fix = f"one of: {', '.join(f'skos:{known}' for known in PREDICATES)}"
        problems.append(row.problem("predicate_id", "not a relation that a link can state", fix=fix))
    return name


def _converter(header: Header, own: Mapping[str, str]) -> curies.Converter:
    import curies

    known = {target.name: target.iri for target in targets().values()}
    fixed = {
        **{name: NAMESPACES[name] for name in ("owl", "rdf", "rdfs", "skos")},
        "semapv": _SEMAPV,
        "orcid": "https://orcid.org/",
        "target": TARGET_IRI,
    }
    prefixes = {**known, **fixed, "this": header.base, **own}
    return curies.Converter.from_prefix_map(dict(sorted(_one_prefix_each(prefixes, own).items())))


def _one_prefix_each(prefixes: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return the prefixes without those of ours whose namespace the file calls something else."""
    taken = {namespace: prefix for prefix, namespace in own.items()}
    return {prefix: iri for prefix, iri in prefixes.items() if taken.get(iri, prefix) == prefix}


def _cells(link: Link, converter: curies.Converter) -> dict[str, Any]:
    target = link.target
    people = link.reviewer.split(" | ") if link.reviewer else []
    cells = dict(link.extra) | {
        "subject_id": converter.compress(link.subject) or link.subject,
        "subject_label": link.subject_label,
        "predicate_id": f"skos:{link.predicate}",
        "predicate_modifier": "Not" if link.negated else "",
        "object_id": f"{target.name}:{link.identifier}" if target else converter.compress(link.object) or link.object,
        "object_label": link.object_label,
        "mapping_justification": f"semapv:{link.justification}",
        "reviewer_id": [name for name in people if name.startswith("orcid:")],
        "reviewer_label": [name for name in people if not name.startswith("orcid:")],
        "object_source": f"target:{target.name}" if target else "",
        "object_source_version": link.release,
        "mapping_tool": link.tool,
        "mapping_tool_version": link.tool_version,
        "mapping_date": link.date,
        "review_date": link.reviewed,
        "confidence": link.confidence,
        "comment": link.comment,
    }
    one_line = {name: " ".join(value.split()) if isinstance(value, str) else value for name, value in cells.items()}
    return {name: value for name, value in one_line.items() if value not in ("", [], None)}
