"""The examples of the rule files, made into documents and compared."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import orjson

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare
from bot.contracts.options import Options
from bot.judge.catalogue import Catalogue

TODAY = date(2026, 11, 20)
SHORT_FORMS = ("request", "response", "parameter")
FORMAT_OF_FILE = {"schema": "openapi", "common": "openapi"}
FILE_OF_FORMAT = {
    "openapi": "openapi.yaml",
    "avro": "schema.avsc",
    "graphql": "schema.graphql",
    "protobuf": "contract.proto",
}
FORMATS_OF_SEVERAL_FILES = frozenset({"graphql", "protobuf"})


def rules_found(
    catalogue: Catalogue, format: str, before: Any, after: Any, options: dict[str, Any] | None = None
) -> set[str]:
    """Ids of all rules that match between two documents."""
    comparison = compare_documents(format, before, after, options)
    return {
        verdict.rule.id
        for finding in catalogue.judge("example", format, comparison.changes)
        for verdict in finding.verdicts
    }


def compare_documents(format: str, before: Any, after: Any, options: dict[str, Any] | None = None) -> Comparison:
    return compare(format, side(before, format), side(after, format), options=Options(today=TODAY, **(options or {})))


def side(document: Any, format: str) -> Side:
    """One side: None is a contract that is not there, a string the file as it stands. Of formats whose contract is a
    set of files a mapping gives them by path, of the others it is the document.
    """
    if document is None:
        return Side(None)
    path = FILE_OF_FORMAT.get(format, "contract.json")
    texts = {path: document}
    if isinstance(document, dict) and format in FORMATS_OF_SEVERAL_FILES:
        texts = document
    elif isinstance(document, dict) and "protocol" in document:
        texts = {"protocol.avpr": document}
    files = {name: text.encode() if isinstance(text, str) else orjson.dumps(text) for name, text in texts.items()}
    found = {
        name: Document(name, hashlib.sha1(data, usedforsecurity=False).hexdigest(), data)
        for name, data in files.items()
    }
    return Side(next(iter(found)), found)


def documents(example: dict[str, Any], format: str) -> tuple[Any, Any]:
    """Both documents of an example, whichever form it has."""
    if format == "avro" and "field" in example:
        return _record(example["field"]["before"]), _record(example["field"]["after"])
    if format == "asyncapi":
        if "message" in example:
            action = example.get("action", "send")
            return _messages(example["message"]["before"], action), _messages(example["message"]["after"], action)
        return _asyncapi(example["before"]), _asyncapi(example["after"])
    if format != "openapi":
        return example["before"], example["after"]
    for form in SHORT_FORMS:
        if form in example:
            media_type = example.get("media_type", "application/json")
            required = example.get("required", False)
            before, after = (_around(form, example[form][name], media_type, required) for name in ("before", "after"))
            return before, after
    return _whole(example["before"]), _whole(example["after"])


def _asyncapi(fragment: Any) -> Any:
    if not isinstance(fragment, dict):
        return fragment
    return {"asyncapi": "3.0.0", "info": {"title": "t", "version": "1"}, **fragment}


def _messages(message: Any, action: str) -> Any:
    """An application that sends or receives one message."""
    operation = {"action": action, "channel": {"$ref": "#/channels/orders"}}
    channel = {"address": "orders", "messages": {"Order": message}}
    return _asyncapi({"channels": {"orders": channel}, "operations": {"onOrder": operation}})


def _record(type: Any) -> Any:
    """An Avro record with one field of this type."""
    return {"type": "record", "name": "Order", "fields": [{"name": "f", "type": type}]}


def _whole(fragment: Any) -> Any:
    if not isinstance(fragment, dict):
        return fragment
    return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, **fragment}


def _around(form: str, schema: Any, media_type: str, required: bool) -> Any:
    content = {"content": {media_type: {"schema": schema}}}
    operation: dict[str, Any] = {"responses": {"204": {"description": "Done"}}}
    if form == "request":
        operation["requestBody"] = content
    elif form == "response":
        operation["responses"] = {"200": {"description": "Found", **content}}
    else:
        operation["parameters"] = [{"name": "q", "in": "query", "required": required, "schema": schema}]
    return _whole({"paths": {"/things": {"post": operation}}})
