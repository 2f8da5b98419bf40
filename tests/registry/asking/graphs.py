"""Graphs to ask, joined from registries as they are written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import join
from tests.registry.registries import registry

TODAY = date(2026, 11, 20)

CONTRACT = """\
contracts:
  - id: orders-api
    type: openapi
    files: ["api/**"]
    owner: "@acme/orders"
    decision_owner: "@acme/council"
    verification_owner: "@acme/quality"
    guarantees:
      - {at: "GET /orders/{id} 200:$.debug.**", level: out_of_contract}
      - {at: "* /orders/** *:$.**.display_name", level: may_change, note: wording is free}
      - {at: "GET /orders/**", level: guaranteed}
    behaviours:
      - {id: newest-first, aspect: ordering, at: GET /orders, statement: Newest first., verified_by: [tests/order.py]}
      - {id: busy-is-503, aspect: failure, statement: Overload is 503.}
    deprecation: {notice: 90d, windows: quarterly}
    deprecated:
      - {at: "GET /orders query:page", since: "2026-10-01", sunset: "2027-01-01", successor: "GET /orders query:cursor"}
      - {at: "GET /orders query:sort", since: "2026-01-01", sunset: "2026-07-01"}
"""

CONSUMERS = """\
consumers:
  - id: checkout-web
    repo: acme/checkout-web
    owner: "@acme/checkout"
    criticality: high
    uses:
      - contract: orders-api
        elements: ["GET /orders/{id} 200:$.status", "GET /orders/{id} 200:$.customer.email"]
        evidence: {kind: pact, ref: pacts/checkout.json, seen: "2026-11-02"}
      - contract: orders-api
        elements: ["GET /orders query:page"]
        evidence: {kind: traffic, ref: week 20, seen: "2026-05-14"}
    assumes:
      - {aspect: ordering, at: GET /orders, backed_by: newest-first}
      - {aspect: timing, at: "GET /orders/{id}", statement: answers within 1s}
  - id: warehouse
    repo: acme/warehouse
    owner: "@acme/warehouse"
    uses:
      - contract: orders-api
        elements: ["GET /orders/{id} 200:$.items"]
        evidence: {kind: declared, seen: "2026-08-30"}
"""


def half(repository: str, text: str, *, hidden: bool = False, writers: Iterable[str] = ()) -> Half:
    return Half(repository, abs(hash(repository)), registry(text), hidden=hidden, writers=frozenset(writers))


def graph(*halves: Half) -> Graph:
    return join(halves)


def orders(consumers: str = CONSUMERS, contract: str = CONTRACT) -> Graph:
    """acme/orders alone."""
    return graph(half("acme/orders", contract + consumers))
