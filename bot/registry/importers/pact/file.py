"""A pact file as its interactions, whatever version of the specification it follows.

Shapes decide, not the version that the file claims: files are merged and rewritten by tools of other versions, and the
specification asks to read leniently (github.com/pact-foundation/pact-specification, branches version-1 to version-4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.contracts.tree import Pointer
from bot.registry.importers.pact.matching import Rules
from bot.registry.importers.pact.ruby import Unwrapped, unwrap

Kind = Literal["http", "message", "synchronous"]

_TYPES: Mapping[str, Kind] = {
    "synchronous/http": "http",
    "asynchronous/messages": "message",
    "synchronous/messages": "synchronous",
}


@dataclass(frozen=True, slots=True)
class State:
    """A provider state. Its parameters are values, so they are left out."""

    name: str
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Interaction:
    """kind: who speaks how. at: its pointer in the file; every other pointer counts from there."""

    kind: Kind
    value: Mapping[str, Any]
    at: Pointer
    unwrapped: Unwrapped

    @property
    def description(self) -> str:
        return text(self.value.get("description"))

    @property
    def pending(self) -> bool:
        return self.value.get("pending") is True

    @property
    def typed(self) -> bool:
        """Whether it says what it is, as since version 4; from then on its contents are wrapped."""
        return "type" in self.value

    @property
    def states(self) -> tuple[State, ...]:
        """`providerStates` since version 3, `providerState` before; version 1 was also written `provider_state`."""
        several = self.value.get("providerStates")
        if isinstance(several, list):
            named = ((one.get("name") if isinstance(one, dict) else one, at) for at, one in enumerate(several))
            return tuple(State(text(name), ("providerStates", at)) for name, at in named if text(name))
        found = ((key, text(self.value.get(key))) for key in ("providerState", "provider_state", "providerStates"))
        return tuple(State(name, (key,)) for key, name in found if name)[:1]

    def written(self, pointer: Pointer) -> Pointer:
        """Where in the file the value stands that `pointer` leads to from the interaction."""
        return self.at + self.unwrapped.written(pointer)


@dataclass(frozen=True, slots=True)
class Part:
    """A request, a response or a message of an interaction. at: its pointer from the interaction."""

    value: Mapping[str, Any]
    at: Pointer


class NoPact(Exception):
    """The file is no pact. The message says what is missing, and what to write instead."""


@dataclass(frozen=True, slots=True)
class PactFile:
    """full: the file says of itself that its consumer uses nothing else of the provider."""

    consumer: str
    provider: str
    full: bool
    value: Mapping[str, Any]

    @classmethod
    def of(cls, value: Any) -> PactFile:
        """Raises NoPact."""
        if not isinstance(value, dict):
            raise NoPact("This is no pact: its top level is not an object.")
        names = [_pacticipant(value, key) for key in ("consumer", "provider")]
        for key, name in zip(("consumer", "provider"), names, strict=True):
            if not name:
                raise NoPact(f'This is no pact: it names no {key}. Write `"{key}": {{"name": "…"}}`.')
        metadata = value.get("metadata")
        own = metadata.get("countersign") if isinstance(metadata, dict) else None
        full = isinstance(own, dict) and str(own.get("complete")).lower() == "true"
        return cls(names[0], names[1], full, value)

    def interactions(self, *, ruby: bool) -> Iterator[Interaction]:
        """All that can be told apart as such, in the order of the file. ruby: whether Ruby's objects may be in it."""
        for key, usual in (("interactions", None), ("messages", "message")):
            several = self.value.get(key)
            for index, one in enumerate(several if isinstance(several, list) else ()):
                if isinstance(one, dict):
                    unwrapped = unwrap(one) if ruby else Unwrapped(one)
                    yield Interaction(usual or _kind(one), unwrapped.value, (key, index), unwrapped)  # type: ignore[arg-type]

    def plugins(self, name: str) -> Iterator[Mapping[str, Any]]:
        """What plugins of this name keep in the file's metadata."""
        metadata = self.value.get("metadata")
        plugins = metadata.get("plugins") if isinstance(metadata, dict) else None
        for plugin in plugins if isinstance(plugins, list) else ():
            kept = plugin.get("configuration") if isinstance(plugin, dict) and plugin.get("name") == name else None
            if isinstance(kept, dict):
                yield kept


def part(interaction: Interaction, *at: str | int) -> Part | None:
    """The mapping at a pointer from the interaction, None when there is none."""
    value: Any = interaction.value
    for key in at:
        in_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
        if not in_list and not (isinstance(value, dict) and key in value):
            return None
        value = value[key]
    return Part(value, at) if isinstance(value, dict) else None


def rules_of(interaction: Interaction, of: Part) -> Rules:
    """The matching rules of a part, those that Ruby wrote into its values among them."""
    inside = {
        pointer[len(of.at) :]: kind
        for pointer, kind in interaction.unwrapped.matched.items()
        if pointer[: len(of.at)] == of.at
    }
    return Rules(of.value.get("matchingRules"), inside)


def text(value: Any, most: int = 200) -> str:
    """A sentence that a person wrote, on one line and not too long. Empty for what is no text."""
    if not isinstance(value, str):
        return ""
    plain = " ".join(value.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _pacticipant(value: Mapping[str, Any], key: str) -> str:
    named = value.get(key)
    return text(named.get("name")) if isinstance(named, dict) else text(named)


def _kind(interaction: Mapping[str, Any]) -> Kind:
    said = _TYPES.get(text(interaction.get("type")).lower())
    if said is not None:
        return said
    request = interaction.get("request")
    if isinstance(request, dict):
        return "synchronous" if "contents" in request and "path" not in request else "http"
    return "message" if "contents" in interaction else "http"
