"""One side of a contract: its files, read when they are first needed, and what names in them stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.contracts.document import Document, Position, Side
from bot.contracts.protobuf.features import settle
from bot.contracts.protobuf.model import SCALARS, Enum, File, Span
from bot.contracts.protobuf.parser import parse
from bot.contracts.protobuf.well_known import WELL_KNOWN
from bot.contracts.reading import DEFAULT_LIMITS, Unreadable
from bot.contracts.text import Lines, decode

_IMPORT = re.compile(rb"""\bimport\s+(?:(?:public|weak|option)\s+)?["']([^"'\n\\]{1,1000})["']""")


@dataclass(frozen=True, slots=True)
class Target:
    """What a name stands for. kind: scalar, message, enum or unknown; the name is full unless it is unknown."""

    kind: str
    name: str

    @property
    def is_known(self) -> bool:
        return self.kind != "unknown"


class Tree:
    """The files of one side."""

    def __init__(self, side: Side) -> None:
        self.documents: Mapping[str, Document] = side.documents
        self._by_name: dict[str, list[str]] = {}
        for path in side.documents:
            self._by_name.setdefault(PurePosixPath(path).name, []).append(path)
        self._files: dict[str, File | Unreadable] = {}
        self._lines: dict[str, Lines] = {}
        self._visible: dict[str, dict[str, str]] = {}
        self._defined: dict[str, dict[str, str]] = {}
        self._targets: dict[tuple[str, str, str], Target] = {}
        self._enums: dict[str, Enum] = {}

    def file(self, path: str) -> File:
        """A file of this side. Raises Unreadable; KeyError when it is not there."""
        if path not in self._files:
            try:
                file = parse(path, decode(self.documents[path].data, DEFAULT_LIMITS))
                settle(file)
                self._files[path] = file
            except Unreadable as error:
                self._files[path] = error
        found = self._files[path]
        if isinstance(found, Unreadable):
            raise found
        return found

    def position(self, file: File, span: Span) -> Position:
        """Where a span of a file stands; its first line for what is nowhere in the text."""
        if span == (0, 0):
            return Position(file.path, 1)
        if file.path not in self._lines:
            self._lines[file.path] = Lines(file.text)
        lines = self._lines[file.path]
        return Position(file.path, *lines.at(span[0]), *lines.at(max(span)))

    def imported(self, importer: str, path: str) -> str | None:
        """The file that an import means: below a folder above the importer, else one that ends like it."""
        for candidate in candidates(importer, path):
            if candidate in self.documents:
                return candidate
        ending = [
            one
            for one in self._by_name.get(PurePosixPath(path).name, ())
            if one.endswith(f"/{path}") and one != importer
        ]
        return min(ending, key=lambda one: (len(one), one), default=None)

    def missing(self, file: File) -> frozenset[str]:
        """The imports of a file that are not there, or cannot be read."""
        return frozenset(one.path for one in file.imports if self._import(file, one.path) is None)

    def public_files(self, file: File) -> Iterator[File]:
        """Files that whoever imports this one also sees, through `import public`."""
        seen, waiting = {file.path}, [file]
        while waiting:
            current = waiting.pop()
            for one in current.imports:
                found = self._import(current, one.path) if one.modifier == "public" else None
                if isinstance(found, File) and found.path not in seen:
                    seen.add(found.path)
                    waiting.append(found)
                    yield found

    def target(self, file: File, scope: str, name: str) -> Target:
        """What a type's name stands for in a scope (the innermost first; C++ rules, as the compiler has them)."""
        if name in SCALARS:
            return Target("scalar", name)
        key = (file.path, scope, name)
        if key not in self._targets:
            self._targets[key] = self._look_up(file, scope, name)
        return self._targets[key]

    def enum(self, full_name: str) -> Enum | None:
        """The enum of this name in any file that was read so far."""
        if full_name not in self._enums:
            for file in self._files.values():
                if isinstance(file, File) and file.path in self._defined and full_name in self._defined[file.path]:
                    self._enums |= {enum.full_name: enum for enum in _enums(file)}
        return self._enums.get(full_name)

    def defined(self, file: File) -> dict[str, str]:
        """Full names of the file's messages and enums, with their kinds."""
        if file.path not in self._defined:
            names = {enum.full_name: "enum" for enum in _enums(file)}
            names.update((message.full_name, "message") for message in file.all_messages())
            self._defined[file.path] = names
        return self._defined[file.path]

    def _look_up(self, file: File, scope: str, name: str) -> Target:
        names = self._names_seen_by(file)
        if name.startswith("."):
            return Target(names.get(name[1:], "unknown"), name[1:])
        while True:
            full = f"{scope}.{name}" if scope else name
            if full in names:
                return Target(names[full], full)
            if not scope:
                return Target("unknown", name)
            scope = scope.rpartition(".")[0]

    def _names_seen_by(self, file: File) -> dict[str, str]:
        if file.path not in self._visible:
            names = dict(self.defined(file))
            for one in file.imports:
                found = self._import(file, one.path)
                if isinstance(found, File):
                    names |= self.defined(found)
                    for public in self.public_files(found):
                        names |= self.defined(public)
                elif found is not None:
                    names |= found
            self._visible[file.path] = names
        return self._visible[file.path]

    def _import(self, file: File, path: str) -> File | Mapping[str, str] | None:
        """The imported file; the names of a well-known one; None when it is not there or not readable."""
        actual = self.imported(file.path, path)
        if actual is None:
            return WELL_KNOWN.get(path)
        try:
            return self.file(actual)
        except Unreadable:
            return None


def _enums(file: File) -> Iterator[Enum]:
    yield from file.enums
    for message in file.all_messages():
        yield from message.enums


def candidates(importer: str, path: str) -> list[str]:
    """Where an imported file may be: its path below each folder above the importer, the nearest first."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        return []
    folders = PurePosixPath(importer).parents
    return [str(folder / path) for folder in folders]


def imports_of(document: Document) -> frozenset[str]:
    """Paths that the imports of a file may mean. A glance at the bytes: what stands in a comment is found, too."""
    return frozenset(
        candidate
        for match in _IMPORT.findall(document.data)
        if match.decode("utf-8", "replace") not in WELL_KNOWN
        for candidate in candidates(document.path, match.decode("utf-8", "replace"))
        if candidate != document.path
    )
