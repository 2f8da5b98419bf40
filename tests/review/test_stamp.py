"""A mark is ours, and about one pull request, or it is no mark."""

from __future__ import annotations

from bot.review.stamp import Stamp

STAMP = Stamp("1/7", (b"our key", b"our last key"))


def test_a_mark_is_found_again_among_other_text() -> None:
    body = f"Hello\n\n{STAMP.mark('reply', '12')}\n{STAMP.mark('notice', 'offer:3,silent:ab-open')}"
    assert STAMP.found("reply", body) == ("12",)
    assert STAMP.found("notice", body) == ("offer:3,silent:ab-open",)


def test_a_mark_that_somebody_made_up_is_none() -> None:
    made_up = STAMP.mark("reply", "12").replace(":12 ", ":13 ")
    assert STAMP.found("reply", made_up) == ()
    assert STAMP.found("reply", "<!-- countersign-reply:13 -->") == ()
    assert STAMP.found("reply", f"<!-- countersign-reply:13 {'0' * 32} -->") == ()


def test_a_mark_of_another_pull_request_or_kind_is_none() -> None:
    assert Stamp("1/70", STAMP.keys).found("reply", STAMP.mark("reply", "12")) == ()
    assert STAMP.found("notice", STAMP.mark("reply", "12").replace("reply", "notice")) == ()


def test_a_mark_outlives_a_new_key_as_long_as_the_old_one_is_known() -> None:
    old = Stamp("1/7", (b"our last key",)).mark("reply", "12")
    assert STAMP.found("reply", old) == ("12",)
    assert STAMP.marks("reply", "12")[1] == old
    assert Stamp("1/7", (b"our key",)).found("reply", old) == ()


def test_keys_are_never_shown() -> None:
    assert "our key" not in repr(STAMP)
