"""Every address of the moderators' pages, and the headers that all their answers carry."""

from __future__ import annotations

from flask import Blueprint, Response, request

from comments_service.errors import (
    CommentsError,
    NoStaffRole,
    ReauthenticationRequired,
    SecondFactorRequired,
    Unauthenticated,
)
from comments_service.web.http.limits import limiter, setting
from comments_service.web.http.staff import staff_only
from comments_service.web.moderator import (
    account,
    articles,
    audit,
    blinds,
    comment,
    pages,
    people,
    policies,
    queue,
    refusals,
    statistics,
)

blueprint = Blueprint(
    "moderator",
    __name__,
    url_prefix="/moderator",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)

# Method, address, name, view. All take a moderator's session; what changes something, a form of it.
PAGES = (
    ("GET", "/", "home", account.home),
    ("POST", "/sessions/<int:session_id>/end", "end_session", account.end_session),
    ("POST", "/second-factor/remove", "remove_second_factor", account.remove_second_factor),
    ("POST", "/shortcuts", "set_shortcuts", account.set_shortcuts),
    ("GET", "/articles", "articles", articles.articles),
    ("GET", "/articles/settings", "article", articles.article),
    ("POST", "/articles/settings", "save_article", articles.save_article),
    ("GET", "/audit", "audit", audit.show_audit),
    ("GET", "/audit/export", "export_audit", audit.export_audit),
    ("GET", "/blinds", "blinds", blinds.show_blinds),
    ("GET", "/policies", "policies", policies.show_policies),
    ("GET", "/policies/<site>/edit", "edit_policy", policies.edit_policy),
    ("POST", "/policies/<site>/edit", "write_policy", policies.write_policy),
    (
        "POST",
        "/policies/<site>/<int:version>/backtest",
        "backtest_policy",
        policies.backtest_policy,
    ),
    (
        "POST",
        "/policies/<site>/<int:version>/publish",
        "publish_policy",
        policies.publish_policy,
    ),
    ("GET", "/statistics", "statistics", statistics.show_statistics),
    ("GET", "/statistics/export", "export_statistics", statistics.export_statistics),
    ("GET", "/statistics/sample", "sample", statistics.show_sample),
    ("POST", "/statistics/sample", "judge_sample", statistics.judge_sample),
    ("GET", "/statistics/transparency", "transparency", statistics.show_transparency),
    (
        "GET",
        "/statistics/transparency/export",
        "export_transparency",
        statistics.export_transparency,
    ),
    ("POST", "/blinds", "begin_blind", blinds.begin_blind),
    ("POST", "/blinds/<int:comment_id>", "continue_blind", blinds.continue_blind),
    ("GET", "/queue", "queue", queue.queue),
    ("GET", "/queue/<tab>", "queue_tab", queue.tab),
    ("POST", "/queue/decisions", "decide", queue.decide),
    ("POST", "/queue/undo", "undo", queue.undo),
    ("POST", "/queue/glance", "glance", queue.glance),
    ("GET", "/comments/<comment_id>", "comment", comment.comment),
    ("GET", "/people", "people", people.find),
    ("GET", "/people/<user_id>", "person", people.person),
    ("POST", "/people/<user_id>/notes", "note_person", people.note),
    ("POST", "/people/<user_id>/suspensions", "suspend", people.suspend),
    ("POST", "/people/<user_id>/reject-recent", "reject_recent", people.reject_recent),
    ("POST", "/people/<user_id>/roles", "set_roles", people.set_roles),
    ("POST", "/suspensions/<suspension_id>/lift", "lift_suspension", people.lift),
)
# These are open to a session that still owes its one-time code.
BEFORE_THE_CODE = (
    ("GET", "/second-step", "second_step", account.second_step),
    ("POST", "/second-factor", "begin_second_factor", account.begin_second_factor),
    ("POST", "/logout", "log_out", account.log_out),
)
# And here it is given: a guesser gets few tries.
WITH_A_CODE = (
    ("POST", "/second-step", "pass_second_step", account.pass_second_step),
    ("POST", "/second-factor/confirm", "confirm_second_factor", account.confirm_second_factor),
)

for _method, _path, _name, _view in PAGES:
    blueprint.add_url_rule(_path, _name, staff_only()(_view), methods=[_method])
for _method, _path, _name, _view in BEFORE_THE_CODE:
    _open = staff_only(with_second_factor=False)(_view)
    blueprint.add_url_rule(_path, _name, _open, methods=[_method])
for _method, _path, _name, _view in WITH_A_CODE:
    _limited = limiter.limit(setting("staff_logins"))(staff_only(with_second_factor=False)(_view))
    blueprint.add_url_rule(_path, _name, _limited, methods=[_method])

blueprint.register_error_handler(SecondFactorRequired, refusals.ask_for_code)
blueprint.register_error_handler(ReauthenticationRequired, refusals.ask_to_log_in_again)
blueprint.register_error_handler(Unauthenticated, refusals.ask_to_log_in)
blueprint.register_error_handler(NoStaffRole, refusals.show_without_role)
blueprint.register_error_handler(CommentsError, refusals.show)


@blueprint.after_request
def _harden(response: Response) -> Response:
    """Nothing of these pages is cached, framed, sniffed, or shared with another site's."""
    if request.endpoint != "moderator.static":
        response.headers["Cache-Control"] = "no-store"
    response.headers.setdefault("Content-Security-Policy", pages.CONTENT_SECURITY_POLICY)
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    return response
