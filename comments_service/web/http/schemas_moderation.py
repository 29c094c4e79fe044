"""The objects that moderators and the desk's services are shown, as JSON Schema.

A part of `schemas.py`, with its words; the shapes are those of `web/api/moderation_present.py`.
"""

from __future__ import annotations

from comments_service.web.http.schema_words import (
    ADDRESS,
    ANYTHING,
    COUNT,
    ID,
    MOMENT,
    NUMBER,
    STATUS_NAMES,
    STATUSES,
    TEXT,
    TRUTH,
    Json,
    counts,
    many,
    one_of,
    page,
    perhaps,
    ref,
    thing,
)

OUTCOMES = one_of("allow", "hold", "reject")
REASONS = one_of("abuse", "hate", "obscene", "spam", "privacy", "false", "other")
WINDOW = thing(
    "From when to when another status is in force.",
    starts_at=MOMENT,
    ends_at=MOMENT,
    status=one_of("closed", "premoderated"),
)
RATIO: Json = {"type": "number", "minimum": 0, "maximum": 1}
SPANS = thing(
    "How long it took, in seconds; null where nothing was decided.",
    count=COUNT,
    median=perhaps({"type": "number"}),
    p95=perhaps({"type": "number"}),
)
BY_STATUS = dict.fromkeys(STATUS_NAMES, COUNT)
APPEALS = thing(
    "How many, and since when the oldest waits.",
    filed=COUNT,
    granted=COUNT,
    upheld=COUNT,
    open=COUNT,
    oldest_at=perhaps(MOMENT),
)

_ITEM: Json = {
    "comment": {
        "allOf": [ref("Comment"), thing("With its language.", lang=perhaps(TEXT))],
    },
    "verdict": perhaps(ref("Verdict")),
    "reports": thing(
        "How many, how many of them nobody has looked at, and why.",
        count=COUNT,
        open=COUNT,
        reasons=counts(COUNT),
    ),
    "author_record": perhaps(ref("AuthorRecord")),
    "article": ref("Article"),
    "appeal": perhaps(ref("Appeal")),
    "decision": perhaps(ref("Decision")),
}

_PERSON: Json = {
    "id": ID,
    "name": TEXT,
    "provider": perhaps(TEXT),
    "joined_at": MOMENT,
    "deleted": TRUTH,
}

SCHEMAS: dict[str, Json] = {
    "Person": thing("Somebody by name.", {"id": "1", "name": "김하나"}, id=ID, name=TEXT),
    "Verdict": thing(
        "What the policy made of a comment.",
        outcome=OUTCOMES,
        policy_version=COUNT,
        findings=many(ref("Finding")),
        created_at=MOMENT,
    ),
    "Decision": thing(
        "What a moderator decided; `undoes` names the decision that it takes back.",
        id=ID,
        batch_id=ID,
        decision=one_of("approve", "reject", "remove", "restore", "uphold", "undo"),
        reason=perhaps(TEXT),
        note=perhaps(TEXT),
        before=STATUSES,
        after=STATUSES,
        policy_version=COUNT,
        on_appeal=TRUTH,
        undoes=perhaps(ID),
        decided_by=ref("Person"),
        decided_at=MOMENT,
    ),
    "Appeal": thing(
        "A writer's; `outcome` is null until it is decided.",
        text=perhaps(TEXT),
        created_at=MOMENT,
        outcome=perhaps(one_of("granted", "upheld")),
        decided_at=perhaps(MOMENT),
    ),
    "AuthorRecord": thing(
        "What a moderator should know of the writer.",
        user_id=ID,
        joined_at=MOMENT,
        comments=COUNT,
        **BY_STATUS,
        suspensions=COUNT,
        suspended=TRUTH,
    ),
    "Report": thing(
        "A reader's; `agreed` is null until a moderator has looked at it.",
        user=ref("Person"),
        reason=REASONS,
        note=perhaps(TEXT),
        created_at=MOMENT,
        agreed=perhaps(TRUTH),
    ),
    "Reported": thing(
        "The moderators will look at it.",
        {"comment_id": "891136056330688692", "reason": "spam"},
        comment_id=ID,
        reason=REASONS,
    ),
    "QueueItem": thing("A comment with all that is needed to decide about it.", **_ITEM),
    "Queue": thing(
        "A page of the queue; `total` counts all that were asked for.",
        items=many(ref("QueueItem")),
        total=COUNT,
        next_cursor=perhaps(TEXT),
    ),
    "Dossier": thing(
        "Everything kept of a comment.",
        **{**_ITEM, "reports": many(ref("Report"))},
        verdicts=many(ref("Verdict")),
        edits=many(thing("A text before an edit.", body=TEXT, replaced_at=MOMENT)),
        decisions=many(ref("Decision")),
    ),
    "DecisionResult": thing(
        "What came of one decision: `code` is the status that it alone would have got. With 409 "
        "come `decided_by` and `decided_at`, with each refusal `detail`.",
        {"comment_id": "891136056330688692", "code": 200, "status": "published"},
        {"detail", "errors", "decided_by", "decided_at"},
        comment_id=TEXT,
        code=one_of(200, 404, 409, 422),
        status=perhaps(STATUSES),
        detail=TEXT,
        errors={"$ref": "#/components/schemas/Problem/properties/errors"},
        decided_by=perhaps(ref("Person")),
        decided_at=perhaps(MOMENT),
    ),
    "Batch": thing(
        "Decisions made together, which can be undone together.",
        {
            "batch_id": "891136056330688800",
            "results": [{"comment_id": "891136056330688692", "code": 200, "status": "published"}],
        },
        batch_id=ID,
        results=many(ref("DecisionResult")),
    ),
    "Blind": thing(
        "A temporary blind with its steps; `outcome` is null while the comment is out of sight.",
        id=ID,
        comment_id=ID,
        requester=TEXT,
        reason=TEXT,
        created_by=TEXT,
        created_at=MOMENT,
        until=MOMENT,
        objection=perhaps(TEXT),
        objected_at=perhaps(MOMENT),
        resolved_by=perhaps(TEXT),
        resolved_at=perhaps(MOMENT),
        outcome=perhaps(one_of("restored", "deleted", "expired")),
    ),
    "FoundPerson": thing("Somebody who was found.", **_PERSON),
    "FoundPeople": page("FoundPerson"),
    "Note": thing(
        "What a moderator noted about somebody for colleagues.",
        id=ID,
        text=TEXT,
        author=ref("Person"),
        created_at=MOMENT,
    ),
    "Suspension": thing(
        "`site` null: on all sites; `until` null: until it is lifted.",
        id=ID,
        user_id=ID,
        site=perhaps(TEXT),
        until=perhaps(MOMENT),
        reason=TEXT,
        note=perhaps(TEXT),
        created_at=MOMENT,
        created_by=TEXT,
        lifted_at=perhaps(MOMENT),
        lifted_by=perhaps(TEXT),
        in_force=TRUTH,
    ),
    "PersonRecord": thing(
        "Somebody with their record; `suspension` is the one in force.",
        **_PERSON,
        identities=many(
            thing(
                "One login.",
                provider=TEXT,
                handle=perhaps(TEXT),
                subject_ends_in=TEXT,
            )
        ),
        former_names=many(
            thing(
                "What they were called, until `replaced_at`; `provider` null: here.",
                provider=perhaps(TEXT),
                name=TEXT,
                handle=perhaps(TEXT),
                replaced_at=MOMENT,
            )
        ),
        record=thing("Comments by status.", comments=COUNT, **BY_STATUS),
        reports=thing(
            "Received and made; `agreed` of those made that were `answered`.",
            received=COUNT,
            reporters=COUNT,
            made=COUNT,
            answered=COUNT,
            agreed=COUNT,
        ),
        appeals=thing("By outcome.", open=COUNT, granted=COUNT, upheld=COUNT),
        decisions=many(ref("Decision")),
        notes=many(ref("Note")),
        suspensions=many(ref("Suspension")),
        suspension=perhaps(ref("Suspension")),
        roles=many(thing("`site` null: on all.", role=TEXT, site=perhaps(TEXT))),
    ),
    "Roles": thing(
        "The roles that somebody has on a site.",
        user_id=ID,
        site=TEXT,
        roles=many(one_of("moderator", "admin")),
    ),
    "ArticleSettings": thing(
        "`status` as it was set, `status_in_force` with the windows.",
        site=TEXT,
        key=TEXT,
        url=perhaps(ADDRESS),
        title=perhaps(TEXT),
        comment_count=COUNT,
        version=COUNT,
        status=one_of("open", "closed", "premoderated"),
        status_in_force=one_of("open", "closed", "premoderated"),
        updated_at=perhaps(MOMENT),
        pinned_comment_id=perhaps(ID),
        slow_mode_seconds=COUNT,
        windows=many(WINDOW),
    ),
    "ArticleSettingsOrPage": {
        "description": "The article asked for; without `article`, a page of the site's.",
        "anyOf": [ref("ArticleSettings"), page("ArticleSettings")],
    },
    "AuditEntry": thing(
        "Its `hash` is over all of it and the `previous_hash`.",
        seq=COUNT,
        at=MOMENT,
        actor=TEXT,
        action=TEXT,
        target=TEXT,
        reason=perhaps(TEXT),
        before=perhaps(ANYTHING),
        after=perhaps(ANYTHING),
        previous_hash=TEXT,
        hash=TEXT,
    ),
    "AuditLog": page("AuditEntry"),
    "AuditHead": thing(
        "Where the log ends; note it elsewhere.", {"seq": 0, "hash": "0" * 64}, seq=COUNT, hash=TEXT
    ),
    "Statistics": thing(
        "A site's desk since a moment.",
        since=MOMENT,
        until=MOMENT,
        received=COUNT,
        days=many(
            thing(
                "",
                day={"type": "string", "format": "date"},
                published=COUNT,
                held=COUNT,
                rejected=COUNT,
                decided=COUNT,
                decision_seconds=thing(
                    "", median=perhaps({"type": "number"}), p95=perhaps({"type": "number"})
                ),
            )
        ),
        queue=thing(
            "What waits now; the last age has no bound.",
            waiting=COUNT,
            oldest_at=perhaps(MOMENT),
            ages=many(thing("", below_minutes=perhaps(NUMBER), count=COUNT)),
        ),
        decision_seconds=SPANS,
        decisions=counts(COUNT),
        undone=COUNT,
        overturned=COUNT,
        rules=many(
            thing(
                "How often moderators agreed, with the 95 % interval.",
                filter=TEXT,
                rule=TEXT,
                clause=TEXT,
                stopped=COUNT,
                decided=COUNT,
                agreed=COUNT,
                precision=perhaps(RATIO),
                low=perhaps(RATIO),
                high=perhaps(RATIO),
            )
        ),
        moderators=many(
            thing("", user_id=ID, name=TEXT, decided=COUNT, approved=COUNT, overturned=COUNT)
        ),
        appeals=APPEALS,
        agreement=thing(
            "Of second looks at decisions, without the first in sight.",
            sampled=COUNT,
            judged=COUNT,
            agreed=COUNT,
            kappa=perhaps({"type": "number"}),
        ),
    ),
    "Transparency": thing(
        "A site's month for the public, with where the audit log ended.",
        site=TEXT,
        month=TEXT,
        since=MOMENT,
        until=MOMENT,
        comments=thing("", received=COUNT, published=COUNT, held=COUNT, rejected=COUNT),
        clauses=counts(COUNT),
        actions=counts(COUNT),
        reasons=counts(COUNT),
        decision_seconds=SPANS,
        reports=counts(COUNT),
        appeals=APPEALS,
        blinds=counts(COUNT),
        audit_head=perhaps(ref("AuditHead")),
    ),
    "Notification": thing(
        "A reply, or what was decided about one's comment or report.",
        id=ID,
        type=one_of("reply", "decision", "report", "blind"),
        comment=ref("Comment"),
        decision=perhaps(TEXT),
        reason=perhaps(TEXT),
        agreed=perhaps(TRUTH),
        created_at=MOMENT,
        read=TRUTH,
    ),
    "Notifications": thing(
        "Newest first; `unread` counts all.",
        items=many(ref("Notification")),
        unread=COUNT,
        next_cursor=perhaps(TEXT),
    ),
}
