from __future__ import annotations

from dataclasses import replace

import pytest

from bot.report.check import ANNOTATION_LIMIT, TEXT_LIMIT, TITLE_LIMIT, check_output
from bot.review.values import Decision, Verdict
from tests.report.rendering import Rendered
from tests.report.samples import (
    BROKEN_REGISTRY,
    CHECKOUT,
    CLEAR,
    CONTEXT,
    CURRENCY,
    EMAIL,
    GALLERY,
    HELD,
    HOSTILE_TEXT,
    MANY,
    NO_REGISTRY,
    NOTHING,
    PARTLY_SIGNED,
    PRIVATE,
    PRIVATE_REGISTRY,
    REGISTRY,
    RELEASED,
    RESPONSE_REMOVED,
    STATUS,
    finding,
    hostile,
    judged,
    required,
)


@pytest.mark.parametrize(
    ("decision", "title"),
    [
        (HELD, "Held: 2 breaking changes, 3 signatures missing"),
        (PARTLY_SIGNED, "Held: 2 breaking changes, 2 signatures missing"),
        (RELEASED, "Countersigned: 2 breaking changes, 3 signatures"),
        (CLEAR, "Only compatible changes"),
        (replace(CLEAR, findings=(STATUS,)), "Nothing breaking, 1 risky change"),
        (NOTHING, "No contract change"),
        (NO_REGISTRY, "Reported, not held: 2 breaking changes"),
        (replace(HELD, requirements=(required(EMAIL),)), "Held: 2 breaking changes, 1 signature missing"),
    ],
)
def test_the_title_says_the_outcome_first(decision: Decision, title: str) -> None:
    assert check_output(decision, REGISTRY, CONTEXT).title == title


def test_a_broken_registry_is_in_the_title_with_its_line() -> None:
    title = check_output(BROKEN_REGISTRY, None, CONTEXT).title
    assert title.startswith("Cannot judge: `.github/contracts.yml` line 12: `decision_ownr` is not known here.")


@pytest.mark.parametrize("verdict", Verdict)
def test_only_held_and_failed_fail_the_check(verdict: Verdict) -> None:
    expected = "failure" if verdict in (Verdict.HELD, Verdict.FAILED) else "success"
    assert check_output(replace(HELD, verdict=verdict), REGISTRY, CONTEXT).conclusion == expected


@pytest.mark.parametrize("name", GALLERY)
def test_every_limit_of_github_is_kept_in_bytes(name: str) -> None:
    output = check_output(*GALLERY[name])
    assert len(output.title) <= TITLE_LIMIT
    assert len(output.summary.encode()) <= TEXT_LIMIT
    assert len(output.text.encode()) <= TEXT_LIMIT
    assert output.summary
    for annotation in output.annotations:
        assert len(annotation.title) <= TITLE_LIMIT
        assert len(annotation.message.encode()) <= 64 * 1024
        assert 1 <= annotation.start_line <= annotation.end_line


def test_characters_of_several_bytes_are_counted_as_such() -> None:
    wide = replace(RESPONSE_REMOVED, title="`名前`" + "変更された" * 180)
    many = tuple(judged(finding(wide, f"Order:$.n{n}")) for n in range(200))
    text = check_output(replace(HELD, findings=many), REGISTRY, CONTEXT).text
    assert TEXT_LIMIT - 6000 < len(text.encode()) <= TEXT_LIMIT
    assert "more lines do not fit here." in text


def test_every_finding_of_three_hundred_is_listed() -> None:
    assert check_output(MANY, REGISTRY, CONTEXT).text.count("is no longer returned") == 300


def test_findings_are_listed_even_when_everything_is_signed() -> None:
    text = check_output(RELEASED, REGISTRY, CONTEXT).text
    assert "`email` is no longer returned" in text
    assert "is returned as well" in text


def test_annotations_stand_at_head_and_never_where_something_was_removed() -> None:
    annotations = check_output(HELD, REGISTRY, CONTEXT).annotations
    assert [(a.path, a.start_line, a.level) for a in annotations] == [
        ("api/orders/openapi.yaml", 58, "failure"),
        ("api/orders/openapi.yaml", 131, "warning"),
    ]
    assert annotations[0].title == "Breaking: query parameter `currency` must be sent now"
    assert "GET /orders query:currency: optional → required" in annotations[0].message
    assert "Affects checkout-web" in annotations[0].message
    assert "Compatible instead: Keep it optional" in annotations[0].message


def test_a_signed_finding_is_a_warning_and_no_longer_a_failure() -> None:
    levels = {a.start_line: a.level for a in check_output(RELEASED, REGISTRY, CONTEXT).annotations}
    assert levels == {58: "warning", 131: "warning"}


def test_the_worst_annotations_are_kept() -> None:
    mild = tuple(judged(finding(STATUS.impact.finding.rule, f"Order:$.n{n}", line=n + 1)) for n in range(300))
    output = check_output(replace(HELD, findings=(*mild, CURRENCY)), REGISTRY, CONTEXT)
    assert len(output.annotations) == ANNOTATION_LIMIT
    assert output.annotations[0].level == "failure"


def test_an_annotation_of_a_long_text_keeps_to_its_limit() -> None:
    wordy = replace(RESPONSE_REMOVED, title="x" * 1000, why="é" * 100_000)
    (annotation,) = check_output(
        replace(HELD, findings=(judged(finding(wordy, "A:$"), CHECKOUT),)), REGISTRY, CONTEXT
    ).annotations
    assert len(annotation.title) == TITLE_LIMIT
    assert len(annotation.message.encode()) <= 64 * 1024


def test_hostile_text_does_no_harm_in_summary_and_text() -> None:
    output = check_output(hostile(HOSTILE_TEXT), REGISTRY, CONTEXT)
    for markdown in (output.summary, output.text):
        shown = Rendered(markdown)
        assert shown.mentions == []
        assert shown.references == []
        assert shown.comments == []
        assert "img" not in shown.tags
        markdown.encode()


def test_private_consumers_stay_unnamed() -> None:
    output = check_output(PRIVATE, PRIVATE_REGISTRY, CONTEXT)
    shown = " ".join([output.title, output.summary, output.text, *(a.message for a in output.annotations)])
    assert "secret-warehouse" not in shown
    assert "a private consumer" in shown
