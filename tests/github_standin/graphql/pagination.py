"""Connections: first/after, last/before, and GitHub's two refusals."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from graphql import GraphQLError

T = TypeVar("T")
Fields = dict[str, Any]
MOST = 100


def connection(name: str, items: Sequence[T], shape: Callable[[T], Fields], arguments: Mapping[str, Any]) -> Fields:
    """Of `items`, what first/after/last/before ask for. Raises GraphQLError when neither first nor last is given."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is None and last is None:
        raise refusal(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{name}` connection.",
        )
    for word, count in (("first", first), ("last", last)):
        if count is not None and count > MOST:
            raise refusal(
                "EXCESSIVE_PAGINATION",
                f"Requesting {count} records on the `{name}` connection exceeds the `{word}` limit of {MOST} records.",
            )
    start = _position(arguments["after"]) if arguments.get("after") else 0
    end = _position(arguments["before"]) - 1 if arguments.get("before") else len(items)
    if first is not None:
        end = min(end, start + first)
    elif last is not None:
        start = max(start, end - last)
    shown = items[start:end]
    return {
        "totalCount": len(items),
        "nodes": [shape(item) for item in shown],
        "pageInfo": {
            "hasNextPage": end < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(start + 1) if shown else None,
            "endCursor": _cursor(start + len(shown)) if shown else None,
        },
    }


def refusal(kind: str, message: str) -> GraphQLError:
    """An error with GitHub's `type` beside the message."""
    return GraphQLError(message, extensions={"type": kind})


def _cursor(position: int) -> str:
    return base64.b64encode(f"cursor:v2:{position}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().rpartition(":")[2])
    except ValueError:
        raise refusal("INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor.") from None
