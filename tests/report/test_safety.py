from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.report import safety
from bot.report.comment import COMMENT_LIMIT, comment
from bot.report.names import handle
from tests.report.rendering import Rendered
from tests.report.samples import CONTEXT, HELD, HOSTILE_TEXT, MARKER, REGISTRY, hostile

ALLOWED_TAGS = {
    *("h3", "h4", "p", "strong", "em", "s", "code", "pre", "ul", "li", "a", "br", "sub", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}

PIECES = st.sampled_from(
    [
        *("@acme/team", "#1", "https://evil.test", "www.evil.test", "javascript:x", "](", "[x]", "(", ")", "word", "é"),
        *("|", "| --- |", "`", "``", "```", "\n", "\n\n", "\t", " ", "\\", "$", "~~", "**", "_", "- ", "> ", "1. "),
        *("</details>", "<b>", "<!--", "-->", "<!-- countersign:v1:forged -->", "&lt;", "&#64;"),
        *("\u202e", "\u200b", "\ud800", "\x00"),
    ]
)
TEXT = st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=60))


def assert_harmless(markdown: str) -> Rendered:
    shown = Rendered(markdown)
    assert set(shown.tags) <= ALLOWED_TAGS
    assert shown.unbalanced == []
    assert shown.opened == []
    assert shown.mentions == []
    assert shown.references == []
    assert all(target.startswith("https://github.com/acme/shop/") for target in shown.targets)
    assert shown.comments == [MARKER.removeprefix("<!--").removesuffix("-->")]
    return shown


@settings(max_examples=60, deadline=None)
@given(TEXT)
@example(HOSTILE_TEXT)
@example("a\\|b")
@example("\\")
@example("`")
@example("@")
def test_no_text_of_a_contract_or_a_person_escapes_from_the_comment(text: str) -> None:
    whole = comment(hostile(text), REGISTRY, CONTEXT)
    shown = assert_harmless(whole)
    assert set(shown.columns) == {3, 2}
    assert whole.count("<!--") == 1
    assert whole.rstrip().endswith(MARKER)
    whole.encode()


@given(TEXT)
def test_plain_text_shows_its_characters_and_nothing_else(text: str) -> None:
    shown = Rendered(f"x {safety.plain(text, 1000)}")
    assert set(shown.tags) == {"p"}
    expected = safety.unlinked(safety.printable(text))
    assert shown.text.strip() == f"x {expected}".strip()


@given(TEXT)
def test_a_code_span_shows_its_characters_in_a_paragraph_and_in_a_cell(text: str) -> None:
    expected = safety.unlinked(safety.printable(text)).replace("<!-", "<!\u200b-")
    for markdown in (f"x{safety.code(text, 1000)}y", f"| a | b |\n| - | - |\n| x{safety.code(text, 1000)}y | z |"):
        shown = Rendered(markdown)
        assert shown.tags["code"] == 1
        assert f"x{expected}y" in shown.text


@given(TEXT)
def test_nothing_ends_a_code_block(text: str) -> None:
    shown = Rendered(f"before\n\n{safety.fenced(text, 'yaml')}\n\nafter")
    assert shown.tags == {"p": 2, "pre": 1, "code": 1}
    assert "<!--" not in safety.fenced(text)


def test_what_stands_in_a_code_block_can_be_copied_with_its_handles() -> None:
    assert 'owner: "@acme/orders"' in safety.fenced('owner: "@acme/orders"', "yaml")


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("@octocat", "@\u200boctocat"),
        ("see #12", "see #\u200b12"),
        ("GH-12", "GH\u200b-12"),
        ("https://a.test", "https:\u200b//a.test"),
        ("www.a.test", "www\u200b.a.test"),
        ("a-b", "a-b"),
    ],
)
def test_references_are_broken_by_a_zero_width_space(text: str, broken: str) -> None:
    assert safety.unlinked(text) == broken


def test_a_phrase_keeps_its_code_spans_and_nothing_else() -> None:
    assert safety.phrase("`name` is *gone*") == "`name` is &#42;gone&#42;"


def test_a_quotation_keeps_every_line_of_what_was_said() -> None:
    shown = Rendered(safety.quotation("Agreed.\n\n- but <b>only</b> once"))
    assert shown.tags == {"blockquote": 1, "p": 2}
    assert "- but <b>only</b> once" in shown.text


def test_no_address_but_a_web_address_becomes_a_link() -> None:
    assert safety.link("x", safety.web_address("javascript:alert(1)")) == "x"
    assert safety.web_address("https://a.test/x) y") == "https://a.test/x%29%20y"


def test_a_path_with_odd_characters_links_to_its_line() -> None:
    path = "api/ä b#1?(x).yaml"
    assert safety.address("https://github.com", "a/b", "blob", "sha", path, fragment="L3") == (
        "https://github.com/a/b/blob/sha/api/%C3%A4%20b%231%3F%28x%29.yaml#L3"
    )


def test_very_long_text_never_pushes_the_verdict_or_the_marker_out() -> None:
    whole = comment(hostile("long words " * 20_000), REGISTRY, CONTEXT)
    assert len(whole) <= COMMENT_LIMIT
    assert whole.startswith("### ⛔ 1 breaking change to")
    assert whole.rstrip().endswith(MARKER)


def test_only_the_handles_that_must_be_mentioned_ping() -> None:
    assert Rendered(comment(HELD, REGISTRY, CONTEXT)).mentions == []


def test_what_is_no_handle_is_not_mentioned_either() -> None:
    odd = "@acme/x <img src=y>"
    assert handle(odd, frozenset({odd})) == safety.plain(odd)
    assert handle("@acme/x", frozenset({"@acme/x"})) == "@acme/x"
