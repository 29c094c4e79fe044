"""The demo newspaper: an invented daily in two languages, the comment box under its articles.

It stands for a publisher's own site: an origin of its own, a strict content security policy, and
nothing of the service but two scripts and two elements in its pages. Both editions of an article
share its key and so one thread. Texts are in `articles/`, one file each, and `words.yaml`.
Start reading at `app.py`; `python -m comments_service.demo.newspaper` runs it.
"""

from comments_service.demo.newspaper.app import create_app

__all__ = ["create_app"]
