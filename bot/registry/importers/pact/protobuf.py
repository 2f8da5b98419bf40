"""Interactions of the Protobuf plugin, as uses of a Protobuf contract: the method, and the fields that rules name.

Bodies are binary, so of their fields only those with a matching rule are seen. The plugin names the method
(`pluginConfiguration.protobuf.service`: `Orders/Get`, newer versions `.acme.v1.Orders/Get`) or the message, and keeps
the `.proto` file in the pact's metadata (github.com/pactflow/pact-protobuf-plugin, README).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.contracts.document import Document, Side
from bot.contracts.protobuf.model import Field, File, Message, Method
from bot.contracts.protobuf.names import Tree
from bot.contracts.reading import Unreadable
from bot.registry.importers.pact.collected import Collected
from bot.registry.importers.pact.file import Interaction, PactFile, Part, rules_of
from bot.registry.importers.pact.matching import Step
from bot.registry.importers.pact.messages import content_type, metadata, parts
from bot.registry.importers.pact.naming import named_in


class Definitions:
    """What the files of a contract define, by full name. problem: what of them could not be read, or empty."""

    def __init__(self, side: Side | None) -> None:
        self._methods: dict[str, tuple[File, Method]] = {}
        self._messages: dict[str, tuple[File, Message]] = {}
        self._tree = Tree(side or Side(None))
        problems = (
            [] if side is not None else ["The contract is not at hand, so names are those of the pact's own copy."]
        )
        for path in sorted(side.documents) if side is not None else ():
            try:
                self._add(self._tree.file(path))
            except (Unreadable, RecursionError) as error:
                said = "it nests too deeply." if isinstance(error, RecursionError) else str(error)
                problems.append(f"{path}: The file can't be read: {said}")
        self.problem = " ".join(problems)

    def _add(self, file: File) -> None:
        self._messages |= {message.full_name: (file, message) for message in file.all_messages()}
        for service in file.services:
            self._methods |= {method.full_name: (file, method) for method in service.methods}

    def method(self, name: str) -> tuple[File, Method] | None:
        return self._methods.get(_full_name(name.replace("/", "."), self._methods))

    def message(self, name: str) -> tuple[File, Message] | None:
        return self._messages.get(_full_name(name, self._messages))

    def type_of(self, file: File, scope: str, type: str) -> tuple[File, Message] | None:
        """The message that a name in a file stands for."""
        return self._messages.get(self._tree.target(file, scope, type).name)

    def fields(self, message: tuple[File, Message], steps: tuple[Step, ...]) -> list[str]:
        """Full names of the fields on a path, as far as it can be followed. Items and keys are passed over."""
        found: list[str] = []
        current: tuple[File, Message] | None = message
        held: Field | None = None
        for step in steps:
            one = _field(current[1], step) if current is not None else None
            if one is None or current is None:
                if held is None or not (held.label == "repeated" or held.key):
                    break
                held = None
                continue
            found.append(one.full_name)
            held, current = one, self.type_of(current[0], one.scope, one.type)
        return found


def definitions(side: Side | None, pact: PactFile) -> Definitions:
    """Those of the contract; without it, of the copies that the plugin keeps in the pact."""
    if side is not None:
        return Definitions(side)
    kept: dict[str, Document] = {}
    for configuration in pact.plugins("protobuf"):
        for key, one in configuration.items():
            text = one.get("protoFile") if isinstance(one, dict) else None
            if isinstance(text, str):
                kept[f"{key}.proto"] = Document(f"{key}.proto", "", text.encode("utf-8", "replace"))
    return Definitions(Side(next(iter(kept)), kept)) if kept else Definitions(None)


def is_protobuf(interaction: Interaction) -> bool:
    return bool(_configuration(interaction)) or any("protobuf" in content_type(one) for one in parts(interaction))


def collect(interaction: Interaction, known: Definitions, out: Collected) -> None:
    """What one interaction uses."""
    said = _configuration(interaction)
    service = said.get("service")
    method = known.method(service) if isinstance(service, str) else None
    if isinstance(service, str):
        if method is None:
            out.problem(f"`{service[:200]}` is no method of the contract.", interaction.at)
        name = method[1].full_name if method is not None else service.lstrip(".").replace("/", ".")
        out.use(name, interaction.at, pending=interaction.pending)
        for state in interaction.states:
            out.hint("meaning", name, state.name, interaction.written(state.pointer))
    for one in parts(interaction):
        message = _message_of(one, method, said, known)
        if message is None:
            out.problem("It can't be told which message of the contract this is.", interaction.written(one.at))
        else:
            _collect(interaction, one, message, known, out)


def _message_of(
    one: Part, method: tuple[File, Method] | None, said: Mapping[str, Any], known: Definitions
) -> tuple[File, Message] | None:
    if method is not None:
        file, signature = method
        type = signature.input if one.at[:1] == ("request",) else signature.output
        return known.type_of(file, signature.full_name.rpartition(".")[0], type)
    named = said.get("message")
    if not isinstance(named, str):
        in_metadata = metadata(one)[1].get("contentType")
        named = named_in(content_type(one) or (in_metadata if isinstance(in_metadata, str) else ""))
    return known.message(named)


def _collect(
    interaction: Interaction, one: Part, message: tuple[File, Message], known: Definitions, out: Collected
) -> None:
    """The fields that rules name. Where none is named, any of the message's may be in the body."""
    at = interaction.written((*one.at, "matchingRules"))
    some = False
    for steps, exact in rules_of(interaction, one).paths("body"):
        fields = known.fields(message, steps)
        if not fields and steps[:1] in (("request",), ("response",)):
            fields = known.fields(message, steps[1:])  # the plugin's first versions began every path with the part
        for name in fields:
            some = True
            out.use(name, at, pending=interaction.pending, exact=exact and name == fields[-1])
    if not some:
        out.use(message[1].full_name, interaction.written(one.at), pending=interaction.pending)


def _configuration(interaction: Interaction) -> Mapping[str, Any]:
    plugins = interaction.value.get("pluginConfiguration")
    found = plugins.get("protobuf") if isinstance(plugins, dict) else None
    return found if isinstance(found, dict) else {}


def _field(message: Message, step: Step) -> Field | None:
    """By the name in the file, or the one that JSON has for it (protobuf.dev, "ProtoJSON Format")."""
    return next((one for one in message.fields if step in (one.name, _camel(one.name))), None)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other[:1].upper() + other[1:] for other in others)


def _full_name(name: str, known: Collection[str]) -> str:
    """Of a full name, or of the end of one where only one ends so; empty when there is none."""
    plain = name.lstrip(".")
    if plain in known:
        return plain
    ending = [full for full in known if plain and full.endswith(f".{plain}")]
    return ending[0] if len(ending) == 1 else ""
