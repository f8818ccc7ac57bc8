"""What the Reconciliation API 0.2 asks of each answer, restated from the text of the specification as JSON schemas.

The specification's own schemas are not shipped with it here; where WILDGRAPH_RECONCILIATION_SCHEMAS names a folder that
holds them (`0.2/schemas` of github.com/reconciliation-api/specs), the tests check every answer with those too.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}


def record(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": sorted(required), "properties": {**required, **optional}}


def list_of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


TYPE = {"anyOf": [TEXT, record({"id": TEXT}, name=TEXT, broader=list_of(record({"id": TEXT, "name": TEXT})))]}
SUGGEST = record({}, service_url=TEXT, service_path=TEXT, flyout_service_url=TEXT, flyout_service_path=TEXT)
TEMPLATE = {"type": "string", "pattern": r"\{\{id\}\}"}

SCHEMAS: dict[str, dict[str, Any]] = {
    "manifest": record(
        {
            "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
            "name": TEXT,
            "identifierSpace": TEXT,
            "schemaSpace": TEXT,
        },
        defaultTypes={**list_of(record({"id": TEXT, "name": TEXT})), "uniqueItems": True},
        view=record({"url": TEMPLATE}),
        preview=record({"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}}),
        suggest=record({}, entity=SUGGEST, property=SUGGEST, type=SUGGEST),
        extend=record(
            {}, propose_properties=record({}, service_url=TEXT, service_path=TEXT), property_settings=list_of({})
        ),
        batchSize={"type": "integer", "minimum": 1},
    ),
    "reconciliation-result-batch": {
        "type": "object",
        "additionalProperties": record(
            {
                "result": list_of(
                    record(
                        {"id": TEXT, "name": TEXT, "score": {"type": "number"}},
                        description=TEXT,
                        match={"type": "boolean"},
                        type=list_of(TYPE),
                        features=list_of(record({"id": TEXT, "value": {"type": ["number", "boolean"]}})),
                    )
                )
            }
        ),
    },
    "suggest-entities-response": record(
        {"result": list_of(record({"id": TEXT, "name": TEXT}, description=TEXT, notable=list_of(TYPE)))}
    ),
    "suggest-properties-response": record({"result": list_of(record({"id": TEXT, "name": TEXT}, description=TEXT))}),
    "suggest-types-response": record({"result": list_of(record({"id": TEXT, "name": TEXT}, broader=list_of(TYPE)))}),
    "data-extension-property-proposal": record(
        {"properties": list_of(record({"id": TEXT, "name": TEXT}))}, type=TEXT, limit={"type": "number"}
    ),
    "data-extension-response": record(
        {
            "meta": list_of(record({"id": TEXT, "name": TEXT}, type=record({"id": TEXT}, name=TEXT))),
            "rows": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": list_of(
                        {
                            "oneOf": [
                                {**record({name: kind}), "additionalProperties": False}
                                for name, kind in (
                                    ("str", TEXT),
                                    ("float", {"type": "number"}),
                                    ("int", {"type": "integer"}),
                                    ("date", TEXT),
                                )
                            ]
                            + [{**record({"id": TEXT, "name": TEXT}, description=TEXT), "additionalProperties": False}]
                        }
                    ),
                },
            },
        }
    ),
}
