"""Pages for people: problems explained, the public policy, server-rendered threads, feeds."""

from comments_service.web.pages import avatars as avatars
from comments_service.web.pages import policy as policy
from comments_service.web.pages import refusals as refusals
from comments_service.web.pages import thread as thread
from comments_service.web.pages.routes import blueprint

__all__ = ["blueprint"]
