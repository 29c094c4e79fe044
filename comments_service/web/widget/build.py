"""Joins and minifies the widget; `python -m comments_service.web.widget` shows what comes of it.

The modules of `src/` become two files with their style sheets and both languages inside: what
everybody who reads an article needs, and what only those need who write. Nothing but Python is
needed for it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import chain, product
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

import brotli
import rjsmin

from comments_service.version import __version__

HERE = Path(__file__).parent
LANGUAGES = ("ko", "en")

#: The modules of the first file; what each needs stands above it.
READING = (
    "i18n",
    "dom",
    "time",
    "api",
    "arrival",
    "comment",
    "thread",
    "second",
    "box",
    "element",
)
#: The modules of the second file, which comes when somebody takes part.
WRITING = (
    "text",
    "storage",
    "session",
    "findings",
    "dialog",
    "editor",
    "deeds",
    "news",
    "notices",
    "writing",
)

_IMPORT = re.compile(r'^import \{([^}]+)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|class)", re.MULTILINE)
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
_SLOT = re.compile(r"\$\{[^}]+\}")
_PLURAL = re.compile(r"\.(one|other)$")
_DECLARED = re.compile(r"^\s+(?:static |async |get |set )*#(\w+)", re.MULTILINE)
# Not what a string begins with, such as "#comment-".
_PRIVATE = re.compile(r"(?<![\"'`^])#(\w+)")
_VARIABLE = re.compile(r"--(?!sc-)[\w-]+")
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_SPACE = re.compile(r"\s*([{};,>])\s*|(?<=[\w)]):\s+|\s+")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served, in every encoding, made once."""

    name: str
    media_type: str
    identity: bytes
    brotli: bytes
    gzip: bytes

    @property
    def integrity(self) -> str:
        """The file's subresource integrity value (W3C SRI), such as `sha384-…`."""
        digest = hashlib.sha384(self.identity).digest()
        return f"sha384-{base64.b64encode(digest).decode('ascii')}"


@cache
def assets() -> Mapping[str, Asset]:
    """Every file of the widget by its name, built on first use."""
    writing = _asset("writing.js", "text/javascript", _writing())
    made = [
        _asset("social-comments.js", "text/javascript", _reading(writing)),
        writing,
        _asset("count.js", "text/javascript", _badges()),
        _asset("social-comments.d.ts", "text/plain", _source("social-comments.d.ts")),
    ]
    files = {asset.name: {"integrity": asset.integrity} for asset in made}
    manifest = json.dumps({"version": __version__, "files": files}, indent=2)
    made.append(_asset("manifest.json", "application/json", manifest))
    return {asset.name: asset for asset in made}


def catalogue(language: str) -> dict[str, str]:
    """The sentences of one language by key."""
    text = (HERE / "i18n" / f"{language}.json").read_text(encoding="utf-8")
    words: dict[str, str] = json.loads(text)
    return words


def keys_used(modules: Sequence[str]) -> set[str]:
    """The catalogue's keys that modules name, in quotes or by a template such as `sort.${sort}`."""
    named = set()
    for quoted, template in _STRING.findall(_joined(modules)):
        if "." in _SLOT.sub("", template) or quoted:
            named.add(re.escape(quoted) or r"[\w-]+".join(map(re.escape, _SLOT.split(template))))
    # `${key}.${…}` is how i18n.js itself looks keys up: it names none.
    pattern = re.compile("|".join(named - {r"[\w-]+\.[\w-]+"}))
    return {
        key
        for language in LANGUAGES
        for key in catalogue(language)
        if pattern.fullmatch(_PLURAL.sub("", key)) or pattern.fullmatch(key)
    }


def minify_css(sheet: str) -> str:
    """The sheet without comments and needless white space."""
    bare = _CSS_COMMENT.sub("", sheet)
    squeezed = _CSS_SPACE.sub(lambda found: found[1] or (":" if ":" in found[0] else " "), bare)
    return squeezed.replace(";}", "}").strip()


def _reading(writing: Asset) -> str:
    second = {"path": f"/widget/{__version__}/{writing.name}", "integrity": writing.integrity}
    values = {
        "VERSION": __version__,
        "SECOND": second,
        "STYLES": _sheet("styles.css"),
        "WORDS": _words(keys_used(READING)),
    }
    return f"{_constants(values)}{_joined(READING)}\nconst KIT={{{_kit()}}};"


def _writing() -> str:
    """A function of the kit: the second file imports nothing, and so loads nothing twice."""
    reading = keys_used(READING)
    values = {
        "WRITING_STYLES": _sheet("writing.css"),
        "WRITING_WORDS": _words(catalogue("en").keys() - reading),
    }
    body = _constants(values) + _joined(WRITING)
    return f"export default({{{_kit()}}})=>{{{body}\nreturn{{Writing}}}};"


def _badges() -> str:
    words = {language: catalogue(language) for language in LANGUAGES}
    badges = {
        language: [words[language].get("badge.one"), words[language]["badge.other"]]
        for language in LANGUAGES
    }
    return _constants({"BADGES": badges}) + _joined(["count"])


def _words(keys: Set[str]) -> dict[str, list[str | None]]:
    """Sentences by key, in the order of LANGUAGES; none where a language has no such form."""
    spoken = [catalogue(language) for language in LANGUAGES]
    return {key: [words.get(key) for words in spoken] for key in catalogue("en") if key in keys}


def _kit() -> str:
    """The names that modules of the second file import from the first."""
    return ",".join(sorted(set(_shared())))


def _shared() -> Iterator[str]:
    for module in WRITING:
        for names, source in _IMPORT.findall(_source(f"{module}.js")):
            if source not in WRITING:
                yield from re.findall(r"\w+", names)


def _constants(values: Mapping[str, object]) -> str:
    return "".join(
        f"const {name}={json.dumps(value, ensure_ascii=False, separators=(',', ':'))};"
        for name, value in values.items()
    )


def _sheet(name: str) -> str:
    """A style sheet, minified; the variables that no page may set have the same short names in
    both."""
    both = "".join(minify_css(_source(each)) for each in ("styles.css", "writing.css"))
    short = _short_names(_VARIABLE.findall(both))
    return _VARIABLE.sub(lambda found: f"--{short[found[0]]}", minify_css(_source(name)))


def _joined(modules: Sequence[str]) -> str:
    """Modules as one scope, minified, with short names for what is private to their classes."""
    source = "".join(_source(f"{module}.js") for module in modules)
    declared = set(_DECLARED.findall(source))
    short = _short_names(name for name in _PRIVATE.findall(source) if name in declared)
    private = _PRIVATE.sub(lambda found: f"#{short.get(found[1], found[1])}", source)
    minified: str = rjsmin.jsmin(_EXPORT.sub("", _IMPORT.sub("", private)))
    return minified


def _short_names(used: Iterable[str]) -> dict[str, str]:
    """A name of a letter or two for each, the shortest for what is used most."""
    letters = ascii_lowercase + ascii_uppercase
    pairs = map("".join, product(letters, repeat=2))
    names = [name for name, _ in Counter(used).most_common()]
    return dict(zip(names, chain(letters, pairs), strict=False))


def _source(name: str) -> str:
    return (HERE / "src" / name).read_text(encoding="utf-8")


def _asset(name: str, media_type: str, text: str) -> Asset:
    identity = text.encode("utf-8")
    return Asset(
        name,
        media_type,
        identity,
        brotli=brotli.compress(identity, mode=brotli.MODE_TEXT, quality=11),
        gzip=gzip.compress(identity, 9, mtime=0),
    )
