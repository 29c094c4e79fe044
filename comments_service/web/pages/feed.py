"""The newest comments as Atom 1.0 (RFC 4287), replies marked as RFC 4685 says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from comments_service.services.ids import EPOCH
from comments_service.services.threads import TitledComment
from comments_service.services.views import CommentView
from comments_service.version import __version__
from comments_service.web.http.addresses import permalink, public_url
from comments_service.web.http.ready import timestamp

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
THREAD = "http://purl.org/syndication/thread/1.0"
# What XML 1.0 cannot say at all, not even escaped (section 2.2).
UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("", ATOM)
ET.register_namespace("thr", THREAD)


def render(
    *, title: str, own_address: str, page: str | None, comments: Sequence[TitledComment]
) -> bytes:
    """The feed at `own_address`; `page` is where people read what it is about."""
    feed = ET.Element(_atom("feed"))
    _text(feed, "id", own_address)
    _text(feed, "title", title)
    _text(feed, "updated", _moment(max((_changed(c.comment) for c in comments), default=EPOCH)))
    _link(feed, "self", own_address)
    if page is not None:
        _link(feed, "alternate", page)
    generator = _text(feed, "generator", "comments_service")
    generator.set("version", __version__)
    for comment in comments:
        _entry(feed, comment)
    text: str = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()


def _entry(feed: ET.Element, titled: TitledComment) -> None:
    comment = titled.comment
    author = comment.author.name if comment.author else ""
    entry = ET.SubElement(feed, _atom("entry"))
    _text(entry, "id", _identity(comment.id))
    _text(entry, "title", f"{author}: {titled.title or comment.article}")
    _text(entry, "updated", _moment(_changed(comment)))
    _text(entry, "published", _moment(comment.created_at))
    _text(ET.SubElement(entry, _atom("author")), "name", author)
    _link(entry, "alternate", permalink(comment))
    if comment.parent_id is not None:
        ET.SubElement(entry, f"{{{THREAD}}}in-reply-to", {"ref": _identity(comment.parent_id)})
    _text(entry, "content", comment.body or "").set("type", "text")


def _identity(comment_id: int) -> str:
    """Names an entry for good, wherever its article moves (RFC 4287 section 4.2.6)."""
    return public_url(f"/api/v1/comments/{comment_id}")


def _changed(comment: CommentView) -> datetime:
    return comment.edited_at or comment.created_at


def _moment(moment: datetime) -> str:
    return timestamp(moment) or ""


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, _atom(name))
    element.text = UNSAYABLE.sub("\ufffd", text)
    return element


def _link(parent: ET.Element, relation: str, address: str) -> None:
    href = UNSAYABLE.sub("\ufffd", address)
    kind = "application/atom+xml" if relation == "self" else "text/html"
    ET.SubElement(parent, _atom("link"), {"rel": relation, "type": kind, "href": href})
