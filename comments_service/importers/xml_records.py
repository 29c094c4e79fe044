"""Records out of a large XML file, one at a time, by a parser that expands nothing (defusedxml)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml import sax as defused

from comments_service.importers import sources
from comments_service.importers.records import MalformedFile

Name = tuple[str | None, str]

DEEPEST = 100
LONGEST_TEXT = 4 * 1024 * 1024


@dataclass(slots=True)
class Record:
    """An element that was asked for: the text and the attributes of what is in it, by path
    (`author/name`), of each the first. `outer` is the record it is inside of, as far as it has
    been read."""

    name: str
    line: int
    outer: Record | None
    texts: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str:
        """The text at a path, trimmed; empty where there is none."""
        return self.texts.get(path, "").strip()


def read(
    path: Path, *, root: str, wanted: set[str], prefixes: Mapping[str, str]
) -> Iterator[Record]:
    """The elements named in `wanted`, each when it ends. Names are `prefix:local` where the
    namespace's address begins with a key of `prefixes`, and local names alone elsewhere; an
    attribute is at `path@name`.

    Raises `MalformedFile` with the line: not well-formed, entities or a document type in it, or
    another root element.
    """
    handler = _Handler(root, wanted, prefixes)
    parser = defused.make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(handler)
    handler.parser = parser
    try:
        with sources.opened(path) as source:
            is_empty = True
            for piece in sources.chunks(source):
                is_empty = False
                parser.feed(piece)
                yield from handler.take()
            if is_empty:
                raise MalformedFile("The file is empty.", line=1)
            parser.close()
            yield from handler.take()
    except SAXParseException as error:
        raise MalformedFile(
            f"The file is not well-formed XML: {error.getMessage()}.",
            line=error.getLineNumber(),
            column=(error.getColumnNumber() or 0) + 1,
        ) from None
    except DefusedXmlException:
        raise MalformedFile(
            "The file declares a document type or entities, which are not read.",
            line=parser.getLineNumber(),
        ) from None
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise MalformedFile(f"The file cannot be read: {error}.") from None


class _Handler(ContentHandler):
    parser: Any

    def __init__(self, root: str, wanted: set[str], prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._root = root
        self._wanted = wanted
        self._prefixes = prefixes
        self._names: dict[Name, str] = {}
        self._path: list[str] = []
        self._open: list[tuple[int, Record]] = []
        self._text: list[str] = []
        self._length = 0
        self._done: deque[Record] = deque()

    def take(self) -> Iterator[Record]:
        while self._done:
            yield self._done.popleft()

    def startElementNS(self, name: Name, qname: Any, attrs: Any) -> None:  # noqa: N802
        own = self._name(name)
        if not self._path and own != self._root:
            raise self._malformed(f"The file begins with <{own}>, not <{self._root}>.")
        if len(self._path) > DEEPEST:
            raise self._malformed("Elements are nested too deeply.")
        self._path.append(own)
        self._text, self._length = [], 0
        if own in self._wanted:
            outer = self._open[-1][1] if self._open else None
            record = Record(own, self.parser.getLineNumber(), outer)
            self._open.append((len(self._path), record))
        if self._open:
            depth, record = self._open[-1]
            inside = "/".join(self._path[depth:])
            for attribute, value in attrs.items():
                record.attributes.setdefault(f"{inside}@{self._name(attribute)}", value)

    def endElementNS(self, name: Name, qname: Any) -> None:  # noqa: N802
        if self._open:
            depth, record = self._open[-1]
            if len(self._path) == depth:
                self._open.pop()
                self._done.append(record)
            else:
                record.texts.setdefault("/".join(self._path[depth:]), "".join(self._text))
        self._path.pop()
        self._text = []

    def characters(self, content: str) -> None:
        if not self._open:
            return
        self._length += len(content)
        if self._length > LONGEST_TEXT:
            raise self._malformed("A text is too long.")
        self._text.append(content)

    def _name(self, name: Name) -> str:
        if name not in self._names:
            address, local = name
            found = [p for start, p in self._prefixes.items() if (address or "").startswith(start)]
            self._names[name] = f"{found[0]}:{local}" if found and found[0] else local
        return self._names[name]

    def _malformed(self, detail: str) -> MalformedFile:
        return MalformedFile(detail, line=self.parser.getLineNumber())
