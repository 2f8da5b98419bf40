"""Stubs that consumers test against: WireMock mappings, Spring Cloud Contract YAML, Specmatic examples.

What a stub's request names is sent, and what its response returns is what the consumer's tests read.

Sources: WireMock's "Stubbing" and "Request matching" (`url`, `urlPath`, `urlPathTemplate`, `urlPattern`,
`urlPathPattern`, `{"mappings": [...]}`, `__files`); Spring Cloud Contract's "Contract DSL", YAML (`ignored`,
`inProgress`, `bodyFromFile`, the folder below `contracts/` names the consumer, "Stubs per consumer"); Specmatic's
"External examples" (`http-request`, `http-response`, `(string)` for a value).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from bot.contracts.document import Document
from bot.contracts.reading import Unreadable, read
from bot.contracts.tree import Pointer
from bot.registry.importers.exchange import (
    ANY_METHOD,
    PLACEHOLDER,
    Exchange,
    body_paths,
    json_of,
    operations_of,
    sightings,
)
from bot.registry.importers.imported import Imported, Question, Sighting
from bot.registry.importers.json_path import paths_in
from bot.registry.importers.operations import Operations
from bot.registry.importers.yaml_documents import Part, parts

_CONSUMER = re.compile(r"(?:^|/)contracts/([^/]+)/")
_YAML = (".yaml", ".yml")
_READABLE = (".json", *_YAML)
_REQUESTS = (("request", "response"), ("http-request", "http-response"), ("mock-http-request", "mock-http-response"))
_ATOM = re.compile(r"\[(?:[^\]\\]|\\.)*\]|\\.|.", re.DOTALL)
_PATTERN_MARKS = frozenset("[](){}*+?|^$.")
_QUERY_NAME = re.compile(r"([A-Za-z_][\w.-]*)=")


def shown(question: Question, documents: Mapping[str, Document]) -> Imported:
    """Files in a folder `__files` are bodies of stubs. A stub is a sample: it is never complete."""
    problems: list[str] = []
    operations = operations_of(question, problems, documents)
    if operations is None:
        return Imported(problems=tuple(problems))
    used: list[Sighting] = []
    for path in sorted(documents):
        if "/__files/" in f"/{path}":
            continue
        if not path.lower().endswith(_READABLE):
            problems.append(f"`{path}`: Of stubs, only JSON and YAML can be read.")
            continue
        above = 0
        try:
            for part in parts(documents[path]) if path.lower().endswith(_YAML) else (Part(documents[path], 0),):
                above = part.above
                used += _File(part, documents, operations, problems).sightings()
        except Unreadable as error:
            problems.append(f"`{path}:{(error.line or 1) + above}`: {error.message}")
    return Imported(tuple(used), problems=tuple(problems))


class _File:
    """The stubs of one file, or of one YAML document in it."""

    def __init__(
        self, part: Part, documents: Mapping[str, Document], operations: Operations, problems: list[str]
    ) -> None:
        self._document, self._above = part.document, part.above
        self._documents, self._operations, self._problems = documents, operations, problems
        folder = _CONSUMER.search(part.document.path) if part.document.path.lower().endswith(_YAML) else None
        self._consumer = folder[1] if folder else ""

    def sightings(self) -> Iterator[Sighting]:
        found: dict[tuple[str, str, bool, bool], Pointer] = {}
        unknown: list[Pointer] = []
        value = read(self._document)
        for pointer, stub in _stubs(value):
            exchange = self._exchange(stub, pointer)
            if exchange is None:
                self._problems.append(f"{self._where}: This is no stub of a request and its response that is known.")
                continue
            operations = exchange.operations(self._operations)
            if not operations:
                unknown.append(pointer)
            for operation in operations:
                returned = list(exchange.returned(operation))
                for element, at in (*returned, *exchange.used(operation)):
                    if element != operation.scope or not returned:
                        found.setdefault((element, exchange.consumer, exchange.pending, False), at)
        yield from sightings(self._document, found, above=self._above)
        if unknown:
            several = f"{len(unknown):,} stubs are" if len(unknown) > 1 else "the stub is"
            self._problems.append(f"{self._where}: {several} for no operation of the contract.")

    @property
    def _where(self) -> str:
        return f"`{self._document.path}`" + (f" (from line {self._above + 1} on)" if self._above else "")

    def _exchange(self, stub: Any, pointer: Pointer) -> Exchange | None:
        for asks, answers in _REQUESTS:
            request, response = _mapping(stub, asks), _mapping(stub, answers)
            if request:
                method = str(request.get("method", ANY_METHOD)).upper()
                path, in_url = _target(request)
                if path is None:
                    return None
                at = (*pointer, asks)
                return Exchange(
                    at,
                    ANY_METHOD if method == "ANY" else method,
                    path,
                    query=dict.fromkeys(in_url, at)
                    | self._members(request, at, "queryParameters", "query")
                    | self._members(_mapping(request, "urlPath"), (*at, "urlPath"), "queryParameters"),
                    headers=self._members(request, at, "headers"),
                    cookies=self._members(request, at, "cookies"),
                    sent=self._sent(request, at),
                    status=_status(response.get("status", 200)),
                    read=self._body(response, (*pointer, answers)) | _matched(response, (*pointer, answers)),
                    consumer=self._consumer,
                    pending=stub.get("ignored") is True or stub.get("inProgress") is True,
                )
        return None

    def _members(self, owner: Mapping[str, Any], pointer: Pointer, *keys: str) -> dict[str, Pointer]:
        """The names in the mappings at `keys`. Specmatic marks an optional one with `?`."""
        return {str(name).rstrip("?"): (*pointer, key, name) for key in keys for name in _mapping(owner, key)}

    def _sent(self, request: Mapping[str, Any], pointer: Pointer) -> dict[str, Pointer]:
        found = self._body(request, pointer) | _matched(request, pointer)
        for key in ("formParameters", "form-fields"):
            found |= {f"$.{name}": (*pointer, key, name) for name in _mapping(request, key) if name.isidentifier()}
        patterns = request.get("bodyPatterns")
        for index, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
            if not isinstance(pattern, dict):
                continue
            at = (*pointer, "bodyPatterns", index)
            whole = pattern.get("equalToJson")
            if isinstance(whole, str):
                found |= self._text(whole, (*at, "equalToJson"))
            elif whole is not None:
                found |= body_paths(whole, (*at, "equalToJson"), inline=True)
            found |= dict.fromkeys(paths_in(_expression(pattern)), (*at, "matchesJsonPath"))
        return found

    def _body(self, owner: Mapping[str, Any], pointer: Pointer) -> dict[str, Pointer]:
        """Of a request or a response, wherever it is written."""
        for key in ("jsonBody", "body"):
            if isinstance(owner.get(key), (dict, list)):
                return body_paths(owner[key], (*pointer, key), inline=True)
        if isinstance(owner.get("body"), str):
            return self._text(owner["body"], (*pointer, "body"))
        if isinstance(owner.get("base64Body"), str):
            try:
                text = base64.b64decode(owner["base64Body"], validate=True).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                text = ""
            return self._text(text, (*pointer, "base64Body"))
        for key in ("bodyFileName", "bodyFromFile"):
            if isinstance(owner.get(key), str):
                return self._file(owner[key], (*pointer, key))
        return {}

    def _text(self, text: str, pointer: Pointer) -> dict[str, Pointer]:
        """A body in a string. What does not look like JSON is something else, and nothing can be told from it."""
        if text.strip()[:1] not in ("{", "["):
            return {}
        try:
            return body_paths(json_of(text), pointer, inline=False)
        except ValueError:
            key = pointer[-1]
            self._problems.append(f"{self._where}: A `{key}` looks like JSON, but can't be read; it was passed over.")
            return {}

    def _file(self, name: str, pointer: Pointer) -> dict[str, Pointer]:
        beside = self._document.path.rpartition("/")[0]
        for path, document in self._documents.items():
            if path.endswith(f"__files/{name.lstrip('/')}") or path == f"{beside}/{name}".lstrip("/"):
                return self._text(document.data.decode("utf-8", "replace"), pointer)
        if name.lower().endswith(".json"):
            self._problems.append(f"{self._where}: Its body `{name}` is not among the files that were read.")
        return {}


def _stubs(value: Any) -> Iterator[tuple[Pointer, Any]]:
    """A file is one stub, a list of them, or WireMock's `mappings`. Specmatic puts a part of one under `partial`."""
    if isinstance(value, dict) and isinstance(value.get("mappings"), list):
        yield from ((("mappings", index), stub) for index, stub in enumerate(value["mappings"]))
    elif isinstance(value, list):
        yield from (((index,), stub) for index, stub in enumerate(value))
    elif isinstance(value, dict) and isinstance(value.get("partial"), dict):
        yield ("partial",), value["partial"]
    else:
        yield (), value


def _target(request: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """The path of a request with placeholders for what is not known of it, and names in the query of its URL."""
    for key in ("urlPath", "url", "path"):
        value = request.get(key)
        if isinstance(value, dict):
            value = value.get("path", value.get("value"))
        if isinstance(value, str):
            path, _, query = value.partition("?")
            return _blanked(path), tuple(name for name, _ in parse_qsl(query, keep_blank_values=True))
    if isinstance(template := request.get("urlPathTemplate"), str):
        return _blanked(template), ()
    for key in ("urlPathPattern", "urlPattern"):
        if isinstance(pattern := request.get(key), str):
            path, query = _of_pattern(pattern)
            return path, tuple(_QUERY_NAME.findall(query))
    return None, ()


def _blanked(path: str) -> str:
    """`/orders/{id}` and Specmatic's `/orders/(id:number)` with placeholders."""
    segments = (PLACEHOLDER if segment[:1] in ("{", "(") else segment for segment in path.split("/"))
    return "/".join(segments)


def _of_pattern(pattern: str) -> tuple[str, str]:
    r"""A regular expression for a path, segment by segment: `/orders/\d+` is `/orders/~`. It is never run."""
    path: list[str] = [""]
    atoms = _ATOM.findall(pattern.removeprefix("^").removesuffix("$"))
    for position, atom in enumerate(atoms):
        if atom == "/" or atom == r"\/":
            path.append("")
        elif atom == r"\?":
            return "/".join(path), "".join(atoms[position + 1 :])
        elif PLACEHOLDER in path[-1]:
            continue
        elif atom[0] == "\\" and not atom[1].isalnum():
            path[-1] += atom[1]
        elif atom[0] == "\\" or atom[0] in _PATTERN_MARKS:
            path[-1] = PLACEHOLDER
        else:
            path[-1] += atom
    return "/".join(path), ""


def _matched(owner: Mapping[str, Any], pointer: Pointer) -> dict[str, Pointer]:
    """Spring's matchers of a body: `matchers: {body: [{path: $.id, type: by_regex}]}`."""
    matchers = _mapping(owner, "matchers").get("body")
    found: dict[str, Pointer] = {}
    for index, matcher in enumerate(matchers if isinstance(matchers, list) else ()):
        if isinstance(matcher, dict) and isinstance(matcher.get("path"), str):
            found |= dict.fromkeys(paths_in(matcher["path"]), (*pointer, "matchers", "body", index))
    return found


def _expression(pattern: Mapping[str, Any]) -> str:
    expression = pattern.get("matchesJsonPath")
    if isinstance(expression, dict):
        expression = expression.get("expression")
    return expression if isinstance(expression, str) else ""


def _status(status: Any) -> str:
    return str(status) if isinstance(status, (int, str)) else "200"


def _mapping(owner: Any, key: str) -> Mapping[str, Any]:
    value = owner.get(key) if isinstance(owner, dict) else None
    return value if isinstance(value, dict) else {}
