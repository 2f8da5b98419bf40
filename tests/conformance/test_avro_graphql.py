"""Agreement with the tools made for Avro and GraphQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.conformance import measure as measuring
from tests.conformance.cases import read_cases
from tests.conformance.change_types import measure_change_types
from tests.conformance.measure import measure

TODAY = date(2026, 11, 20)
SHARED = Path(__file__).parents[3] / "shared" / "conformance"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the case files are not on this machine")


@pytest.mark.parametrize("name", ["avro_java", "avro_py", "avro_fuzz_java_oracle", "apicurio_avro"])
def test_schema_resolution_is_that_of_the_implementations(name: str) -> None:
    result = measure(read_cases(SHARED / f"{name}.jsonl"), TODAY, [])

    assert result.agree == result.cases > 0


@pytest.mark.parametrize("name", ["graphql_core", "graphql_inspector"])
def test_verdicts_on_graphql_schemas_agree(name: str) -> None:
    deliberate = measuring.read_deliberate(Path(__file__).with_name("deliberate.yml"))
    result = measure(read_cases(SHARED / f"{name}.jsonl"), TODAY, deliberate)

    assert result.errors == 0
    assert [one.name for one in result.disagreements if one.reason is None] == []
    assert result.deliberate <= 1


@pytest.mark.parametrize("name", ["graphql_core", "graphql_inspector"])
def test_the_change_types_of_graphql_tools_are_found_under_their_names(name: str) -> None:
    result = measure_change_types(SHARED / f"{name}.jsonl", name.replace("_", "-"), TODAY)

    assert result.found >= 0.95 * result.expected, result.missing
