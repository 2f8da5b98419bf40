"""Any registry, edited in ways of which the outcome is known."""

from __future__ import annotations

import random
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.judge.finding import Level
from tests.registry.editing import impacts

ELEMENTS = [
    "**",
    "GET /orders",
    "GET /orders 200",
    "GET /orders 200:$.id",
    "GET /orders 200:$.**.name",
    "* /orders/**",
    "POST /orders request:$.sku",
]
LEVELS = ["out_of_contract", "may_change", "guaranteed"]
LADDERS: dict[tuple[str, ...], list[Any]] = {
    ("lifecycle",): ["experimental", "production"],
    ("enforcement",): ["observe", "warn", "enforce"],
    ("signoff", "quorum"): [1, 2, 3],
    ("signoff", "ack_required"): [False, True],
    ("signoff", "reverts"): ["unreleased", "asked"],
    ("signoff", "author_may_approve"): [True, False],
    ("signoff", "approval_ttl"): ["90d", "4w", "7d"],
    ("signoff", "on_silence"): ["consent", "escalate", "block"],
    ("signoff", "breaking"): [
        ["decision_owner"],
        ["any_affected_consumer", "decision_owner"],
        ["affected_consumers", "decision_owner"],
        ["affected_consumers", "decision_owner", "verification_owner"],
    ],
    ("compatibility", "mode"): ["none", "backward", "full"],
    ("compatibility", "content"): ["open", "closed", "strict"],
    ("compatibility", "against"): [["base"], ["base", "latest_release"], ["all_releases", "base", "latest_release"]],
    ("deprecation", "notice"): ["12h", "30d", "12w"],
    ("deprecation", "windows"): ["any", "monthly", "quarterly"],
    ("deprecation", "require"): [[], ["sunset"], ["sunset", "successor"]],
    ("version", "breaking_requires"): ["none", "minor", "major"],
}
"""Each term's values, weakest first."""

lines = st.builds(lambda at, level: {"at": at, "level": level}, st.sampled_from(ELEMENTS), st.sampled_from(LEVELS))
behaviours = st.builds(
    lambda id, at, level, value: {
        "id": id,
        "aspect": "timing",
        "at": at,
        "level": level,
        "objective": {"property": "latency", "value": value, "unit": "ms"},
    },
    st.sampled_from(["a", "b"]),
    st.sampled_from(ELEMENTS),
    st.sampled_from(LEVELS),
    st.integers(1, 9),
)
consumers = st.builds(
    lambda id, owner, elements: {
        "id": id,
        "owner": owner,
        "uses": [{"contract": "orders", **({"elements": elements} if elements else {})}],
    },
    st.sampled_from(["shop", "billing", "mobile"]),
    st.sampled_from(["@acme/shop", "@acme/orders"]),
    st.lists(st.sampled_from(ELEMENTS), unique=True),
)


@st.composite
def registries(draw: st.DrawFn) -> dict[str, Any]:
    contract: dict[str, Any] = {"id": "orders", "type": "openapi", "files": ["api/**"], "owner": "@acme/orders"}
    for key, ladder in LADDERS.items():
        if draw(st.booleans()):
            holder = contract
            for step in key[:-1]:
                holder = holder.setdefault(step, {})
            holder[key[-1]] = draw(st.sampled_from(ladder))
    contract["guarantees"] = draw(st.lists(lines, max_size=5))
    contract["behaviours"] = draw(st.lists(behaviours, max_size=2, unique_by=lambda b: b["id"]))
    return {
        "contracts": [contract],
        "consumers": draw(st.lists(consumers, max_size=3, unique_by=lambda c: c["id"])),
    }


def text(registry: dict[str, Any]) -> str:
    return yaml.safe_dump(registry, sort_keys=False)


def levels(before: dict[str, Any], after: dict[str, Any]) -> set[Level]:
    return {impact.finding.level for impact in impacts(text(before), text(after))}


def shuffled(value: Any, by: random.Random) -> Any:
    """The same with its keys, consumers and uses in another order; guarantee lines keep theirs, which has meaning."""
    if isinstance(value, dict):
        keys = list(value)
        by.shuffle(keys)
        return {key: value[key] if key == "guarantees" else shuffled(value[key], by) for key in keys}
    if isinstance(value, list):
        inner = [shuffled(one, by) for one in value]
        by.shuffle(inner)
        return inner
    return value


@given(registries(), st.randoms(use_true_random=False), st.booleans())
@settings(deadline=None, max_examples=150)
def test_the_same_in_another_order_and_style_is_no_edit(
    registry: dict[str, Any], by: random.Random, flow: bool
) -> None:
    other = yaml.safe_dump(shuffled(registry, by), sort_keys=False, default_flow_style=flow, width=40)
    assert impacts(text(registry), "# A comment.\n" + other if not flow else _unwrapped(other)) == ()


def _unwrapped(flow: str) -> str:
    """A flow mapping cannot follow the file's first two lines; its entries can."""
    loaded = yaml.safe_load(flow)
    return "".join(
        f"{key}: {yaml.safe_dump(value, default_flow_style=True, width=10_000)}" for key, value in loaded.items()
    )


@given(registries(), st.sampled_from(sorted(LADDERS)), st.data())
@settings(deadline=None, max_examples=150)
def test_a_term_of_the_policy_breaks_exactly_when_it_goes_down(
    registry: dict[str, Any], key: tuple[str, ...], data: st.DataObject
) -> None:
    low, high = sorted(data.draw(st.lists(st.integers(0, len(LADDERS[key]) - 1), min_size=2, max_size=2)))
    weaker, stronger = _with(registry, key, LADDERS[key][low]), _with(registry, key, LADDERS[key][high])
    assert levels(weaker, stronger) <= {Level.COMPATIBLE}
    assert levels(stronger, weaker) == ({Level.BREAKING} if low != high else set())


def _with(registry: dict[str, Any], key: tuple[str, ...], value: Any) -> dict[str, Any]:
    contract = dict(registry["contracts"][0])
    if len(key) == 1:
        contract[key[0]] = value
    else:
        contract[key[0]] = {**contract.get(key[0], {}), key[1]: value}
    return {**registry, "contracts": [contract]}


@given(registries(), st.data())
@settings(deadline=None, max_examples=200)
def test_raising_any_promise_breaks_nobody(registry: dict[str, Any], data: st.DataObject) -> None:
    contract = registry["contracts"][0]
    raised = {
        **contract,
        "guarantees": [{**line, "level": _raised(line["level"], data)} for line in contract["guarantees"]],
        "behaviours": [
            {
                **behaviour,
                "level": _raised(behaviour["level"], data),
                "objective": {**behaviour["objective"], "value": behaviour["objective"]["value"] / 2},
            }
            for behaviour in contract["behaviours"]
        ],
    }
    assert levels(registry, {**registry, "contracts": [raised]}) <= {Level.COMPATIBLE}


def _raised(level: str, data: st.DataObject) -> str:
    return data.draw(st.sampled_from(LEVELS[LEVELS.index(level) :]))


@given(registries(), consumers)
@settings(deadline=None, max_examples=100)
def test_more_consumers_and_uses_break_nobody(registry: dict[str, Any], more: dict[str, Any]) -> None:
    others = [consumer for consumer in registry["consumers"] if consumer["id"] != more["id"]]
    known = next((consumer for consumer in registry["consumers"] if consumer["id"] == more["id"]), None)
    merged = more if known is None else {**known, "uses": [*known["uses"], *more["uses"]]}
    assert levels(registry, {**registry, "consumers": [*others, merged]}) <= {Level.COMPATIBLE}


@given(registries(), registries())
@settings(deadline=None, max_examples=150)
def test_what_one_direction_takes_away_and_no_more_is_found_by_some_rule(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Any two registries can be compared, every fact has a rule, and no two findings would be one signature."""
    found = impacts(text(one), text(other))
    assert all(impact.finding.rule.id != "unclassified" for impact in found)
    names = [(i.finding.change.fact, i.finding.change.element, i.finding.change.identity) for i in found]
    assert len(names) == len(set(names))
