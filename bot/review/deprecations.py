"""Findings that say of something that it will go: nothing breaks yet, but whoever uses it has to know in time."""

from __future__ import annotations

from bot.contracts.change import Change

_FACTS = frozenset(
    {
        "graphql.deprecation.added",
        "protobuf.deprecated",
        "schema.deprecated.added",
        *(f"{what}.{fact}" for what in ("operation", "parameter", "header") for fact in ("deprecated", "sunset.added")),
        *(f"{what}.sunset.earlier" for what in ("operation", "parameter", "header")),
        "schema.sunset.added",
        "registry.sunset.announced",
    }
)
_MOVED = "schema.sunset.changed"


def deprecates(change: Change) -> bool:
    """Whether it is newly deprecated, or its end is set or comes nearer. An end that is put off takes nothing away."""
    return change.fact in _FACTS or (change.fact == _MOVED and change.attributes.get("moved") != "later")
