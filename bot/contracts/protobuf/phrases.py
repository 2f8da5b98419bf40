"""Phrases that several statements of the Protobuf language are made of."""

from __future__ import annotations

from bot.contracts.protobuf.model import Range, Span
from bot.contracts.protobuf.scanner import Scanner
from bot.contracts.protobuf.values import integer


def ranges(scanner: Scanner, limit: int) -> list[Range]:
    """`2, 9 to 11, 40 to max`."""
    found: list[Range] = []
    while True:
        at = scanner.start
        first = last = integer(scanner, "a number or a range of numbers")
        if scanner.accept("to"):
            last = limit if scanner.accept("max") else integer(scanner, "the end of the range")
        if last < first:
            raise scanner.error(f"The range {first} to {last} ends before it begins.", at)
        found.append((first, last))
        if not scanner.accept(","):
            return found


def word(scanner: Scanner, what: str) -> str:
    text = scanner.text
    if scanner.kind != "name" or "." in text:
        scanner.fail(f"Expected {what}")
    scanner.advance()
    return text


def type_name(scanner: Scanner, what: str) -> tuple[str, Span]:
    """A name with dots, between which there may be space."""
    start = scanner.start
    text = "." if scanner.accept(".") else ""
    if scanner.kind != "name":
        scanner.fail(f"Expected {what}")
    text += scanner.text
    scanner.advance()
    while True:
        if scanner.kind == "name" and scanner.text.startswith("."):
            text += scanner.text
        elif scanner.text == "." and scanner.kind == "symbol":
            scanner.advance()
            if scanner.kind != "name":
                scanner.fail("Expected a name after `.`")
            text += f".{scanner.text}"
        else:
            return text, (start, scanner.last)
        scanner.advance()
