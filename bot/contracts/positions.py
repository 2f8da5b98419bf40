"""Pointers to ranges of text, by one pass over the document that looks only into what was asked for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.contracts.json_text import skip_space, string_at
from bot.contracts.tree import Pointer
from bot.contracts.yaml_text import event_source, is_merge_key, syntax_error

_PASSED = Event()
"""Stands for a value within a skipped one that was already read."""

Span = tuple[int, int]
"""Offsets into the text; the end is exclusive."""


@dataclass(slots=True)
class _Wanted:
    """The pointers asked for, as a tree. `pointer` is set where one of them ends."""

    children: dict[str | int, _Wanted] = field(default_factory=dict)
    pointer: Pointer | None = None

    @classmethod
    def tree(cls, pointers: Collection[Pointer]) -> _Wanted:
        root = cls()
        for pointer in pointers:
            at = root
            for key in pointer:
                at = at.children.setdefault(key, cls())
            at.pointer = pointer
        return root

    def below(self) -> Iterator[Pointer]:
        if self.pointer is not None:
            yield self.pointer
        for child in self.children.values():
            yield from child.below()


class _Found:
    """Collects spans. What is never found keeps that of the nearest value above it."""

    def __init__(self, wanted: _Wanted, *, key: bool) -> None:
        self._key = key
        self.spans: dict[Pointer, Span] = {}
        self._assume(wanted, (0, 0))

    def member(self, wanted: _Wanted, key: Span) -> None:
        self._assume(wanted, key)

    def item(self, wanted: _Wanted, start: int) -> None:
        self._assume(wanted, (start, start))

    def value(self, wanted: _Wanted, span: Span, *, of_member: bool) -> None:
        """The value ended, so its own range is known."""
        if wanted.pointer is not None and not (of_member and self._key):
            self.spans[wanted.pointer] = span

    def _assume(self, wanted: _Wanted, span: Span) -> None:
        for pointer in wanted.below():
            self.spans[pointer] = span


def json_spans(
    text: str, pointers: Collection[Pointer], *, key: bool, of_bytes: bool = False
) -> dict[Pointer, Span] | None:
    """None when the text is not JSON after all (YAML in flow style).

    `of_bytes`: the text has one character for each byte of UTF-8 (it was read as Latin-1), and spans count bytes.
    """
    wanted = _Wanted.tree(pointers)
    found = _Found(wanted, key=key)
    try:
        _JsonScan(text, found, of_bytes=of_bytes).value(skip_space(text, 0), wanted)
    except (ValueError, StopIteration, IndexError):
        return None
    return found.spans


class _JsonScan:
    """The standard library's decoder, which is C, reads what was not asked for, only to know where it ends."""

    def __init__(self, text: str, found: _Found, *, of_bytes: bool) -> None:
        self._text = text
        self._found = found
        self._of_bytes = of_bytes
        self._skip = json.JSONDecoder().raw_decode

    def value(self, offset: int, wanted: _Wanted) -> int:
        """Scan the value at `offset`; the offset after it."""
        if wanted.children and self._text[offset] == "{":
            return self._object(offset, wanted)
        if wanted.children and self._text[offset] == "[":
            return self._array(offset, wanted)
        return self._skip(self._text, offset)[1]

    def _object(self, offset: int, wanted: _Wanted) -> int:
        text = self._text
        offset = skip_space(text, offset + 1)
        while text[offset] != "}":
            if text[offset] == ",":
                offset = skip_space(text, offset + 1)
            start = offset
            name, end = string_at(text, offset)
            if self._of_bytes and not name.isascii():
                name = json.loads(text[start:end].encode("latin-1"))
            offset = skip_space(text, end)
            if text[offset] != ":":
                raise ValueError
            offset = skip_space(text, offset + 1)
            child = wanted.children.get(name)
            if child is None:
                offset = self._skip(text, offset)[1]
            else:
                self._found.member(child, (start, end))
                value_end = self.value(offset, child)
                self._found.value(child, (offset, value_end), of_member=True)
                offset = value_end
            offset = skip_space(text, offset)
        return offset + 1

    def _array(self, offset: int, wanted: _Wanted) -> int:
        text = self._text
        offset = skip_space(text, offset + 1)
        index = 0
        while text[offset] != "]":
            if text[offset] == ",":
                offset = skip_space(text, offset + 1)
            child = wanted.children.get(index)
            if child is None:
                offset = self._skip(text, offset)[1]
            else:
                self._found.item(child, offset)
                value_end = self.value(offset, child)
                self._found.value(child, (offset, value_end), of_member=False)
                offset = value_end
            offset = skip_space(text, offset)
            index += 1
        return offset + 1


def yaml_spans(text: str, pointers: Collection[Pointer], *, key: bool) -> dict[Pointer, Span]:
    """Raises Unreadable when the text is not YAML."""
    wanted = _Wanted.tree(pointers)
    found = _Found(wanted, key=key)
    try:
        _YamlScan(text, found).document(wanted)
    except yaml.YAMLError as error:
        raise syntax_error(error, text) from None
    return found.spans


@dataclass(slots=True)
class _Marked:
    """A value kept with the places of its parts, because an alias may lead to it from elsewhere."""

    span: Span
    text: str = ""
    members: dict[str, tuple[Span, _Marked]] = field(default_factory=dict)
    items: list[_Marked] = field(default_factory=list)


class _YamlScan:
    def __init__(self, text: str, found: _Found) -> None:
        self._text = text
        self._found = found
        self._next = event_source(text)
        self._anchors: dict[str, _Marked] = {}

    def document(self, wanted: _Wanted) -> None:
        self._next()  # stream start
        if isinstance(self._next(), DocumentStartEvent):
            self._value(self._next(), wanted)

    def _value(self, event: Any, wanted: _Wanted) -> Span:
        """Scan the value that begins with `event`; its span."""
        if isinstance(event, AliasEvent) or event.anchor is not None:
            marked = self._marked(event)
            self._follow(marked, wanted)
            return marked.span
        if isinstance(event, MappingStartEvent) and wanted.children:
            return self._mapping(event, wanted)
        if isinstance(event, SequenceStartEvent) and wanted.children:
            return self._sequence(event, wanted)
        return self._skipped(event)

    def _mapping(self, start: Any, wanted: _Wanted) -> Span:
        missing = dict(wanted.children)
        sources: list[_Marked] = []
        while not isinstance(event := self._next(), MappingEndEvent):
            if isinstance(event, ScalarEvent) and is_merge_key(event):
                sources.append(self._marked(self._next()))
                continue
            name, span = self._key(event)
            child = missing.pop(name, None)
            value = self._next()
            if child is None:
                self._skipped(value)
            else:
                self._found.member(child, span)
                self._found.value(child, self._value(value, child), of_member=True)
        for name, (span, merged) in _merged(sources).items():
            child = missing.pop(name, None)
            if child is not None:
                self._found.member(child, span)
                self._found.value(child, merged.span, of_member=True)
                self._follow(merged, child)
        return self._span(start, event)

    def _sequence(self, start: Any, wanted: _Wanted) -> Span:
        index = 0
        while not isinstance(event := self._next(), SequenceEndEvent):
            child = wanted.children.get(index)
            if child is None:
                self._skipped(event)
            else:
                self._found.item(child, event.start_mark.index)
                self._found.value(child, self._value(event, child), of_member=False)
            index += 1
        return self._span(start, event)

    def _skipped(self, event: Any) -> Span:
        """Pass over a value, keeping what is anchored in it."""
        if isinstance(event, AliasEvent) or event.anchor is not None:
            return self._marked(event).span
        start, depth = event, 0
        while True:
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                depth += 1
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                depth -= 1
            if depth == 0:
                return self._span(start, event)
            event = self._next()
            if isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)) and event.anchor is not None:
                self._marked(event)
                event = _PASSED

    def _marked(self, event: Any) -> _Marked:
        """The whole value that begins with `event`, with its places."""
        if event.__class__ is AliasEvent:
            return self._anchors[str(event.anchor)]
        if isinstance(event, ScalarEvent):
            marked = _Marked(self._span(event, event), text=event.value)
        elif isinstance(event, MappingStartEvent):
            marked = self._marked_mapping(event)
        else:
            items = []
            while not isinstance(item := self._next(), SequenceEndEvent):
                items.append(self._marked(item))
            marked = _Marked(self._span(event, item), items=items)
        if event.anchor is not None:
            self._anchors[str(event.anchor)] = marked
        return marked

    def _marked_mapping(self, start: Any) -> _Marked:
        members: dict[str, tuple[Span, _Marked]] = {}
        sources = []
        while not isinstance(event := self._next(), MappingEndEvent):
            if isinstance(event, ScalarEvent) and is_merge_key(event):
                sources.append(self._marked(self._next()))
                continue
            name, span = self._key(event)
            members[name] = (span, self._marked(self._next()))
        return _Marked(self._span(start, event), members=_merged(sources) | members)

    def _key(self, event: Any) -> tuple[str, Span]:
        marked = self._marked(event)
        span = self._span(event, event) if isinstance(event, AliasEvent) else marked.span
        return marked.text, span

    def _follow(self, marked: _Marked, wanted: _Wanted) -> None:
        """Find what is wanted below a value that was already passed."""
        for key, child in wanted.children.items():
            if isinstance(key, str) and key in marked.members:
                span, member = marked.members[key]
                self._found.member(child, span)
                self._found.value(child, member.span, of_member=True)
                self._follow(member, child)
            elif isinstance(key, int) and key < len(marked.items):
                item = marked.items[key]
                self._found.item(child, item.span[0])
                self._found.value(child, item.span, of_member=False)
                self._follow(item, child)

    def _span(self, start: Any, end: Any) -> Span:
        """libyaml ends a block where the next thing begins; a reader ends it with its last character."""
        first, last = start.start_mark.index, end.end_mark.index
        while last > first and self._text[last - 1] in " \t\r\n":
            last -= 1
        return first, last


def _merged(sources: list[_Marked]) -> dict[str, tuple[Span, _Marked]]:
    """What `<<` brings: earlier sources win."""
    members: dict[str, tuple[Span, _Marked]] = {}
    for source in sources:
        for one in source.items or [source]:
            for name, member in one.members.items():
                members.setdefault(name, member)
    return members
