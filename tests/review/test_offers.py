"""A review that approves signs nothing by itself, and nobody signs by a word that they were not asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.review.offers import Approval, confirmed, is_confirmation, to_offer
from bot.review.people import Comment, Person
from tests.review.story import BOT, CHECKOUT_CHO, COUNCIL_CARL, MOBILE_MIA, NOON, STRANGER, Story

WORD = Comment("comment", 7, CHECKOUT_CHO, "countersign", NOON, False, "https://github.com/acme/orders/pull/7#7")


def held() -> Story:
    story = Story()
    story.publish()
    return story


@pytest.mark.parametrize("body", ["countersign", "Countersign", " countersign \n", "`countersign`", "countersign."])
def test_the_one_word_alone_confirms(body: str) -> None:
    assert is_confirmation(body)


@pytest.mark.parametrize(
    "body", ["", "yes", "countersigned", "countersign it", "> countersign", "/countersign", "don't\ncountersign"]
)
def test_anything_else_does_not(body: str) -> None:
    assert not is_confirmation(body)


def test_a_word_after_the_offer_stands_for_the_command_and_stays_the_comment_that_it_is() -> None:
    before = NOON - timedelta(minutes=1)
    assert confirmed([WORD], {CHECKOUT_CHO.id: before}) == (replace(WORD, body="/approve-breaking"),)


def test_before_the_offer_or_from_somebody_else_it_is_a_word_like_any_other() -> None:
    assert confirmed([WORD], {CHECKOUT_CHO.id: NOON}) == (WORD,)
    assert confirmed([WORD], {STRANGER.id: NOON - timedelta(days=1)}) == (WORD,)
    assert confirmed([WORD], {}) == (WORD,)
    nobody = replace(WORD, author=None)
    assert confirmed([nobody], {CHECKOUT_CHO.id: NOON - timedelta(days=1)}) == (nobody,)


def test_a_confirmed_word_that_was_edited_is_refused_like_any_edited_command() -> None:
    story = held()
    written = story.says(CHECKOUT_CHO, "countersign", edited=True)
    story.comments = list(confirmed(story.comments, {CHECKOUT_CHO.id: written.created_at - timedelta(minutes=1)}))
    assert not story.answer().accepted
    assert "edited" in story.answer().reason


def approval(person: Person, minutes: int = 0) -> Approval:
    return Approval(minutes, person, NOON + timedelta(minutes=minutes))


def test_it_is_offered_once_to_each_who_could_sign_something_open() -> None:
    approvals = [approval(CHECKOUT_CHO), approval(CHECKOUT_CHO, 5), approval(COUNCIL_CARL)]
    offered = to_offer(held().decide(), approvals)
    assert [(one.person.login, len(ids)) for one, ids in offered] == [("cho", 1), ("carl", 1)]


def test_nobody_else_is_bothered() -> None:
    assert to_offer(held().decide(), [approval(STRANGER), approval(MOBILE_MIA), approval(BOT)]) == ()


def test_who_has_signed_is_not_asked_whether_the_review_should_count() -> None:
    story = held()
    story.says(CHECKOUT_CHO, "/approve-breaking")
    assert to_offer(story.decide(), [approval(CHECKOUT_CHO)]) == ()
