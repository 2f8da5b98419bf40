"""What is wrong with a file although it could be read and compared: a compiler would refuse it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.contracts.document import Fault
from bot.contracts.protobuf.model import File, Span
from bot.contracts.protobuf.record import Record


def report(record: Record, file: File) -> None:
    """Faults of a file of the head, and which of its imports are missing."""
    record.faults += [Fault(message, record.head.position(file, span)) for message, span in _twice(file)]
    for path in sorted(record.head.missing(file)):
        record.not_checked[
            f"`{path}`, which `{file.path}` imports, is not in the repository: what it defines was compared by name."
        ] = None


def _twice(file: File) -> Iterator[tuple[str, Span]]:
    """Numbers and names that are given twice."""
    for message in file.all_messages():
        numbers: set[int] = set()
        names: set[str] = set()
        for field in message.fields:
            if field.number in numbers:
                yield f"`{message.name}` gives the number {field.number} to several fields.", field.span
            if field.name in names:
                yield f"`{message.name}` has several fields called `{field.name}`.", field.span
            numbers.add(field.number)
            names.add(field.name)
    seen: set[str] = set()
    for definition in (*file.messages, *file.enums, *file.services):
        if definition.full_name in seen:
            yield f"`{definition.full_name}` is defined several times.", definition.span
        seen.add(definition.full_name)
