"""One registry edited into another, for the tests of what that means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.contracts.document import Document
from bot.judge.catalogue import shipped
from bot.registry.edited import edited
from bot.registry.impact import Impact, Reach
from bot.registry.model import Registry
from bot.registry.reading import read_registry
from bot.registry.snapshot import ChangedFile, RegistryEdit, Snapshot
from tests.registry.registries import HEAD, MAIN, document

TODAY = date(2026, 11, 21)

SHOP = """\
contracts:
  - id: orders
    type: openapi
    files: ["api/**"]
    owner: "@acme/orders"
    decision_owner: "@acme/council"
    guarantees:
      - {at: "GET /orders 200:$.note", level: may_change}
      - {at: "**", level: guaranteed}
    behaviours:
      - {id: sorted, aspect: ordering, at: "GET /orders", statement: Newest first.}
    deprecation: {notice: 90d}
    deprecated:
      - {at: "GET /orders query:page", sunset: "2027-12-31"}
consumers:
  - id: checkout
    owner: "@acme/checkout"
    uses:
      - contract: orders
        elements: ["GET /orders 200:$.id", "GET /orders query:page"]
        evidence: {kind: pact}
  - id: billing
    owner: "@acme/billing"
    uses:
      - contract: orders
        elements: ["POST /orders request:$.sku"]
    assumes:
      - {aspect: ordering, backed_by: sorted}
"""


def swapped(before: str, after: str, text: str = SHOP) -> str:
    """`text` with one part replaced, which must be there."""
    assert before in text, before
    return text.replace(before, after)


def impacts(
    before: str | None,
    after: str | None,
    *,
    tip: str | None = None,
    paths: Sequence[str] = ("api/a.yaml", "api/b.yaml"),
    changed: Sequence[ChangedFile] = (),
    protected: Registry | None = None,
) -> tuple[Impact, ...]:
    """What the edit means. tip: the base's tip, when it is not what the change began with."""
    old, new = _files(before), _files(after)
    at_tip = old if tip is None else _files(tip)
    edit = RegistryEdit(old, new, paths=frozenset(paths))
    snapshot = Snapshot("tip", "merge_base", "head", tuple(changed), at_tip, registry_edit=edit)
    registry = protected or read_registry(at_tip).registry
    return edited(snapshot, registry, shipped(), TODAY)


def rules(*arguments: str | None) -> list[str]:
    before, after = arguments
    return sorted(impact.finding.rule.id for impact in impacts(before, after))


def affected(impact: Impact) -> list[str]:
    return [c.consumer for c in impact.consumers if c.reach is Reach.AFFECTED]


def only(found: Sequence[Impact]) -> Impact:
    (impact,) = found
    return impact


def _files(text: str | None) -> dict[str, Document]:
    return {} if text is None else {MAIN: document(MAIN, HEAD + text)}
