"""Names in paths, where a name could be taken for a path of its own.

`/articles/top` lists top articles and `/articles/{site}` is an article of a site: which methods an
address takes is only clear where no site is called `top`.
"""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class _SiteKey(BaseConverter):
    regex = r"(?!(?:top|merge)\Z)[^/]+"
    part_isolating = True


class _Version(BaseConverter):
    regex = r"(?!dry-run\Z)[^/]+"
    part_isolating = True


CONVERTERS: dict[str, type[BaseConverter]] = {"site": _SiteKey, "version": _Version}
"""As rules name them: `<site:site_key>`."""
