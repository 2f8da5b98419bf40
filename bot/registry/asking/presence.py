"""Whether a contract's documents have an element at all: nobody uses what is misspelt, and it must not seem free to go.

Told by its words: an operation must be one of the contract's, every name of an element must stand somewhere in the
documents. A name that stands only elsewhere is not noticed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from bot.contracts import address
from bot.contracts.address import Address, Relation
from bot.contracts.document import Side
from bot.registry.importers.operations import Operations

_NAMES = ("name", "segment", "named", "step", "argument")
_OWN_WORDS = frozenset({"webhook", "callback"})
_READ = frozenset({"openapi", "asyncapi", "json-schema", "graphql", "protobuf", "avro"})
"""Formats whose elements are called as their documents write them."""


def absent(element: str, id: str, format: str, contract: Side) -> str:
    """A sentence on what of the element (an address) the contract does not have; empty when it may be there."""
    wanted = address.read(element)
    if format == "openapi" and wanted.tokens[0].kind == "method":
        operations = Operations.of(contract)
        if not operations.problem and not _is_one_of(wanted, operations.scopes):
            return f"`{element}` is in no operation of {id}{_near(str(wanted.operation), operations.scopes)}"
    if format not in _READ:
        return ""
    text = "\n".join((*contract.documents, *(d.data.decode("utf-8", "replace") for d in contract.documents.values())))
    missing = [word for word in _words(wanted) if not _stands_in(word, text)]
    if not missing:
        return ""
    near = _near(missing[0], re.findall(r"[A-Za-z_][\w-]+", text))
    return f"`{element}` is no element of {id}: `{missing[0]}` is nowhere in it{near}"


def _is_one_of(wanted: Address, scopes: tuple[str, ...]) -> bool:
    return any(address.relation(scope, wanted.operation) is not Relation.DISJOINT for scope in scopes)


def _words(wanted: Address) -> Iterator[str]:
    for token in wanted.tokens:
        word = token.text.removeprefix(".") if token.kind == "step" else token.text.strip("(:)")
        if token.kind in _NAMES and word not in _OWN_WORDS and not re.search(r"[*\[\]{}]", word):
            yield word


def _stands_in(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE) is not None


def _near(wanted: str, known: tuple[str, ...] | list[str]) -> str:
    near = difflib.get_close_matches(wanted, dict.fromkeys(known), 1)
    return f"; did you mean `{near[0]}`?" if near else ""
