"""What was released: which tags count, and what comparing with them adds."""

from __future__ import annotations

from bot.registry.releases import releases_of


def tags(*names: str) -> dict[str, str]:
    return {name: name * 2 for name in names}


def test_versions_are_ordered_as_numbers_newest_first() -> None:
    found = releases_of("orders", tags("v1.2.0", "v1.10.0", "1.9", "v0.1.0"))
    assert [release.tag for release in found] == ["v1.10.0", "1.9", "v1.2.0", "v0.1.0"]


def test_pre_releases_and_other_names_are_no_releases() -> None:
    assert releases_of("orders", tags("v2.0.0-rc.1", "nightly", "deploy-2026-11-21", "v3")) == ()


def test_a_contract_s_own_tags_come_before_those_of_the_repository() -> None:
    found = releases_of("orders", tags("v9.0.0", "orders-v1.0.0", "orders/v1.1.0", "orders@1.2.0", "ordersv8.0.0"))
    assert [release.tag for release in found] == ["orders@1.2.0", "orders/v1.1.0", "orders-v1.0.0"]


def test_another_contract_s_tags_are_not_ours() -> None:
    assert [release.tag for release in releases_of("orders", tags("payments-v2.0.0", "v1.0.0"))] == ["v1.0.0"]
