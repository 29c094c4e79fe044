"""The `<social-comments>` element: ES modules in `src/`, joined and minified by `build.py`."""
