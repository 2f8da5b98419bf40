"""What the bot and its parsing children say to each other: pickles, each preceded by its length (8 bytes, big-endian).

Down go requests, made by us. Up come answers, made by a process that has read foreign files: they are unpickled with
nothing but the plain values of bot.contracts and of the importers allowed. Long answers come in parts, so that no
single one of them takes the interpreter away from the event loop for long.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.contracts.change import Change, Comparison

HEADER = struct.Struct(">Q")
PLACES_A_PART = 2000

FailureKind = Literal["deadline", "memory", "crash", "nesting", "error", "size"]


@dataclass(frozen=True, slots=True)
class Request:
    """A function of the formats module, or `import_evidence` of the importers, and its arguments."""

    function: Literal["compare", "referenced_files", "recognise", "import_evidence"]
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)


class ParsingFailed(Exception):
    """A child could not do it. `reason` is a sentence for the reader; `detail` is for the log only."""

    def __init__(self, kind: FailureKind, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.detail = detail


READY = ("ready",)


def frame(message: object) -> bytes:
    payload = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(payload)) + payload


def answer_frames(value: object) -> Iterator[bytes]:
    """An answer as frames: `("part", changes)` any number of times, then `("done", value)`."""
    if isinstance(value, Comparison):
        part: list[Change] = []
        places = 0
        for change in value.changes:
            part.append(change)
            places += len(change.places)
            if places >= PLACES_A_PART:
                yield frame(("part", part))
                part, places = [], 0
        yield frame(("part", part))
        value = Comparison((), value.faults, value.not_checked)
    yield frame(("done", value))


ALLOWED = {
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("builtins", "complex"),
    ("collections", "OrderedDict"),
    ("copyreg", "__newobj__"),
    ("copyreg", "_reconstructor"),
    ("builtins", "object"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("decimal", "Decimal"),
    ("bot.registry.importers.imported", "Imported"),
    ("bot.registry.importers.imported", "Sighting"),
    ("bot.registry.importers.imported", "Hint"),
}


class _PlainUnpickler(pickle.Unpickler):
    """Builds plain values and the dataclasses of bot.contracts and the importers; refuses to name anything else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        if module == "bot.contracts" or module.startswith("bot.contracts."):
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__.startswith("bot.contracts"):
                return found
        raise pickle.UnpicklingError(f"a parsing child answered with {module}.{name}")


def read_answer(payload: bytes) -> Any:
    """A child's frame. Raises pickle.UnpicklingError and whatever a damaged pickle raises."""
    return _PlainUnpickler(io.BytesIO(payload)).load()
