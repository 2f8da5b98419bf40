"""The SDL files of one side, and the definitions that are worth parsing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from graphql import GraphQLSyntaxError, parse
from graphql.language import ast

from bot.contracts.document import Document, Fault, Position, Side
from bot.contracts.formats import SideUnreadable
from bot.contracts.graphql.building import build
from bot.contracts.graphql.model import Definition, Site
from bot.contracts.graphql.splitting import (
    DEEPEST,
    ENDINGS,
    EXECUTABLE,
    KEYWORDS,
    Piece,
    Unsure,
    first_keyword,
    split,
    too_deep,
)
from bot.contracts.text import Lines, decode, line_column
from bot.contracts.unreadable import DEFAULT_LIMITS, Unreadable

MOST_TOKENS = 300_000
_MOST_PARSED = 8 * 1024 * 1024
_MOST_FAULTS = 100

Key = tuple[str, str]


class Sdl:
    """One side of a contract. Raises SideUnreadable from everything that reads."""

    def __init__(self, side: Side, name: str) -> None:
        self._side = side
        self._name = name
        self.pieces: dict[Key, list[Piece]] = {}
        self.faults: list[tuple[str, Site]] = []
        self._parsed = 0
        self._text = cache(lambda path: self._guarded(path, lambda: decode(side.documents[path].data, DEFAULT_LIMITS)))
        self._lines = cache(lambda path: Lines(self._text(path)))
        for path, reason in side.unreadable.items():
            raise SideUnreadable(name, path, Unreadable(f"The file {reason}."))
        for path in self._schema_files():
            for piece in self._split(side.documents[path]):
                self.pieces.setdefault(piece.key, []).append(piece)
        for (_, what), pieces in self.pieces.items():
            for again in [piece for piece in pieces if not piece.extends][1:]:
                self._report(f"`{what or 'schema'}` is defined twice; both are compared as one.", Site(again, 0, 1))

    def _schema_files(self) -> list[str]:
        """The globs of a registry may name more than schemas: clients' operations, or notes beside them."""
        named = [path for path in self._side.documents if path.lower().endswith(ENDINGS)]
        paths = named or [path for path in self._side.documents if path == self._side.entrypoint]
        return sorted(path for path in paths if first_keyword(self._text(path)) not in EXECUTABLE)

    def texts(self, key: Key) -> list[str]:
        """What is written of a definition, in no order of its own."""
        return sorted(piece.text for piece in self.pieces.get(key, ()))

    def definition(self, key: Key) -> Definition:
        """A definition with its extensions."""
        parsed = [(piece, self._parse(piece)) for piece in self.pieces[key]]
        return build(parsed, self._report)

    def position(self, site: Site) -> Position:
        lines = self._lines(site.piece.path)
        start, end = (site.piece.start + offset for offset in (site.start, site.end))
        return Position(site.piece.path, *lines.at(start), *lines.at(end))

    def all_faults(self) -> tuple[Fault, ...]:
        return tuple(Fault(message, self.position(site)) for message, site in self.faults[:_MOST_FAULTS])

    def _report(self, message: str, site: Site) -> None:
        self.faults.append((message, site))

    def _guarded(self, path: str, read: object) -> str:
        try:
            return read()  # type: ignore[no-any-return, operator]
        except Unreadable as error:
            raise SideUnreadable(self._name, path, error) from None

    def _split(self, document: Document) -> list[Piece]:
        text = self._text(document.path)
        try:
            return split(document.path, text)
        except Unsure as unsure:
            if unsure.deep:
                raise self._too_deep(document.path, unsure.offset) from None
        at = too_deep(text)
        if at is not None:
            raise self._too_deep(document.path, at)
        parsed = self._parse_text(document.path, text, 0)
        return [piece for node in parsed.definitions if (piece := self._piece(document.path, text, node))]

    def _piece(self, path: str, text: str, node: ast.DefinitionNode) -> Piece | None:
        """What the splitter was not sure about, as the parser understands it."""
        assert node.loc is not None
        words = node.kind.removesuffix("_definition").removesuffix("_extension").split("_")
        keyword = {"object": "type"}.get(words[0], words[0])
        start, end = node.loc.start, node.loc.end
        if keyword not in KEYWORDS:
            whole = Piece(path, keyword, "", extends=False, start=start, text=text[start:end])
            self._report("An operation or fragment stands in the schema; it was passed over.", Site(whole, 0, 1))
            return None
        name = getattr(node, "name", None)
        extends = node.kind.endswith("_extension")
        return Piece(path, keyword, name.value if name else "", extends, start, text[start:end])

    def _parse(self, piece: Piece) -> ast.DefinitionNode:
        at = too_deep(piece.text)
        if at is not None:
            raise self._too_deep(piece.path, piece.start + at)
        self._parsed += len(piece.text)
        if self._parsed > _MOST_PARSED:
            reason = f"More than {_MOST_PARSED // 1024 // 1024} MB of definitions changed, so they were not compared."
            raise self._error(piece.path, piece.start, reason)
        return self._parse_text(piece.path, piece.text, piece.start).definitions[0]

    def _parse_text(self, path: str, text: str, start: int) -> ast.DocumentNode:
        try:
            return parse(text, max_tokens=MOST_TOKENS)
        except GraphQLSyntaxError as error:
            if "more than" in error.message or "more that" in error.message:
                reason = f"A definition has more than {MOST_TOKENS:,} words and marks, so it was not compared."
                raise self._error(path, start, reason) from None
            offset = start + next(iter(error.positions or ()), 0)
            said = error.message.removeprefix("Syntax Error: ")
            raise self._error(path, offset, f"This is not valid GraphQL: {said}") from None

    def _too_deep(self, path: str, offset: int) -> SideUnreadable:
        return self._error(path, offset, f"The document nests deeper than {DEEPEST} levels.")

    def _error(self, path: str, offset: int, message: str) -> SideUnreadable:
        return SideUnreadable(self._name, path, Unreadable(message, *line_column(self._text(path), offset)))


def changed(base: Sdl, head: Sdl) -> list[Key]:
    """The definitions whose text is not the same on both sides, in one order."""
    keys: Iterable[Key] = {**base.pieces, **head.pieces}
    return sorted(key for key in keys if base.texts(key) != head.texts(key))


def roots(sdl: Sdl) -> Mapping[str, str]:
    """The root operation types by operation (specification, "Default Root Operation Type Names")."""
    if ("schema", "") in sdl.pieces:
        found = sdl.definition(("schema", "")).roots
        if found:
            return {operation: name for operation, (name, _) in found.items()}
    defaults = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
    return {operation: name for operation, name in defaults.items() if ("type", name) in sdl.pieces}
