"""The contract as a document, for the clients that are made from it."""

from __future__ import annotations

from flask.testing import FlaskClient


def test_the_document_names_every_route_of_the_api(client: FlaskClient) -> None:
    answer = client.get("/openapi.json", headers={"Host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    document = answer.get_json()
    assert document["openapi"].startswith("3.1")
    rules = client.application.url_map.iter_rules()
    served = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in rules
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, item in document["paths"].items() for method in item} == served


def test_the_document_says_who_needs_a_token_and_what_a_problem_is(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    comments = document["paths"]["/api/v1/comments"]
    assert "security" not in comments["get"]
    assert comments["post"]["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for item in document["paths"].values():
        for operation in item.values():
            assert list(operation["responses"]["default"]["content"]) == [
                "application/problem+json"
            ]


def test_the_document_can_be_read_as_a_page_under_any_host(client: FlaskClient) -> None:
    answer = client.get("/docs", headers={"Host": "10.0.0.7:8000"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert "<code>POST /api/v1/comments</code>" in answer.get_data(as_text=True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
