"""Regular expressions as languages, decided by derivatives (Brzozowski, 1964). None is ever run by `re`.

Only the regular part of ECMA-262 is read: characters, classes, groups, alternatives, quantifiers and outer anchors.
Everything else (look-around, back references, word boundaries, `\\p`) raises Unsupported, and is not decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]

_LAST = 0x10FFFF
_BEGIN, _END = _LAST + 1, _LAST + 2
_ANY: Ranges = ((0, _LAST),)
_DIGITS: Ranges = ((48, 57),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = ((9, 13), (32, 32), (160, 160), (0x2028, 0x2029), (0xFEFF, 0xFEFF))
_LINE_ENDS: Ranges = ((10, 10), (13, 13), (0x2028, 0x2029))
_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}
_SYNTAX = set("^$\\.*+?()[]{}|/-")
_MOST_REPEATS = 200
_MOST_STATES = 400
_MOST_LENGTH = 4_000
_MOST_SIZE = 2_000


class Unsupported(Exception):
    """The expression says something that is not decided here."""


@dataclass(frozen=True, slots=True)
class Expression:
    """kind: nothing, empty, chars, then, or, star. `size` bounds the cost."""

    kind: str
    ranges: Ranges = ()
    parts: tuple[Expression, ...] = ()
    nullable: bool = False
    size: int = 1


NOTHING = Expression("nothing")
EMPTY = Expression("empty", nullable=True)


def chars(ranges: Iterable[tuple[int, int]]) -> Expression:
    """One character out of `ranges`."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return Expression("chars", tuple(merged)) if merged else NOTHING


def then(left: Expression, right: Expression) -> Expression:
    if left is NOTHING or right is NOTHING or "nothing" in (left.kind, right.kind):
        return NOTHING
    if left.kind == "empty":
        return right
    if right.kind == "empty":
        return left
    if left.kind == "then":
        return then(left.parts[0], then(left.parts[1], right))
    return Expression("then", (), (left, right), left.nullable and right.nullable, left.size + right.size)


def either(options: Iterable[Expression]) -> Expression:
    flat: set[Expression] = set()
    for option in options:
        flat |= set(option.parts) if option.kind == "or" else {option}
    flat.discard(NOTHING)
    single = [one for one in flat if one.kind == "chars"]
    if len(single) > 1:
        flat -= set(single)
        flat.add(chars(r for one in single for r in one.ranges))
    if not flat:
        return NOTHING
    if len(flat) == 1:
        return next(iter(flat))
    ordered = tuple(sorted(flat, key=repr))
    return Expression("or", (), ordered, any(o.nullable for o in ordered), sum(o.size for o in ordered))


def star(inner: Expression) -> Expression:
    if inner.kind in ("nothing", "empty"):
        return EMPTY
    if inner.kind == "star":
        return inner
    return Expression("star", (), (inner,), nullable=True, size=inner.size + 1)


@lru_cache(maxsize=20_000)
def derivative(expression: Expression, character: int) -> Expression:
    """What may follow once `character` was read."""
    match expression.kind:
        case "chars":
            return EMPTY if any(low <= character <= high for low, high in expression.ranges) else NOTHING
        case "then":
            left, right = expression.parts
            first = then(derivative(left, character), right)
            return either((first, derivative(right, character))) if left.nullable else first
        case "or":
            return either(derivative(part, character) for part in expression.parts)
        case "star":
            return then(derivative(expression.parts[0], character), expression)
        case _:
            return NOTHING


@lru_cache(maxsize=2_000)
def language(pattern: str) -> Expression:
    """The texts in which the pattern is found, between a begin and an end mark. Raises Unsupported."""
    reader = _Reader(pattern)
    found = reader.alternatives()
    if reader.at < len(pattern):
        raise Unsupported
    anything = star(chars(_ANY))
    before = either((EMPTY, then(chars(((_BEGIN, _BEGIN),)), anything)))
    after = either((EMPTY, then(anything, chars(((_END, _END),)))))
    return then(before, then(found, after))


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in `text`. Raises Unsupported."""
    state = derivative(language(pattern), _BEGIN)
    for character in text:
        state = derivative(state, ord(character))
        if state.size > _MOST_SIZE:
            raise Unsupported
    return derivative(state, _END).nullable


def find(
    wanted: Sequence[str], unwanted: Sequence[str], shortest: int, longest: int | None, taken: frozenset[str]
) -> str | None:
    """A text in which all of `wanted` and none of `unwanted` are found, of a length between the two, not in `taken`.

    None when there is none. Raises Unsupported when that is not decided.
    """
    start = tuple(derivative(language(pattern), _BEGIN) for pattern in (*wanted, *unwanted))
    signs = (True,) * len(wanted) + (False,) * len(unwanted)
    letters = _letters(start)
    level: dict[tuple[Expression, ...], list[str]] = {start: [""]}
    seen: set[frozenset[tuple[Expression, ...]]] = set()
    length, keep = 0, len(taken) + 1
    while level and (longest is None or length <= longest):
        if length >= shortest:
            for state, texts in level.items():
                if all(derivative(one, _END).nullable is sign for one, sign in zip(state, signs, strict=True)):
                    free = next((text for text in texts if text not in taken), None)
                    if free is not None:
                        return free
            states = frozenset(level)
            if states in seen and length > shortest + max(map(len, taken), default=0):
                return None
            seen.add(states)
        following: dict[tuple[Expression, ...], list[str]] = {}
        for state, texts in level.items():
            for letter in letters:
                after = tuple(derivative(one, letter) for one in state)
                if any(one.kind == "nothing" and sign for one, sign in zip(after, signs, strict=True)):
                    continue
                held = following.setdefault(after, [])
                held.extend(text + chr(letter) for text in texts[: keep - len(held)])
        if len(following) > _MOST_STATES or any(one.size > _MOST_SIZE for state in following for one in state):
            raise Unsupported
        level, length = following, length + 1
        if length > _MOST_LENGTH:
            raise Unsupported
    return None


def _letters(expressions: Iterable[Expression]) -> list[int]:
    """One character for each set of characters that the expressions do not tell apart, and some more to spare."""
    edges = {0, 97, 98, 99, _LAST + 1}
    waiting = list(expressions)
    while waiting:
        one = waiting.pop()
        waiting.extend(one.parts)
        for low, high in one.ranges:
            edges |= {low, high + 1}
    inside = sorted(edge for edge in edges if edge <= _LAST and not 0xD800 <= edge <= 0xDFFF)
    if len(inside) > 80:
        raise Unsupported
    return sorted(inside, key=lambda letter: (not 32 <= letter < 127, letter))


class _Reader:
    """Recursive descent over the text of a pattern."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        if len(text) > 500:
            raise Unsupported

    def alternatives(self, depth: int = 0) -> Expression:
        options = [self._sequence(depth)]
        while self._next("|"):
            options.append(self._sequence(depth))
        return either(options)

    def _next(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def _sequence(self, depth: int) -> Expression:
        parts: list[Expression] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            if self._next("^"):
                # Only where nothing can have been read before: there the mark stands exactly once.
                if depth or parts:
                    raise Unsupported
                parts.append(chars(((_BEGIN, _BEGIN),)))
            elif self._next("$"):
                if depth or not (self.at == len(self.text) or self.text[self.at] == "|"):
                    raise Unsupported
                parts.append(chars(((_END, _END),)))
            else:
                parts.append(self._repeated(self._single(depth)))
        found = EMPTY
        for part in reversed(parts):
            found = then(part, found)
        if found.size > _MOST_SIZE:
            raise Unsupported
        return found

    def _single(self, depth: int) -> Expression:
        character = self.text[self.at]
        self.at += 1
        if character == "(":
            if self._next("?:"):
                pass
            elif self.text.startswith("?", self.at):
                raise Unsupported
            if depth > 30:
                raise Unsupported
            inner = self.alternatives(depth + 1)
            if not self._next(")"):
                raise Unsupported
            return inner
        if character == "[":
            return self._class()
        if character == ".":
            return chars(_without(_LINE_ENDS))
        if character == "\\":
            return chars(self._escape())
        if character in "*+?{":
            raise Unsupported
        return chars(((ord(character), ord(character)),))

    def _repeated(self, inner: Expression) -> Expression:
        low, high = 1, 1
        more: int | None
        if self._next("*"):
            low, more = 0, None
        elif self._next("+"):
            low, more = 1, None
        elif self._next("?"):
            low, more = 0, 1
        elif self.text.startswith("{", self.at):
            low, more = self._counts()
        else:
            return inner
        self._next("?")  # Lazy or greedy: the same texts.
        if self.at < len(self.text) and self.text[self.at] in "*+?{":
            raise Unsupported
        high = low if more is None else more
        if high > _MOST_REPEATS or high < low or inner.size * max(high, 1) > _MOST_SIZE:
            raise Unsupported
        found = star(inner) if more is None else EMPTY
        for _ in range(high - low):
            found = either((EMPTY, then(inner, found)))
        for _ in range(low):
            found = then(inner, found)
        return found

    def _counts(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : end].partition(",")
        if end < 0 or not low.isdecimal() or (high and not high.isdecimal()):
            raise Unsupported
        self.at = end + 1
        if not comma:
            return int(low), int(low)
        return int(low), int(high) if high else None

    def _escape(self) -> Ranges:
        if self.at >= len(self.text):
            raise Unsupported
        character = self.text[self.at]
        self.at += 1
        classes = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
        if character.lower() in classes:
            ranges = classes[character.lower()]
            return ranges if character.islower() else _without(ranges)
        if character in _CONTROLS:
            code = _CONTROLS[character]
        elif character in "xu":
            digits = self.text[self.at : self.at + (2 if character == "x" else 4)]
            try:
                code = int(digits, 16)
            except ValueError:
                raise Unsupported from None
            self.at += len(digits)
        elif character in _SYNTAX or not character.isalnum():
            code = ord(character)
        else:
            raise Unsupported
        return ((code, code),)

    def _class(self) -> Expression:
        negated = self._next("^")
        ranges: list[tuple[int, int]] = []
        while not self._next("]"):
            low = self._member()
            if len(low) == 1 and low[0][0] == low[0][1] and self._range_follows():
                self.at += 1
                high = self._member()
                if len(high) != 1 or high[0][0] < low[0][0]:
                    raise Unsupported
                ranges.append((low[0][0], high[0][1]))
            else:
                ranges.extend(low)
        merged = chars(ranges)
        return chars(_without(merged.ranges)) if negated else merged

    def _range_follows(self) -> bool:
        return self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at)

    def _member(self) -> Ranges:
        if self.at >= len(self.text):
            raise Unsupported
        character = self.text[self.at]
        self.at += 1
        if character == "\\":
            if self.text.startswith("b", self.at):
                self.at += 1
                return ((8, 8),)
            return self._escape()
        return ((ord(character), ord(character)),)


def _without(ranges: Ranges) -> Ranges:
    left, at = [], 0
    for low, high in sorted(ranges):
        if at < low:
            left.append((at, low - 1))
        at = max(at, high + 1)
    if at <= _LAST:
        left.append((at, _LAST))
    return tuple(left)
