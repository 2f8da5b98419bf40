"""What consumers and handles are called in a report, so that private consumers stay unnamed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.registry.model import Registry
from bot.registry.trace import private_alias
from bot.report import safety

_HANDLE = re.compile(r"@[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9._-]+)?")
_NAME_LIMIT = 80


class Names:
    """Names to show. A consumer with `visibility: private` is "a private consumer", numbered when there are several.

    `hide` is the second line of defence, for sentences that were written elsewhere and may name one.
    """

    def __init__(self, registry: Registry | None, aliases: Mapping[str, str] | None = None) -> None:
        private = {c.id: private_alias(registry, c) for c in registry.consumers} if registry else {}
        self._aliases = {**{id: alias for id, alias in private.items() if alias}, **(aliases or {})}
        self._named = (
            re.compile(r"(?<![\w-])(?:" + "|".join(re.escape(id) for id in self._aliases) + r")(?![\w-])")
            if self._aliases
            else None
        )

    def is_private(self, consumer: str) -> bool:
        return consumer in self._aliases or consumer in self._aliases.values()

    def consumer(self, consumer: str) -> str:
        """The name to show, not yet made safe for Markdown."""
        return safety.clip(self._aliases.get(consumer, consumer), _NAME_LIMIT)

    def hide(self, text: str) -> str:
        """`text` without the names of private consumers."""
        return self._named.sub(lambda found: self._aliases[found.group()], text) if self._named else text


def handle(shown: str, mentions: frozenset[str] = frozenset()) -> str:
    """A handle in Markdown. It pings only if it is one of `mentions`; otherwise its `@` is broken."""
    return shown if shown in mentions and _HANDLE.fullmatch(shown) else safety.plain(shown)
