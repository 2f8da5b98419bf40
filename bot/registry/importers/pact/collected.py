"""What one pact file shows, gathered while its interactions are walked; lines are looked up once, at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.contracts.document import Document
from bot.contracts.reading import Unreadable, locate
from bot.contracts.tree import Pointer
from bot.registry.importers.imported import Hint, Imported, Sighting

if TYPE_CHECKING:  # pydantic, which no parsing child needs
    from bot.registry.terms import Aspect

_MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class _Seen:
    pointer: Pointer
    exact: bool
    pending: bool


class Collected:
    """Each element once: counted when some interaction counts that uses it, exact when one of those is."""

    def __init__(self, document: Document, consumer: str) -> None:
        self._document = document
        self._consumer = consumer
        self._seen: dict[str, _Seen] = {}
        self._hints: dict[tuple[Aspect, str, str], Pointer] = {}
        self._problems: dict[str, Pointer] = {}

    def use(self, element: str | None, pointer: Pointer, *, pending: bool, exact: bool = False) -> None:
        """element: an address; None is no element of a contract."""
        if element is None:
            return
        known = self._seen.get(element)
        if known is None or (known.pending and not pending):
            self._seen[element] = _Seen(pointer, exact, pending)
        elif exact and known.pending == pending:
            self._seen[element] = replace(known, exact=True)

    def hint(self, aspect: Aspect, at: str, statement: str, pointer: Pointer) -> None:
        self._hints.setdefault((aspect, at, statement), pointer)

    def problem(self, sentence: str, pointer: Pointer) -> None:
        self._problems.setdefault(sentence, pointer)

    def finished(self, *, full: bool) -> Imported:
        path = self._document.path
        wanted = {seen.pointer for seen in self._seen.values()} | {*self._hints.values(), *self._problems.values()}
        try:
            lines = {pointer: position.line for pointer, position in locate(self._document, wanted).items()}
        except Unreadable:
            lines = {}
        used = tuple(
            Sighting(element, path, lines.get(s.pointer, 1), self._consumer, exact=s.exact, pending=s.pending)
            for element, s in self._seen.items()
        )
        hints = tuple(
            Hint(aspect, at, statement, path, lines.get(pointer, 1), self._consumer)
            for (aspect, at, statement), pointer in self._hints.items()
        )
        problems = [f"{path}:{lines.get(pointer, 1)}: {said}" for said, pointer in self._problems.items()]
        if len(problems) > _MOST_PROBLEMS:
            more = len(problems) - _MOST_PROBLEMS
            problems[_MOST_PROBLEMS:] = [f"{path}: {more:,} more problems like these."]
        return Imported(used, hints, complete=full and not problems, problems=tuple(problems))
