"""What a tool has inferred counts for nothing, wherever it stands."""

from __future__ import annotations

from bot.registry.proposed import settled
from tests.registry.registries import registry

DRAFT = """\
component: {id: shop, owner: "@acme/shop"}
contracts:
  - {id: drafted, type: openapi, files: [d.yaml], lifecycle: experimental, proposed: true}
  - id: orders-api
    type: openapi
    files: [api.yaml]
    lifecycle: experimental
    guarantees:
      - {at: "GET /orders", level: out_of_contract, proposed: true}
      - {at: "**", level: guaranteed}
    behaviours: [{id: newest-first, aspect: ordering, statement: newest first, proposed: true}]
    deprecated: [{at: "GET /old", proposed: true}]
consumers:
  - {id: guessed, owner: "@acme/guess", uses: [{contract: orders-api}], proposed: true}
  - id: web
    owner: "@acme/web"
    uses:
      - {contract: orders-api, elements: ["GET /orders"], proposed: true}
      - {contract: orders-api, elements: ["GET /x"]}
    assumes: [{aspect: ordering, proposed: true}]
consumes:
  - {contract: acme/a#api, proposed: true}
  - {contract: acme/b#api, assumes: [{aspect: timing, proposed: true}, {aspect: limits}]}
"""


def test_nothing_proposed_is_left() -> None:
    found = settled(registry(DRAFT))
    (contract,) = found.contracts
    assert contract.id == "orders-api"
    assert [line.at for line in contract.guarantees] == ["**"]
    assert contract.behaviours == ()
    assert contract.deprecated == ()
    (web,) = [consumer for consumer in found.consumers if consumer.id == "web"]
    assert [use.elements for use in web.uses] == [("GET /x",)]
    assert web.assumes == ()
    assert [consumer.id for consumer in found.consumers] == ["web"]
    (entry,) = found.consumes
    assert [one.aspect for one in entry.assumes] == ["limits"]


def test_a_registry_without_proposals_is_as_it_was() -> None:
    known = registry(DRAFT.replace(", proposed: true", ""))
    assert settled(known) == known
