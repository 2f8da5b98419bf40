"""HAR recordings (HTTP Archive 1.2) of a consumer's traffic: names only, never values.

What was sent proves use: the operation, names of the query, of headers and cookies, keys of the body. What came back
was only offered. Of all names, only those are kept that the contract itself writes, so nothing of a recording, whatever
stands in its keys, gets into what is stored: other keys are left out or `{*}`, and requests to operations that the
contract doesn't have are only counted.

Source of the format: "HAR 1.2 Spec", Jan Odvarko (log.entries[].request, .response).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from bot.contracts.document import Document, Side
from bot.contracts.reading import Unreadable, read
from bot.contracts.tree import Pointer
from bot.registry.importers.exchange import Exchange, json_of, operations_of, sightings
from bot.registry.importers.imported import Imported, Question, Sighting
from bot.registry.importers.names import deep_name, leaves
from bot.registry.importers.operations import Operation, Operations


def shown(question: Question, documents: Mapping[str, Document]) -> Imported:
    """A recording is a sample: it is never complete."""
    problems: list[str] = []
    operations = operations_of(question, problems, documents)
    if operations is None or question.contract is None:
        return Imported(problems=tuple(problems))
    words = _words(question.contract)
    used: list[Sighting] = []
    for path in sorted(documents):
        try:
            used += _of_file(documents[path], _host(question.host), operations, words, problems)
        except Unreadable as error:
            problems.append(f"`{path}:{error.line or 1}`: {_without_values(error)}")
    return Imported(tuple(used), problems=tuple(problems))


def _of_file(
    document: Document, host: str, operations: Operations, words: frozenset[str], problems: list[str]
) -> Iterator[Sighting]:
    value = read(document)
    log = value.get("log") if isinstance(value, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        problems.append(f"`{document.path}:1`: This is no HAR recording: it has no `log.entries`.")
        return
    found: dict[tuple[str, str, bool, bool], Pointer] = {}
    unknown = matched = 0
    for index, entry in enumerate(entries):
        exchange = _exchange(entry, ("log", "entries", index), host, words)
        if exchange is None:
            continue
        calls = exchange.operations(operations)
        matched, unknown = matched + bool(calls), unknown + (not calls)
        for operation in calls:
            for element, pointer in _declared(exchange, operation).used(operation):
                found.setdefault((element, "", False, False), pointer)
            for element, pointer in exchange.returned(operation):
                found.setdefault((element, "", False, True), pointer)
    if not matched:
        problems.append(f"`{document.path}`: none of its {len(entries):,} requests is to an operation of the contract.")
    elif host and unknown:
        problems.append(f"`{document.path}`: {unknown:,} requests to {host} are to no operation of the contract.")
    yield from sightings(document, found)


def _exchange(entry: Any, pointer: Pointer, host: str, words: frozenset[str]) -> Exchange | None:
    """None for what is to another host, or no request at all."""
    request, response = (_mapping(entry, side) for side in ("request", "response"))
    try:
        url = urlsplit(str(request.get("url", "")))
        if host and host not in (url.netloc.rpartition("@")[2].lower(), url.hostname):
            return None
    except ValueError:
        return None
    post, content = _mapping(request, "postData"), _mapping(response, "content")
    sent = {**_keys(_text(post), pointer, words), **_form(post, pointer, words)}
    return Exchange(
        pointer,
        str(request.get("method", "")).upper(),
        url.path or "/",
        query=dict.fromkeys(_named(request, "queryString"), pointer),
        headers=dict.fromkeys(_named(request, "headers"), pointer),
        cookies=dict.fromkeys(_named(request, "cookies"), pointer),
        sent=sent,
        status=str(response.get("status", "")),
        read=_keys(_text(content), pointer, words) if response.get("status") else {},
    )


def _declared(exchange: Exchange, operation: Operation) -> Exchange:
    """With those names only that the operation has: browsers send many headers and cookies on their own account."""

    def known(location: str, name: str) -> str | None:
        written = name.lower() if location == "header" else name
        spelled = (written, name.removesuffix("[]"), deep_name(name)[0]) if location == "query" else (written,)
        return next((one for one in spelled if (location, one) in operation.parameters), None)

    parts = {"query": exchange.query, "header": exchange.headers, "cookie": exchange.cookies}
    query, headers, cookies = (
        {word: at for name, at in names.items() if (word := known(location, name)) is not None}
        for location, names in parts.items()
    )
    return replace(exchange, query=query, headers=headers, cookies=cookies)


def _keys(text: str, pointer: Pointer, words: frozenset[str]) -> dict[str, Pointer]:
    """Paths in a JSON body, without the keys that the contract doesn't have. An object with none else is a map."""
    try:
        value = _known_keys(json_of(text), words)
    except ValueError:
        return {}

    def is_map(_: str, at: Pointer) -> bool:
        below = value
        for step in at:
            below = below[step]
        return words.isdisjoint(below)

    return {leaf.path: pointer for leaf in leaves(value, is_map)}


def _known_keys(value: Any, words: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_known_keys(item, words) for item in value]
    if not isinstance(value, dict):
        return value
    kept = value if words.isdisjoint(value) else {key: below for key, below in value.items() if key in words}
    return {key: _known_keys(below, words) for key, below in kept.items()}


def _form(post: Mapping[str, Any], pointer: Pointer, words: frozenset[str]) -> dict[str, Pointer]:
    return {f"$.{name}": pointer for name in _named(post, "params") if name in words and name.isidentifier()}


def _text(content: Mapping[str, Any]) -> str:
    text = content.get("text")
    if not isinstance(text, str):
        return ""
    if content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _named(owner: Mapping[str, Any], key: str) -> Iterator[str]:
    pairs = owner.get(key)
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, dict) and isinstance(pair.get("name"), str):
            yield pair["name"]


def _mapping(owner: Any, key: str) -> Mapping[str, Any]:
    value = owner.get(key) if isinstance(owner, dict) else None
    return value if isinstance(value, dict) else {}


def _words(contract: Side) -> frozenset[str]:
    """Every key in the contract's documents: the names of its properties are among them."""
    words: set[str] = set()
    for document in contract.documents.values():
        try:
            waiting = [read(document)]
        except Unreadable:
            continue
        seen: set[int] = set()
        while waiting:
            value = waiting.pop()
            if isinstance(value, (dict, list)) and id(value) not in seen:
                seen.add(id(value))
                words.update(value if isinstance(value, dict) else ())
                waiting.extend(value.values() if isinstance(value, dict) else value)
    return frozenset(words)


def _host(host: str) -> str:
    """`https://api.example.org/v1` is meant as `api.example.org`."""
    return host.lower().partition("//")[2].partition("/")[0] if "//" in host else host.lower().partition("/")[0]


def _without_values(error: Unreadable) -> str:
    """The reader's words may quote a key; a recording's keys may be data."""
    return error.message if "`" not in error.message else "This is no JSON that can be read."
