"""Element addresses: one grammar for every place in every contract, in each format's native words.

    address   = scope [ SP part ] [ ":" path ]        `GET /orders/{id} 200:$.customer.email`
    scope     = method SP template                    HTTP: `GET /orders/{id}`; the method `*` is any
              | template                              all methods of a path: `/orders/{id}`
              | name { "." name } [ "(" arg ":)" ]    `OrderCreated`, `webhook.newOrder`, `Order.customer`,
                                                      `Query.order(id:)`, `acme.orders.v1.Order.customer_id`
              | "**"                                  everything
    part      = name { "." name } [ ":" name ]        `200`, `request`, `query:page`, `200.header:ETag`,
                                                      `callback.onPaid.request`
    path      = "$" { step }                          into a body, header or parameter
    step      = "." name | "['" odd name "']"         a property (`\\'`, `\\\\` and `\\u005d` for `]` inside the quotes)
              | "[*]" | "[" digits "]"                the items of an array, one position of a tuple
              | ".{*}" | "{*}"                        the values of properties that are not named
              | ".*" | ".**"                          patterns: one step, any steps (none, too)
    name      = characters other than . : [ ] { } ' * and white space, or quoted: 'odd.name', a quote doubled: 'it''s'

In a template `*` is one segment and `**` any number of them (none, too). Names of path parameters do not count:
`/orders/{id} path:id` and `/orders/{order_id} path:order_id` are the same place. An address stands for its element and
everything in it, so `GET /orders` contains `GET /orders 200:$.total`, but not `GET /orders/{id}`, which is another
operation. Messages put the part behind a dot (`OrderCreated.header:trace-id`). Only HTTP methods may stand before a
template.

The steps are those that `bot.contracts.schema` writes; `property_path` joins them safely. `.'odd name'` is read, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from bot.contracts.address_text import AddressError, Token, format_tokens, parse_tokens, property_path

__all__ = [
    "Address",
    "AddressError",
    "Relation",
    "Token",
    "matches",
    "normalise",
    "parse",
    "property_path",
    "read",
    "relation",
]

_STATUS_RANGE = re.compile(r"[1-5]XX")
_STATUS = re.compile(r"[1-5]\d\d")


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address. Two addresses of the same element are equal, whatever its path parameters are called."""

    tokens: tuple[Token, ...]

    def __str__(self) -> str:
        return format_tokens(self.tokens)

    @property
    def operation(self) -> Address:
        """The scope alone: the operation, message or type that the element belongs to."""
        return Address(tuple(t for t in self.tokens if t.kind not in ("part", "named", "root", "step")))

    @property
    def parent(self) -> Address:
        """What holds the element directly. A body's root, a part and a parameter belong to their operation."""
        last = self.tokens[-1]
        if last.kind == "step":
            above = Address(self.tokens[:-1])
            return above.operation if above.tokens[-1].kind == "root" else above
        return self.operation

    @property
    def has_wildcards(self) -> bool:
        return any(t.text in ("*", "**") for t in self.tokens)


class Relation(Enum):
    """How a used element and a changed element lie to each other. A wildcard counts as everything it may stand for."""

    EQUAL = "equal"
    ELEMENT_CONTAINS_USE = "element contains use"
    USE_CONTAINS_ELEMENT = "use contains element"
    DISJOINT = "disjoint"


@lru_cache(maxsize=16_384)
def parse(text: str) -> Address:
    """The address that `text` writes. Raises AddressError."""
    stripped = text.strip()
    if not stripped:
        raise AddressError("is empty: write an element such as `GET /orders/{id} 200:$.status`, or `**` for everything")
    return Address(parse_tokens(stripped))


def read(text: str) -> Address:
    """Like `parse`, but what is not written in the grammar becomes opaque: equal only to itself."""
    try:
        return parse(text)
    except AddressError:
        return Address((Token("opaque", text.strip()),))


def normalise(text: str) -> str:
    """The one spelling of an address, names of path parameters blanked (`GET /orders/{}`). Never raises."""
    return str(read(text))


def matches(pattern: str | Address, address: str | Address) -> bool:
    """Whether everything that `address` may stand for lies in what `pattern` names, or below it.

    Used for lines that cover elements (guarantees): a place that a pattern covers only in part is not matched.
    """
    cover, covered = _address(pattern).tokens, _address(address).tokens
    states = _skip_any(cover, {0})
    for token in covered:
        if len(cover) in states:
            return True
        states = _skip_any(cover, {n for i in states if i < len(cover) for n in _advance(cover, i, token)})
        if not states:
            return False
    return len(cover) in states


def relation(use: str | Address, element: str | Address) -> Relation:
    """How `use` and `element` lie to each other; with wildcards, the nearest they may come to each other."""
    used, changed = _address(use).tokens, _address(element).tokens
    for mine, theirs in zip(used, changed, strict=False):
        if _is_any(mine) or _is_any(theirs):
            break
        if not _meets(mine, theirs):
            return Relation.DISJOINT
    reached = _walk(changed, used)
    if (len(changed), len(used)) in reached:
        return Relation.EQUAL
    if any(i == len(changed) for i, _ in reached):
        return Relation.ELEMENT_CONTAINS_USE
    if any(j == len(used) for _, j in reached):
        return Relation.USE_CONTAINS_ELEMENT
    return Relation.DISJOINT


def _address(value: str | Address) -> Address:
    return value if isinstance(value, Address) else read(value)


def _is_any(token: Token) -> bool:
    return token.kind == "scopes" or (token.text == "**" and token.kind in ("segment", "step", "part", "name"))


def _skip_any(pattern: tuple[Token, ...], states: set[int]) -> set[int]:
    """`**` may stand for nothing."""
    for index in sorted(states):
        step = index
        while step < len(pattern) and _is_any(pattern[step]):
            step += 1
            states.add(step)
    return states


def _advance(pattern: tuple[Token, ...], index: int, token: Token) -> set[int]:
    current = pattern[index]
    if _is_any(current):
        return {index} if _same_kind(current, token) else set()
    return {index + 1} if _covers(current, token) else set()


def _walk(left: tuple[Token, ...], right: tuple[Token, ...]) -> set[tuple[int, int]]:
    """How far both can be walked together: every pair of positions that some common beginning leads to."""
    reached: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        state = waiting.pop()
        if state in reached:
            continue
        reached.add(state)
        i, j = state
        a = left[i] if i < len(left) else None
        b = right[j] if j < len(right) else None
        if a is not None and _is_any(a):
            waiting.append((i + 1, j))
            if b is not None and _same_kind(a, b):
                waiting.append((i, j + 1))
        if b is not None and _is_any(b):
            waiting.append((i, j + 1))
            if a is not None and _same_kind(b, a):
                waiting.append((i + 1, j))
        if a is not None and b is not None and _meets(a, b):
            waiting.append((i + 1, j + 1))
    return reached


def _same_kind(any_token: Token, token: Token) -> bool:
    if any_token.kind == "scopes":
        return token.kind in ("method", "segment", "name", "argument", "end", "scopes")
    return any_token.kind == token.kind


def _covers(pattern: Token, token: Token) -> bool:
    """Whether one step of a pattern stands for (all of) a step."""
    if pattern.kind != token.kind or _is_any(token):
        return False
    if pattern.text == token.text or pattern.text == "*":
        return True
    if pattern.kind == "step":
        if pattern.text == "[*]":
            return token.text.startswith("[")
        return pattern.text == "{*}" and token.text.startswith(".")
    if pattern.kind == "part" and _STATUS_RANGE.fullmatch(pattern.text):
        return token.text[:1] == pattern.text[0] and bool(_STATUS.fullmatch(token.text))
    return False


def _meets(a: Token, b: Token) -> bool:
    return _covers(a, b) or _covers(b, a) or _is_default_error(a, b) or _is_default_error(b, a)


def _is_default_error(a: Token, b: Token) -> bool:
    """The `default` response stands for every error that has no response of its own."""
    return (
        a == Token("part", "default")
        and b.kind == "part"
        and b.text[:1] in ("3", "4", "5")
        and bool(_STATUS.fullmatch(b.text) or _STATUS_RANGE.fullmatch(b.text))
    )
