"""What is wrong with a half, as the graph shows it, and what would be."""

from __future__ import annotations

from bot.registry.graph.complaints import complaints, complaints_about
from bot.registry.graph.joined import join
from tests.registry.graph.halves import EMAIL, ORDERS, consumer, producer


def test_two_repositories_with_one_contract_id_are_both_told() -> None:
    second = producer(repository="acme/copy", places={"orders-api": "contracts.yml:4"})
    graph = join([producer(places={"orders-api": "contracts.yml:9"}), second])
    assert complaints(graph, ORDERS) == (
        "contracts.yml:9: `orders-api` is claimed by acme/copy too. Give one of them another `id`.",
    )
    assert complaints(graph, "acme/copy")[0].startswith("contracts.yml:4: `orders-api` is claimed by acme/orders too.")


def test_a_private_repository_is_not_named_to_others_that_claim_its_id() -> None:
    graph = join([producer(), producer(repository="acme/secret", hidden=True)])
    assert "secret" not in complaints(graph, ORDERS)[0]


def test_a_contract_that_is_not_there_is_named_with_its_line_and_what_there_is() -> None:
    place = {"acme/orders#order-api": ".github/contracts.yml:7"}
    graph = join([producer(), consumer(EMAIL, contract="acme/orders#order-api", places=place)])
    assert complaints(graph, "acme/checkout-web") == (
        ".github/contracts.yml:7: `acme/orders#order-api` names a contract that acme/orders does not have. "
        "It has `orders-api`.",
    )
    assert complaints(join([consumer(EMAIL)]), "acme/checkout-web") == ()  # nothing is known of acme/orders


def test_what_a_private_repository_has_cannot_be_found_out_by_consuming_it() -> None:
    guess = consumer(EMAIL, contract="acme/secret#guess")
    graph = join([producer(repository="acme/secret", hidden=True), guess])
    assert guess.registry is not None
    assert complaints(graph, "acme/checkout-web") == ()
    assert complaints_about(graph, "acme/checkout-web", guess.registry, {}, None) == ()


def test_what_a_pull_request_proposes_is_held_against_what_others_have() -> None:
    proposed = producer(repository="acme/copy").registry
    assert proposed is not None
    graph = join([producer()])
    places = {"orders-api": "contracts.yml:4"}
    (told,) = complaints_about(graph, "acme/copy", proposed, places, None)
    assert told.startswith("contracts.yml:4: `orders-api` is claimed by acme/orders too.")
    assert complaints_about(graph, "acme/copy", proposed, places, {"another"}) == ()
    assert complaints_about(graph, ORDERS, proposed, places, None) == (), "its own id"
