"""A first registry for a repository that has contracts but no registry. What nobody can know is a TODO."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from bot.registry import globs
from bot.registry.terms import API_VERSION, CONTRACT_TYPES, KIND

_WORD = re.compile(r"[^a-z0-9]+")
_PLAIN = {"openapi", "swagger", "api", "spec", "schema", "index", "main", "v1", "docs"}
_HANDLE = re.compile(r"@[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9._-]+)?\Z")

TODO_OWNER = "@TODO/TODO"
"""What stands where an owner has to be named. It can be read, but no such team exists, so nothing is signed by it."""


def draft(contracts: Sequence[tuple[str, str]], codeowners: str | None = None) -> str:
    """The text of a `.github/contracts.yml` for these (path, format) pairs, ready but for its TODOs.

    codeowners: the repository's CODEOWNERS; its owners are suggested in comments, never as authority: owning a file is
    not deciding about its compatibility.
    """
    owners = _CodeOwners(codeowners or "")
    taken: set[str] = set()
    lines = [
        "# Which contracts this repository offers, who answers for them and who uses them.",
        "# Written by Countersign from the files it recognised. Replace every TODO, then commit it as",
        "# .github/contracts.yml on the default branch.",
        f"apiVersion: {API_VERSION}",
        f"kind: {KIND}",
        "contracts:" if contracts else "contracts: []",
    ]
    for path, format in sorted(contracts):
        lines += _contract(path, format, _identifier(path, taken), owners.of(path))
    lines += [
        "consumers: []",
        "# Nobody registered is unknown, not none: until consumers are listed, the decision owner signs every break.",
        "#  - id: checkout-web",
        '#    owner: "@org/team"',
        "#    uses:",
        f"#      - contract: {_first_identifier(contracts)}",
        '#        elements: ["GET /orders/{id} 200:$.status"]',
    ]
    return "\n".join(lines) + "\n"


def _contract(path: str, format: str, identifier: str, owners: Sequence[str]) -> list[str]:
    suggestion = f" (CODEOWNERS says {' '.join(owners)})" if owners else ""
    return [
        f"  - id: {identifier}",
        f"    type: {format if format in CONTRACT_TYPES else 'other'}",
        "    lifecycle: production  # TODO: experimental, if nobody should depend on it yet (then nothing is held)",
        f"    files: [{_quoted(path)}]",
        f"    owner: {_quoted(TODO_OWNER)}  # TODO: who produces it{suggestion}",
        f"    decision_owner: {_quoted(TODO_OWNER)}  # TODO: who decides about its compatibility{suggestion}",
        "    guarantees:",
        '      - {at: "**", level: guaranteed}  # TODO: put lines for what may change above this one',
    ]


def _first_identifier(contracts: Iterable[tuple[str, str]]) -> str:
    paths = sorted(contracts)
    return _identifier(paths[0][0], set()) if paths else "orders-api"


def _identifier(path: str, taken: set[str]) -> str:
    """A key from the telling parts of the path: `services/orders/openapi.yaml` is `orders-api`."""
    where = PurePosixPath(path)
    parts = [_WORD.sub("-", p.lower()).strip("-") for p in (*where.parts[:-1], where.stem)]
    telling = [p for p in parts if p and p not in _PLAIN]
    base = telling[-1] if telling else "api"
    name = base if base.endswith("api") else f"{base}-api"
    number = 2
    unique = name
    while unique in taken:
        unique = f"{name}-{number}"
        number += 1
    taken.add(unique)
    return unique


def _quoted(text: str) -> str:
    """A YAML double-quoted scalar."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


class _CodeOwners:
    """Who owns a file by CODEOWNERS: the last matching line wins (GitHub, "About code owners")."""

    def __init__(self, text: str) -> None:
        self._lines: list[tuple[str, tuple[str, ...]]] = []
        for line in text.splitlines():
            pattern, *owners = line.partition("#")[0].split() or [""]
            if pattern:
                self._lines.append((pattern, tuple(o for o in owners if _HANDLE.match(o))))

    def of(self, path: str) -> tuple[str, ...]:
        return next((owners for pattern, owners in reversed(self._lines) if globs.matches(pattern, path)), ())
