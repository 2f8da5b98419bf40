"""Tokens of the Protobuf language, one at a time, with their offsets."""

from __future__ import annotations

import re
from typing import NoReturn

from bot.contracts.text import line_column
from bot.contracts.unreadable import Unreadable

# Possessive, so that no input makes the expression try twice what it has passed.
SKIP = r"(?:[ \t\r\n\f\v]++|//[^\n]*+|/\*(?s:.*?)\*/)*+"
"""White space and comments."""

NAME = r"\.?[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+"
NUMBER = r"(?:0[xX][0-9a-fA-F]++|(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?+[fF]?+)(?![\w.])"
STRING = r""""(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'"""
_TOKEN = re.compile(
    rf"{SKIP}(?:(?P<name>{NAME})|(?P<number>{NUMBER})|(?P<string>{STRING})"
    r"|(?P<symbol>[{}\[\]()<>=;,:+\-.]|/(?!\*))|(?P<end>\Z))",
    re.ASCII,
)
_SKIPPED = re.compile(SKIP)
_LONGEST_SHOWN = 40


class Scanner:
    """The token at hand (`kind`, `text`, `start`, `end`); `advance` goes on to the next.

    kind: name (dots within included), number, string, symbol, end. `last`: where the token before it ended.
    """

    __slots__ = ("at", "end", "kind", "last", "source", "start", "text")

    def __init__(self, source: str, at: int = 0) -> None:
        self.source = source
        self.kind = self.text = ""
        self.at = self.start = self.end = self.last = at
        self.advance()

    def advance(self) -> None:
        """Raises Unreadable where the text is no token."""
        match = _TOKEN.match(self.source, self.at)
        if match is None:
            self._no_token()
        kind = match.lastgroup or "end"
        self.kind, self.text = kind, match[kind]
        self.last = self.end
        self.start, self.end = match.span(kind)
        self.at = self.end

    def jump(self, offset: int) -> None:
        """Go on behind a statement that was read as a whole, up to `offset`."""
        self.at = self.end = offset
        self.advance()

    def take(self, text: str, after: str) -> None:
        """Pass a symbol or word that must be here. `after` says what came before it, for the message."""
        if self.text != text or self.kind == "string":
            self.fail(f"Expected `{text}` {after}")
        self.advance()

    def accept(self, text: str) -> bool:
        """Pass a symbol or word when it is here."""
        if self.text != text or self.kind == "string":
            return False
        self.advance()
        return True

    def fail(self, expected: str) -> NoReturn:
        """Raises Unreadable at the token at hand."""
        found = "the end of the file" if self.kind == "end" else f"`{self.text[:_LONGEST_SHOWN]}`"
        raise self.error(f"{expected}, but found {found}.", self.start)

    def error(self, message: str, offset: int) -> Unreadable:
        return Unreadable(message, *line_column(self.source, offset))

    def _no_token(self) -> NoReturn:
        skipped = _SKIPPED.match(self.source, self.at)
        offset = skipped.end() if skipped else self.at
        rest = self.source[offset : offset + 2]
        if rest[:1] in "\"'":
            message = f"The string that begins here is not closed on its line. Close it with `{rest[:1]}`."
        elif rest == "/*":
            message = "The comment that begins here is never closed. Close it with `*/`."
        elif rest[:1].isdigit() or rest[:1] == ".":
            message = "This is no number: write digits, or a space between a number and a word."
        else:
            message = f"The character {rest[:1]!r} does not belong in a Protobuf file."
        raise self.error(message, offset)
