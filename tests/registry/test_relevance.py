"""Which pull requests are worth a look, by the names of their files alone."""

from __future__ import annotations

import pytest

from bot.registry.relevance import may_matter
from tests.registry.registries import HEAD, MAIN, document

REGISTRY = {
    MAIN: document(
        MAIN,
        HEAD
        + """\
contracts:
  - id: orders
    type: openapi
    files: ["api/**"]
    behaviours:
      - {id: sorted, aspect: ordering, verified_by: ["tests/test_sorted.py::test_newest", contract-tests]}
""",
    )
}


@pytest.mark.parametrize(
    ("path", "matters"),
    [
        ("api/README.md", True),
        ("src/main.py", False),
        ("any/where.proto", True),
        ("tests/test_sorted.py", True),
        ("tests/test_other.py", False),
        (MAIN, True),
    ],
)
def test_a_file_matters_if_it_may_be_a_contract_the_registry_or_what_holds_a_promise(path: str, matters: bool) -> None:
    assert may_matter([path], REGISTRY) is matters
