"""Which files are one contract, and what names just these."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.registry import globs
from bot.registry.drafting.grouping import Group, groups, patterns, set_aside

PATHS = st.lists(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".yaml"), unique=True
)


def test_what_a_document_refers_to_is_part_of_it() -> None:
    formats = {"api.yaml": "openapi", "order.json": "json-schema", "lone.json": "json-schema"}
    assert groups(formats, {"api.yaml": ["api.yaml", "order.json"]}, {}) == [
        Group("openapi", ("api.yaml",), "api.yaml"),
        Group("json-schema", ("lone.json",), "lone.json"),
    ]


def test_protobuf_goes_by_package_graphql_by_folder_and_schemas_by_theirs() -> None:
    formats = {
        "p/a.proto": "protobuf",
        "p/b.proto": "protobuf",
        "q/c.proto": "protobuf",
        "gql/schema.graphql": "graphql",
        "gql/types/order.graphql": "graphql",
        "other/schema.graphql": "graphql",
        "events/a.avsc": "avro",
        "events/b.avsc": "avro",
    }
    packages = {"p/a.proto": "x.v1", "p/b.proto": "x.v2", "q/c.proto": "x.v1"}
    assert [group.documents for group in groups(formats, {}, packages)] == [
        ("events/a.avsc", "events/b.avsc"),
        ("gql/schema.graphql", "gql/types/order.graphql"),
        ("other/schema.graphql",),
        ("p/a.proto", "q/c.proto"),
        ("p/b.proto",),
    ]


def test_a_folder_is_named_by_a_pattern_unless_others_lie_there() -> None:
    assert patterns(["e/a.avsc", "e/b.avsc"], ["e/a.md"]) == ("e/*.avsc",)
    assert patterns(["e/a.yaml", "e/x/b.yaml"], []) == ("e/**/*.yaml",)
    assert patterns(["e/a.yaml", "e/x/b.yaml"], ["e/c.yaml"]) == ("e/a.yaml", "e/x/b.yaml")


@given(PATHS, PATHS)
def test_patterns_name_every_file_of_a_contract_and_none_of_another(own: list[str], others: list[str]) -> None:
    others = [path for path in others if path not in own]
    if own:
        found = patterns(own, others)
        assert all(globs.matches_any(found, path) for path in own)
        assert not any(globs.matches_any(found, path) for path in others)


def test_folders_of_copies_and_samples_are_set_aside() -> None:
    paths = ["api/a.yaml", "web/node_modules/x/a.yaml", "api/tests/b.yaml", "tests.yaml"]
    assert set_aside(paths) == {
        "**/node_modules/**": ["web/node_modules/x/a.yaml"],
        "**/tests/**": ["api/tests/b.yaml"],
    }
