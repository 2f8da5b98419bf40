"""Two sides of a Protobuf contract: files paired by path, definitions by full name wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from bot.contracts.change import Change, Place
from bot.contracts.document import Position, Side
from bot.contracts.protobuf.enums import compare_enums
from bot.contracts.protobuf.faults import report
from bot.contracts.protobuf.fields import compare_extension, extendee_name
from bot.contracts.protobuf.file_options import compare_files
from bot.contracts.protobuf.messages import compare_messages
from bot.contracts.protobuf.model import Enum, Field, File, Message, Service, Span
from bot.contracts.protobuf.names import Tree
from bot.contracts.protobuf.record import WHOLE, Record
from bot.contracts.protobuf.services import compare_services
from bot.contracts.reading import Unreadable, error_position

Definition = Message | Enum | Service | Field
_KINDS = {Message: "message", Enum: "enum", Service: "service", Field: "extension"}
SUFFIX = ".proto"

Key = tuple[str, str]
"""Kind and full name."""


@dataclass(slots=True)
class Half:
    """One side's changed files, and what they define by kind and full name."""

    files: dict[str, File] = field(default_factory=dict)
    definitions: dict[Key, tuple[File, Definition]] = field(default_factory=dict)
    names: frozenset[Key] = frozenset()


def compare(base: Side, head: Side, mode: str) -> Record:
    """Everything that differs. A file that cannot be read is a change of its own, and the others are compared."""
    trees = Tree(base), Tree(head)
    record = Record(*trees, mode)
    before, after = Half(), Half()
    paths = {*base.documents, *head.documents, *base.unreadable, *head.unreadable}
    for path in sorted(path for path in paths if path.lower().endswith(SUFFIX)):
        _load(record, path, base, head, before, after)
    for half in (before, after):
        for file in half.files.values():
            half.definitions.update(((_KINDS[type(one)], one.full_name), (file, one)) for one in _definitions(file))
        half.names = frozenset(key for key in half.definitions if key[0] in ("message", "enum"))
    _Comparison(record, base, head, before, after).run()
    for file in after.files.values():
        report(record, file)
    return record


def _load(record: Record, path: str, base: Side, head: Side, before: Half, after: Half) -> None:
    """Reads what differs at a path, on both sides or, when one cannot be read, on none."""
    old, new = base.documents.get(path), head.documents.get(path)
    if old is not None and new is not None and old.data == new.data:
        return
    found: list[tuple[Half, File]] = []
    try:
        for side, half, tree, name in ((base, before, record.base, "base"), (head, after, record.head, "head")):
            if path in side.unreadable:
                raise _Stopped(name, Unreadable(f"The file {side.unreadable[path]}."))
            if path in side.documents:
                try:
                    found.append((half, tree.file(path)))
                except Unreadable as error:
                    raise _Stopped(name, error) from None
    except _Stopped as stopped:
        blobs = (old.blob_sha if old else "", new.blob_sha if new else "")
        record.changes.append(_unreadable(path, stopped, blobs))
        return
    for half, file in found:
        half.files[path] = file


class _Stopped(Exception):
    def __init__(self, side: str, error: Unreadable) -> None:
        super().__init__(str(error))
        self.side: Literal["base", "head"] = "base" if side == "base" else "head"
        self.error = error


def _unreadable(path: str, stopped: _Stopped, blobs: tuple[str, str]) -> Change:
    """A signature for this is for exactly these bytes, so the blobs are its identity."""
    return Change(
        fact="contract.unreadable",
        element=WHOLE,
        places=(Place(WHOLE, {"direction": "none"}),),
        identity=blobs,
        attributes={"reason": stopped.error.message, "side_name": stopped.side, "name": path, "path": path},
        position=error_position(path, stopped.error),
        side=stopped.side,
    )


def _definitions(file: File) -> Iterator[Definition]:
    """Everything with a full name, what holds others before these."""
    yield from file.enums
    yield from file.services
    yield from file.extensions
    for message in file.all_messages():
        yield message
        yield from message.enums
        yield from message.extensions


class _Comparison:
    def __init__(self, record: Record, base: Side, head: Side, before: Half, after: Half) -> None:
        self._record = record
        self._before, self._after = before, after
        self._removed_files = {path: file for path, file in before.files.items() if path not in head.documents}
        self._added_files = {path: file for path, file in after.files.items() if path not in base.documents}
        if base.entrypoints or head.entrypoints:
            # Of the files that are only imported, one that is no longer reached need not be gone.
            roots = base.entrypoints | head.entrypoints
            self._removed_files = {path: file for path, file in self._removed_files.items() if path in roots}
            self._added_files = {path: file for path, file in self._added_files.items() if path in roots}
        self._renamed: dict[Key, Key] = {}
        self._same_names = before.names == after.names
        self._unchanged = head.documents.keys() - after.files.keys()

    def run(self) -> None:
        for path, file in self._before.files.items():
            head = self._after.files.get(path)
            if head is not None:
                compare_files(self._record, file, head)
                if file.package != head.package:
                    self._follow_package(file, head)
        for key, (file, definition) in self._before.definitions.items():
            twin = self._after.definitions.get(self._renamed.get(key, key))
            if twin is not None:
                self._pair(file, definition, *twin)
        self._removals()
        self._files_removed()
        self._additions()
        self._extensions()

    def _follow_package(self, file: File, head: File) -> None:
        """The package of a file changed: that is said once, and what it defines is the same under a new name."""
        for definition in _definitions(file):
            kind, name = _KINDS[type(definition)], definition.nested_name
            renamed = (kind, f"{head.package}.{name}" if head.package else name)
            if (kind, definition.full_name) not in self._after.definitions and renamed in self._after.definitions:
                self._renamed[kind, definition.full_name] = renamed
                self._record.renamed[definition.full_name] = renamed[1]

    # ── pairs ──

    def _pair(self, file: File, old: Definition, head_file: File, new: Definition) -> None:
        record = self._record
        if isinstance(old, Message) and isinstance(new, Message):
            if not self._same_text(file, old, head_file, new):
                compare_messages(record, file, old, head_file, new)
        elif isinstance(old, Enum) and isinstance(new, Enum):
            if old.features != new.features or _text(file, old.span) != _text(head_file, new.span):
                compare_enums(record, old, head_file, new)
        elif isinstance(old, Service) and isinstance(new, Service):
            compare_services(record, file, old, head_file, new)
        if file.path != head_file.path and not isinstance(old, Field) and self._is_outermost(old):
            self._moved(file, old, head_file)

    def _same_text(self, file: File, old: Message, head_file: File, new: Message) -> bool:
        """Whether nothing in a message can differ: text, features, and what its names may stand for."""
        return (
            old.features == new.features
            and _text(file, old.span) == _text(head_file, new.span)
            and file.syntax == head_file.syntax
            and file.package == head_file.package
            and [one.path for one in file.imports] == [one.path for one in head_file.imports]
            and self._same_names
            and [one for one in file.options if one.name.startswith("java_string")] == []
            and [one for one in head_file.options if one.name.startswith("java_string")] == []
        )

    def _is_outermost(self, definition: Definition) -> bool:
        return "." not in definition.nested_name

    def _moved(self, file: File, old: Definition, head_file: File) -> None:
        """A definition that another file of the contract now holds."""
        if file.path in self._removed_files:
            return  # Said with the file.
        left = self._after.files.get(file.path)
        if left is None:
            return
        covered = any(one.path == head_file.path for one in self._record.head.public_files(left))
        self._record.add(
            "protobuf.type.moved",
            old.full_name,
            (left, (0, 0)),
            before=file.path,
            after=head_file.path,
            kind=_KINDS[type(old)],
            name=old.nested_name,
            covered=covered,
        )

    # ── what went and what came ──

    def _removals(self) -> None:
        lost = [
            (file, definition)
            for key, (file, definition) in self._before.definitions.items()
            if key[0] != "extension" and self._renamed.get(key, key) not in self._after.definitions
        ]
        causes = {definition.full_name: definition for _, definition in lost if isinstance(definition, Message)}
        held: dict[str, list[Definition]] = {}
        own: list[tuple[File, Definition]] = []
        for file, definition in lost:
            cause = _outermost(definition.full_name, causes)
            if cause is not None:
                held.setdefault(cause, []).append(definition)
            else:
                own.append((file, definition))
        for file, definition in own:
            if file.path not in self._removed_files and file.path in self._after.files:
                self._removed(file, definition, held.get(definition.full_name, []))

    def _removed(self, file: File, definition: Definition, held: list[Definition]) -> None:
        left = self._after.files[file.path]
        kind = _KINDS[type(definition)]
        became = next(
            (
                other
                for other in ("message", "enum", "service")
                if (other, definition.full_name) in self._after.definitions
            ),
            "",
        )
        places = [
            Place(one.full_name, {"direction": "none", "kind": _KINDS[type(one)], "name": one.nested_name})
            for one in (definition, *held, *(_extensions_of(definition)))
        ]
        self._record.add(
            "protobuf.type.kind.changed" if became else "protobuf.type.removed",
            definition.full_name,
            (left, _what_is_left(left, definition.nested_name)),
            before=kind,
            after=became or None,
            places=() if became else places,
            kind=kind,
            name=definition.nested_name,
        )

    def _files_removed(self) -> None:
        packages = self._packages_left() if self._removed_files else frozenset()
        for path, file in self._removed_files.items():
            lost = [
                definition
                for definition in _definitions(file)
                if (_KINDS[type(definition)], definition.full_name) not in self._after.definitions
            ]
            gone = file.package not in packages
            places = [
                Place(
                    one.full_name, {"direction": "none", "kind": _KINDS[type(one)], "lost": True, "package_gone": gone}
                )
                for one in lost
            ]
            self._record.at(
                "protobuf.file.removed",
                file.package,
                Position(path, 1),
                "base",
                before=path,
                after=None,
                identity=None,
                places=places,
                attributes={"name": path, "lost": bool(lost), "package_gone": gone, "package": file.package},
            )

    def _packages_left(self) -> frozenset[str]:
        """The packages of all files of the head, those included that did not change."""
        found = {file.package for file in self._after.files.values()}
        for path in self._unchanged:
            with suppress(Unreadable):
                found.add(self._record.head.file(path).package)
        return frozenset(found)

    def _additions(self) -> None:
        arrived = set(self._renamed.values())
        new = self._after.definitions.keys() - self._before.definitions.keys() - arrived
        for path, file in self._added_files.items():
            self._record.add("protobuf.file.added", file.package, (file, (0, 0)), after=path, name=path)
        for key, (file, definition) in self._after.definitions.items():
            holder = definition.full_name.rpartition(".")[0]
            if key[0] == "extension" or key not in new or file.path in self._added_files or ("message", holder) in new:
                continue
            if any((other, key[1]) in self._before.definitions for other in ("message", "enum", "service")):
                continue  # Said where the other kind went.
            self._record.add(
                "protobuf.type.added",
                definition.full_name,
                (file, definition.span),
                after=key[0],
                kind=key[0],
                name=definition.nested_name,
            )

    def _extensions(self) -> None:
        """Extensions are known on the wire by what they extend and their number; by name in generated code."""
        before = self._extensions_by_number(self._before, self._record.base)
        after = self._extensions_by_number(self._after, self._record.head)
        names_left = {key for key in self._after.definitions if key[0] == "extension"}
        for number, (file, old) in before.items():
            twin = after.get(number)
            if twin is not None:
                compare_extension(self._record, number[0], file, old, *twin)
            if twin is not None and twin[1].full_name == old.full_name:
                if twin[0].path != file.path:
                    self._moved(file, old, twin[0])
            elif ("extension", old.full_name) not in names_left and file.path in self._after.files:
                if ("message", old.scope) in self._before.definitions and not (
                    ("message", old.scope) in self._after.definitions or ("message", old.scope) in self._renamed
                ):
                    continue  # Went with the message that held it, and is said there.
                if self._renamed.get(("extension", old.full_name)):
                    continue
                left = self._after.files[file.path]
                self._record.add(
                    "protobuf.type.removed",
                    old.full_name,
                    (left, _what_is_left(left, old.nested_name)),
                    before="extension",
                    places=[Place(old.full_name, {"direction": "none", "kind": "extension", "name": old.nested_name})],
                    kind="extension",
                    name=old.nested_name,
                    renamed=twin is not None,
                )
        for number, (file, new) in after.items():
            if number not in before and file.path not in self._added_files:
                self._record.add(
                    "protobuf.type.added",
                    new.full_name,
                    (file, new.span),
                    after="extension",
                    kind="extension",
                    name=new.nested_name,
                )

    def _extensions_by_number(self, half: Half, tree: Tree) -> dict[tuple[str, int], tuple[File, Field]]:
        return {
            (extendee_name(tree, file, one), one.number): (file, one)
            for file, one in half.definitions.values()
            if isinstance(one, Field)
        }


def _extensions_of(definition: Definition) -> list[Field]:
    """Extensions that a message and those within it hold."""
    if not isinstance(definition, Message):
        return []
    found: list[Field] = []
    waiting = [definition]
    while waiting:
        message = waiting.pop()
        found += message.extensions
        waiting += message.messages
    return found


def _outermost(full_name: str, causes: dict[str, Message]) -> str | None:
    """The outermost message that went and holds the definition."""
    parts = full_name.split(".")
    for length in range(1, len(parts)):
        name = ".".join(parts[:length])
        if name in causes:
            return name
    return None


def _what_is_left(file: File, nested_name: str) -> Span:
    """The innermost message, of those that held the definition, which is still in its file; else the file's start."""
    left = {message.nested_name: message.span for message in file.all_messages()}
    name = nested_name.rpartition(".")[0]
    while name:
        if name in left:
            return left[name]
        name = name.rpartition(".")[0]
    return (0, 0)


def _text(file: File, span: Span) -> str:
    return file.text[slice(*span)]
