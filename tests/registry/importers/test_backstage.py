"""Backstage catalogs: who declares to consume the contract."""

from __future__ import annotations

import pytest

from tests.registry.importers.asking import ask, contract

CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout-web}
spec:
  type: website
  consumesApis:
    - payments-api
    - {reference}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  providesApis: [orders-api]
  consumesApis: [orders-api]
---
kind: API
metadata: {name: orders-rest}
spec:
  type: openapi
  definition:
    $text: ../api/orders.yaml
"""


@pytest.mark.parametrize(
    "reference", ["orders-api", "api:orders-api", "default/orders-api", "API:default/orders-api", '"Orders API"']
)
def test_whoever_consumes_the_api_uses_the_whole_contract(reference: str) -> None:
    catalog = CATALOG.replace("{reference}", reference)
    imported = ask("backstage", {"catalog-info.yaml": catalog}, names=frozenset({"orders-api"}))

    assert [(one.consumer, one.element, one.line) for one in imported.used] == [("checkout-web", "**", 8)]
    assert not imported.problems and not imported.complete


def test_an_api_whose_definition_is_the_contract_s_document_is_a_name_of_it() -> None:
    catalog = CATALOG.replace("{reference}", "orders-rest")
    imported = ask("backstage", {"backstage/catalog-info.yaml": catalog}, side=contract(), names=frozenset({"o"}))

    assert [one.consumer for one in imported.used] == ["checkout-web"]


def test_lines_count_from_the_top_of_the_file_in_its_later_documents_too() -> None:
    catalog = "kind: Group\nmetadata: {name: x}\n---\n" + CATALOG.replace("{reference}", "orders-api")
    imported = ask("backstage", {"c.yaml": catalog}, names=frozenset({"orders-api"}))

    assert [one.line for one in imported.used] == [11]


def test_a_catalog_in_which_nobody_consumes_it_says_what_to_write() -> None:
    imported = ask("backstage", {"c.yaml": CATALOG.replace("{reference}", "x")}, names=frozenset({"billing"}))

    assert imported.problems == ("`c.yaml`: nobody there has `billing` in `consumesApis`. Write `known_as: [name]`.",)


def test_a_broken_document_is_named_by_its_line_and_the_ones_before_it_count() -> None:
    catalog = CATALOG.replace("{reference}", "orders-api") + "---\na: [\n"
    imported = ask("backstage", {"c.yaml": catalog}, names=frozenset({"orders-api"}))

    assert len(imported.used) == 1
    assert imported.problems[0].startswith("`c.yaml:2")
