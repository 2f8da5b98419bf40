"""Options: their names, and their values down to messages in text format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import overload

from bot.contracts.protobuf.model import Aggregate, Option, Word
from bot.contracts.protobuf.scanner import NAME, NUMBER, SKIP, STRING, Scanner
from bot.contracts.unreadable import DEFAULT_LIMITS

_ESCAPE = re.compile(r"\\(?:([abfnrtv\\'\"?])|([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_SIMPLE = dict(zip("abfnrtv\\'\"?", "\a\b\f\n\r\t\v\\'\"?", strict=True))
_USUAL_PART = rf"(?:\({SKIP}{NAME}{SKIP}\)|{NAME})"
_USUAL_VALUE = rf"(?:[-+]?+(?:{NUMBER}|{NAME})|(?:(?:{STRING}){SKIP})++)"
_USUAL_OPTION = rf"{SKIP}{_USUAL_PART}(?:\.?+{_USUAL_PART})*+{SKIP}={SKIP}{_USUAL_VALUE}{SKIP}"
USUAL_BRACKETS = rf"\[{_USUAL_OPTION}(?:,{_USUAL_OPTION})*+\]"
"""Options in brackets, all of whose values are scalars: valid as far as this, and read only when asked for."""

_LONGEST_NUMBER = 400
_MAX_CODE_POINT = 0x10FFFF


def read_option(scanner: Scanner) -> Option:
    """`name = value`, without what surrounds it."""
    start = scanner.start
    name = _name(scanner)
    scanner.take("=", f"after the option's name `{name}`")
    value = _aggregate(scanner) if scanner.text == "{" else scalar(scanner)
    return Option(name, value, (start, scanner.last))


def read_bracketed(scanner: Scanner) -> tuple[Option, ...]:
    """`[a = 1, b = 2]`, when it is here."""
    if not scanner.accept("["):
        return ()
    options = [read_option(scanner)]
    while scanner.accept(","):
        options.append(read_option(scanner))
    scanner.take("]", "after the options")
    return tuple(options)


class Bracketed(Sequence[Option]):
    """Options in brackets that are known to be valid, read when they are first looked at."""

    __slots__ = ("_options", "_source", "_span")

    def __init__(self, source: str, span: tuple[int, int]) -> None:
        self._source = source
        self._span = span
        self._options: tuple[Option, ...] | None = None

    def mention(self, word: str) -> bool:
        """Whether a word stands in their text; spares reading them."""
        return self._source.find(word, *self._span) >= 0

    @property
    def _read(self) -> tuple[Option, ...]:
        if self._options is None:
            self._options = read_bracketed(Scanner(self._source, self._span[0]))
        return self._options

    def __len__(self) -> int:
        return len(self._read)

    @overload
    def __getitem__(self, index: int) -> Option: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Option]: ...
    def __getitem__(self, index: int | slice) -> Option | Sequence[Option]:
        return self._read[index]


def integer(scanner: Scanner, what: str) -> int:
    """A whole number, negative ones included."""
    sign = -1 if scanner.accept("-") else 1
    number = _number(scanner.text) if scanner.kind == "number" else None
    if not isinstance(number, int):
        scanner.fail(f"Expected {what}")
    scanner.advance()
    return sign * number


def string(scanner: Scanner, what: str) -> str:
    """A string; several in a row are one."""
    if scanner.kind != "string":
        scanner.fail(f"Expected {what} in quotes")
    parts = []
    while scanner.kind == "string":
        parts.append(_unescape(scanner.text))
        scanner.advance()
    return "".join(parts)


def scalar(scanner: Scanner) -> object:
    """A string, number or word."""
    if scanner.kind == "string":
        return string(scanner, "a string")
    negative = scanner.accept("-")
    if not negative:
        scanner.accept("+")
    if scanner.kind == "number":
        number = _number(scanner.text)
        if number is None:
            scanner.fail("Expected a number of reasonable length")
        scanner.advance()
        return -number if negative else number
    if scanner.kind == "name":
        text = scanner.text
        scanner.advance()
        return Word(f"-{text}" if negative else text)
    return scanner.fail("Expected a value")


def shown(value: object) -> str:
    """A value as one would write it, shortly: for readers, and to tell values apart."""
    if isinstance(value, Word):
        return value.text
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, (Aggregate, tuple)):
        return _shown_aggregate(value)
    return str(value)


def _shown_aggregate(value: Aggregate | tuple[object, ...]) -> str:
    parts: list[str] = []
    waiting: list[object] = [value]
    closing = object()
    words: list[tuple[object, str]] = []
    while waiting:
        one = waiting.pop()
        if one is closing:
            parts.append(words.pop()[1])
        elif isinstance(one, Aggregate):
            parts.append("{")
            words.append((one, "}"))
            waiting.append(closing)
            for name, member in reversed(one.members):
                waiting += [member, _Raw(f"{name}:")]
        elif isinstance(one, tuple):
            parts.append("[")
            words.append((one, "]"))
            waiting.append(closing)
            waiting.extend(reversed(one))
        else:
            parts.append(one.text if isinstance(one, _Raw) else shown(one))
    return " ".join(parts)


class _Raw(Word):
    __slots__ = ()


def _name(scanner: Scanner) -> str:
    """`deprecated`, `(a.b)`, `features.(pb.cpp).string_type`: parts in parentheses are names of extensions."""
    parts: list[str] = []
    while True:
        if scanner.accept("("):
            if scanner.kind != "name":
                scanner.fail("Expected the name of an option in parentheses")
            parts.append(f"({scanner.text.removeprefix('.')})")
            scanner.advance()
            scanner.take(")", "after the name of an option")
        elif scanner.kind == "name":
            parts.append(scanner.text)
            scanner.advance()
        else:
            scanner.fail("Expected the name of an option")
        if scanner.kind == "name" and scanner.text.startswith("."):
            continue
        if not scanner.accept("."):
            return ".".join(part.strip(".") for part in parts)


def _aggregate(scanner: Scanner) -> Aggregate:
    """A message in text format. Iterative, since it may nest; too deep is refused."""
    done: list[object] = []
    open_messages: list[_Open] = [_Open("}", [])]
    scanner.advance()
    while open_messages:
        top = open_messages[-1]
        if scanner.accept(top.close):
            open_messages.pop()
            value = Aggregate(tuple(top.members)) if top.close != "]" else tuple(one for _, one in top.members)
            if open_messages:
                open_messages[-1].members.append((open_messages[-1].pending, value))
                _separator(scanner, open_messages[-1])
            else:
                done.append(value)
            continue
        if top.close != "]":
            top.pending = _member_name(scanner)
            colon = scanner.accept(":")
            if not colon and scanner.text not in ("{", "<"):
                scanner.fail(f"Expected `:` after `{top.pending}`")
        if scanner.text in ("{", "<", "[") and scanner.kind == "symbol":
            if len(open_messages) >= DEFAULT_LIMITS.nesting:
                raise scanner.error(
                    f"The option's value is nested more than {DEFAULT_LIMITS.nesting} levels deep.", scanner.start
                )
            open_messages.append(_Open({"{": "}", "<": ">", "[": "]"}[scanner.text], []))
            scanner.advance()
            continue
        top.members.append((top.pending, scalar(scanner)))
        _separator(scanner, top)
    (whole,) = done
    assert isinstance(whole, Aggregate)
    return whole


class _Open:
    """A message or list that is being read; `pending` names the member that comes next."""

    __slots__ = ("close", "members", "pending")

    def __init__(self, close: str, members: list[tuple[str, object]]) -> None:
        self.close = close
        self.members = members
        self.pending = ""


def _separator(scanner: Scanner, top: _Open) -> None:
    if top.close != "]":
        if not scanner.accept(","):
            scanner.accept(";")
    elif not scanner.accept(",") and scanner.text != "]":
        scanner.fail("Expected `,` or `]` in the list")
    elif scanner.text == "]" and scanner.source[scanner.last - 1] == ",":
        scanner.fail("Expected a value after `,`")


def _member_name(scanner: Scanner) -> str:
    if scanner.accept("["):
        parts = []
        while scanner.kind == "name" or scanner.text == "/":
            parts.append(scanner.text)
            scanner.advance()
        scanner.take("]", "after the name of an extension")
        return f"[{''.join(parts)}]"
    if scanner.kind != "name":
        scanner.fail("Expected the name of a field or `}`")
    name = scanner.text
    scanner.advance()
    return name


def _number(text: str) -> int | float | None:
    """None for a number too long to be meant."""
    if len(text) > _LONGEST_NUMBER:
        return None
    if text[:2] in ("0x", "0X"):
        return int(text, 16)
    if text.isdigit():
        try:
            return int(text, 8) if text[0] == "0" and len(text) > 1 else int(text)
        except ValueError:
            return None
    return float(text.rstrip("fF"))


def _unescape(text: str) -> str:
    body = text[1:-1]
    return _ESCAPE.sub(_unescaped, body) if "\\" in body else body


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return _SIMPLE[match[1]]
    code = int(match[2], 8) if match[2] else int(match[3] or match[4] or match[5], 16)
    return chr(code) if code <= _MAX_CODE_POINT else match[0]
