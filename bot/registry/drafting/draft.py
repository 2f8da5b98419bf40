"""A first registry for the comment on a pull request, from the contracts that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.registry.drafting.codeowners import CodeOwners
from bot.registry.drafting.words import TODO_OWNER, identifier, quoted
from bot.registry.terms import API_VERSION, CONTRACT_TYPES, KIND


def draft(contracts: Sequence[tuple[str, str]], codeowners: str | None = None) -> str:
    """The text of a `.github/contracts.yml` for these (path, format) pairs, ready but for its TODOs.

    codeowners: the repository's CODEOWNERS; its owners are suggested in comments, never as authority: owning a file is
    not deciding about its compatibility.
    """
    owners = CodeOwners(codeowners or "")
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
        lines += _contract(path, format, identifier(path, taken), owners.of(path).handles)
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
        f"    files: [{quoted(path)}]",
        f"    owner: {quoted(TODO_OWNER)}  # TODO: who produces it{suggestion}",
        f"    decision_owner: {quoted(TODO_OWNER)}  # TODO: who decides about its compatibility{suggestion}",
        "    guarantees:",
        '      - {at: "**", level: guaranteed}  # TODO: put lines for what may change above this one',
    ]


def _first_identifier(contracts: Iterable[tuple[str, str]]) -> str:
    paths = sorted(contracts)
    return identifier(paths[0][0], set()) if paths else "orders-api"
