"""The element that a finding speaks of, in words: `owner`, each item of `tags`, query parameter `limit`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.contracts.address import Token, read
from bot.contracts.change import Change, Place

_LONGEST_NAME = 60
_LONGEST_OPERATION = 120
_COMPONENTS = frozenset({"parameters", "headers", "responses", "requestBodies", "pathItems", "callbacks"})
_LOCATIONS = frozenset({"path", "query", "header", "cookie", "querystring"})
_ROOTS = {"request": "the request body", "response": "the response body"}


def subject(change: Change, place: Place) -> str:
    """The element of `change`, as a title can begin or end with it.

    What has a name is called by it, with the name of what holds it in front (`license.url`), so that two titles in one
    list can be told apart. The shared definition that an edit stands in counts; a definition that is only a shared
    parameter, header or response is called what it is at `place`.
    """
    return _of(read(change.element).tokens, change, place)


def operation(change: Change, place: Place) -> str:
    """The operation (or webhook, message, …) that the change is felt in first, and how many others there are."""
    scopes = dict.fromkeys(_scope(one) for one in (place, *change.places))
    first, others = _scope(place), len(scopes) - 1
    if not first:
        return "the document"
    more = f" and {others:,} more" if others else ""
    return f"`{_shown(first, _LONGEST_OPERATION)}`{more}"


def _scope(place: Place) -> str:
    words = place.address.split(" ")
    kind = read(place.address).tokens[0].kind
    if kind == "scopes":
        return ""
    return " ".join(words[:2]) if kind == "method" else words[0].partition(":")[0]


def _of(tokens: Sequence[Token], change: Change, place: Place) -> str:
    steps = _steps(tokens)
    named = _of_steps(steps)
    return _wrapped(_root(tokens, change, place), steps) if named is None else named


def holder(change: Change, place: Place) -> str:
    """What holds the element, for changes to things without a name in it: `tags`, of which each item is meant."""
    tokens = read(change.element).tokens
    if tokens[-1].kind == "step" and not _is_name(tokens[-1].text):
        tokens = tokens[:-1]
    return _of(tokens, change, place)


def _steps(tokens: Sequence[Token]) -> list[str]:
    return [token.text for token in tokens if token.kind == "step" and token.text != "**"]


def _of_steps(steps: list[str]) -> str | None:
    """The last named step, with the named one before it, and what is inside of it; None when no step has a name."""
    last = max((i for i, step in enumerate(steps) if _is_name(step)), default=None)
    if last is None:
        return None
    above = max((i for i, step in enumerate(steps[:last]) if _is_name(step)), default=None)
    words = _shown(steps[last][1:])
    if above is not None:
        inside = "[]" if any(step.startswith("[") for step in steps[above + 1 : last]) else ""
        words = f"{_shown(steps[above][1:])}{inside}.{words}"
    return _wrapped(f"`{words}`", steps[last + 1 :])


def _wrapped(inner: str, steps: Sequence[str]) -> str:
    """`inner` with the unnamed steps behind it: each item of …, each value of …, item 1 of …"""
    for step in steps:
        if step == "[*]":
            inner = f"each item of {inner}"
        elif step == "{*}":
            inner = f"each value of {inner}"
        elif step.startswith("["):
            inner = f"item {step[1:-1]} of {inner}"
    return inner


def _is_name(step: str) -> bool:
    return step.startswith(".") and step != ".*"


def _root(tokens: Sequence[Token], change: Change, place: Place) -> str:
    """What a path begins at: a definition, or the part of the operation that is described."""
    names = [token.text for token in tokens if token.kind == "name"]
    if tokens[0].kind == "name" and len(names) == 1:
        return f"`{_shown(names[0])}`"
    if names and names[0] not in _COMPONENTS and not place.attributes.get("of"):
        return f"`{_shown('.'.join(names))}`"
    return _at_place(change, place)


def _at_place(change: Change, place: Place) -> str:
    tokens = read(place.address).tokens
    parts = [token.text for token in tokens if token.kind == "part"]
    name = next((token.text for token in tokens if token.kind == "named"), None)
    name = str(place.attributes.get("name") or name) if name is not None and not _steps(tokens) else name
    if name is not None and parts:
        kind = parts[-1]
        if kind == "header" and len(parts) > 1:
            return f"response header `{_shown(name)}`"
        return f"{kind} parameter `{_shown(name)}`" if kind in _LOCATIONS else f"{kind} `{_shown(name)}`"
    of = place.attributes.get("of")
    if isinstance(of, str) and of != "body":
        return f"the {of}"
    return f"{_ROOTS.get(place.direction, 'the value')} of {operation(change, place)}"


def _shown(name: str, longest: int = _LONGEST_NAME) -> str:
    text = " ".join(name.replace("`", "'").split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
