"""GraphQL schemas compared in a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.contracts.change import Change, Comparison
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare
from bot.contracts.options import Options

Files = str | bytes | Mapping[str, str]


def side(files: Files) -> Side:
    """One file, or several by path."""
    texts = {"schema.graphql": files} if isinstance(files, (str, bytes)) else files
    data = {path: text if isinstance(text, bytes) else text.encode() for path, text in texts.items()}
    documents = {path: Document(path, str(hash(found)), found) for path, found in data.items()}
    return Side(min(documents), documents)


def compared(base: Files, head: Files) -> Comparison:
    return compare("graphql", side(base), side(head), options=Options(date(2026, 11, 20)))


def changes(base: Files, head: Files) -> tuple[Change, ...]:
    return compared(base, head).changes


def facts(base: Files, head: Files) -> list[tuple[str, str]]:
    """(fact, element) of every change."""
    return [(change.fact.removeprefix("graphql."), change.element) for change in changes(base, head)]


def reason(base: Files, head: Files) -> tuple[str, str, int]:
    """Why the pair can't be compared: the sentence, the file and the line."""
    (change,) = changes(base, head)
    assert change.fact == "contract.unreadable" and change.position is not None
    return str(change.attributes["reason"]), change.position.path, change.position.line
