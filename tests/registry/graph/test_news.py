"""A half has changed: whose pull requests are looked at again, and whose evidence is read again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.registry.graph.half import Half
from bot.registry.graph.joined import join
from bot.registry.graph.news import News, may_matter, news
from tests.registry.graph.halves import EMAIL, ORDERS, STATUS, consumer, half, producer, seen

SOURCES = "    evidence_from: [{kind: pact, path: 'pacts/*.json'}]\n"


def told(before: Half | None, after: Half | None, *others: Half, contract_touched: bool = False) -> News:
    old = join([*others, before] if before else others)
    new = join([*others, after] if after else others)
    return news(before, after, old, new, contract_touched=contract_touched)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (consumer(STATUS), consumer(STATUS, EMAIL)),
        (consumer(STATUS), None),
        (None, consumer(STATUS)),
        (consumer(STATUS), consumer(STATUS, contract="acme/other#api")),
        (consumer(STATUS), consumer(STATUS, archived=True)),
        (consumer(STATUS), consumer(STATUS, hidden=True)),
        (consumer(STATUS), consumer(STATUS, writers=frozenset())),
        (consumer(STATUS), consumer(STATUS, uses=(seen(EMAIL),))),
    ],
)
def test_whoever_a_half_names_before_or_after_looks_again(before: Half | None, after: Half | None) -> None:
    assert told(before, after, producer()) == News(frozenset({ORDERS}))


def test_the_same_half_read_again_is_no_news() -> None:
    again = replace(consumer(STATUS), commit="b" * 40, refreshed_at=datetime(2026, 11, 21, tzinfo=UTC))
    assert told(consumer(STATUS), again, producer()) == News()


def test_a_producer_that_is_not_known_is_not_woken() -> None:
    assert told(consumer(STATUS), consumer(EMAIL)) == News()


def test_evidence_is_read_again_when_the_contract_it_is_held_against_changes() -> None:
    reader = consumer(lines=SOURCES)
    assert told(producer(), producer(), reader, contract_touched=True).read == {"acme/checkout-web"}
    renamed = half(ORDERS, "contracts: [{id: orders-api, type: openapi, files: [a.yaml], lifecycle: experimental}]\n")
    assert told(producer(), renamed, reader).read == {"acme/checkout-web"}
    assert told(producer(), renamed, consumer(STATUS)).read == frozenset()


def test_new_floors_concern_every_producer() -> None:
    before, after = half("acme/.github", "floors: {quorum: 1}\n"), half("acme/.github", "floors: {quorum: 2}\n")
    assert told(before, after, producer(), consumer(EMAIL)).judged == {ORDERS}


def test_another_default_of_the_organisation_concerns_every_producer() -> None:
    before = half("acme/.github", "defaults: {enforcement: warn}\n")
    after = half("acme/.github", "defaults: {enforcement: observe}\n")
    assert told(before, after, producer(), consumer(EMAIL)).judged == {ORDERS}


def test_evidence_that_lies_with_the_producer_concerns_its_own_pull_requests() -> None:
    assert told(producer(), producer(uses=(seen(EMAIL),))).judged == {ORDERS}


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        (".github/contracts.yml", True),
        ("contracts/more.yaml", True),
        ("pacts/web.json", True),
        ("src/shop.ts", False),
        ("other/web.json", False),
    ],
)
def test_only_files_that_have_a_part_in_a_half_matter(path: str, matters: bool) -> None:
    assert may_matter(consumer(lines=SOURCES), path) is matters
    assert may_matter(producer(), "api.yaml")


def test_in_a_repository_without_a_registry_only_a_registry_matters() -> None:
    empty = Half("acme/docs", 3, None)
    assert not may_matter(empty, "config.yml")
    assert may_matter(empty, "contracts.yml")
