"""What every operation of the OpenAPI document has in common: problems, and who may call it."""

from __future__ import annotations

from typing import Any

from flask import current_app

from comments_service.services.permissions import Permission

METHODS = {"get", "post", "put", "patch", "delete"}
TOKEN = {"type": "http", "scheme": "bearer", "description": "An access token, `cst_a_…`."}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457; `errors` where fields are wrong, more members with some types.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
A_PROBLEM = {
    "description": "A problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def complete(document: dict[Any, Any] | str) -> dict[Any, Any] | str:
    """APIFlask's document, with problems as this service answers them and its bearer tokens.

    A text is the YAML that `flask spec` can be asked for, and left as it is.
    """
    if isinstance(document, str):
        return document
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for of_the_framework in ("ValidationError", "HTTPError"):
        schemas.pop(of_the_framework, None)
    components["securitySchemes"] = {"token": TOKEN}
    public = _public_operations()
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            operation = item[method]
            operation["responses"] = _successes(operation["responses"]) | {"default": A_PROBLEM}
            if (path, method) not in public:
                operation["security"] = [{"token": []}]
    return document


def _successes(responses: dict[str, Any]) -> dict[str, Any]:
    return {status: answer for status, answer in responses.items() if str(status)[0] == "2"}


def _public_operations() -> set[tuple[str, str]]:
    return {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in current_app.url_map.iter_rules()
        if _permission(rule.endpoint) is Permission.PUBLIC
        for method in rule.methods or ()
    }


def _permission(endpoint: str) -> Permission | None:
    return getattr(current_app.view_functions[endpoint], "permission", None)
