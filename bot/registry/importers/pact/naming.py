"""Which of a contract's messages a pact means: pacts have no field for it, so names are looked for where people and
frameworks write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contracts.asyncapi.model import Message
from bot.contracts.asyncapi.reading import Reader, quoted
from bot.contracts.avro.comparison import roots_of
from bot.contracts.avro.parsing import Meaningless, parse
from bot.contracts.document import Side
from bot.contracts.json_schema.format import scope_of
from bot.contracts.reading import Unreadable
from bot.contracts.references import FileResolver

_TYPE_KEYS = (
    "messagetype",
    "messagename",
    "message",
    "eventtype",
    "eventname",
    "event",
    "cetype",
    "typeid",
    "type",
    "schema",
    "subject",
    "name",
    "kind",
)
"""Of metadata, in lower case without marks: CloudEvents' `ce-type`, Spring's `__TypeId__`, and what people choose."""

_CHANNEL_KEYS = ("topic", "channel", "queue", "destination", "routingkey", "exchange", "address", "kafkatopic")
_CONTENT_TYPE = re.compile(r"message=\.?([\w.]+)|application/(?:vnd\.)?([\w.-]+?)(?:\.v\d+)?\+\w+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_][\w.]*")
_MARKS = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages of a contract. problem: why they are not known, or empty.

    names: what addresses call them, by each of their names in plain letters. channels: names by channel. default: what
    is meant where nothing else is said.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    default: str = ""
    problem: str = ""

    @classmethod
    def of(cls, format: str, side: Side | None) -> Messages:
        """Never raises because of what is in the contract."""
        if side is None or side.entrypoint is None:
            return cls(problem="The contract is not at hand, so messages keep the names that the pact gives them.")
        try:
            return _READERS[format](side)
        except (Unreadable, Meaningless, RecursionError) as error:
            said = "it nests too deeply." if isinstance(error, RecursionError) else str(error)
            return cls(problem=f"{side.entrypoint}: The contract's messages can't be read: {said}")

    def find(self, metadata: Mapping[str, Any], content_type: str, description: str) -> str:
        """What addresses call the message; empty when it can't be told."""
        plain = {_plain(key): str(value) for key, value in metadata.items() if isinstance(value, (str, int))}
        said = [plain[key] for key in _TYPE_KEYS if key in plain]
        said += [one for one in (named_in(content_type or plain.get("contenttype", "")),) if one]
        if self.problem:
            return quoted(said[0]) if said else (quoted(description) if _WORD.fullmatch(description) else "")
        channels = [self.channels[plain[key]] for key in _CHANNEL_KEYS if plain.get(key) in self.channels]
        words = _WORD.findall(description)
        found = (self._named(said), *(set(one) for one in channels), self._named(words), {self.default} - {""})
        return next((next(iter(one)) for one in found if len(one) == 1), "")

    def known(self) -> str:
        """For a sentence."""
        names = sorted(set(self.names.values()))
        return ", ".join(f"`{name}`" for name in names[:5]) + (", …" if len(names) > 5 else "")

    def _named(self, said: Iterable[str]) -> set[str]:
        """By the whole name or its last part: `com.acme.OrderCreated` is `OrderCreated`. The first that is known."""
        for one in said:
            for name in (one, one.rpartition(".")[2], one.rpartition("/")[2]):
                if (known := self.names.get(_plain(name))) is not None:
                    return {known}
        return set()


def _of_asyncapi(side: Side) -> Messages:
    resolver = FileResolver(side)
    root = resolver.root(side.entrypoint or "")
    if not isinstance(root.value, dict):
        raise Unreadable("its top level is not a mapping.")
    read = Reader(resolver, root).read()
    names: dict[str, str] = {}
    channels: dict[str, frozenset[str]] = {}
    for address, channel in read.channels.items():
        found = dict(channel.messages)
        replies: dict[str, Message] = {}
        for operation in (one for some in channel.operations.values() for one in some):
            found |= operation.messages
            replies |= operation.reply.messages if operation.reply is not None else {}
        here = frozenset(quoted(name) for name in found)
        channels |= {address: here, channel.key: here}
        for name, message in (found | replies).items():
            others = (message.layers.text(key) for key in ("name", "messageId", "title"))
            for one in (name, *(other for other in others if other)):
                names.setdefault(_plain(one), quoted(name))
    return Messages(names, channels, _only(names))


def _of_json_schema(side: Side) -> Messages:
    root = FileResolver(side).root(side.entrypoint or "")
    scope = scope_of(root)
    names = {_plain(scope): scope}
    for keyword in ("definitions", "$defs"):
        below = root.value.get(keyword) if isinstance(root.value, dict) else None
        names |= {_plain(str(name)): quoted(str(name)) for name in (below if isinstance(below, dict) else ())}
    return Messages(names, {}, scope)


def _of_avro(side: Side) -> Messages:
    path = side.entrypoint or ""
    avro = parse(path, FileResolver(side).root(path).value)
    scopes = [prefix.scope for prefix, _ in roots_of(avro)]
    names = {_plain(scope): scope for scope in scopes}
    return Messages(names, {}, _only(names))


_READERS = {"asyncapi": _of_asyncapi, "avro": _of_avro, "json-schema": _of_json_schema}
FORMATS = frozenset(_READERS)


def _only(names: Mapping[str, str]) -> str:
    return next(iter(names.values())) if len(set(names.values())) == 1 else ""


def _plain(name: str) -> str:
    return _MARKS.sub("", name.lower())


def named_in(content_type: str) -> str:
    """The message that a media type names: `application/protobuf;message=Order`, `application/vnd.acme.order+json`."""
    found = _CONTENT_TYPE.search(content_type)
    return (found[1] or found[2]) if found else ""


def names_the_message(key: str) -> bool:
    """Whether metadata of this key says what the message is or where it goes, so that it is no header of its own."""
    return _plain(key) in (*_TYPE_KEYS, *_CHANNEL_KEYS, "contenttype")
