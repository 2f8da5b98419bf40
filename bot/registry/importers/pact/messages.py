"""Messages of version 3, asynchronous and synchronous ones of version 4, as uses of an AsyncAPI, Avro or JSON Schema
contract: `OrderCreated:$.total.amount`, `OrderCreated.header:trace-id`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.contracts.asyncapi.reading import quoted
from bot.contracts.tree import Pointer
from bot.registry.importers.pact.collected import Collected
from bot.registry.importers.pact.contents import contents, header_values, names
from bot.registry.importers.pact.file import Interaction, Part, part, rules_of
from bot.registry.importers.pact.naming import Messages, names_the_message

if TYPE_CHECKING:  # pydantic, which no parsing child needs
    from bot.registry.terms import Aspect


def collect(interaction: Interaction, messages: Messages, out: Collected) -> None:
    """What one interaction uses of its messages."""
    found = [_collect(interaction, one, messages, out) for one in parts(interaction)]
    at = next((name for name in found if name), "")
    aspect: Aspect = "meaning"
    for state in interaction.states if at else ():
        out.hint(aspect, at, state.name, interaction.written(state.pointer))


def parts(interaction: Interaction) -> Iterator[Part]:
    """The messages of an interaction: itself, or a request and its responses (one, or a list)."""
    if interaction.kind == "message":
        yield Part(interaction.value, ())
        return
    responses = interaction.value.get("response")
    several: tuple[Pointer, ...] = (("response",),)
    if isinstance(responses, list):
        several = tuple(("response", index) for index in range(len(responses)))
    for at in (("request",), *several):
        if (found := part(interaction, *at)) is not None:
            yield found


def content_type(one: Part) -> str:
    """As the contents or the metadata say."""
    wrapped = one.value.get("contents")
    said = wrapped.get("contentType") if isinstance(wrapped, dict) else None
    return said if isinstance(said, str) else ""


def metadata(one: Part) -> tuple[str, dict[str, object]]:
    """The key that it stands at (`metaData` in files of early version 3), and the metadata."""
    for key in ("metadata", "metaData"):
        found = header_values(one.value.get(key))
        if found:
            return key, found
    return "metadata", {}


def _collect(interaction: Interaction, one: Part, messages: Messages, out: Collected) -> str:
    """The message's name, empty when it is not known."""
    key, said = metadata(one)
    name = messages.find(said, content_type(one), interaction.description)
    if not name:
        known = f" The contract has {messages.known()}." if messages.known() else ""
        reason = "It can't be told which message this is: give it metadata such as `messageType`."
        out.problem(reason + known, interaction.written(one.at))
        return ""
    rules, pending = rules_of(interaction, one), interaction.pending
    body = contents(interaction, one, "contents", said)
    if body is None or body.opaque:
        out.use(name, interaction.written(one.at), pending=pending)
    else:
        for leaf in names(body, interaction, rules):
            out.use(f"{name}:{leaf.path}", leaf.pointer, pending=pending, exact=leaf.exact)
    for header in said:
        if not names_the_message(header):
            at = interaction.written((*one.at, key, header))
            exact = rules.exact("metadata", (header,))
            out.use(f"{name}.header:{quoted(header)}", at, pending=pending, exact=exact)
    return name
