"""JSON Schemas told in a line, for the page at `/docs`."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

Json = dict[str, Any]

BETWEEN = {"anyOf": Markup(" or "), "oneOf": Markup(" or "), "allOf": Markup(" and ")}
CONSTRAINTS = {
    "minimum": "from {}",
    "maximum": "to {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "default": "unless given, {}",
}


def shape(schema: Json | None) -> Markup:
    """What a value of `schema` looks like: `integer, from 1, to 100`; objects by their names."""
    if not schema:
        return Markup("")
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    for several, between in BETWEEN.items():
        if several in schema:
            return between.join(shape(each) for each in schema[several])
    if "enum" in schema:
        return Markup(", ").join(Markup("<code>{}</code>").format(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(shape(schema.get("items")) or "anything") + _limits(
            schema
        )
    plain = schema.get("format") or schema.get("type") or "anything"
    if schema.get("type") == "object" and "properties" in schema and "required" in schema:
        plain = "object of " + ", ".join(schema["properties"])
    return escape(plain) + _limits(schema)


def _limits(schema: Json) -> Markup:
    told = [text.format(schema[name]) for name, text in CONSTRAINTS.items() if name in schema]
    return Markup("").join(escape(f", {each}") for each in told)
