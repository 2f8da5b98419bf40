"""File patterns mean what they mean in CODEOWNERS."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.registry.globs import anchor, literal_path, matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*", "a/b/c"),
        ("**", "a"),
        ("*.yaml", "a/b.yaml"),
        ("openapi.yaml", "deep/openapi.yaml"),
        ("/build/logs/", "build/logs/a/b"),
        ("docs/*", "docs/a.md"),
        ("apps/", "x/apps/a/b"),
        ("**/logs", "build/logs/a"),
        ("api/orders/**/*.yaml", "api/orders/a.yaml"),
        ("api/orders/**/*.yaml", "api/orders/x/y/a.yaml"),
        ("api/**", "api/x/y"),
        ("/docs", "docs/a"),
        ("/api/openapi.yaml", "api/openapi.yaml"),
        ("v?/api.json", "v2/api.json"),
        ("a*b*c", "axxbxxc"),
    ],
)
def test_a_pattern_names(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/build/logs/", "x/build/logs/a"),
        ("docs/*", "docs/a/b.md"),
        ("apps/", "apps"),
        ("api/**", "api"),
        ("api/*.yaml", "api/x/y.yaml"),
        ("api/orders/**/*.yaml", "api/a.yaml"),
        ("a/openapi.yaml", "x/a/openapi.yaml"),
        ("/openapi.yaml", "a/openapi.yaml"),
        ("*.yaml", "a.yml"),
        ("api.yaml", "apixyaml"),
        ("a+b", "aab"),
    ],
)
def test_a_pattern_does_not_name(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


def test_a_pattern_without_wildcards_is_a_path() -> None:
    assert literal_path("/api/openapi.yaml") == "api/openapi.yaml"
    assert literal_path("api/") is None
    assert literal_path("api/*.yaml") is None


def test_a_pattern_full_of_stars_costs_little() -> None:
    assert not matches("*a" * 200 + "b", "a" * 2_000)
    assert not matches("**/a/" * 60 + "b", "a/" * 300 + "c")


@given(st.text("ab/*?.", min_size=1, max_size=12), st.text("ab/.", min_size=1, max_size=12))
def test_every_pattern_answers(pattern: str, path: str) -> None:
    assert matches(pattern, path) in (True, False)
    assert matches("**", path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("api/**/*.yaml", "api"),
        ("/api/openapi.yaml", "api/openapi.yaml"),
        ("vendor/specs/", "vendor/specs"),
        ("api/v*/openapi.yaml", "api"),
        ("openapi.yaml", ""),
        ("**/*.yaml", ""),
    ],
)
def test_the_anchor_of_a_pattern_is_what_everything_it_names_lies_below(pattern: str, path: str) -> None:
    assert anchor(pattern) == path
