"""What consumers and handles are called in a report, so that private consumers stay unnamed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.report import safety

if TYPE_CHECKING:
    from bot.registry.model import Registry

_HANDLE = re.compile(r"@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9._-]+)?")
_NAME_LIMIT = 80


class Names:
    """Names to show. A consumer with `visibility: private` is "a private consumer", numbered when there are several.

    `hide` is the second line of defence, for sentences that were written elsewhere and may name one.
    """

    def __init__(self, registry: Registry | None, private: Mapping[str, str] | None = None) -> None:
        """private: the names to show, by consumer id, when they are already known."""
        self._aliases = _private(registry) if private is None else private
        self._named = (
            re.compile(r"(?<![\w-])(?:" + "|".join(re.escape(id) for id in self._aliases) + r")(?![\w-])")
            if self._aliases
            else None
        )

    @property
    def private(self) -> Mapping[str, str]:
        """The names to show of private consumers, by consumer id."""
        return self._aliases

    def is_private(self, consumer: str) -> bool:
        return consumer in self._aliases or consumer in self._aliases.values()

    def consumer(self, consumer: str) -> str:
        """The name to show, not yet made safe for Markdown."""
        return safety.clip(self._aliases.get(consumer, consumer), _NAME_LIMIT)

    def hide(self, text: str) -> str:
        """`text` without the names of private consumers."""
        return self._named.sub(lambda found: self._aliases[found.group()], text) if self._named else text


def _private(registry: Registry | None) -> dict[str, str]:
    if registry is None:
        return {}
    from bot.registry.trace import private_alias  # not needed by a report without a registry, whose start-up counts

    named = {consumer.id: private_alias(registry, consumer) for consumer in registry.consumers}
    return {id: alias for id, alias in named.items() if alias}


def handle(shown: str, mentions: frozenset[str] = frozenset()) -> str:
    """A handle in Markdown. It pings only if it is one of `mentions`; otherwise its `@` is broken."""
    return shown if shown in mentions and _HANDLE.fullmatch(shown) else safety.plain(shown)
