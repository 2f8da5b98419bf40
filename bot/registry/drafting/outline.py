"""What a contract says of itself: its title, its version, what callers can call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.contracts.document import Document, Position, Side
from bot.contracts.reading import Unreadable, locate, read
from bot.contracts.tree import Pointer
from bot.registry.drafting.found import Scheme, Stated, Versioned
from bot.registry.importers.operations import Operations

_FIRST_KEYS = ("openapi", "swagger", "asyncapi", "$schema")
_SEMVER = re.compile(r"v?\d+\.\d+(\.\d+)?([-+][0-9A-Za-z.+-]+)?")
_CALVER = re.compile(r"20\d\d[-.]?\d{1,2}([-.]?\d{1,2})?")
_INTEGER = re.compile(r"v?\d+")
_PACKAGE = re.compile(r"^[ \t]*package[ \t]+([A-Za-z_][\w.]*)[ \t]*;", re.MULTILINE)
_PACKAGE_VERSION = re.compile(r"\bv\d+((alpha|beta)\d*)?\Z")
_SERVICE = re.compile(r"^[ \t]*service[ \t]+([A-Za-z_]\w*)[ \t\r\n]*\{", re.MULTILINE)
_METHOD = re.compile(r"^[ \t]*rpc[ \t]+([A-Za-z_]\w*)[ \t\r\n]*\(", re.MULTILINE)


def known_by(document: Document) -> Position:
    """The line that shows what the document is: its first key, its syntax, or just its first line."""
    if document.path.endswith((".yaml", ".yml", ".json", ".avsc", ".avpr")):
        value = _value(document)
        key = next((key for key in _FIRST_KEYS if isinstance(value, dict) and key in value), None)
        if key is not None:
            return _at(document, (key,))
    return Position(document.path, 1)


def title(document: Document) -> Stated | None:
    """`info.title`, or `title` of a JSON Schema."""
    return _text_at(document, ("info", "title")) or _text_at(document, ("title",))


def version(format: str, document: Document) -> Versioned | None:
    """How it is versioned, where that can be told."""
    if format == "protobuf":
        stated = package(document)
        numbered = stated is not None and _PACKAGE_VERSION.search(stated.text)
        return Versioned("path", "package", stated) if stated is not None and numbered else None
    stated = _text_at(document, ("info", "version"))
    scheme = _scheme(stated.text) if stated is not None else None
    return Versioned(scheme, "info.version", stated) if stated is not None and scheme is not None else None


def package(document: Document) -> Stated | None:
    """A Protobuf file's package."""
    text = document.data.decode("utf-8", "replace")
    found = _PACKAGE.search(text)
    return Stated(found[1], Position(document.path, text.count("\n", 0, found.start(1)) + 1)) if found else None


def operations(format: str, side: Side) -> tuple[str, ...]:
    """What callers can call, as element addresses: operations of OpenAPI, methods of Protobuf."""
    if format == "openapi":
        return Operations.of(side).scopes
    if format == "protobuf":
        return tuple(name for path in sorted(side.documents) for name in _methods(side.documents[path]))
    return ()


def _methods(document: Document) -> Iterator[str]:
    text = document.data.decode("utf-8", "replace")
    stated = package(document)
    prefix = f"{stated.text}." if stated else ""
    services = list(_SERVICE.finditer(text))
    for number, service in enumerate(services):
        end = services[number + 1].start() if number + 1 < len(services) else len(text)
        for method in _METHOD.finditer(text, service.end(), end):
            yield f"{prefix}{service[1]}.{method[1]}"


def _scheme(text: str) -> Scheme | None:
    if _CALVER.fullmatch(text):
        return "calver"
    if _INTEGER.fullmatch(text):
        return "integer"
    return "semver" if _SEMVER.fullmatch(text) else None


def _text_at(document: Document, pointer: Pointer) -> Stated | None:
    value = _value(document)
    for key in pointer:
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str | int | float) or isinstance(value, bool) or not str(value).strip():
        return None
    return Stated(" ".join(str(value).split()), _at(document, pointer))


def _value(document: Document) -> Any:
    try:
        return read(document)
    except Unreadable:
        return None


def _at(document: Document, pointer: Pointer) -> Position:
    try:
        return locate(document, [pointer])[pointer]
    except Unreadable:
        return Position(document.path, 1)
