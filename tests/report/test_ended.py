"""What our comment says of the end, and when."""

from __future__ import annotations

import pytest

from bot.report.ended import End, contradicts, with_end

SEAL = "<!-- countersign:v1 abc.123 -->"
BODY = f"### ⛔ Breaking change to `orders`\n\nHeld until chris has signed.\n\n---\n\nMore\n\n{SEAL}\n"
CLOSED = End(merged=False, bypass=None, issue=None)
PAST = End(merged=True, bypass=True, issue="https://github.com/acme/orders/issues/8")
FINE = End(merged=True, bypass=False, issue=None)


@pytest.mark.parametrize(
    ("end", "verdicts"),
    [
        (CLOSED, {"held", "failed", "warned", "observed"}),
        (FINE, {"held"}),
        (End(merged=True, bypass=None, issue=None), {"held"}),
        (PAST, {"held", "failed", "warned", "observed", "released", "reported", "clear", ""}),
    ],
)
def test_only_what_is_no_longer_true_is_put_right(end: End, verdicts: set[str]) -> None:
    known = {"held", "failed", "warned", "observed", "released", "reported", "clear", ""}
    assert {verdict for verdict in known if contradicts(verdict, end)} == verdicts


@pytest.mark.parametrize("end", [CLOSED, PAST, FINE])
def test_what_was_shown_stays_below_it(end: End) -> None:
    said = with_end(BODY, end, 65_536)
    assert said.startswith("### 🏁 ")
    assert said.endswith("\n\n---\n\n" + BODY)


def test_said_again_it_says_the_same() -> None:
    said = with_end(BODY, CLOSED, 65_536)
    assert with_end(said, CLOSED, 65_536) == said
    assert with_end(said.replace("\n", "\r\n"), PAST, 65_536) == with_end(BODY, PAST, 65_536)


def test_a_merge_past_the_check_links_its_issue_or_says_that_it_is_told_here() -> None:
    assert "[reported](https://github.com/acme/orders/issues/8)" in with_end(BODY, PAST, 65_536)
    assert "reported here" in with_end(BODY, End(merged=True, bypass=True, issue=None), 65_536)


def test_where_nobody_can_tell_it_says_so() -> None:
    assert "can't be told" in with_end(BODY, End(merged=True, bypass=None, issue=None), 65_536)
    assert "nothing was missing" in with_end(BODY, FINE, 65_536)


def test_a_comment_that_is_full_keeps_its_sealed_block() -> None:
    full = "x" * (65_536 - len(SEAL) - 3) + f"\n\n{SEAL}\n"
    said = with_end(full, CLOSED, 65_536)
    assert len(said) <= 65_536
    assert said.endswith(f"…\n\n{SEAL}\n")
