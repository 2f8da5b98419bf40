"""The story of the shop in every format but its own: one line breaks, whoever reads that place is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shop.world import REGISTRY, open_shop


@dataclass(frozen=True)
class Story:
    """before, after: the words that are edited, in `line` of the text. used: by checkout. untouched: by the other."""

    format: str
    path: str
    text: str
    before: str
    after: str
    line: int
    used: str
    doing: str
    untouched: str

    def files(self) -> dict[str, str | bytes]:
        return {self.path: self.text, REGISTRY: self.registry()}

    def registry(self) -> str:
        return f"""\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: orders
    type: {self.format}
    lifecycle: production
    files: ["{self.path}"]
    owner: "@acme/orders"
    decision_owner: "@acme/api-council"
    guarantees: [{{at: "**", level: guaranteed}}]
consumers:
  - id: checkout-web
    owner: "@acme/checkout"
    uses: [{{contract: orders, elements: ["{self.used}"]}}]
  - id: warehouse
    owner: "@acme/warehouse"
    uses: [{{contract: orders, elements: ["{self.untouched}"]}}]
"""

    def edited(self) -> str:
        assert self.text.count(self.before) == 1
        return self.text.replace(self.before, self.after)


STORIES = [
    Story(
        format="json-schema",
        path="schemas/order.json",
        text="""\
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"type": "string"},
    "total": {"type": "number"}
  }
}
""",
        before='"total": {"type": "number"}',
        after='"total": {"type": "string"}',
        line=7,
        used="order:$.total",
        doing="reads `total`",
        untouched="order:$.id",
    ),
    Story(
        format="asyncapi",
        path="events/asyncapi.yaml",
        text="""\
asyncapi: 3.0.0
info: {title: Orders, version: 1.0.0}
channels:
  orders:
    address: orders
    messages:
      OrderPlaced:
        payload:
          type: object
          required: [id, total]
          properties:
            id: {type: string}
            total: {type: number}
operations:
  publishOrder:
    action: send
    channel: {$ref: '#/channels/orders'}
""",
        before="total: {type: number}",
        after="total: {type: string}",
        line=13,
        used="OrderPlaced:$.total",
        doing="reads `total`",
        untouched="OrderPlaced:$.id",
    ),
    Story(
        format="graphql",
        path="schema/orders.graphql",
        text="""\
type Query {
  order(id: ID!): Order
}

type Order {
  id: ID!
  total: Float!
}
""",
        before="  total: Float!\n",
        after="",
        line=7,
        used="Order.total",
        doing="reads `Order.total`",
        untouched="Order.id",
    ),
    Story(
        format="protobuf",
        path="proto/orders.proto",
        text="""\
syntax = "proto3";
package acme.orders;

message Order {
  string id = 1;
  double total = 2;
}
""",
        before="double total",
        after="string total",
        line=6,
        used="acme.orders.Order.total",
        doing="uses `Order.total`",
        untouched="acme.orders.Order.id",
    ),
    Story(
        format="avro",
        path="avro/order.avsc",
        text="""\
{
  "type": "record",
  "name": "Order",
  "namespace": "acme",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "total", "type": "double"}
  ]
}
""",
        before='"total", "type": "double"',
        after='"total", "type": "string"',
        line=7,
        used="Order:$.total",
        doing="reads `total`",
        untouched="Order:$.id",
    ),
]

OTHER = Story(
    format="other",
    path="config/limits.yaml",
    text="burst: 20\nrate: 10\n",
    before="rate: 10\n",
    after="",
    line=2,
    used="limits:$.rate",
    doing="uses `rate`",
    untouched="limits:$.burst",
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.format)
async def test_a_breaking_line_is_shown_and_asks_whoever_reads_that_place(story: Story, tmp_path: Path) -> None:
    async with open_shop(tmp_path, files=story.files()) as shop:
        pull = await shop.propose("edit", {story.path: story.edited()}, shop.olga, "One line")
        comment = shop.comment(pull)
        assert shop.verdict(pull) == "failure", comment
        assert f"{story.path}:{story.line}`" in comment
        assert {team.slug for team in pull.requested_teams} == {"api-council", "checkout"}
        assert f"**Affects:** checkout-web {story.doing} (declared, no evidence)" in comment
        assert "warehouse" not in comment

        await shop.say(pull, shop.dana, "/approve-breaking")
        assert not pull.may_merge
        await shop.say(pull, shop.chris, "/approve-breaking")
        assert pull.may_merge, shop.comment(pull)


async def test_of_a_file_without_meaning_of_its_own_the_decision_owner_decides_and_is_told_who_reads_it(
    tmp_path: Path,
) -> None:
    async with open_shop(tmp_path, files=OTHER.files()) as shop:
        pull = await shop.propose("edit", {OTHER.path: OTHER.edited()}, shop.olga, "One line")
        comment = shop.comment(pull)
        assert shop.verdict(pull) == "failure", comment
        assert f"{OTHER.path}:{OTHER.line}`" in comment
        assert {team.slug for team in pull.requested_teams} == {"api-council"}
        assert f"**Affects:** checkout-web {OTHER.doing} (declared, no evidence)" in comment
        assert "warehouse" not in comment

        await shop.say(pull, shop.dana, "/approve-breaking")
        assert pull.may_merge, shop.comment(pull)
