"""SDL text to its top-level definitions, without parsing them.

A definition whose text stands on both sides needs no parsing, and in a large schema that is nearly every one. The
splitter knows just enough of the grammar (specification, September 2025, section 3) to tell where one ends; the text of
those that matter goes to the real parser, and so does the whole file when the splitter is not sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK_STRING = r'"""(?:[^"\\]++|\\"""|\\|"(?!""))*+"""'
_STRING = r'""(?!")|"(?!"")(?:[^"\\\n\r]|\\.)++"'
_COMMENT = r"#[^\n\r]*+"
_QUOTED = rf"{_BLOCK_STRING}|{_STRING}|{_COMMENT}"
_TOKEN = re.compile(
    rf"(?P<space>[\s,\ufeff]++|{_COMMENT})|(?P<string>{_BLOCK_STRING}|{_STRING})"
    r"|(?P<name>[A-Za-z_]\w*+)|(?P<open>[{(\[])|(?P<mark>[@=|&:!$]|\.\.\.|-?\d[\w.+-]*+)"
)
_FLAT_BODY = re.compile(rf"\{{(?:[^{{}}\"#]++|{_QUOTED})*+\}}")
_INNER = re.compile(rf"[^{{}}()\[\]\"#]++|{_QUOTED}|(?P<open>[{{(\[])|(?P<close>[}})\]])")

TYPE_KEYWORDS = frozenset({"scalar", "type", "interface", "union", "enum", "input"})
KEYWORDS = TYPE_KEYWORDS | {"schema", "directive", "extend"}
_EXPECTS_NAME = frozenset({"@", "=", "|", "&", "implements"})
EXECUTABLE = frozenset({"query", "mutation", "subscription", "fragment", "{"})
"""What operations documents begin with."""

ENDINGS = (".graphql", ".graphqls", ".gql", ".sdl")
DEEPEST = 200


class Unsure(Exception):
    """The text at `offset` is not understood here. `deep`: because its brackets nest too deeply to be read at all."""

    def __init__(self, offset: int, *, deep: bool = False) -> None:
        super().__init__(offset)
        self.offset = offset
        self.deep = deep


@dataclass(frozen=True, slots=True)
class Piece:
    """One definition or extension. keyword: `type`, `schema`, …; name: "" of a schema. start counts characters."""

    path: str
    keyword: str
    name: str
    extends: bool
    start: int
    text: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is a part of: pieces with the same key make up one definition."""
        return ("type" if self.keyword in TYPE_KEYWORDS else self.keyword, self.name)


def split(path: str, text: str) -> list[Piece]:
    """The definitions of a file. Raises Unsure."""
    return list(_Splitter(path, text).pieces())


def first_keyword(text: str) -> str:
    """The first name that is not in a description, of a text that may be SDL; "" when there is none."""
    offset = 0
    while (found := _TOKEN.match(text, offset)) is not None and found.lastgroup in ("space", "string"):
        offset = found.end()
    return found.group() if found is not None else ""


class _Splitter:
    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        self._offset = 0

    def pieces(self) -> Iterator[Piece]:
        token = self._next()
        while token is not None:
            start = token.start()
            if token.lastgroup == "string":
                token = self._next()
            extends = token is not None and token.group() == "extend"
            if extends:
                token = self._next()
            if token is None or token.group() not in KEYWORDS:
                raise Unsure(start)
            keyword = token.group()
            name = self._name(keyword)
            end = self._offset
            before = ""
            token = self._next()
            while token is not None and not self._starts(token, before):
                if token.lastgroup == "open":
                    self._skip(token)
                is_expected = token.lastgroup == "name" and before in _EXPECTS_NAME
                before = "" if is_expected else token.group()  # a member of a union may be called `implements`
                end = self._offset
                token = self._next()
            yield Piece(self._path, keyword, name, extends, start, self._text[start:end])

    def _starts(self, token: re.Match[str], before: str) -> bool:
        """Whether a definition starts here: with its description, or a keyword where no other name is expected."""
        if token.lastgroup == "string":
            return True
        return token.lastgroup == "name" and before not in _EXPECTS_NAME and token.group() in KEYWORDS

    def _name(self, keyword: str) -> str:
        if keyword == "schema":
            return ""
        token = self._next()
        if keyword == "directive" and token is not None and token.group() == "@":
            token = self._next()
        if token is None or token.lastgroup != "name":
            raise Unsure(self._offset)
        return token.group()

    def _next(self) -> re.Match[str] | None:
        """The next token that means something; None at the end."""
        while self._offset < len(self._text):
            found = _TOKEN.match(self._text, self._offset)
            if found is None:
                raise Unsure(self._offset)
            self._offset = found.end()
            if found.lastgroup != "space":
                return found
        return None

    def _skip(self, opening: re.Match[str]) -> None:
        """To behind the bracket that closes this one."""
        if opening.group() == "{" and (flat := _FLAT_BODY.match(self._text, opening.start())):
            self._offset = flat.end()
            return
        self._offset = closing(self._text, opening.end())


def closing(text: str, offset: int) -> int:
    """Behind the bracket that closes the one before `offset`. Raises Unsure."""
    depth = 1
    while depth:
        found = _INNER.match(text, offset)
        if found is None:
            raise Unsure(offset)
        offset = found.end()
        if found.lastgroup == "open":
            depth += 1
            if depth > DEEPEST:
                raise Unsure(offset, deep=True)
        elif found.lastgroup == "close":
            depth -= 1
    return offset


def too_deep(text: str) -> int | None:
    """Where brackets nest deeper than DEEPEST, which the parser would follow until it breaks."""
    depth = 0
    offset = 0
    while (found := _INNER.match(text, offset)) is not None:
        offset = found.end()
        if found.lastgroup == "open":
            depth += 1
            if depth > DEEPEST:
                return found.start()
        elif found.lastgroup == "close":
            depth -= 1
    return None
