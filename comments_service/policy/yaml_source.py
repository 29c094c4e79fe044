"""YAML narrowed to what JSON can say, with the line of every value.

No anchors, no aliases, no tags, no key twice: a policy is read by people who must see all of it
where it stands, and by a server that must not be made to expand it.
"""

from __future__ import annotations

from typing import Any

import yaml

from comments_service.policy.errors import DocumentError, InvalidDocument

Path = tuple[str | int, ...]

_DEEPEST = 12
_LONGEST = 2 * 1024 * 1024
_OPENING = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
_CLOSING = (yaml.SequenceEndEvent, yaml.MappingEndEvent)
_SCALARS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null")
)


def read_yaml(source: str) -> tuple[Any, dict[Path, int]]:
    """Return the value that `source` writes and, by path, the line (from 1) of each part of it.

    Raises `InvalidDocument` for what is no YAML or needs more than JSON.
    """
    if len(source) > _LONGEST:
        raise InvalidDocument((DocumentError(None, "", "longer than 2 MiB", "2 MiB보다 깁니다"),))
    try:
        _refuse_expansion(source)
        node = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark) if error.problem_mark else None
        raise InvalidDocument((DocumentError(line, "", str(error.problem)),)) from None
    except yaml.YAMLError as error:
        raise InvalidDocument((DocumentError(None, "", str(error)),)) from None
    reader = _Reader()
    value = reader.value(node, ()) if node is not None else None
    if reader.errors:
        raise InvalidDocument(tuple(reader.errors))
    return value, reader.lines


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _refuse_expansion(source: str) -> None:
    """Walk the events before anything is built, so that no bomb goes off."""
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InvalidDocument(
                (
                    DocumentError(
                        line,
                        "",
                        "anchors and aliases are not allowed",
                        "앵커와 별칭은 쓸 수 없습니다",
                    ),
                )
            )
        if depth > _DEEPEST:
            raise InvalidDocument(
                (DocumentError(line, "", "nested too deep", "너무 깊이 들어 있습니다"),)
            )


class _Reader:
    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.errors: list[DocumentError] = []
        self._scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.lines[path] = _line(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        if node.tag not in _SCALARS:
            self._mistake(node, path, f"the tag {node.tag} is not allowed")
            return None
        try:
            return self._scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self._mistake(node, path, "not a valid value")
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            if key in mapping:
                self._mistake(key_node, here, "this key appears twice")
            mapping[key] = self.value(value_node, here)
            self.lines[here] = _line(key_node.start_mark)
        return mapping

    def _mistake(self, node: yaml.Node, path: Path, message: str) -> None:
        pointer = "".join(f"/{part}" for part in path)
        self.errors.append(DocumentError(_line(node.start_mark), pointer, message))
