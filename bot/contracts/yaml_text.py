"""YAML to plain values: a builder of our own over libyaml's events.

PyYAML's own constructors read YAML 1.1, keep the last of two equal keys, and are several times slower. Differences to
a general YAML loader are deliberate: keys are strings as JSON would have them (a response's `200:` is "200"), one
document a file, no cycles, and limits on what aliases may expand to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Never, cast

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from bot.contracts.text import line_column
from bot.contracts.unreadable import Limits, Unreadable
from bot.contracts.yaml_scalars import Scalar, resolve_plain, resolve_tagged

_NO_KEY = object()
_MERGE = object()
_OPEN = object()


def read_yaml(text: str, limits: Limits) -> Any:
    """The document's value. Raises Unreadable."""
    return _Builder(text, limits).read()


def event_source(text: str) -> Callable[[], Any]:
    """Gives the next event of libyaml's parser each time it is called.

    Marks count characters, so their `index` is an offset into `text`. Events are `Any`: PyYAML's stubs allow for
    events without marks, which libyaml never sends.
    """
    return cast("Callable[[], Any]", CParser(text).get_event)


def syntax_error(error: yaml.YAMLError, text: str) -> Unreadable:
    """libyaml's complaint with its line."""
    mark: Any = getattr(error, "problem_mark", None)
    if isinstance(error, yaml.MarkedYAMLError) and mark is not None:
        context = f" ({error.context})" if error.context else ""
        return Unreadable(f"This is not valid YAML: {error.problem}{context}.", *line_column(text, mark.index))
    position = getattr(error, "position", None)
    where = line_column(text, position) if isinstance(position, int) else (0, 0)
    return Unreadable(f"This is not valid YAML: {getattr(error, 'reason', error)}.", *where)


def scalar_value(event: Any) -> Scalar:
    """The value of a scalar event. Raises ValueError when it is not what its tag says."""
    if event.tag is None or event.tag == "!":
        return resolve_plain(event.value) if event.implicit[0] and event.tag is None else str(event.value)
    return resolve_tagged(event.tag, event.value)


def is_merge_key(event: Any) -> bool:
    """A plain `<<`. Quoted, it is a key like any other."""
    return bool(event.value == "<<" and (event.implicit[0] or event.tag == "tag:yaml.org,2002:merge"))


class _Builder:
    def __init__(self, text: str, limits: Limits) -> None:
        self._text = text
        self._limits = limits
        self._anchors: dict[str, Any] = {}
        self._weights: dict[int, tuple[int, int]] = {}
        self._expanded = 0
        self._merges: dict[int, list[tuple[Any, int]]] = {}

    def read(self) -> Any:
        try:
            next_event = event_source(self._text)
            next_event()  # the start of the stream
            if next_event().__class__ is StreamEndEvent:
                raise Unreadable("The document is empty: it holds comments only.")
            value = self._build(next_event)
            following = next_event()
            index = following.start_mark.index
            if following.__class__ is DocumentStartEvent:
                self._fail("The file holds several YAML documents (`---`). Keep one contract document a file.", index)
        except yaml.YAMLError as error:
            raise syntax_error(error, self._text) from None
        return value

    def _build(self, next_event: Callable[[], Any]) -> Any:
        """One loop over the events of one document; `stack` holds the containers around the current one."""
        nesting = self._limits.nesting
        names: dict[str, str] = {}
        stack: list[tuple[Any, Any, str | None]] = []
        root: list[Any] = []
        container: Any = root
        key: Any = _NO_KEY
        anchor: str | None = None
        while True:
            event = next_event()
            kind = event.__class__
            if kind is ScalarEvent:
                if key is _NO_KEY and container.__class__ is dict:
                    key = _MERGE if event.value == "<<" and is_merge_key(event) else event.value
                    if event.anchor is not None:
                        self._anchors[event.anchor] = event.value
                    if key is not _MERGE:
                        if key in container:
                            self._fail_duplicate(key, event.start_mark.index)
                        key = names.setdefault(key, key)
                    continue
                value = self._scalar(event)
                if event.anchor is not None:
                    self._anchors[event.anchor] = value
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if key is _NO_KEY and container.__class__ is dict:
                    self._fail("A mapping or list cannot be a key. Write a plain string.", event.start_mark.index)
                stack.append((container, key, anchor))
                if len(stack) > nesting:
                    self._fail(f"The document nests deeper than {nesting} levels.", event.start_mark.index)
                container = {} if kind is MappingStartEvent else []
                key = _NO_KEY
                anchor = event.anchor
                if anchor is not None:
                    self._anchors[anchor] = _OPEN
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = container
                if self._merges and kind is MappingEndEvent:
                    self._merge_into(value)
                if anchor is not None:
                    self._anchors[anchor] = value
                container, key, anchor = stack.pop()
            elif kind is AliasEvent:
                value = self._alias(event, len(stack))
                if key is _NO_KEY and container.__class__ is dict:
                    key = self._alias_key(value, event)
                    if key in container:
                        self._fail_duplicate(key, event.start_mark.index)
                    continue
            elif kind is DocumentEndEvent:
                return root[0]
            else:
                raise AssertionError(f"libyaml sent {kind.__name__} within a document")

            if container.__class__ is dict:
                if key is _MERGE:
                    self._merges.setdefault(id(container), []).append((value, event.start_mark.index))
                else:
                    container[key] = value
                key = _NO_KEY
            else:
                container.append(value)

    def _scalar(self, event: Any) -> Scalar:
        if event.tag is None:
            return resolve_plain(event.value) if event.implicit[0] else event.value
        try:
            return scalar_value(event)
        except ValueError as error:
            self._fail(f"{error}.", event.start_mark.index)

    def _alias(self, event: Any, depth: int) -> Any:
        value = self._anchors.get(event.anchor, self)
        if value is self:
            self._fail(f"The alias `*{event.anchor}` has no anchor before it.", event.start_mark.index)
        if value is _OPEN:
            self._fail(f"The alias `*{event.anchor}` stands inside its own anchor.", event.start_mark.index)
        size, height = self._weigh(value)
        self._expanded += size
        if self._expanded > self._limits.expanded:
            self._fail(
                f"Aliases expand to more than {self._limits.expanded:,} values (an alias bomb).", event.start_mark.index
            )
        if depth + height > self._limits.nesting:
            self._fail(
                f"With its aliases, the document nests deeper than {self._limits.nesting} levels.",
                event.start_mark.index,
            )
        return value

    def _weigh(self, value: Any) -> tuple[int, int]:
        """How many values stand in `value` with its aliases followed, and how deep they nest."""
        if value.__class__ is not dict and value.__class__ is not list:
            return 1, 0
        known = self._weights.get(id(value))
        if known is None:
            children = [self._weigh(v) for v in (value.values() if value.__class__ is dict else value)]
            known = (1 + sum(size for size, _ in children), 1 + max((height for _, height in children), default=0))
            self._weights[id(value)] = known
        return known

    def _alias_key(self, value: Any, event: Any) -> str:
        if not isinstance(value, str):
            self._fail(f"The alias `*{event.anchor}` cannot be a key: it is not a string.", event.start_mark.index)
        return value

    def _merge_into(self, mapping: dict[str, Any]) -> None:
        """Apply `<<`: keys of the mapping itself win, then earlier sources (yaml.org/type/merge.html)."""
        for source, index in self._merges.pop(id(mapping), ()):
            sources = source if source.__class__ is list else [source]
            for one in sources:
                if one.__class__ is not dict:
                    self._fail("`<<` merges a mapping, or a list of mappings.", index)
                for key, value in one.items():
                    mapping.setdefault(key, value)

    def _fail_duplicate(self, key: str, index: int) -> Never:
        line, column = line_column(self._text, index)
        first = _line_of_first(self._text, key, index)
        raise Unreadable(
            f"The key `{key[:80]}` is written twice in one mapping, at line {first} and line {line}. Keep one of them.",
            line,
            column,
        )

    def _fail(self, message: str, index: int) -> Never:
        raise Unreadable(message, *line_column(self._text, index))


def _line_of_first(text: str, key: str, duplicate: int) -> int:
    """The line where the mapping whose key at offset `duplicate` is a repetition has that key first.

    A second pass, because keeping the line of every key would slow down every document for the rare broken one.
    """
    open_keys: list[dict[str, int] | None] = []
    at_key: list[bool] = []
    next_event = event_source(text)
    while True:
        event = next_event()
        kind = event.__class__
        if kind is MappingEndEvent or kind is SequenceEndEvent:
            open_keys.pop()
            at_key.pop()
        if kind in (MappingEndEvent, SequenceEndEvent, ScalarEvent, AliasEvent) and open_keys:
            keys = open_keys[-1]
            if keys is not None and at_key[-1]:
                if event.start_mark.index == duplicate:
                    return line_column(text, keys.get(key, duplicate))[0]
                if kind is ScalarEvent:
                    keys.setdefault(event.value, event.start_mark.index)
            at_key[-1] = not at_key[-1]
        if kind is MappingStartEvent or kind is SequenceStartEvent:
            open_keys.append({} if kind is MappingStartEvent else None)
            at_key.append(True)
