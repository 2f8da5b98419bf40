from __future__ import annotations

from bot.registry.asking.users import who_uses
from bot.registry.asking.visible import Sight, organisations, repositories, seen_by
from bot.registry.graph.graph import Graph
from tests.registry.asking.graphs import CONSUMERS, CONTRACT, TODAY, graph, half

EMAIL = "GET /orders/{id} 200:$.customer.email"
SECRET = """\
component: {id: project-x, owner: "@acme/x"}
consumes:
  - contract: acme/orders#orders-api
    elements: ["GET /orders/{id} 200:$.customer.email"]
    assumes: [{aspect: ordering, at: "GET /orders", statement: project X needs it}]
"""
ORDERS = half("acme/orders", CONTRACT + CONSUMERS)
WHOLE = graph(ORDERS, half("acme/project-x", SECRET, hidden=True, writers=["@acme/x"]))


def sight(*readable: str, member: str = "") -> Sight:
    return Sight(frozenset(readable), frozenset({member} if member else ()))


def named(seen: Graph) -> set[str]:
    return {edge.consumer.id for edge in seen.edges if not edge.hidden}


def test_a_contract_is_there_only_for_who_can_read_its_repository() -> None:
    assert seen_by(WHOLE, sight("acme/project-x", member="acme")).nodes == ()
    assert [node.name for node in seen_by(WHOLE, sight("acme/orders")).nodes] == ["acme/orders#orders-api"]


def test_an_outsider_who_can_read_the_contract_sees_nobody_s_name() -> None:
    seen = seen_by(WHOLE, sight("acme/orders"))
    assert named(seen) == set()
    assert len(seen.edges) == 3


def test_a_member_of_the_organisation_sees_those_who_show_themselves_to_it() -> None:
    assert named(seen_by(WHOLE, sight("acme/orders", member="acme"))) == {"checkout-web", "warehouse"}


def test_who_can_read_the_consumer_sees_it_even_when_it_is_private() -> None:
    seen = seen_by(WHOLE, sight("acme/orders", "acme/project-x"))
    assert named(seen) == {"project-x"}
    (found,) = who_uses(seen, EMAIL, TODAY).contracts
    assert [user.consumer for user in found.users] == ["project-x"]
    assert found.private == 1


def test_a_public_consumer_is_seen_by_everybody_who_sees_the_contract() -> None:
    text = CONTRACT + CONSUMERS.replace("criticality: high", "visibility: public")
    assert named(seen_by(graph(half("acme/orders", text)), sight("acme/orders"))) == {"checkout-web"}


def test_of_what_is_hidden_nothing_but_its_number_is_left() -> None:
    seen = seen_by(WHOLE, sight("acme/orders"))
    (found,) = who_uses(seen, EMAIL, TODAY).contracts
    assert (found.users, found.private) == ((), 2)
    told = repr(seen.edges) + repr(seen.halves.get("acme/project-x"))
    for secret in ("project-x", "@acme/x", "project X", "checkout", "pacts/", "@acme/warehouse"):
        assert secret not in told


def test_it_is_asked_only_about_repositories_and_organisations_that_occur() -> None:
    assert repositories(WHOLE) == {"acme/orders", "acme/checkout-web", "acme/warehouse", "acme/project-x"}
    assert organisations(repositories(WHOLE)) == {"acme"}
