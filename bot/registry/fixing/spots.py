"""The scalars of a YAML text, each with where it stands: what an edit in place needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.contracts.tree import Pointer
from bot.contracts.yaml_text import event_source


@dataclass(frozen=True, slots=True)
class Spot:
    """One key or scalar value. start, end: offsets into the text, quotes included.

    plain: written without quotes. in_flow: the mapping or list that holds it is written with braces or brackets.
    """

    pointer: Pointer
    value: str
    start: int
    end: int
    plain: bool
    is_key: bool
    in_flow: bool


def spots(text: str) -> Iterator[Spot]:
    """Every key and scalar value where it is written, in order. What an alias repeats is not met again. The text must
    have been read before: raises yaml.YAMLError.
    """
    next_event = event_source(text)
    next_event()
    if isinstance(next_event(), DocumentStartEvent):
        yield from _value(next_event, next_event(), (), in_flow=False)


def _value(next_event: Callable[[], Any], event: Any, pointer: Pointer, *, in_flow: bool) -> Iterator[Spot]:
    if isinstance(event, ScalarEvent):
        yield _spot(event, pointer, is_key=False, in_flow=in_flow)
    elif isinstance(event, SequenceStartEvent):
        index = 0
        while not isinstance(item := next_event(), SequenceEndEvent):
            yield from _value(next_event, item, (*pointer, index), in_flow=bool(event.flow_style))
            index += 1
    elif isinstance(event, MappingStartEvent):
        while not isinstance(key := next_event(), MappingEndEvent):
            below = pointer
            if isinstance(key, ScalarEvent):
                below = (*pointer, key.value)
                yield _spot(key, below, is_key=True, in_flow=bool(event.flow_style))
            elif isinstance(key, AliasEvent):
                below = (*pointer, f"*{key.anchor}")
            yield from _value(next_event, next_event(), below, in_flow=bool(event.flow_style))


def _spot(event: Any, pointer: Pointer, *, is_key: bool, in_flow: bool) -> Spot:
    plain = event.style is None or event.style == ""
    start, end = event.start_mark.index, event.end_mark.index
    return Spot(pointer, event.value, start, end, plain, is_key, in_flow)
