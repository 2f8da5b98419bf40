"""From a document, of version 2 or 3, to the model."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence

from bot.contracts.asyncapi.model import (
    Action,
    AsyncApi,
    Channel,
    Layers,
    Message,
    Operation,
    Parameter,
    Reply,
    Server,
    items,
    members,
    said,
)
from bot.contracts.references import FileResolver
from bot.contracts.tree import Node, UnresolvedReference

_NAME = re.compile(r"[^\s.:\[\]{}'*()]+\Z")
_JSON_SCHEMA = re.compile(
    r"application/(?:vnd\.aai\.asyncapi(?:\+json|\+yaml)?|schema(?:\+json|\+yaml)|vnd\.oai\.openapi(?:\+json|\+yaml)?)\b"
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ACTIONS: Mapping[str, Action] = {"publish": "receive", "subscribe": "send"}
"""In version 2 a verb says what others may do: who may subscribe gets what the application sends."""

_MOST_TRAITS = 100


def quoted(name: str) -> str:
    """A name as addresses write it."""
    return name if _NAME.match(name) else "'" + name.replace("'", "''") + "'"


class Reader:
    """Reads one side."""

    def __init__(self, resolver: FileResolver, root: Node) -> None:
        self._resolver = resolver
        self._root = root
        self._lost: dict[tuple[str, str], tuple[Node, str]] = {}
        self._version = 3 if str(root.value.get("asyncapi", "")).startswith("3") else 2
        self._default = said(root, "defaultContentType")

    def read(self) -> AsyncApi:
        servers = {name: self._server(self._follow(node)) for name, node in members(self._root, "servers").items()}
        channels = self._channels_3() if self._version == 3 else self._channels_2()
        schemes = members(self._root.child("components"), "securitySchemes") if "components" in self._root.value else {}
        return AsyncApi(
            self._root,
            self._version,
            servers,
            {_identity(channel): channel for channel in channels},
            {name: self._follow(node) for name, node in schemes.items()},
            self._lost,
        )

    def _follow(self, node: Node) -> Node:
        """What the node stands for; the node itself when its reference leads nowhere, which is noted."""
        try:
            return self._resolver.resolve(node)
        except UnresolvedReference as problem:
            self._lost[(node.path, problem.reference)] = node, problem.reason
            return node

    def _layers(self, node: Node) -> Layers:
        """The mapping with its traits, of which the last has the say. Both versions let a mapping keep what it says
        itself in practice; version 2 words it as a merge patch (AsyncAPI 3.0, Traits Merge Mechanism).
        """
        own = self._follow(node)
        traits = [self._follow(trait) for trait in items(own, "traits")[:_MOST_TRAITS]][::-1]
        return Layers((own, *traits))

    def _channels_2(self) -> list[Channel]:
        found = []
        for address, node in members(self._root, "channels").items():
            channel = self._follow(node)
            operations: dict[Action, list[Operation]] = {}
            for verb, action in _ACTIONS.items():
                if isinstance(said(channel, verb), dict):
                    operations.setdefault(action, []).append(self._operation_2(channel.child(verb), action, address))
            messages = {name: m for some in operations.values() for one in some for name, m in one.messages.items()}
            on = said(channel, "servers")
            parameters = {name: self._parameter(n) for name, n in members(channel, "parameters").items()}
            servers = frozenset(str(name) for name in on) if isinstance(on, list) and on else None
            found.append(Channel(address, address, channel, parameters, messages, operations, servers))
        return found

    def _operation_2(self, node: Node, action: Action, address: str) -> Operation:
        layers = self._layers(node)
        message = layers.get("message")
        messages: dict[str, Message] = {}
        written = [message] if message is not None else []
        if message is not None and isinstance(said(message, "oneOf"), list):
            written = items(message, "oneOf")
        for index, one in enumerate(written):
            fallback = layers.text("operationId") or f"{address}.{action}"
            read = self._message(one, fallback if len(written) == 1 else f"{fallback}.{index}")
            messages[read.name] = read
        return Operation(
            action, layers.text("operationId"), layers, messages, None, self._security(layers.all("security"))
        )

    def _channels_3(self) -> list[Channel]:
        nodes = members(self._root, "channels")
        operations: dict[tuple[str, tuple[str | int, ...]], dict[Action, list[Operation]]] = {}
        for name, node in members(self._root, "operations").items():
            layers = self._layers(node)
            target, action = layers.get("channel"), layers.text("action")
            if target is None or action not in ("send", "receive"):
                continue
            channel = self._follow(target)
            operation = self._operation_3(name, "send" if action == "send" else "receive", layers, channel)
            operations.setdefault((channel.path, channel.pointer), {}).setdefault(operation.action, []).append(
                operation
            )
        found = []
        for key, node in nodes.items():
            channel = self._follow(node)
            address = said(channel, "address")
            on = [self._follow(one) for one in items(channel, "servers")]
            found.append(
                Channel(
                    key,
                    str(address) if address is not None else None,
                    channel,
                    {name: self._parameter(n) for name, n in members(channel, "parameters").items()},
                    self._messages(channel, key),
                    operations.get((channel.path, channel.pointer), {}),
                    frozenset(str(one.pointer[-1]) for one in on if one.pointer) or None,
                )
            )
        return found

    def _operation_3(self, name: str, action: Action, layers: Layers, channel: Node) -> Operation:
        node = layers.get("reply")
        reply = None
        if node is not None:
            node = self._follow(node)
            address = self._follow(node.child("address")) if isinstance(said(node, "address"), dict) else None
            target = self._follow(node.child("channel")) if isinstance(said(node, "channel"), dict) else None
            location = said(address, "location") if address is not None else None
            where = None if target is None else str(said(target, "address") or target.pointer[-1])
            reply = Reply(node, location, where, self._listed(node, target))
        security = self._security(layers.all("security"))
        return Operation(action, name, layers, self._listed(layers.own, channel), reply, security)

    def _listed(self, owner: Node, channel: Node | None) -> dict[str, Message]:
        """The messages that an operation lists, or all of its channel."""
        if isinstance(said(owner, "messages"), list):
            found = {}
            for item in items(owner, "messages"):
                reference = str(said(item, "$ref") or "").rsplit("/", 1)[-1]
                message = self._message(item, reference.replace("~1", "/").replace("~0", "~"))
                found[message.name] = message
            return found
        return self._messages(channel, str(channel.pointer[-1])) if channel is not None and channel.pointer else {}

    def _messages(self, channel: Node, key: str) -> dict[str, Message]:
        found = (self._message(node, name or key) for name, node in members(channel, "messages").items())
        return {message.name: message for message in found}

    def _message(self, node: Node, fallback: str) -> Message:
        layers = self._layers(node)
        own = layers.own
        pointer = own.pointer
        if len(pointer) == 3 and pointer[:2] == ("components", "messages"):
            name = str(pointer[2])
        else:
            name = layers.text("messageId") or layers.text("name") or fallback
        format = layers.text("schemaFormat") or ""
        payload = layers.get("payload")
        if payload is not None and self._version == 3:
            whole = self._follow(payload)
            if isinstance(whole.value, dict) and "schemaFormat" in whole.value and "schema" in whole.value:
                format, payload = str(whole.value["schemaFormat"]), whole.child("schema")
        return Message(
            name,
            layers,
            layers.text("contentType") or (None if self._default is None else str(self._default)),
            "" if not format or _JSON_SCHEMA.match(format) else format,
            payload,
            self._headers(layers),
        )

    def _headers(self, layers: Layers) -> Node | None:
        """Headers of a message and of its traits are one schema: all of them hold."""
        found = layers.all("headers")
        if self._version == 3:
            found = [self._plain_schema(node) for node in found]
        if len(found) < 2:
            return found[0] if found else None
        own = layers.own
        members_of = [{"$ref": _reference(own.path, node)} for node in found]
        return Node(own.path, (*own.pointer, "headers", "and those of traits"), {"allOf": members_of})

    def _plain_schema(self, node: Node) -> Node:
        whole = self._follow(node)
        holds = isinstance(whole.value, dict) and "schemaFormat" in whole.value and "schema" in whole.value
        return whole.child("schema") if holds else node

    def _parameter(self, node: Node) -> Parameter:
        """Version 3 knows texts alone, and says `enum` and `default` without a schema around them."""
        own = self._follow(node)
        location = said(own, "location")
        if isinstance(said(own, "schema"), (dict, bool)):
            return Parameter(own, own.child("schema"), location)
        kept = ("enum", "default")
        value = {"type": "string", **{key: said(own, key) for key in kept if said(own, key) is not None}}
        return Parameter(own, Node(own.path, own.pointer, value), location)

    def _server(self, node: Node) -> Server:
        host, pathname = str(said(node, "host") or ""), str(said(node, "pathname") or "")
        url = said(node, "url")
        if url is not None:
            rest = _SCHEME.sub("", str(url), count=1)
            host, slash, path = rest.partition("/")
            pathname = slash + path
        version = said(node, "protocolVersion")
        return Server(
            node,
            host,
            pathname.rstrip("/"),
            None if said(node, "protocol") is None else str(said(node, "protocol")),
            None if version is None else str(version),
            self._security([node.child("security")] if said(node, "security") is not None else []),
        )

    def _security(self, lists: Sequence[Node]) -> frozenset[str] | None:
        """The alternatives, each as `scheme (scopes)`; None when nothing is asked for."""
        found = set()
        for one in lists:
            for item in one.value if isinstance(one.value, list) else ():
                found.add(self._alternative(one.path, item))
        return frozenset(found) or None

    def _alternative(self, path: str, item: object) -> str:
        if not isinstance(item, dict):
            return str(item)
        if "$ref" in item or "type" in item:
            target = self._follow(Node(path, (), item))
            named = len(target.pointer) == 3 and target.pointer[1] == "securitySchemes"
            name = str(target.pointer[2]) if named else json.dumps(item, sort_keys=True, default=str)
            return _with_scopes(name, said(target, "scopes"))
        return " and ".join(_with_scopes(str(name), scopes) for name, scopes in sorted(item.items()))


def _with_scopes(name: str, scopes: object) -> str:
    if isinstance(scopes, list) and scopes:
        return f"{name} ({', '.join(sorted(map(str, scopes)))})"
    return name


def _reference(path: str, node: Node) -> str:
    """A reference, written in the file `path`, to the place where `node` stands."""
    steps = "".join("/" + str(part).replace("~", "~0").replace("/", "~1").replace("%", "%25") for part in node.pointer)
    file = "" if node.path == path else posixpath.relpath(node.path, posixpath.dirname(path) or ".")
    return f"{file}#{steps}"


def _identity(channel: Channel) -> str:
    return channel.key if channel.address is None else channel.address
