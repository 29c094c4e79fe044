"""The contract as a document, for the clients that are made from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from comments_service.web.http.operations import OPERATIONS
from comments_service.web.http.problems import PROBLEMS
from comments_service.web.http.schemas import SCHEMAS

CONTRACT = """
GET /api/v1/comments
GET /api/v1/comments/{comment_id}
GET /api/v1/comments/{comment_id}/replies
GET /api/v1/articles
GET /api/v1/articles/top
GET /api/v1/sites/{site_key}
GET /api/v1/sites/{site_key}/policy
GET /policy/{site_key}
GET /embed/{site_key}
GET /widget/v1/{name}
GET /avatars/{name}
POST /api/v1/comments
PATCH /api/v1/comments/{comment_id}
DELETE /api/v1/comments/{comment_id}
PUT /api/v1/comments/{comment_id}/vote
DELETE /api/v1/comments/{comment_id}/vote
POST /api/v1/comments/{comment_id}/reports
GET /api/v1/me
PATCH /api/v1/me
GET /api/v1/me/overlay
PUT /api/v1/me/mutes/{user_id}
DELETE /api/v1/me/mutes/{user_id}
GET /api/v1/me/comments
POST /api/v1/me/comments/{comment_id}/appeal
GET /api/v1/me/export
DELETE /api/v1/me
POST /api/v1/me/identities
DELETE /api/v1/me/identities/{provider}
DELETE /api/v1/me/sessions
GET /oauth/authorize
GET /oauth/callback/{provider}
POST /oauth/token
POST /oauth/revoke
POST /oauth/introspect
POST /oauth/facebook/deauthorize
POST /oauth/facebook/data-deletion
GET /privacy/deletion/{code}
GET /.well-known/oauth-authorization-server
GET /api/v1/moderation/policies
POST /api/v1/moderation/policies
GET /api/v1/moderation/policies/{version}
POST /api/v1/moderation/policies/{version}/publish
POST /api/v1/moderation/policies/dry-run
POST /api/v1/moderation/policies/{version}/backtest
GET /api/v1/jobs/{job_id}
GET /feeds/{site_key}/comments.atom
GET /render/comments
GET /api/v1/oembed
GET /api/v1/me/notifications
POST /api/v1/me/notifications/read
GET /api/v1/moderation/queue
POST /api/v1/moderation/decisions
POST /api/v1/moderation/decisions/{batch_id}/undo
GET /api/v1/moderation/comments/{comment_id}
GET /api/v1/moderation/users
GET /api/v1/moderation/users/{user_id}
POST /api/v1/moderation/users/{user_id}/notes
POST /api/v1/moderation/users/{user_id}/suspensions
DELETE /api/v1/moderation/suspensions/{suspension_id}
POST /api/v1/moderation/users/{user_id}/reject-recent
PUT /api/v1/moderation/users/{user_id}/roles
GET /api/v1/moderation/articles
PATCH /api/v1/moderation/articles
POST /api/v1/moderation/comments/{comment_id}/blind
POST /api/v1/moderation/comments/{comment_id}/blind/objection
POST /api/v1/moderation/comments/{comment_id}/blind/resolve
GET /api/v1/moderation/audit
GET /api/v1/moderation/audit/head
GET /api/v1/moderation/stats
GET /api/v1/moderation/transparency
POST /api/v1/imports
POST /api/v1/imports/{import_id}/undo
GET /api/v1/exports/{site_key}
GET /api/v1/articles/{site_key}
PATCH /api/v1/articles/{site_key}
POST /api/v1/articles/merge
GET /moderator/login/{provider}
GET /moderator/accept/{token}
POST /api/v1/webhooks
GET /api/v1/webhooks
PATCH /api/v1/webhooks/{webhook_id}
DELETE /api/v1/webhooks/{webhook_id}
POST /api/v1/webhooks/{webhook_id}/rotate
POST /api/v1/webhooks/{webhook_id}/test
GET /api/v1/webhooks/{webhook_id}/deliveries
POST /api/v1/webhooks/deliveries/{delivery_id}/retry
GET /api/v1/events
GET /api/v1/sites
POST /api/v1/sites
PATCH /api/v1/sites/{site_key}
GET /problems/{code}
GET /healthz
GET /readyz
GET /metrics
GET /openapi.json
GET /docs
"""
"""What is promised to every client, row by row."""

FEEDS = {"application/atom+xml", "application/x-ndjson"}

Document = dict[str, Any]
NAME = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def document(client: FlaskClient) -> Document:
    answer = client.get("/openapi.json", headers={"Host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    read: Document = answer.get_json()
    return read


def operations(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_an_independent_validator_finds_nothing_wrong(document: Document) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_row_of_the_contract_is_in_the_document(document: Document) -> None:
    assert set(CONTRACT.split("\n")) - {""} <= {name for name, _ in operations(document)}


def test_the_document_names_every_route_of_the_api(client: FlaskClient, document: Document) -> None:
    rules = client.application.url_map.iter_rules()
    served = {
        method + " " + NAME.sub(r"{\1}", rule.rule)
        for rule in rules
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    named = {name for name, _ in operations(document) if " /api/v1/" in name}
    assert named == served


def test_what_is_said_of_operations_is_about_operations_that_there_are(document: Document) -> None:
    assert set(OPERATIONS) <= {name for name, _ in operations(document)}


def test_every_operation_says_what_it_does_under_a_name_of_its_own(document: Document) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for _, operation in operations(document))
    assert document["servers"] == [{"url": "https://comments.example"}]


def test_the_document_says_who_needs_a_token(document: Document) -> None:
    comments = document["paths"]["/api/v1/comments"]
    assert "security" not in comments["get"]
    assert comments["post"]["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_problem_of_the_api_stands_under_its_status_with_an_example(
    document: Document,
) -> None:
    told: set[str] = set()
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get("application/problem+json")
            if content is None or "example" not in content:
                continue
            assert str(content["example"]["status"]) == status, name
            told |= {part.split("`")[1] for part in answer["description"].split("; ")}
    assert told <= set(PROBLEMS)
    assert {"article-closed", "policy-violation", "token-expired", "too-many-requests"} <= told
    default = document["paths"]["/api/v1/comments"]["get"]["responses"]["default"]
    assert list(default["content"]) == ["application/problem+json"]


def test_the_headers_that_clients_go_by_are_described(document: Document) -> None:
    thread = document["paths"]["/api/v1/comments"]["get"]
    assert {"ETag", "Link", "Cache-Control"} <= thread["responses"]["200"]["headers"].keys()
    assert "304" in thread["responses"]
    posting = document["paths"]["/api/v1/comments"]["post"]
    assert {"Location", "Idempotency-Replayed", "RateLimit-Remaining"} <= (
        posting["responses"]["201"]["headers"].keys()
    )
    assert "Retry-After" in posting["responses"]["429"]["headers"]
    assert "WWW-Authenticate" in posting["responses"]["401"]["headers"]
    assert "Idempotency-Key" in {parameter["name"] for parameter in posting["parameters"]}
    assert posting["requestBody"]["required"] is True


WITHOUT_KEY = {
    "POST /api/v1/moderation/policies/dry-run": "changes nothing",
    "POST /api/v1/me/identities": "gives out an address that is good once, for a minute",
}


def test_every_post_of_the_api_can_be_repeated_under_a_key(document: Document) -> None:
    without = {
        name
        for name, operation in operations(document)
        if name.startswith("POST /api/v1/")
        and "Idempotency-Key" not in {each["name"] for each in operation["parameters"]}
    }
    assert without == set(WITHOUT_KEY)


def test_every_body_and_every_answer_in_json_says_its_fields(document: Document) -> None:
    """That an answer has no others, every test of the API asks (`checked_client`)."""
    unsaid = [
        f"{name} {part}"
        for name, operation in operations(document)
        for part, content in contents(operation)
        if not has_fields(document, content["schema"])
    ]
    assert unsaid == ["GET /openapi.json 200"]


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    parts = {"body": operation.get("requestBody", {})}
    parts |= {status: each for status, each in operation["responses"].items() if status < "300"}
    for part, told in parts.items():
        for media_type, content in told.get("content", {}).items():
            if media_type not in {"text/html", "text/plain", "image/png", "*/*"} | FEEDS:
                yield part, content


def has_fields(document: Document, schema: dict[str, Any]) -> bool:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return has_fields(document, document["components"]["schemas"][name])
    parts = schema.get("allOf", []) + schema.get("anyOf", [])
    return bool(schema.get("properties")) or any(has_fields(document, part) for part in parts)


def test_how_many_of_a_list_says_how_few_and_how_many(document: Document) -> None:
    limits = {
        label: parameter["schema"]
        for label, operation in operations(document)
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "limit"
    }
    assert len(limits) > 10
    for label, schema in limits.items():
        said = (schema["minimum"], schema["maximum"], schema["default"])
        assert said == (1, 100, 20), label


def test_feeds_and_fragments_are_kept_as_the_json_is(document: Document) -> None:
    for path in ("/feeds/{site_key}/comments.atom", "/render/comments", "/api/v1/oembed"):
        operation = document["paths"][path]["get"]
        assert {"ETag", "Cache-Control"} <= operation["responses"]["200"]["headers"].keys()
        assert "304" in operation["responses"]
        assert "If-None-Match" in {each["name"] for each in operation["parameters"]}


@pytest.mark.parametrize("name", sorted(name for name in SCHEMAS if "examples" in SCHEMAS[name]))
def test_an_example_is_one(app: Flask, document: Document, name: str) -> None:
    root: Any = Resource.from_contents(document, default_specification=DRAFT202012)
    registry: Any = Registry().with_resource("urn:contract", root)
    schema = {"$ref": f"urn:contract#/components/schemas/{name}"}
    checking = Draft202012Validator(schema, registry=registry)
    for example in SCHEMAS[name]["examples"]:
        checking.validate(example)


def test_the_document_is_the_same_each_time(client: FlaskClient, document: Document) -> None:
    again = client.get("/openapi.json").get_json()
    assert json.dumps(again, sort_keys=True) == json.dumps(document, sort_keys=True)


def test_the_document_can_be_read_as_a_page_under_any_host(client: FlaskClient) -> None:
    answer = client.get("/docs", headers={"Host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    page = answer.get_data(as_text=True)
    assert "POST /api/v1/comments" in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "http://" not in page.replace("http://json-schema.org", "")
    assert "<script" not in page
