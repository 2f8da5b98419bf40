"""Both halves together: who is a consumer, by whose word, and what the producer's gate sees of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.registry.graph.graph import Edge, Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import default_enforcement, floors, join, of, only_asked, seen_by
from bot.registry.model import Consumer, Registry
from tests.registry.graph.halves import API, EMAIL, ORDERS, REGISTERED, STATUS, consumer, half, producer, seen


def gate(*halves: Half) -> Registry:
    found = of(join(halves), ORDERS)
    assert found is not None
    return found


def only(found: Registry) -> Consumer:
    (one,) = found.consumers
    return one


def edge(graph: Graph) -> Edge:
    (one,) = graph.users(API)
    return one


def elements(found: Consumer) -> set[str]:
    return {element for use in found.uses for element in use.elements}


def test_a_consumer_that_only_its_own_half_names_is_asked_and_required() -> None:
    found = gate(producer(), consumer(EMAIL))
    assert only(found).id == "checkout-web"
    assert (only(found).owner, only(found).repo) == ("@acme/checkout", "acme/checkout-web")
    assert elements(only(found)) == {EMAIL}
    assert found.own_words["checkout-web"].blocks
    assert only_asked(found) == frozenset()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"writers": frozenset()}, "@acme/checkout can't write to acme/checkout-web"),
        ({"archived": True}, "acme/checkout-web is archived"),
        ({"repository": "other/checkout-web"}, "other/checkout-web belongs to another organisation"),
    ],
)
def test_a_half_that_may_not_block_is_asked_and_says_why(changed: dict[str, Any], why: str) -> None:
    found = gate(producer(), replace(consumer(EMAIL), **changed))
    assert only_asked(found) == {"checkout-web"}
    assert found.own_words["checkout-web"].why_not == why


def test_the_consumers_own_word_holds_for_its_owner_what_it_tolerates_and_how_it_signs() -> None:
    own = consumer(EMAIL, lines="    signoff: {respond_within: 5d, on_silence: block}\n")
    found = gate(producer(REGISTERED), own)
    assert only(found).owner == "@acme/checkout"
    assert only(found).tolerates == ()
    assert elements(only(found)) == {STATUS, EMAIL}  # uses of both halves count
    word = found.own_words["checkout-web"]
    assert (word.signoff.respond_within, word.signoff.on_silence) == ("5d", "block")
    assert word.blocks


def test_a_registered_consumer_without_a_half_of_its_own_stays_as_it_is() -> None:
    found = gate(producer(REGISTERED))
    assert only(found).owner == "@acme/old-team"
    assert dict(found.own_words) == {}


def test_somebody_elses_repository_takes_nobodys_place() -> None:
    claimed = consumer(EMAIL, repository="acme/mallory", owner="@mallory", writers=frozenset({"@mallory"}))
    found = gate(producer(REGISTERED), claimed)
    assert [(c.id, c.owner) for c in found.consumers] == [
        ("checkout-web", "@acme/old-team"),
        ("acme/mallory", "@mallory"),
    ]


def test_without_a_repository_only_the_same_owner_is_believed() -> None:
    nowhere = REGISTERED.replace("    repo: acme/checkout-web\n", "")
    assert len(gate(producer(nowhere), consumer(EMAIL)).consumers) == 2
    same = nowhere.replace("@acme/old-team", "@acme/checkout")
    assert elements(only(gate(producer(same), consumer(EMAIL)))) == {STATUS, EMAIL}
    assert len(gate(producer(same), consumer(EMAIL, writers=frozenset({"@mallory"}))).consumers) == 2
    nobodys = nowhere.replace('    owner: "@acme/old-team"\n', "")
    assert len(gate(producer(nobodys), consumer(EMAIL)).consumers) == 2


def test_a_half_in_a_repository_that_the_producer_does_not_name_only_adds() -> None:
    nowhere = REGISTERED.replace("    repo: acme/checkout-web\n", "").replace("@acme/old-team", "@acme/checkout")
    lines = "    tolerates: [new_headers]\n    signoff: {on_silence: consent}\n"
    found = gate(producer(nowhere), consumer(EMAIL, lines=lines))
    assert elements(only(found)) == {STATUS, EMAIL}
    assert only(found).tolerates == ("new_enum_values",)
    assert dict(found.own_words) == {}


def test_two_repositories_that_call_themselves_the_same_are_two_consumers() -> None:
    found = gate(producer(), consumer(EMAIL), consumer(STATUS, repository="acme/other"))
    assert [c.id for c in found.consumers] == ["acme/checkout-web", "acme/other"]


def test_what_is_tolerated_in_one_contract_is_not_tolerated_in_another() -> None:
    second = "  - {id: billing, type: openapi, files: [b.yaml], lifecycle: experimental}\n"
    lines = (
        "    tolerates: [new_headers, new_responses]\n  - {contract: acme/orders#billing, tolerates: [new_headers]}\n"
    )
    assert only(gate(producer(second), consumer(EMAIL, lines=lines))).tolerates == ("new_headers",)


def test_evidence_of_the_consumers_repository_counts_with_its_file_and_day() -> None:
    found = only(gate(producer(), consumer(STATUS, uses=(seen(EMAIL),))))
    (use,) = [use for use in found.uses if use.evidence.kind == "pact"]
    assert use.elements == (EMAIL,)
    assert (use.evidence.ref, use.evidence.seen) == ("acme/checkout-web/pacts/orders.json:12", "2026-11-02")


def test_evidence_of_the_producers_repository_counts_for_the_consumer_that_it_is_about() -> None:
    found = only(gate(producer(REGISTERED, uses=(seen(EMAIL), seen(STATUS, ref="pacts/orders.json:14")))))
    assert elements(found) == {STATUS, EMAIL}
    assert found.uses[1].evidence.ref == "pacts/orders.json"
    assert found.uses[0].evidence.kind == "declared"  # what was declared is never deleted


def test_pending_and_offered_elements_are_no_uses() -> None:
    own = consumer(STATUS, uses=(seen(EMAIL, pending=True), seen(EMAIL, offered=True)))
    graph = join([producer(), own])
    assert elements(edge(graph).consumer) == {STATUS}
    assert [use.element for use in edge(graph).offered] == [EMAIL]


def test_who_does_not_say_what_it_uses_may_use_anything_unless_its_evidence_says() -> None:
    assert only(gate(producer(), consumer())).uses[0].elements == ()
    assert [use.elements for use in only(gate(producer(), consumer(uses=(seen(EMAIL),)))).uses] == [(EMAIL,)]
    troubled = consumer(uses=(seen(EMAIL),), problems=("pacts/other.json: could not be read",))
    assert [use.elements for use in only(gate(producer(), troubled)).uses] == [(), (EMAIL,)]


def test_a_repository_that_consumes_its_own_contract_is_known_by_its_evidence_too() -> None:
    own = 'component: {id: checkout-web, owner: "@acme/orders"}\nconsumes: [{contract: orders-api}]\n'
    assert only(gate(producer(own))).uses[0].elements == ()
    assert elements(only(gate(producer(own, uses=(seen(EMAIL),))))) == {EMAIL}
    assert all(use.elements for use in only(gate(producer(own, uses=(seen(EMAIL),)))).uses)


@pytest.mark.parametrize(
    "written", ["orders-api", "acme/orders#orders-api", "Acme/Orders#orders-api", "acme/old#orders-api"]
)
def test_a_repository_may_call_its_own_contract_by_any_of_its_names(written: str) -> None:
    own = 'component: {id: web, owner: "@acme/web"}\nconsumes: [{contract: "%s", elements: ["%s"]}]\n'
    found = only(gate(producer(own % (written, EMAIL), former=("acme/old",))))
    assert (found.id, found.owner, elements(found)) == ("web", "@acme/web", {EMAIL})


@pytest.mark.parametrize(
    ("ours", "theirs", "visibility"),
    [
        ({}, {"hidden": True}, "private"),
        ({}, {"hidden": True, "internal": True}, "private"),
        ({"hidden": True, "internal": True}, {"hidden": True}, "private"),
        ({"hidden": True}, {"hidden": True}, "org"),
        ({"hidden": True}, {}, "org"),
    ],
)
def test_a_consumer_is_named_only_to_those_who_may_see_its_repository(
    ours: dict[str, Any], theirs: dict[str, Any], visibility: str
) -> None:
    assert only(gate(producer(**ours), consumer(EMAIL, **theirs))).visibility == visibility


def test_proposed_entries_count_for_nothing() -> None:
    proposed = REGISTERED + "    proposed: true\n"
    assert gate(producer(proposed)).consumers == ()
    assert gate(producer(), consumer(EMAIL, lines="    proposed: true\n")).consumers == ()
    drafted = half(
        ORDERS,
        "contracts: [{id: orders-api, type: openapi, files: [a.yaml], lifecycle: experimental, proposed: true}]\n",
    )
    graph = join([drafted, consumer(EMAIL)])
    assert graph.nodes == ()
    assert graph.edges == ()


def test_policy_is_the_bases_and_consumers_are_everybodys() -> None:
    graph = join([producer(REGISTERED), consumer(EMAIL)])
    base = producer('consumers: [{id: web, owner: "@acme/web", uses: [{contract: orders-api}]}]\n').registry
    assert base is not None
    base = base.model_copy(update={"contracts": (base.contracts[0].model_copy(update={"title": "old"}),)})
    found = seen_by(graph, ORDERS, base)
    assert found.contract("orders-api").title == "old"
    assert [c.id for c in found.consumers] == ["web", "checkout-web"]


def test_old_names_of_repositories_lead_to_the_new_ones() -> None:
    renamed = producer(repository="acme/order-service", former=("acme/orders",))
    graph = join([renamed, consumer(EMAIL)])
    assert [e.consumer.id for e in graph.users("acme/order-service#orders-api")] == ["checkout-web"]
    moved = consumer(EMAIL, repository="acme/checkout", former=("acme/checkout-web",))
    assert only(gate(producer(REGISTERED), moved)).repo == "acme/checkout"


def test_whoever_has_a_name_now_comes_before_who_had_it() -> None:
    renamed = producer(repository="acme/order-service", former=("acme/orders",))
    graph = join([renamed, producer(), consumer(EMAIL)])
    assert [e.contract for e in graph.edges] == [API]


def test_an_edge_says_whose_half_names_it_and_where_the_two_differ() -> None:
    both = edge(join([producer(REGISTERED), consumer(EMAIL)]))
    assert both.said_by == "both"
    assert (both.only_producer, both.only_consumer) == ((STATUS,), (EMAIL,))
    assert edge(join([producer(REGISTERED)])).said_by == "producer"
    assert edge(join([producer(), consumer(EMAIL)])).said_by == "consumer"


def test_floors_are_those_of_the_organisations_own_repository() -> None:
    house = half("acme/.github", "floors: {quorum: 2}\n")
    demanded, faults = floors(join([producer(), house]), ORDERS)
    assert demanded is not None
    assert demanded.quorum == 2
    assert faults == ()
    assert floors(join([producer(), half("other/.github", "floors: {quorum: 2}\n")]), ORDERS) == (None, ())
    broken = Half("acme/.github", 1, None, problems=("contracts.yml:3: odd",))
    assert floors(join([producer(), broken]), ORDERS) == (None, ("acme/.github: contracts.yml:3: odd",))


def test_the_default_enforcement_of_the_organisation_is_in_the_graph_and_its_own_repository_is_known() -> None:
    house = half("acme/.github", "defaults: {enforcement: warn}\n")
    graph = join([producer(), house, half("other/api", "contracts: [{id: a, type: avro, files: [a]}]\n")])
    assert {node.repository: node.contract.enforcement for node in graph.nodes} == {
        ORDERS: "warn",
        "other/api": "enforce",
    }
    assert (default_enforcement(graph, ORDERS), default_enforcement(graph, "other/api")) == ("warn", None)
    assert house.registry is not None
    assert seen_by(graph, "acme/.github", house.registry).is_organisations
    assert not gate(producer(), house).is_organisations


def test_who_asks_the_graph_is_told_of_contracts_as_the_organisations_floors_make_them() -> None:
    house = half("acme/.github", "floors: {notice: 180d, quorum: 2}\n")
    (node,) = [one for one in join([producer(), house]).nodes if one.repository == ORDERS]
    assert (node.contract.deprecation.notice, node.contract.signoff.quorum) == ("180d", 2)
    (alone,) = join(
        [half(ORDERS, "contracts: [{id: a, type: avro, files: [a], lifecycle: experimental}]\nfloors: {quorum: 3}\n")]
    ).nodes
    assert alone.contract.signoff.quorum == 1
