"""The words that JSON Schemas are made of here.

Answers may get new members at any time, so no schema forbids others.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "integer"}
COUNT: Json = {"type": "integer", "minimum": 0}
TRUTH: Json = {"type": "boolean"}
ADDRESS: Json = {"type": "string", "format": "uri"}
MOMENT: Json = {"type": "string", "format": "date-time"}
ID: Json = {"type": "string", "pattern": "^[0-9]{1,19}$"}
ANYTHING: Json = {"type": "object"}
BOTH_LANGUAGES: Json = {
    "type": "object",
    "required": ["ko", "en"],
    "properties": {"ko": TEXT, "en": TEXT},
}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def perhaps(schema: Json) -> Json:
    """`schema`, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Json) -> Json:
    return {"type": "array", "items": schema}


def one_of(*values: str | int) -> Json:
    return {"type": "integer" if isinstance(values[0], int) else "string", "enum": list(values)}


def counts(schema: Json) -> Json:
    """An object of whatever names."""
    return {"type": "object", "additionalProperties": schema}


def thing(
    description: str, example: Any = None, sometimes: Collection[str] = (), /, **members: Json
) -> Json:
    """An object that has these members, always but for those named in `sometimes`."""
    schema: Json = {
        "type": "object",
        "description": description,
        "required": [name for name in members if name not in sometimes],
        "properties": members,
    }
    if example is not None:
        schema["examples"] = [example]
    return schema


def page(name: str) -> Json:
    """A page of a list."""
    return thing(
        "A page; `next_cursor` is null on the last one.",
        items=many(ref(name)),
        next_cursor=perhaps(TEXT),
    )


STATUS_NAMES = ("published", "held", "rejected", "removed", "deleted")
STATUSES = one_of(*STATUS_NAMES)
"""What a comment can be."""
