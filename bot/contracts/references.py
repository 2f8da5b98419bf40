"""Following `$ref` on one side of a contract, and listing the files that a document refers to."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from bot.contracts.document import Document, Side
from bot.contracts.reading import DEFAULT_LIMITS, Limits, Unreadable, read
from bot.contracts.tree import Node, Pointer, UnresolvedReference

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ANY_REFERENCE = re.compile(rb"\$ref\b")
_LOCAL_REFERENCE = re.compile(rb"""\$ref["']?[ \t]*:[ \t]*["']\#""")
_MAPPING_KEY = "discriminator"


class _Readings:
    """Values of files read before, by what is in them. Nothing that compares ever changes a value it was given."""

    def __init__(self, size: int) -> None:
        from cachetools import LRUCache  # not for a process that compares once

        self._values: LRUCache[tuple[bytes, Limits, bool], tuple[Any, int]] = LRUCache(size, getsizeof=_size)

    def read(self, document: Document, limits: Limits) -> Any:
        key = (hashlib.sha256(document.data).digest(), limits, document.path.endswith(".json"))
        found = self._values.get(key)
        if found is None:
            found = (read(document, limits), len(document.data))
            if found[1] <= self._values.maxsize:
                self._values[key] = found
        return found[0]


def _size(kept: tuple[Any, int]) -> int:
    return kept[1]


_readings: _Readings | None = None


def keep_readings(size: int) -> None:
    """From now on this process keeps what it reads, `size` bytes of files at most: the base of the next push is mostly
    that of the last. For a process that lives long; one that compares once would only pay for the key.
    """
    global _readings  # noqa: PLW0603 (one a process, as the memory that it bounds)
    _readings = _Readings(size)


def _kept_reading(document: Document, limits: Limits) -> Any:
    return read(document, limits) if _readings is None else _readings.read(document, limits)


class FileResolver:
    """Follows references between the files of one side. Each file is read once, when it is first needed.

    `$ref` is a URI reference (RFC 3986): a path relative to the file it stands in, and a JSON pointer (RFC 6901) or,
    for JSON Schema, an `$anchor` as fragment. A reference that equals an `$id` of the same file leads there, whatever
    scheme it has. Nothing is ever fetched.
    """

    def __init__(self, side: Side, limits: Limits = DEFAULT_LIMITS) -> None:
        self._side = side
        self._limits = limits
        self._values: dict[str, Any] = {}
        self._broken: dict[str, Unreadable] = {}
        self._targets: dict[tuple[str, str], Node] = {}
        self._names: dict[str, dict[str, Pointer]] = {}

    def root(self, path: str) -> Node:
        """The whole value of a file. Raises Unreadable, also for a file that is not there."""
        if path in self._broken:
            raise self._broken[path]
        if path not in self._values:
            try:
                self._values[path] = self._read(path)
            except Unreadable as error:
                self._broken[path] = error
                raise
        return Node(path, (), self._values[path])

    def document(self, path: str) -> Document | None:
        """The file itself, None when this side does not have it."""
        return self._side.documents.get(path)

    def resolve(self, node: Node) -> Node:
        """The node that `node` stands for. Raises UnresolvedReference."""
        passed: set[tuple[str, str]] = set()
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            reference = node.value["$ref"]
            step = (node.path, reference)
            if step in passed:
                raise UnresolvedReference(reference, "leads back to itself, so it never says what it stands for.")
            passed.add(step)
            target = self._targets.get(step)
            if target is None:
                target = self._targets[step] = self._target(reference, node.path)
            node = target
        return node

    def _read(self, path: str) -> Any:
        if path in self._side.unreadable:
            raise Unreadable(f"The file {self._side.unreadable[path]}.")
        document = self._side.documents.get(path)
        if document is None:
            raise Unreadable("The file is not in the repository.")
        return _kept_reading(document, self._limits)

    def _target(self, reference: str, path: str) -> Node:
        address, _, fragment = reference.partition("#")
        fragment = unquote(fragment)
        if address and address in self._named(path):
            resource = self._down(self.root(path), self._named(path)[address], reference)
            return self._down(resource, _parts(fragment), reference)
        file = repository_path(reference, path) if address else path
        try:
            root = self.root(file)
        except Unreadable as error:
            raise UnresolvedReference(reference, _why(file, error)) from None
        if fragment and not fragment.startswith("/"):
            return self._by_name("#" + fragment, reference, file)
        return self._down(root, _parts(fragment), reference)

    def _by_name(self, name: str, reference: str, path: str) -> Node:
        pointer = self._named(path).get(name)
        if pointer is None:
            raise UnresolvedReference(reference, f"names an anchor that is not in `{path}`.")
        return self._down(self.root(path), pointer, reference)

    def _down(self, node: Node, pointer: Pointer, reference: str) -> Node:
        """Follow `pointer`. References met on the way are followed too: `#/paths/~1a/get` where `/a` is a `$ref`."""
        for part in pointer:
            value = node.value
            if isinstance(value, list) and (isinstance(part, int) or (part.isascii() and part.isdigit())):
                index = int(part)
                if index < len(value):
                    node = node.child(index)
                    continue
            elif isinstance(value, dict):
                if part in value:
                    node = node.child(part)
                    continue
                if isinstance(value.get("$ref"), str) and value["$ref"] != reference:
                    node = self._down(self._one_step(node, reference), (part,), reference)
                    continue
            raise UnresolvedReference(reference, f"leads to nothing: there is no `{part}` at that place.")
        return node

    def _one_step(self, node: Node, reference: str) -> Node:
        try:
            return self.resolve(node)
        except RecursionError:
            raise UnresolvedReference(reference, "leads back to itself, so it never says what it stands for.") from None

    def _named(self, path: str) -> dict[str, Pointer]:
        """`$id`s, and `$anchor`s behind `#`, of one file."""
        if path not in self._names:
            try:
                value = self.root(path).value
            except Unreadable:
                value = None
            document = self._side.documents.get(path)
            may_name = document is not None and (b"$id" in document.data or b"nchor" in document.data)
            self._names[path] = dict(_names(value, ())) if may_name else {}
        return self._names[path]


def repository_path(reference: str, path: str) -> str:
    """The path, from the top of the repository, of the file that `reference` in the file `path` means.

    Raises UnresolvedReference when it is none: another host, an absolute path, out of the repository.
    """
    address = unquote(reference.partition("#")[0]).replace("\\", "/")
    if _SCHEME.match(address) or address.startswith("//"):
        raise UnresolvedReference(
            reference,
            "is not in this repository. Nothing is fetched: copy the file into the repository and refer to the copy.",
        )
    if address.startswith("/"):
        raise UnresolvedReference(reference, "is an absolute path. Write it relative to the file it stands in.")
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), address.partition("?")[0]))
    if joined == ".." or joined.startswith("../"):
        raise UnresolvedReference(reference, "leads out of the repository.")
    if "\0" in joined:
        raise UnresolvedReference(reference, "is not a path.")
    return joined


def referenced_files(document: Document, limits: Limits = DEFAULT_LIMITS) -> frozenset[str]:
    """The paths that a document refers to by `$ref` or a discriminator's mapping, itself left out.

    A document that cannot be read refers to nothing; references out of the repository are left out, too.
    """
    data = document.data
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not utf16 and _all_local(data):
        return frozenset()
    try:
        value = read(document, limits)
    except Unreadable:
        return frozenset()
    found = set()
    for reference in _references(value):
        try:
            found.add(repository_path(reference, document.path))
        except UnresolvedReference:
            continue
    return frozenset(found - {document.path})


def _all_local(data: bytes) -> bool:
    """Whether every `$ref` of the text is followed by a fragment. Saves reading a large document for nothing."""
    return len(_ANY_REFERENCE.findall(data)) == len(_LOCAL_REFERENCE.findall(data))


def _references(value: Any) -> Iterator[str]:
    """Every reference below `value` that names a file."""
    waiting, seen = [value], set()
    while waiting:
        at = waiting.pop()
        if not isinstance(at, (dict, list)) or id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at, list):
            waiting.extend(at)
            continue
        reference = at.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            yield reference
        discriminator = at.get(_MAPPING_KEY)
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        if isinstance(mapping, dict):
            # A value without a slash or a dot names a component, not a file (OpenAPI 3.1, Discriminator Object).
            yield from (
                v for v in mapping.values() if isinstance(v, str) and not v.startswith("#") and ("/" in v or "." in v)
            )
        waiting.extend(at.values())


def _names(value: Any, pointer: Pointer) -> Iterator[tuple[str, Pointer]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _names(item, (*pointer, index))
    elif isinstance(value, dict):
        identifier = value.get("$id")
        if isinstance(identifier, str) and pointer:
            yield identifier.removesuffix("#"), pointer
        for key in ("$anchor", "$dynamicAnchor"):
            if isinstance(value.get(key), str):
                yield "#" + value[key], pointer
        for key, item in value.items():
            yield from _names(item, (*pointer, key))


def _parts(fragment: str) -> tuple[str, ...]:
    """The parts of a JSON pointer, percent-encoding already undone (RFC 6901 sections 4 and 6)."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in fragment.split("/")[1:])


def _why(file: str, error: Unreadable) -> str:
    where = f", line {error.line}" if error.line else ""
    return f"leads to `{file}`{where}, which cannot be read: {error.message}"
