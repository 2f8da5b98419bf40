"""A request and its response, whatever wrote them down, as elements of an OpenAPI contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contracts.document import Document
from bot.contracts.openapi.operations import METHODS
from bot.contracts.reading import Unreadable, locate, read_bytes
from bot.contracts.tree import Pointer
from bot.registry.importers.imported import Question, Sighting
from bot.registry.importers.names import leaves
from bot.registry.importers.operations import Operation, Operations

ANY_METHOD = "*"
PLACEHOLDER = "~"
"""A segment of a path of which only a pattern is known: it fits parameters of templates, and nothing else."""

Names = Mapping[str, Pointer]
"""Names, or paths in a body, and where in the file each stands."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """pointer: to the request. path: as sent, without host. sent, read: paths in the bodies (`$.items[*].sku`).

    consumer: as the file calls it. pending: not in force yet.
    """

    pointer: Pointer
    method: str
    path: str
    query: Names = field(default_factory=dict)
    headers: Names = field(default_factory=dict)
    cookies: Names = field(default_factory=dict)
    sent: Names = field(default_factory=dict)
    status: str = "200"
    read: Names = field(default_factory=dict)
    consumer: str = ""
    pending: bool = False

    def operations(self, known: Operations) -> tuple[Operation, ...]:
        """Those that it is for: none when the contract has no such, several when its method is any."""
        methods = METHODS if self.method == ANY_METHOD else (self.method,)
        found = (known.find(method, self.path) for method in methods)
        return tuple(operation for operation in found if operation is not None)

    def used(self, operation: Operation) -> Iterator[tuple[str, Pointer]]:
        """The elements of an operation that the request names; the operation itself when it names none."""
        named = False
        for element in operation.path_parameters():
            named = True
            yield element, self.pointer
        for name, pointer in self.query.items():
            named = True
            yield operation.query(name), pointer
        for name, pointer in self.headers.items():
            if (header := operation.header(name)) is not None:
                named = True
                yield header, pointer
        for name, pointer in self.cookies.items():
            named = True
            yield operation.cookie(name), pointer
        for path, pointer in self.sent.items():
            named = True
            yield operation.request(path), pointer
        if not named:
            yield operation.scope, self.pointer

    def returned(self, operation: Operation) -> Iterator[tuple[str, Pointer]]:
        """The elements of the response's body."""
        for path, pointer in self.read.items():
            yield operation.response(self.status, path), pointer


def body_paths(value: Any, pointer: Pointer, *, inline: bool) -> dict[str, Pointer]:
    """The leaves of a body. inline: its values stand in the file itself, and not in a string at `pointer`."""
    return {leaf.path: (*pointer, *leaf.pointer) if inline else pointer for leaf in leaves(value)}


def json_of(text: str) -> Any:
    """The value of JSON in a string. Raises ValueError when it is none."""
    try:
        return read_bytes("body.json", text.encode("utf-8", "replace"))
    except Unreadable as error:
        raise ValueError(error.message) from None


def sightings(
    document: Document, found: Mapping[tuple[str, str, bool, bool], Pointer], *, above: int = 0
) -> Iterator[Sighting]:
    """Elements with the lines of their pointers. Keys: element, consumer, pending, offered.

    above: lines of the file before the document's text.
    """
    lines = locate(document, list(set(found.values())))
    for (element, consumer, pending, offered), pointer in found.items():
        line = lines[pointer].line + above
        yield Sighting(element, document.path, line, consumer, pending=pending, offered=offered)


def operations_of(question: Question, problems: list[str], documents: Mapping[str, Document]) -> Operations | None:
    """The contract's operations; None, and a problem, where recorded paths could not be told from templates."""
    where = ", ".join(f"`{path}`" for path in sorted(documents)[:3])
    if question.format != "openapi":
        problems.append(f"{where}: requests show what is used of a contract of type openapi, not {question.format}.")
        return None
    if question.contract is None:
        problems.append(f"{where}: the contract is not at hand, so it can't be told which operations were called.")
        return None
    operations = Operations.of(question.contract)
    if not operations.scopes:
        problems.append(f"{where}: the contract has no operations that could be read. {operations.problem}".rstrip())
        return None
    if operations.problem:
        problems.append(f"{where}: only a part of the contract's operations could be read. {operations.problem}")
    return operations
