"""dbt manifests: whoever depends on a model of the contract is one of its consumers."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contracts.document import Side
from tests.registry.importers.asking import ask, document


def model(package: str, name: str, *depends: str, path: str = "") -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "package_name": package,
        "original_file_path": path or f"models/{name}.sql",
        "patch_path": f"{package}://models/schema.yml",
        "depends_on": {"nodes": list(depends), "macros": []},
    }


def exposure(name: str, owner: dict[str, str], *depends: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "dashboard", "owner": owner, "depends_on": {"nodes": list(depends)}, **more}


ORDERS, CUSTOMERS = "model.shop.orders", "model.shop.customers"


def manifest(*exposures: dict[str, Any], **nodes: Any) -> dict[str, Any]:
    known = {
        ORDERS: model("shop", "orders", path="models/marts/orders.sql"),
        CUSTOMERS: model("shop", "customers", ORDERS),
    }
    return {
        "nodes": known | {name.replace("__", "."): node for name, node in nodes.items()},
        "exposures": {f"exposure.shop.{one['name']}": one for one in exposures},
    }


def consumers(content: Any, *, side: Side | None = None, names: frozenset[str] = frozenset({"orders"})) -> set[Any]:
    imported = ask("dbt", {"target/manifest.json": content}, side=side, names=names, format="dbt")
    assert not imported.problems and not imported.complete
    return {(one.consumer, one.element) for one in imported.used}


def test_an_exposure_is_a_consumer_called_by_its_owner() -> None:
    found = manifest(
        exposure("weekly", {"name": "Finance BI", "email": "fin@acme.test"}, ORDERS, CUSTOMERS),
        exposure("churn", {"email": "data@acme.test"}, ORDERS),
        exposure("other", {"name": "Other"}, CUSTOMERS),
        exposure("orphan", {}, ORDERS),
    )

    assert consumers(found) == {("Finance BI", "orders"), ("data@acme.test", "orders"), ("orphan", "orders")}


def test_columns_are_named_only_where_an_exposure_lists_them() -> None:
    found = manifest(
        exposure("one", {"name": "A"}, ORDERS, meta={"columns": ["customer_email", "id"]}),
        exposure("two", {"name": "B"}, ORDERS, CUSTOMERS, config={"meta": {"columns": ["orders.total", "name"]}}),
    )

    assert consumers(found) == {("A", "orders.customer_email"), ("A", "orders.id"), ("B", "orders.total")}


def test_models_of_other_packages_are_consumers_and_those_of_its_own_are_not() -> None:
    found = manifest(model__finance__margin=model("finance", "margin", ORDERS))

    assert consumers(found) == {("finance", "orders")}


def test_a_source_is_a_table_of_somebody_else_s_contract() -> None:
    found = {
        "nodes": {"model.finance.margin": model("finance", "margin", "source.finance.shop.orders")},
        "sources": {"source.finance.shop.orders": {"name": "orders", "source_name": "shop", "package_name": "dwh"}},
    }

    assert consumers(found, names=frozenset({"Shop"})) == {("finance", "orders")}


def test_the_models_of_a_contract_are_those_that_its_files_describe() -> None:
    path = "warehouse/models/marts/orders.sql"
    side = Side(path, {path: document(path, "select 1")})
    found = manifest(exposure("one", {"name": "A"}, ORDERS, CUSTOMERS))

    assert consumers(found, side=side, names=frozenset({"orders-warehouse"})) == {("A", "orders")}


def test_the_line_is_that_of_the_dependency() -> None:
    file = document("m.json", manifest(exposure("one", {"name": "A"}, CUSTOMERS, ORDERS)))
    found = ask("dbt", {"m.json": file.data.decode()}, names=frozenset({"orders"}), format="dbt")
    lines = file.data.decode().splitlines()

    assert [(one.element, lines[one.line - 1].strip()) for one in found.used] == [("orders", f'"{ORDERS}"')]
    assert lines[found.used[0].line - 2].strip() == f'"{CUSTOMERS}",'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"metrics": {}}, "`target/manifest.json:1`: This is no dbt manifest"),
        ('{"nodes": ', "`target/manifest.json:1`"),
        (manifest(), "no model or source in it is called `billing`"),
    ],
)
def test_what_cannot_be_followed_is_said(content: Any, said: str) -> None:
    imported = ask("dbt", {"target/manifest.json": content}, names=frozenset({"billing"}), format="dbt")

    assert not imported.used and said in imported.problems[0]
