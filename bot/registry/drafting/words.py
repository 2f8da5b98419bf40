"""Names and scalars as a drafted registry writes them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

TODO_OWNER = "@TODO/TODO"
"""What stands where an owner has to be named. It can be read, but no such team exists, so nothing is signed by it."""

_WORD = re.compile(r"[^a-z0-9]+")
_PLAIN = {"openapi", "asyncapi", "swagger", "api", "spec", "schema", "index", "main", "v1", "docs"}


def identifier(path: str, taken: set[str]) -> str:
    """A key from the telling parts of the path: `services/orders/openapi.yaml` is `orders-api`. Adds it to `taken`."""
    base = telling(path) or "api"
    return unique(base if base.endswith("api") else f"{base}-api", taken)


def slug(text: str) -> str:
    """A key from a name: `Checkout Web` is `checkout-web`; empty when nothing of it can stand in a key."""
    return _WORD.sub("-", text.lower()).strip("-")


def telling(path: str) -> str:
    """The part of a path that names something: `orders` of `services/orders/openapi.yaml`, or empty."""
    where = PurePosixPath(path)
    parts = [slug(part) for part in (*where.parts[:-1], where.stem)]
    return next((part for part in reversed(parts) if part and part not in _PLAIN), "")


def unique(name: str, taken: set[str]) -> str:
    """The name, with a number when it is taken. Adds it to `taken`."""
    number = 2
    found = name
    while found in taken:
        found = f"{name}-{number}"
        number += 1
    taken.add(found)
    return found


def quoted(text: str) -> str:
    """A YAML double-quoted scalar."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
