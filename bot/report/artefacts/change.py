"""The change management model: versions, announcements, notice, and what is on its way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.contracts import address
from bot.registry.asking.removal import window
from bot.registry.asking.users import users_of
from bot.registry.graph.graph import Graph, Node
from bot.registry.model import Contract, Deprecated
from bot.report import words
from bot.report.artefacts.markdown import bullets, element, private, span, table
from bot.report.safety import plain

_WINDOWS = {
    "any": "Removals happen on any day.",
    "monthly": "Removals happen on the first day of a month.",
    "quarterly": "Removals happen on the first day of a quarter.",
}
_REQUIRED = {"deprecated_flag": "the `deprecated` mark", "sunset": "a sunset date", "successor": "a successor"}


def change_management(graph: Graph, node: Node, today: date) -> Iterator[str]:
    yield "## Change management model"
    yield ""
    yield from bullets(_sentences(node.contract))
    yield ""
    yield from going(graph, [node], today)


def _sentences(contract: Contract) -> Iterator[str]:
    version = contract.version
    if version is None or version.scheme == "none":
        yield "Versions are not declared."
    else:
        yield f"Versions follow {plain(version.scheme)}, read from {element(version.from_)}."
        if version.breaking_requires != "none":
            yield f"A breaking change needs a new {version.breaking_requires} version, besides the signatures."
    deprecation = contract.deprecation
    yield f"What goes is announced at least {span(deprecation.notice)} before."
    yield _WINDOWS[deprecation.windows]
    if deprecation.require:
        required = words.joined([_REQUIRED[each] for each in deprecation.require])
        yield f"Every deprecation states {required}."
    yield "Before the announced day no signature clears a removal; only a waiver for security or an emergency does."
    for announcement in contract.announce:
        yield f"Changes are told in {plain(announcement.tool)}, {element(announcement.channel)} ({announcement.scope})."
    if not contract.announce:
        yield "No place is declared where changes are told, besides the pull request itself."
    if contract.review.every:
        last = f", last on {contract.review.last}" if contract.review.last else ""
        yield f"The contract is reviewed every {span(contract.review.every)}{last}."


def going(graph: Graph, nodes: Sequence[Node], today: date) -> Iterator[str]:
    """The sunset list, next first."""
    entries = [(entry.sunset or "9999", node, entry) for node in nodes for entry in node.contract.deprecated]
    if not entries:
        yield "Nothing is on its way out."
        return
    ordered = sorted(entries, key=lambda each: (each[0], each[1].name, each[2].at))
    several = len(nodes) > 1
    titles = ("Element", "Deprecated since", "Sunset", "May go from", "Successor", "Still used by")
    yield from table(
        (("Contract", *titles) if several else titles),
        (
            (*((element(node.contract.id),) if several else ()), *_row(graph, node, entry, today))
            for _, node, entry in ordered
        ),
    )


def _row(graph: Graph, node: Node, entry: Deprecated, today: date) -> Sequence[str]:
    found = users_of(graph, node, address.read(entry.at), today)
    named = [plain(user.consumer) for user in found.affected]
    still = words.joined([*named, *([private(found.private)] if found.private else [])])
    first = window(date.fromisoformat(entry.sunset), node.contract.deprecation.windows) if entry.sunset else None
    return (
        element(entry.at),
        entry.since or "–",
        entry.sunset or "**no date**",
        first.isoformat() if first else "–",
        element(entry.successor) if entry.successor else "–",
        still or ("–" if found.consumers else "unknown"),
    )
