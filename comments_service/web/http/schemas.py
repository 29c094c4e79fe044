"""The objects of the contract as JSON Schema, each with an example.

Answers may get new members at any time, so no schema forbids others.
"""

from __future__ import annotations

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


def one_of(*values: str) -> Json:
    return {"type": "string", "enum": list(values)}


def thing(description: str, example: Any = None, **members: Json) -> Json:
    """An object that always has these members."""
    schema: Json = {
        "type": "object",
        "description": description,
        "required": list(members),
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


STATUSES = one_of("published", "held", "rejected", "removed", "deleted")

AUTHOR_EXAMPLE: Json = {
    "id": "891136056330680001",
    "name": "김하나",
    "avatar_url": None,
    "provider": "twitter",
    "badges": [],
}
COMMENT_EXAMPLE: Json = {
    "id": "891136056330688692",
    "site": "demo",
    "article": "haesong-signal-hill",
    "parent_id": None,
    "root_id": "891136056330688692",
    "depth": 0,
    "author": AUTHOR_EXAMPLE,
    "body": "댓글입니다 👍🏽",
    "status": "published",
    "pinned": False,
    "created_at": "2026-11-23T09:30:00.123Z",
    "edited_at": None,
    "likes": 3,
    "dislikes": 0,
    "reply_count": 0,
    "permalink": "https://news.example/signal-hill#comment-891136056330688692",
    "replies": [],
}
ARTICLE_EXAMPLE = {
    "site": "demo",
    "key": "haesong-signal-hill",
    "url": "https://news.example/signal-hill",
    "title": "The light on Signal Hill",
    "comment_count": 1,
    "status": "open",
    "version": 1,
}
SITE_EXAMPLE = {
    "key": "demo",
    "name": "Maru Daily",
    "limit": 250,
    "providers": ["twitter", "facebook"],
    "sorts": ["newest", "oldest", "popular"],
    "languages": ["ko", "en"],
    "edit_window_seconds": 300,
    "policy_version": 1,
}
FINDING_EXAMPLE = {
    "filter": "words",
    "rule": "tulip",
    "clause": "3.1",
    "message": "This word is not allowed here.",
    "start": 4,
    "end": 9,
}
WEBHOOK_EXAMPLE = {
    "id": "891136056330690001",
    "site": "demo",
    "url": "https://desk.example/hooks/comments",
    "events": ["comment.held"],
    "status": "enabled",
    "previous_secret_until": None,
    "created_at": "2026-11-24T12:00:00.000Z",
}

_COMMENT: Json = {
    "id": ID,
    "site": TEXT,
    "article": TEXT,
    "parent_id": perhaps(ID),
    "root_id": ID,
    "depth": {"type": "integer", "enum": [0, 1]},
    "author": perhaps(ref("Author")),
    "body": perhaps(TEXT),
    "status": STATUSES,
    "pinned": TRUTH,
    "created_at": MOMENT,
    "edited_at": perhaps(MOMENT),
    "likes": COUNT,
    "dislikes": COUNT,
    "reply_count": COUNT,
    "permalink": ADDRESS,
    "replies": many(ref("Comment")),
}

PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457; `errors` where fields are wrong, more members with some types.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": ADDRESS,
        "title": TEXT,
        "status": NUMBER,
        "detail": TEXT,
        "errors": many(
            {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": TEXT, "detail": TEXT, "line": NUMBER},
            }
        ),
    },
}

SCHEMAS: dict[str, Json] = {
    "Anything": {"type": "object", "description": "An object told of in docs/api.md."},
    "AnyPage": thing(
        "A page; `next_cursor` is null on the last one.",
        items=many(ANYTHING),
        next_cursor=perhaps(TEXT),
    ),
    "Problem": PROBLEM,
    "OAuthError": {
        "type": "object",
        "description": "RFC 6749 section 5.2.",
        "required": ["error"],
        "properties": {"error": TEXT, "error_description": TEXT},
        "examples": [{"error": "invalid_grant"}],
    },
    "Author": thing(
        "Who wrote it; `provider` is null for services and a publisher's own readers.",
        AUTHOR_EXAMPLE,
        id=ID,
        name=TEXT,
        avatar_url=perhaps(ADDRESS),
        provider=perhaps(one_of("twitter", "facebook")),
        badges=many(TEXT),
    ),
    "Comment": thing(
        "A comment; a tombstone has neither `body` nor `author`.", COMMENT_EXAMPLE, **_COMMENT
    ),
    "Finding": thing(
        "What a filter saw; `start` and `end` are code points of the normalised body.",
        FINDING_EXAMPLE,
        filter=TEXT,
        rule=TEXT,
        clause=TEXT,
        message=TEXT,
        start=perhaps(COUNT),
        end=perhaps(COUNT),
    ),
    "JudgedComment": thing(
        "One's own comment, with what was found in it.",
        {**COMMENT_EXAMPLE, "status": "held", "findings": [FINDING_EXAMPLE]},
        **_COMMENT,
        findings=many(ref("Finding")),
    ),
    "JudgedComments": page("JudgedComment"),
    "Comments": page("Comment"),
    "Article": thing(
        "`version` goes up with every change that a public read of its thread shows.",
        ARTICLE_EXAMPLE,
        site=TEXT,
        key=TEXT,
        url=perhaps(TEXT),
        title=perhaps(TEXT),
        comment_count=COUNT,
        status=one_of("open", "closed", "premoderated"),
        version=COUNT,
    ),
    "ArticleIdentity": thing(
        "An article as the publisher's CMS knows it; `aliases` are other keys for it.",
        {**ARTICLE_EXAMPLE, "aliases": ["signal-hill-amp"], "updated_at": None},
        site=TEXT,
        key=TEXT,
        url=perhaps(TEXT),
        title=perhaps(TEXT),
        comment_count=COUNT,
        status=one_of("open", "closed", "premoderated"),
        version=COUNT,
        aliases=many(TEXT),
        updated_at=perhaps(MOMENT),
    ),
    "Oembed": thing(
        "A comment to be shown elsewhere (oEmbed 1.0, type `rich`).",
        version=one_of("1.0"),
        type=one_of("rich"),
        title=TEXT,
        author_name=TEXT,
        author_url=TEXT,
        provider_name=TEXT,
        provider_url=TEXT,
        html=TEXT,
        width=COUNT,
        height=COUNT,
    ),
    "Thread": thing(
        "A page of an article's thread: root comments with their first two replies.",
        {
            "site": SITE_EXAMPLE,
            "article": ARTICLE_EXAMPLE,
            "sort": "newest",
            "comments": [COMMENT_EXAMPLE],
            "next_cursor": None,
        },
        site=ref("PublicSite"),
        article=ref("Article"),
        sort=one_of("newest", "oldest", "popular"),
        comments=many(ref("Comment")),
        next_cursor=perhaps(TEXT),
    ),
    "Counts": thing(
        "In the order asked, zeroes included.",
        {"articles": [{"key": "haesong-signal-hill", "comment_count": 1, "status": "open"}]},
        articles=many(thing("An article's count.", key=TEXT, comment_count=COUNT, status=TEXT)),
    ),
    "TopArticles": thing(
        "The most commented articles, first the most.",
        {
            "items": [{**ARTICLE_EXAMPLE, "recent_comment_count": 1}],
            "next_cursor": None,
        },
        items=many({"allOf": [ref("Article"), thing("", recent_comment_count=COUNT)]}),
        next_cursor=perhaps(TEXT),
    ),
    "PublicSite": thing(
        "What everybody may know of a site.",
        SITE_EXAMPLE,
        key=TEXT,
        name=TEXT,
        limit=COUNT,
        providers=many(TEXT),
        sorts=many(TEXT),
        languages=many(TEXT),
        edit_window_seconds=COUNT,
        policy_version=COUNT,
    ),
    "Site": thing(
        "A site as those who run it see it; `providers` null: all that are configured.",
        {
            "key": "demo",
            "name": "Maru Daily",
            "origins": ["https://news.example"],
            "providers": None,
            "settings": {
                "limit": 250,
                "edit_window_seconds": 300,
                "languages": ["ko", "en"],
                "account_deletion": "anonymise",
                "report_threshold": 3,
                "reserved_names": [],
                "sso": None,
                "policy_second_person": False,
                "blind_expiry": "restore",
            },
        },
        key=TEXT,
        name=TEXT,
        origins=many(TEXT),
        providers=perhaps(many(TEXT)),
        settings=ANYTHING,
    ),
    "Sites": page("Site"),
    "Policy": thing(
        "The Standards Board Policy in force, without its word lists.",
        {
            "version": 1,
            "published_at": "2026-11-23T09:30:00.123Z",
            "clauses": [
                {
                    "id": "1.1",
                    "title": {"ko": "욕설", "en": "Profanity"},
                    "text": {"ko": "욕설을 쓰지 않습니다.", "en": "No profanity."},
                }
            ],
        },
        version=COUNT,
        published_at=perhaps(MOMENT),
        clauses=many(thing("", id=TEXT, title=BOTH_LANGUAGES, text=BOTH_LANGUAGES)),
    ),
    "PolicyVersion": thing(
        "A numbered version of a site's policy.",
        {
            "version": 2,
            "status": "draft",
            "in_force": False,
            "note": None,
            "created_at": "2026-11-24T12:00:00.000Z",
            "published_at": None,
        },
        version=COUNT,
        status=TEXT,
        in_force=TRUTH,
        note=perhaps(TEXT),
        created_at=MOMENT,
        published_at=perhaps(MOMENT),
    ),
    "PolicyVersions": page("PolicyVersion"),
    "PolicyDocument": {
        "allOf": [
            ref("PolicyVersion"),
            thing("With its document.", policy=ANYTHING, source=perhaps(TEXT)),
        ]
    },
    "DryRun": thing(
        "The items asked about, in their order.",
        {"items": [{"id": "1", "body": "Hello", "outcome": "allow", "findings": []}]},
        items=many(
            thing(
                "",
                id={},
                body=TEXT,
                outcome=one_of("allow", "hold", "reject"),
                findings=many(ref("Finding")),
            )
        ),
    ),
    "Job": thing(
        "Long work; `total` is null until it is known.",
        {
            "id": "891136056330691000",
            "kind": "import",
            "status": "running",
            "progress": {"done": 4000, "total": 10000},
            "report": None,
            "created_at": "2026-11-24T12:00:00.000Z",
            "finished_at": None,
        },
        id=ID,
        kind=TEXT,
        status=one_of("queued", "running", "done", "failed"),
        progress=thing("", done=COUNT, total=perhaps(COUNT)),
        report=perhaps(ANYTHING),
        created_at=MOMENT,
        finished_at=perhaps(MOMENT),
    ),
    "Votes": thing("After a vote.", {"likes": 3, "dislikes": 0}, likes=COUNT, dislikes=COUNT),
    "Profile": thing(
        "One's own account.",
        {
            "id": "891136056330680001",
            "display_name": "김하나",
            "lang": "ko",
            "identities": [{"provider": "twitter", "subject": "1001", "name": "김하나"}],
            "suspension": None,
        },
        id=ID,
        display_name=TEXT,
        lang=perhaps(TEXT),
        identities=many(thing("", provider=TEXT, subject=TEXT, name=TEXT)),
        suspension=perhaps(thing("", until=perhaps(MOMENT), reason=TEXT)),
    ),
    "Overlay": thing(
        "What only this reader sees in a thread.",
        {"votes": {"891136056330688692": 1}, "held": [], "rejected": [], "muted": [], "can": []},
        votes={"type": "object", "additionalProperties": {"type": "integer", "enum": [1, -1]}},
        held=many(ref("JudgedComment")),
        rejected=many(ref("JudgedComment")),
        muted=many(ID),
        can=many(TEXT),
    ),
    "AuthorizeUrl": thing(
        "Good once, for 60 seconds.",
        {"authorize_url": "https://comments.example/oauth/link/…"},
        authorize_url=ADDRESS,
    ),
    "Event": thing(
        "What happened; `comment` and `article` in `data` are as they are now.",
        {
            "id": "891136056330688700",
            "type": "comment.published",
            "timestamp": "2026-11-24T12:00:00.000Z",
            "data": {
                "comment_id": COMMENT_EXAMPLE["id"],
                "comment": COMMENT_EXAMPLE,
                "article": ARTICLE_EXAMPLE,
            },
        },
        id=ID,
        type=TEXT,
        timestamp=MOMENT,
        data={
            "type": "object",
            "properties": {"comment": perhaps(ref("Comment")), "article": ref("Article")},
        },
    ),
    "Events": page("Event"),
    "Webhook": thing(
        "Where a service is told of events.",
        WEBHOOK_EXAMPLE,
        id=ID,
        site=TEXT,
        url=ADDRESS,
        events=many(TEXT),
        status=one_of("enabled", "disabled", "gone"),
        previous_secret_until=perhaps(MOMENT),
        created_at=MOMENT,
    ),
    "NewWebhook": {
        "allOf": [ref("Webhook")],
        "description": "`secret` is there the first time alone.",
        "properties": {"secret": {"type": "string", "pattern": "^whsec_"}},
        "examples": [
            {**WEBHOOK_EXAMPLE, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDB4ZFQ2SyI9M="}
        ],
    },
    "Webhooks": page("Webhook"),
    "Delivery": thing(
        "An event on its way to a webhook, with every try.",
        {
            "id": "891136056330692000",
            "webhook_id": WEBHOOK_EXAMPLE["id"],
            "message_id": "msg_891136056330688700_891136056330690001",
            "event_id": "891136056330688700",
            "type": "comment.held",
            "status": "delivered",
            "next_attempt_at": None,
            "created_at": "2026-11-24T12:00:00.000Z",
            "ended_at": "2026-11-24T12:00:01.000Z",
            "attempts": [
                {
                    "at": "2026-11-24T12:00:00.900Z",
                    "milliseconds": 84,
                    "status_code": 204,
                    "failure": None,
                }
            ],
        },
        id=ID,
        webhook_id=ID,
        message_id=TEXT,
        event_id=perhaps(ID),
        type=TEXT,
        status=one_of("pending", "delivered", "dead"),
        next_attempt_at=perhaps(MOMENT),
        created_at=MOMENT,
        ended_at=perhaps(MOMENT),
        attempts=many(
            thing(
                "",
                at=MOMENT,
                milliseconds=COUNT,
                status_code=perhaps(NUMBER),
                failure=perhaps(TEXT),
            )
        ),
    ),
    "Deliveries": page("Delivery"),
    "Tokens": {
        "type": "object",
        "description": "RFC 6749 section 5.1; a service gets no refresh token and no `user`.",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": TEXT,
            "token_type": one_of("Bearer"),
            "expires_in": COUNT,
            "refresh_token": TEXT,
            "refresh_expires_in": COUNT,
            "scope": TEXT,
            "issued_token_type": TEXT,
            "user": thing(
                "", id=ID, name=TEXT, provider=perhaps(TEXT), avatar_url=perhaps(ADDRESS)
            ),
        },
        "examples": [
            {
                "access_token": "cst_a_…",
                "token_type": "Bearer",
                "expires_in": 600,
                "refresh_token": "cst_r_…",
                "refresh_expires_in": 1209600,
                "scope": "comment",
                "user": {
                    "id": AUTHOR_EXAMPLE["id"],
                    "name": "김하나",
                    "provider": "twitter",
                    "avatar_url": None,
                },
            }
        ],
    },
    "Introspection": {
        "type": "object",
        "description": "RFC 7662; only `active` for a token that is not live.",
        "required": ["active"],
        "properties": {"active": TRUTH, "scope": TEXT, "client_id": TEXT, "sub": TEXT},
        "examples": [{"active": False}],
    },
    "Health": thing("The process is up.", {"status": "ok"}, status=TEXT),
    "Readiness": thing(
        "Whether it can serve, and why not.",
        {"status": "ok", "reasons": []},
        status=one_of("ok", "degraded", "unavailable"),
        reasons=many(TEXT),
    ),
}
