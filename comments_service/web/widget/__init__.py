"""The `<social-comments>` element: ES modules in `src/`, joined and minified by `build.py`.

A reader of an article loads one file; who takes part in the talk a second (`src/writing.js`).
Start reading at `src/element.js`.
"""

from comments_service.web.widget.routes import blueprint

__all__ = ["blueprint"]
