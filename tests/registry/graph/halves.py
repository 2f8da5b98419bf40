"""Halves for the tests of this folder."""

from __future__ import annotations

import zlib
from typing import Any

from bot.registry.graph.half import GatheredUse, Half
from tests.registry.registries import registry

ORDERS = "acme/orders"
API = "acme/orders#orders-api"
EMAIL = "GET /orders/{id} 200:$.customer.email"
STATUS = "GET /orders/{id} 200:$.status"


def half(repository: str, text: str, **more: Any) -> Half:
    """A repository by its name; the same name is the same repository, unless `repository_id` says otherwise."""
    known = {"repository_id": zlib.crc32(repository.encode()), "writers": frozenset({"@acme/checkout"})}
    return Half(repository, registry=registry(text), **{**known, **more})


def producer(consumers: str = "", repository: str = ORDERS, **more: Any) -> Half:
    """`orders-api`, with these lines under it."""
    text = (
        'contracts:\n  - {id: orders-api, type: openapi, files: [api.yaml], owner: "@acme/orders", '
        'decision_owner: "@acme/council"}\n'
    )
    return half(repository, text + consumers, **more)


def consumer(
    *elements: str,
    repository: str = "acme/checkout-web",
    component: str = "checkout-web",
    owner: str = "@acme/checkout",
    contract: str = API,
    lines: str = "",
    **more: Any,
) -> Half:
    listed = ", ".join(f'"{element}"' for element in elements)
    used = f"\n    elements: [{listed}]" if elements else ""
    text = f'component: {{id: {component}, owner: "{owner}"}}\nconsumes:\n  - contract: {contract}{used}\n{lines}'
    return half(repository, text, **more)


def seen(element: str, kind: str = "pact", **more: Any) -> GatheredUse:
    known = {"contract": API, "consumer": "checkout-web", "ref": "pacts/orders.json:12", "seen": "2026-11-02"}
    return GatheredUse(element=element, kind=kind, **{**known, **more})


REGISTERED = f"""\
consumers:
  - id: checkout-web
    repo: acme/checkout-web
    owner: "@acme/old-team"
    tolerates: [new_enum_values]
    uses:
      - contract: orders-api
        elements: ["{STATUS}"]
"""
