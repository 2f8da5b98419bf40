"""Whom a finding reaches: directional, three-valued, and unknown is not none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.judge.finding import Finding
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach
from bot.registry.model import Registry
from bot.registry.trace import only_owner_depends, trace
from tests.registry.registries import finding, orders, registry

TODAY = date(2026, 11, 21)


def impact(found: Finding, registry: Registry) -> Impact:
    return trace([found], registry, "orders-api", TODAY)[0]


def consumer(
    found: Finding, *elements: str, evidence: str = "{kind: declared}", tolerates: str = "[]"
) -> ConsumerImpact:
    """What the finding means to one consumer that uses these elements."""
    listed = ", ".join(f'"{e}"' for e in elements)
    registry = orders(
        f"""
        - id: checkout-web
          owner: "@acme/checkout"
          tolerates: {tolerates}
          uses:
            - {{contract: orders-api, elements: [{listed}], evidence: {evidence}}}
        """
    )
    return impact(found, registry).consumers[0]


EMAIL = "GET /orders/{id} 200:$.customer.email"


@pytest.mark.parametrize(
    ("use", "place", "reach"),
    [
        (EMAIL, "GET /orders/{order_id} 200:$.customer.email", Reach.AFFECTED),
        (EMAIL, "GET /orders/{id} 200:$.customer", Reach.AFFECTED),
        (EMAIL, "GET /orders/{id} 200:$", Reach.AFFECTED),
        (EMAIL, "GET /orders/{id}", Reach.AFFECTED),
        (EMAIL, "/orders/{id}", Reach.AFFECTED),
        (EMAIL, "**", Reach.AFFECTED),
        (EMAIL, "GET /orders/{id} 200:$.**", Reach.AFFECTED),
        (EMAIL, "GET /orders/{id} 200:$.customer.email.domain", Reach.POSSIBLY),
        ("GET /orders/{id}", "GET /orders/{id} 200:$.status", Reach.POSSIBLY),
        ("GET /orders/**", "GET /orders/{id} 200:$.status", Reach.POSSIBLY),
        ("**", "GET /orders/{id} 200:$.status", Reach.AFFECTED),
        (EMAIL, "GET /orders/{id} 200:$.customer.name", Reach.NOT),
        (EMAIL, "GET /orders/{id} 404:$.customer.email", Reach.NOT),
        (EMAIL, "GET /orders 200:$[*].customer.email", Reach.NOT),
        (EMAIL, "DELETE /orders/{id}", Reach.NOT),
        (EMAIL, "webhook.newOrder request:$.id", Reach.NOT),
    ],
)
def test_a_consumer_is_affected_by_what_is_or_contains_what_it_uses(use: str, place: str, reach: Reach) -> None:
    assert consumer(finding(place), use).reach is reach


def test_a_consumer_that_names_no_elements_is_affected_by_every_break() -> None:
    found = consumer(finding("GET /anything 200:$.x"))
    assert (found.reach, found.uses, found.places) == (Reach.AFFECTED, (), ("GET /anything 200:$.x",))


def test_a_use_that_cannot_be_read_counts_as_using_anything() -> None:
    assert consumer(finding("GET /anything 200:$.x"), "GET orders").reach is Reach.AFFECTED


@pytest.mark.parametrize("evidence", ["{kind: graphql}", "{kind: pact-full}", "{kind: traffic, complete: true}"])
def test_complete_evidence_means_that_nothing_else_is_used(evidence: str) -> None:
    place = "GET /orders/{id} 200:$.customer.name"
    assert consumer(finding(place), EMAIL, evidence=evidence).reach is Reach.NOT


@pytest.mark.parametrize("kind", ["traffic", "har", "code", "logs"])
def test_samples_never_prove_absence_in_an_operation_they_saw(kind: str) -> None:
    evidence = f"{{kind: {kind}}}"
    assert consumer(finding("GET /orders/{id} 200:$.customer.name"), EMAIL, evidence=evidence).reach is Reach.POSSIBLY
    assert consumer(finding("GET /orders 200:$.total"), EMAIL, evidence=evidence).reach is Reach.NOT


@pytest.mark.parametrize("kind", ["declared", "pact"])
def test_a_list_is_the_consumers_own_word(kind: str) -> None:
    place = "GET /orders/{id} 200:$.customer.name"
    assert consumer(finding(place), EMAIL, evidence=f"{{kind: {kind}}}").reach is Reach.NOT


@pytest.mark.parametrize("fact", ["parameter.added", "parameter.required.added"])
def test_a_parameter_that_must_now_be_sent_affects_everybody_who_calls_the_operation(fact: str) -> None:
    demanded = finding("GET /orders/{id} query:tenant", fact=fact, direction="request")
    assert consumer(demanded, EMAIL).reach is Reach.AFFECTED
    assert consumer(demanded, "GET /orders 200:$.total").reach is Reach.NOT


def test_a_property_that_must_now_be_sent_affects_those_who_send_its_object() -> None:
    fact = "schema.property.required.added"
    top = finding("POST /orders request:$.currency", fact=fact, direction="request")
    assert consumer(top, "POST /orders 201:$.id").reach is Reach.AFFECTED
    nested = finding("POST /orders request:$.items[*].colour", fact=fact, direction="request")
    assert consumer(nested, "POST /orders request:$.items[*].sku").reach is Reach.AFFECTED
    assert consumer(nested, "POST /orders 201:$.id").reach is Reach.POSSIBLY
    assert consumer(nested, "POST /orders 201:$.id", evidence="{kind: pact-full}").reach is Reach.NOT


def test_a_new_limit_on_a_parameter_concerns_only_those_who_send_it() -> None:
    limit = finding("GET /orders/{id} query:page", fact="schema.maximum.added", direction="request")
    assert consumer(limit, EMAIL).reach is Reach.NOT
    assert consumer(limit, "GET /orders/{id} query:page").reach is Reach.AFFECTED


def test_the_places_that_reach_a_consumer_are_listed_and_no_others() -> None:
    found = finding(EMAIL, "GET /orders 200:$[*].customer.email", "POST /orders 201:$.customer.email")
    reached = consumer(found, EMAIL, "GET /orders 200:$[*].customer")
    assert reached.reach is Reach.AFFECTED
    assert reached.places == ("GET /orders 200:$[*].customer.email", EMAIL)
    assert reached.uses == (EMAIL,)


def test_consumers_are_sorted_by_how_near_the_finding_comes() -> None:
    uses = {"zeta": EMAIL, "beta": "GET /orders/{id}", "alpha": "GET /other"}
    registry = orders(
        "\n".join(f'- {{id: {name}, uses: [{{contract: orders-api, elements: ["{e}"]}}]}}' for name, e in uses.items())
    )
    found = impact(finding(EMAIL), registry)
    assert [(c.consumer, c.reach.value) for c in found.consumers] == [
        ("zeta", "affected"),
        ("beta", "possibly"),
        ("alpha", "not"),
    ]


def test_users_of_other_contracts_are_not_asked() -> None:
    registry = orders("- {id: a, uses: [{contract: payments-api}]}")
    assert impact(finding(EMAIL), registry).consumers == ()


@pytest.mark.parametrize(
    ("evidence", "says"),
    [
        (
            "{kind: pact, ref: 'pacts/checkout.json@3f2c1ab', seen: 2026-11-02}",
            "pact `pacts/checkout.json@3f2c1ab`, seen 2026-11-02",
        ),
        ("{kind: pact, ref: p.json, seen: 2026-07-02}", "pact `p.json`, seen 2026-07-02, due for review"),
        ("{kind: traffic}", "traffic, date unknown"),
        ("{kind: declared, seen: 2026-08-30}", "declared 2026-08-30, no evidence"),
        ("{}", "declared, no evidence"),
    ],
)
def test_evidence_is_a_sentence_that_can_be_checked(evidence: str, says: str) -> None:
    assert consumer(finding(EMAIL), EMAIL, evidence=evidence).evidence == (says,)


@pytest.mark.parametrize(
    ("use", "place", "direction", "verb"),
    [
        (EMAIL, EMAIL, "response", "reads"),
        ("GET /orders/{id} 200.header:ETag", "GET /orders/{id} 200.header:ETag", "response", "reads"),
        ("POST /orders request:$.sku", "POST /orders request:$.sku", "request", "sends"),
        ("GET /orders query:page", "GET /orders query:page", "request", "sends"),
        ("GET /orders/{id}", "GET /orders/{id}", "none", "calls"),
        ("Order.total", "Order.total", "response", "reads"),
        ("OrderInput.sku", "OrderInput.sku", "request", "sends"),
        ("acme.Order.id", "acme.Order.id", "none", "uses"),
    ],
)
def test_why_it_is_reached_says_what_the_consumer_does(use: str, place: str, direction: str, verb: str) -> None:
    (reason,) = consumer(finding(place, direction=direction), use, evidence="{kind: pact, seen: 2026-11-03}").reasons
    assert (reason.verb, reason.element, reason.kind, reason.days, reason.stale) == (verb, use, "pact", 18, False)


def test_evidence_older_than_a_review_is_stale() -> None:
    (old,) = consumer(finding(EMAIL), EMAIL, evidence="{kind: pact, seen: 2026-06-02}").reasons
    assert (old.days, old.stale) == (172, True)
    (anything,) = consumer(finding(EMAIL)).reasons
    assert (anything.element, anything.days) == ("", None)


def test_a_private_consumer_is_not_named_anywhere() -> None:
    registry = orders(
        """
        - id: warehouse-etl
          visibility: private
          uses:
            - {contract: orders-api, evidence: {kind: pact, ref: acme/warehouse/pact.json, seen: 2026-11-01}}
        - {id: another-secret, visibility: private, uses: [{contract: orders-api}]}
        - {id: checkout-web, uses: [{contract: orders-api}]}
        """
    )
    shown = {c.consumer: (c.name, c.evidence) for c in impact(finding(EMAIL), registry).consumers}
    assert shown["warehouse-etl"] == ("private consumer 1", ("pact, seen 2026-11-01",))
    assert shown["another-secret"][0] == "private consumer 2"
    assert shown["checkout-web"][0] == "checkout-web"


def test_what_a_consumer_tolerates_does_not_affect_it() -> None:
    added = finding(EMAIL, fact="schema.enum.value.added", rule="response-enum-value-added")
    assert consumer(added, EMAIL).reach is Reach.AFFECTED
    tolerated = consumer(added, EMAIL, tolerates="[new_enum_values]")
    assert tolerated.reach is Reach.NOT
    assert tolerated.evidence == ("says that it tolerates this (`new_enum_values`)",)
    assert consumer(added, EMAIL, tolerates="[response-enum-value-added]").reach is Reach.NOT
    assert consumer(added, EMAIL, tolerates="[new_optional_fields]").reach is Reach.AFFECTED


def test_tolerance_is_about_what_a_consumer_reads() -> None:
    sent = finding("POST /orders request:$.kind", fact="schema.enum.value.added", direction="request", rule="r")
    assert consumer(sent, "POST /orders request:$.kind", tolerates="[new_enum_values]").reach is Reach.AFFECTED


def test_a_contract_that_is_not_registered_is_guaranteed_and_has_no_known_consumers() -> None:
    for known in (None, orders()):
        found = trace([finding(EMAIL)], known, "api/other.yaml", TODAY)
        assert [(i.guarantee, i.consumers) for i in found] == [(Guarantee.GUARANTEED, ())]


GUARANTEES = """
- {at: "GET /orders/{id} 200:$.debug.**", level: out_of_contract}
- {at: "* /orders/** *:$.**.display_name", level: may_change, note: wording is free}
- {at: "GET /legacy/**", level: may_change}
- {at: "**", level: guaranteed}
"""


@pytest.mark.parametrize(
    ("places", "level", "note"),
    [
        (("GET /orders/{id} 200:$.debug.trace",), Guarantee.OUT_OF_CONTRACT, ""),
        (("GET /orders/{id} 200:$.debug",), Guarantee.OUT_OF_CONTRACT, ""),
        (("GET /orders/{id} 200:$.customer.display_name",), Guarantee.MAY_CHANGE, "wording is free"),
        (("GET /legacy/orders",), Guarantee.MAY_CHANGE, ""),
        (("GET /orders/{id} 200:$.id",), Guarantee.GUARANTEED, ""),
        (("GET /orders/{id}",), Guarantee.GUARANTEED, ""),
        (("GET /orders/{id} 200:$.**",), Guarantee.GUARANTEED, ""),
        (("GET /legacy/orders", "GET /orders/{id} 200:$.id"), Guarantee.GUARANTEED, ""),
        (("GET /legacy/orders", "GET /orders/{id} 200:$.debug"), Guarantee.MAY_CHANGE, ""),
    ],
)
def test_the_first_line_that_matches_says_what_is_promised(
    places: tuple[str, ...], level: Guarantee, note: str
) -> None:
    found = impact(finding(*places), orders(guarantees=GUARANTEES))
    assert (found.guarantee, found.guarantee_note) == (level, note)


WORDING_IS_FREE = """
- {at: "* /orders/** *:$.**.display_name", level: may_change, note: wording is free}
- {at: "**", level: out_of_contract, note: a prototype}
"""


@pytest.mark.parametrize(
    ("fact", "before", "level", "note"),
    [
        ("schema.property.removed", "string", Guarantee.OUT_OF_CONTRACT, "a prototype"),
        ("schema.property.removed", "string (email) or null", Guarantee.OUT_OF_CONTRACT, "a prototype"),
        ("schema.type.changed", "integer", Guarantee.OUT_OF_CONTRACT, "a prototype"),
        ("schema.enum.value.removed", "on_hold", Guarantee.OUT_OF_CONTRACT, "a prototype"),
        ("schema.property.removed", "object", Guarantee.MAY_CHANGE, "wording is free"),
        ("schema.property.removed", "object or string", Guarantee.MAY_CHANGE, "wording is free"),
        ("schema.property.removed", "anything", Guarantee.MAY_CHANGE, "wording is free"),
        ("schema.property.removed", None, Guarantee.MAY_CHANGE, "wording is free"),
        ("schema.min_properties.added", None, Guarantee.MAY_CHANGE, "wording is free"),
    ],
)
def test_a_line_about_something_inside_counts_only_where_something_can_be_inside(
    fact: str, before: str | None, level: Guarantee, note: str
) -> None:
    found = finding("GET /orders/{id} 200:$.customer.email", fact=fact)
    found = replace(found, change=replace(found.change, before=before))
    judged = impact(found, orders(guarantees=WORDING_IS_FREE))
    assert (judged.guarantee, judged.guarantee_note) == (level, note)


def test_a_property_that_is_new_is_judged_by_what_it_is_now() -> None:
    added = finding("GET /orders/{id} 200:$.customer.email", fact="schema.property.added")
    for after, level in (("string", Guarantee.OUT_OF_CONTRACT), ("object", Guarantee.MAY_CHANGE)):
        found = replace(added, change=replace(added.change, before="absent", after=after))
        assert impact(found, orders(guarantees=WORDING_IS_FREE)).guarantee is level


def test_a_place_with_wildcards_may_be_what_any_line_speaks_of() -> None:
    found = finding("GET /orders/{id} 200:$.**")
    found = replace(found, change=replace(found.change, before="string"))
    assert impact(found, orders(guarantees=WORDING_IS_FREE)).guarantee is Guarantee.MAY_CHANGE


def test_of_equal_promises_the_line_that_covers_the_place_has_the_words() -> None:
    registry = orders(
        guarantees="""
        - {at: "GET /orders/{id} 200:$.**.label", level: may_change, note: wording is free}
        - {at: "**", level: may_change, note: still young}
        """
    )
    assert impact(finding("GET /orders/{id} 200:$.customer"), registry).guarantee_note == "still young"


def test_taking_away_what_holds_a_guaranteed_part_breaks_the_guarantee() -> None:
    registry = orders(
        guarantees="""
        - {at: "GET /orders/{id} 200:$.id", level: guaranteed, note: the key}
        - {at: "**", level: may_change}
        """
    )
    assert impact(finding("GET /orders/{id}"), registry).guarantee_note == "the key"
    assert impact(finding("GET /orders/{id} 200:$.name"), registry).guarantee is Guarantee.MAY_CHANGE


def test_what_no_line_speaks_of_is_guaranteed() -> None:
    registry = orders(guarantees='- {at: "GET /legacy", level: may_change}')
    assert impact(finding(EMAIL), registry).guarantee is Guarantee.GUARANTEED
    assert impact(finding("**"), registry).guarantee is Guarantee.GUARANTEED


def test_only_the_owners_own_consumers_means_only_the_owner_depends() -> None:
    mine = '- {id: a, owner: "@Acme/Orders", uses: [{contract: orders-api}]}\n'
    theirs = '- {id: b, owner: "@acme/web", uses: [{contract: orders-api}]}\n'
    nobodys = "- {id: c, uses: [{contract: orders-api}]}\n"
    assert only_owner_depends("orders-api", orders(mine))
    assert not only_owner_depends("orders-api", orders(mine + theirs))
    assert not only_owner_depends("orders-api", orders(mine + nobodys))


def test_no_registered_consumer_is_unknown_and_not_none() -> None:
    assert not only_owner_depends("orders-api", orders())
    assert not only_owner_depends("no-such-contract", orders())


def protobuf(*elements: str, evidence: str = "{kind: declared}") -> Registry:
    listed = ", ".join(elements)
    return registry(
        f"""
        contracts:
          - {{id: orders-api, type: protobuf, files: ["proto/**"]}}
        consumers:
          - {{id: web, uses: [{{contract: orders-api, elements: [{listed}], evidence: {evidence}}}]}}
        """
    )


@pytest.mark.parametrize(
    ("uses", "place", "fact", "reach"),
    [
        (["acme.v1.Orders.Get"], "acme.v1.Order.total", "protobuf.field.removed", Reach.POSSIBLY),
        (["acme.v1.Orders.Get"], "acme.v1.Order", "protobuf.message.removed", Reach.POSSIBLY),
        (["acme.v1.Orders.Get"], "acme.v1.Orders.Get", "protobuf.method.removed", Reach.AFFECTED),
        (["acme.v1.Orders.Get"], "acme.v1.Orders.Delete", "protobuf.method.removed", Reach.NOT),
        (["acme.v1.Orders.Get"], "acme.payments.Payment.total", "protobuf.field.removed", Reach.NOT),
        (["acme.v1.Orders.Get", "acme.v1.Order.id"], "acme.v1.Order.total", "protobuf.field.removed", Reach.NOT),
        (["acme.v1.Order.id"], "acme.v1.Order.total", "protobuf.field.removed", Reach.NOT),
        (["acme.v1.Order"], "acme.v1.Order.total", "protobuf.field.removed", Reach.POSSIBLY),
    ],
)
def test_who_names_only_methods_may_use_what_their_messages_hold(
    uses: list[str], place: str, fact: str, reach: Reach
) -> None:
    found = finding(place, fact=fact, direction="none")
    assert impact(found, protobuf(*uses)).consumers[0].reach is reach
    complete = impact(found, protobuf(*uses, evidence="{kind: traffic, complete: true}")).consumers[0].reach
    assert complete is (Reach.NOT if uses == ["acme.v1.Orders.Get"] and reach is Reach.POSSIBLY else reach)
