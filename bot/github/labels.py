"""The labels that are ours to set and to remove."""

from __future__ import annotations

from collections.abc import Mapping

from bot.github.client import Client
from bot.github.errors import NotFound, Refused, Unprocessable
from bot.report.publishing import MANAGED_LABELS

_LOOKS: Mapping[str, tuple[str, str]] = {
    "contract: breaking": ("b60205", "Breaks those who depend on a contract, or may: see the countersign check"),
    "contract: risky": ("fbca04", "May surprise those who depend on a contract"),
    "contract: compatible": ("0e8a16", "Changes a contract and breaks nobody"),
}
"""Colour and description of a label when we create it; a label that is there is left as it is."""


async def show_labels(
    client: Client,
    repository: str,
    number: int,
    wanted: frozenset[str],
    present: frozenset[str],
    known: frozenset[str],
) -> tuple[int, tuple[str, ...]]:
    """Makes exactly `wanted` of our labels stand on the pull request; nobody else's label is touched.

    present: the labels it has. known: those of ours that the repository has; others are created first, as GitHub would
    create them grey. Gives the number of writes, and what did not work.
    """
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "number": str(number)}
    writes, problems = 0, []
    missing = sorted(wanted - present)
    try:
        for label in missing:
            if label not in known:
                writes += await _create(client, where, label)
        if missing:
            await client.post("/repos/{owner}/{name}/issues/{number}/labels", where, data={"labels": missing})
            writes += 1
        for label in sorted((MANAGED_LABELS & present) - wanted):
            writes += await _remove(client, where, label)
    except Refused as error:
        problems.append(f"labels could not be set: {error}")
    return writes, tuple(problems)


async def _create(client: Client, where: Mapping[str, str], label: str) -> int:
    colour, description = _LOOKS[label]
    try:
        data = {"name": label, "color": colour, "description": description}
        await client.post("/repos/{owner}/{name}/labels", where, data=data)
    except Unprocessable:
        return 0  # somebody was faster
    return 1


async def _remove(client: Client, where: Mapping[str, str], label: str) -> int:
    try:
        path = "/repos/{owner}/{name}/issues/{number}/labels/{label}"
        await client.delete(path, {**where, "label": label})
    except NotFound:
        return 0
    return 1
