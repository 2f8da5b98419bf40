"""Which function answers which call, and what the caller must hold for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from tests.github_standin.rest.calls import Answer, Call

Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """`needs`: permissions, one of which the token must hold (`issues|pull_requests:write`); "" for none, "app" for a
    call that only an app's own JSON web token may make.
    """

    method: str
    template: str
    pattern: re.Pattern[str]
    needs: str
    handler: Handler

    @property
    def alternatives(self) -> tuple[tuple[str, ...], str]:
        names, _, level = self.needs.partition(":")
        return tuple(names.split("|")), level


class Routes:
    """A table filled by decorators. In templates `{name}` is one segment, `{name+}` one or more."""

    def __init__(self) -> None:
        self.table: list[Route] = []

    def __call__(self, method: str, template: str, needs: str = "") -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.table.append(Route(method, template, _pattern(template), needs, handler))
            return handler

        return register

    def include(self, other: Routes) -> None:
        self.table.extend(other.table)

    def find(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
        """Segments are split before they are unquoted: %2F belongs to its segment."""
        for route in self.table:
            if route.method == method and (match := route.pattern.fullmatch(raw_path)):
                return route, {name: unquote(value) for name, value in match.groupdict().items()}
        return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)(\+?)\}", template)
    regex = re.escape(parts[0])
    for name, many, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        regex += f"(?P<{name}>{'.+' if many else '[^/]+'})" + re.escape(literal)
    return re.compile(regex)
