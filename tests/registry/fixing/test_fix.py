"""`lint --fix`: words, never meaning; comments and layout stay."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.judge.catalogue import shipped
from bot.registry.fixing.fix import fix
from bot.registry.fixing.near import only_near
from bot.registry.reading import Reading, read_registry
from tests.registry.registries import HEAD, MAIN, document

RULES = frozenset(shipped().entries)
TIDY = (
    HEAD
    + """\
# Orders, and who uses them.
contracts:
  - id: orders-api   # never rename
    type: openapi
    files: ["api/**"]
    owner: "@acme/orders"
    decision_owner: "@acme/council"
    compatibility: {mode: backward, against: [all_releases]}
    guarantees:
      - {at: "GET /orders/{id} 200:$.debug.**", level: out_of_contract}
    deprecated:
      - at: "GET /orders query:page"
        since: "2026-10-01"
    announce: [{tool: slack, channel: "#orders"}]
consumers:
  - id: web
    owner: "@acme/web"
    tolerates: [new_optional_fields]
    uses:
      - contract: orders-api
        elements: ["GET /orders/{id} 200:$.status", "**"]
        evidence: {kind: graphql, ref: "web/*.graphql", complete: true}
"""
)

SLIPS = {
    "an unquoted day": ('"2026-10-01"', "2026-10-01"),
    "an unquoted handle": ('owner: "@acme/orders"', "owner: @acme/orders"),
    "an unquoted handle before a comment": ('owner: "@acme/web"', 'owner: "@acme/web"  # them'),
    "an alias of a type": ("type: openapi", "type: swagger"),
    "a type with a slip": ("type: openapi", "type: opanapi"),
    "a mode of Confluent": ("{mode: backward, against: [all_releases]}", "{mode: BACKWARD_TRANSITIVE}"),
    "a mode in capitals": ("mode: backward", "mode: BACKWARD"),
    "a misspelled key": ("decision_owner:", "decision_ower:"),
    "a key in another style": ("decision_owner:", "decisionOwner:"),
    "a misspelled word": ("new_optional_fields", "new_optional_field"),
    "a level in another style": ("out_of_contract", "out-of-contract"),
    "an address in brackets": ('["GET /orders/{id} 200:$.status", "**"]', "[GET /orders/{id} 200:$.status, **]"),
    "an address in braces": ('"GET /orders/{id} 200:$.debug.**"', "GET /orders/{id} 200:$.debug.**"),
    "a truth of YAML 1.1": ("complete: true", "complete: yes"),
    "one file that is no list": ('files: ["api/**"]', "files: api/**"),
    "no heading": ("apiVersion: contracts.review/v1\nkind: ContractRegistry\n", ""),
    "half a heading": ("kind: ContractRegistry\n", ""),
    "a misspelled heading": ("apiVersion:", "apiversion:"),
}


def read(text: str) -> Reading:
    return read_registry({MAIN: document(MAIN, text)})


@pytest.mark.parametrize("right, slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_put_right_and_nothing_else_is_touched(right: str, slip: str) -> None:
    broken = TIDY.replace(right, slip, 1)
    found = fix(broken, rule_ids=RULES)
    assert read(found.text).registry == read(TIDY).registry
    assert "# never rename" in found.text
    before, after = broken.splitlines(), found.text.splitlines()
    touched = {fixed.line for fixed in found.fixes}
    assert [line for n, line in enumerate(before, start=1) if n not in touched and line not in after] == []
    assert fix(found.text, rule_ids=RULES).fixes == ()


def test_a_tidy_file_stays_as_it_is() -> None:
    assert fix(TIDY, rule_ids=RULES).text == TIDY


def test_against_follows_an_aliased_mode_with_its_own_indentation() -> None:
    text = HEAD + dedent("""\
        contracts:
          - id: a
            type: avro
            files: [a]
            compatibility:
              mode: FULL_TRANSITIVE  # as in the registry
              content: open
        """)
    found = fix(text)
    assert "      mode: full  # as in the registry\n      against: [all_releases]\n      content: open\n" in found.text
    assert read(found.text).registry == read(text).registry


def test_a_channel_that_was_a_comment_is_a_channel_again() -> None:
    text = TIDY.replace('[{tool: slack, channel: "#orders"}]', "\n      - tool: slack\n        channel: #orders")
    found = fix(text)
    assert 'channel: "#orders"\n' in found.text
    assert [fixed.line for fixed in found.fixes] == [18]
    assert read(found.text).registry == read(TIDY).registry


def test_what_may_have_been_meant_in_two_ways_is_left_alone() -> None:
    rule = "response-property-x-added"
    text = TIDY.replace("{mode: backward, ", f"{{rules: {{risky: [{rule}]}}, ")
    assert fix(text, rule_ids=frozenset({"response-property-a-added", "response-property-b-added"})).text == text
    twice = TIDY.replace("    type: openapi\n", "    type: openapi\n    typ: avro\n")
    assert fix(twice).text == twice


def test_keys_of_others_are_left_alone() -> None:
    text = TIDY + "x-ours: {since: 2026-10-01, on: yes, apiversion: 1}\n"
    assert fix(text, rule_ids=RULES).text == text


def test_line_ends_of_windows_are_kept() -> None:
    text = TIDY.replace('"2026-10-01"', "2026-10-01").replace("\n", "\r\n")
    assert fix(text).text == TIDY.replace("\n", "\r\n")


def test_what_is_no_yaml_at_all_is_left_alone() -> None:
    for text in ("a: [", "", "\t- {", "a: b: c", "- @x\n- [", "*"):
        assert read(fix(text).text).registry is None


@given(st.text(alphabet="ab:-[]{}\"'@*#,. \n|>&!%", max_size=60))
def test_no_text_breaks_it_and_a_second_time_changes_nothing(text: str) -> None:
    once = fix(text).text
    assert fix(once).text == once


@given(st.data())
def test_whatever_slips_come_together_the_registry_is_the_one_that_was_meant(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from([s for s in SLIPS if "heading" not in s]), unique=True))
    text = TIDY
    for name in chosen:
        right, slip = SLIPS[name]
        text = text.replace(right, slip, 1)
    found = fix(text, rule_ids=RULES)
    assert read(found.text).registry == read(TIDY).registry
    assert re.findall(r"#.*", found.text)[:2] == re.findall(r"#.*", text)[:2]


def test_two_slips_of_a_long_word_and_one_of_a_short_one() -> None:
    assert only_near("typ", ["type", "title"]) == "type"
    assert only_near("tpye", ["type", "title"]) == "type"
    assert only_near("xyz", ["type", "title"]) is None
    assert only_near("verification_ownre", ["verification_owner", "decision_owner"]) == "verification_owner"
    assert only_near("a-bc", ["a-bd", "a-be"]) is None
