"""The draft: ready to commit but for what nobody can know."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.registry.drafting.draft import draft
from bot.registry.lint import lint
from bot.registry.reading import Reading, read_registry
from tests.registry.registries import MAIN, document

FOUND = [("services/orders/openapi.yaml", "openapi"), ("api/openapi.json", "openapi"), ("b/orders.yaml", "openapi")]


def read(text: str) -> Reading:
    return read_registry({MAIN: document(MAIN, text)})


def test_a_draft_reads_back_and_lacks_only_its_owners() -> None:
    found = read(draft(FOUND))
    assert found.problems == ()
    assert found.registry is not None
    assert {c.files for c in found.registry.contracts} == {(path,) for path, _ in FOUND}
    errors = [p.message for p in lint(found, paths=[p for p, _ in FOUND]) if p.severity == "error"]
    assert errors
    assert all("is still to be named" in message for message in errors)


def test_contracts_are_called_after_their_folder_and_no_two_alike() -> None:
    found = read(draft(FOUND))
    assert found.registry is not None
    assert [c.id for c in found.registry.contracts] == ["api", "orders-api", "orders-api-2"]


def test_owners_of_codeowners_are_suggested_and_never_entered() -> None:
    codeowners = "* @acme/all\n/services/orders/  @acme/orders @bob docs@acme.example # people\n"
    text = draft(FOUND, codeowners)
    assert "who produces it (CODEOWNERS says @acme/orders @bob)" in text
    assert "(CODEOWNERS says @acme/all)" in text
    found = read(text)
    assert found.registry is not None
    assert {c.owner for c in found.registry.contracts} == {"@TODO/TODO"}


def test_without_contracts_the_draft_is_still_a_registry() -> None:
    found = read(draft([]))
    assert found.registry is not None
    assert found.registry.contracts == ()


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.sampled_from(["openapi", "thrift"])), max_size=4))
def test_no_file_name_breaks_a_draft(contracts: list[tuple[str, str]]) -> None:
    found = read(draft(contracts))
    assert found.registry is not None, found.problems
    assert [c.files[0] for c in found.registry.contracts] == [path for path, _ in sorted(contracts)]
